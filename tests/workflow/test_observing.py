"""What each key of a step means, by example: the events of a case, and what is wrong with the last of them."""

from datetime import date
from typing import Any, ClassVar

import pytest

from fanpin.i18n import Label
from fanpin.observing import KINDS
from fanpin.steps import DaysOff
from tests.workflow.procedures import Pack, event, found, kinds, pack, wrong


def plain(**steps: dict[str, Any]) -> Pack:
    """Steps without a line."""
    return pack(steps=steps)


# ── who, and with what ─────────────────────────────────────────────────────────────────────────────────────────────

WHO = plain(visit={"by": {"worker": ["village", "group"], "official": "county"}})


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ({"actor": "a", "role": "worker", "level": "village"}, []),
        ({"actor": "a", "role": "worker", "level": "group"}, []),
        ({"actor": "a", "role": "official", "level": "county"}, []),
        ({"actor": "a", "role": "worker", "level": "county"}, ["level"]),  # a level of another role
        ({"actor": "a", "role": "worker"}, ["level"]),
        ({"actor": "a", "role": "mayor", "level": "county"}, ["role"]),
        ({"actor": "a", "level": "village"}, ["role"]),
        ({}, ["no_actor"]),  # nothing is said of who it was: one fault
        ({"role": "worker", "level": "village"}, ["no_actor"]),
        ({"role": "mayor", "level": "village"}, ["no_actor", "role"]),  # every reason at once
        ({"role": "worker", "level": "county"}, ["no_actor", "level"]),
        ({"actor": "", "role": "网格长", "level": "嘎查"}, ["no_actor"]),  # an empty mark names nobody
        ({"actor": "a", "role": "网格长", "level": "嘎查"}, []),  # the words of logs
        ({"actor": "", "role": "", "level": ""}, ["no_actor"]),  # empty fields of a form say nothing
    ],
)
def test_who_may_take_a_step(who: dict[str, Any], expected: list[str]) -> None:
    assert kinds(WHO, event("visit", **who)) == expected


def test_who_took_it_says_what_was_expected_and_what_came() -> None:
    (role,) = wrong(WHO, event("visit", actor="a", role="mayor", level="village"))
    (level,) = wrong(WHO, event("visit", actor="a", role="worker", level="county"))
    assert (role.expected, role.got) == (("worker", "official"), ("?",))  # not one of the pack's
    assert (level.expected, level.got) == (("village", "group"), ("county",))
    assert (role.rule.step, role.rule.path) == ("visit", "by")


def test_papers_are_told_in_one_row_with_those_that_are_there() -> None:
    papers = plain(apply={"evidence": ["form", "photo", "minutes"]})
    (violation,) = wrong(papers, event("apply", evidence=("申请表", "别的")))
    assert (violation.kind, violation.expected, violation.got) == ("papers", ("photo", "minutes"), ("form",))
    assert kinds(papers, event("apply", evidence=("minutes", "form", "photo", "more"))) == []


class TestOtherPerson:
    TWO = plain(visit={"repeats": True}, note={"clears": ["visit"]}, check={"other_person_than": ["visit"]})

    def test_who_did_one_may_not_do_the_other(self) -> None:
        (violation,) = wrong(self.TWO, event("visit", actor="a"), event("visit", actor="b"), event("check", actor="a"))
        assert (violation.kind, violation.expected) == ("same_person", ("visit",))
        assert kinds(self.TWO, event("visit", actor="a"), event("check", actor="b")) == []

    def test_what_was_cleared_does_not_count(self) -> None:
        assert kinds(self.TWO, event("visit", actor="a"), event("note"), event("check", actor="a")) == []

    def test_nobody_is_not_the_same_person(self) -> None:
        assert kinds(self.TWO, event("visit"), event("check")) == []

    def test_of_tracks_only_the_same_one_counts(self) -> None:
        tracks = plain(start={"per": "measure"}, check={"per": "measure", "other_person_than": ["start"]})
        start = event("start", of="m1", actor="a")
        assert kinds(tracks, start, event("check", of="m2", actor="a")) == []
        assert kinds(tracks, start, event("check", of="m1", actor="a")) == ["same_person"]


# ── order ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class TestNeeds:
    NEEDS = plain(a={}, b={}, undo={"clears": ["a"]}, c={"needs": ["a or b"]}, d={"needs": ["a", "b"]})

    def test_one_of_alternatives_will_do(self) -> None:
        assert kinds(self.NEEDS, event("a"), event("c")) == []
        assert kinds(self.NEEDS, event("b"), event("c")) == []
        (violation,) = wrong(self.NEEDS, event("c"))
        assert (violation.kind, violation.expected) == ("order", ("a", "b"))

    def test_each_need_is_a_row(self) -> None:
        assert kinds(self.NEEDS, event("d")) == ["order", "order"]
        assert kinds(self.NEEDS, event("a"), event("d")) == ["order"]

    def test_what_was_cleared_is_no_longer_in_force(self) -> None:
        assert kinds(self.NEEDS, event("a"), event("undo"), event("c")) == ["order"]
        assert kinds(self.NEEDS, event("a"), event("undo"), event("a"), event("c")) == []

    def test_of_tracks_the_same_one_is_needed(self) -> None:
        tracks = plain(start={"per": "measure"}, done={"per": "measure", "needs": ["start"]}, end={"needs": ["start"]})
        assert kinds(tracks, event("start", of="m1"), event("done", of="m2")) == ["order"]
        assert kinds(tracks, event("start", of="m1"), event("done", of="m1")) == []
        assert kinds(tracks, event("start", of="m1"), event("end")) == []  # the case as a whole

    def test_tracks_of_another_sort_are_as_the_case_itself(self) -> None:
        sorts = plain(start={"per": "measure"}, call={"per": "person", "needs": ["start"]})
        assert kinds(sorts, event("start", of="m1"), event("call", of="p1")) == []


def test_right_after_looks_at_the_event_before() -> None:
    after = plain(a={"repeats": True}, b={}, undo={"clears": ["a"]}, c={"right_after": ["a", "undo"]})
    assert kinds(after, event("a"), event("c")) == []
    assert kinds(after, event("a"), event("undo"), event("c")) == []
    (violation,) = wrong(after, event("a"), event("b"), event("c"))
    assert (violation.kind, violation.expected, violation.got) == ("not_right_after", ("a", "undo"), ("b",))
    assert kinds(after, event("c")) == ["not_right_after"]


def test_an_event_without_effect_is_not_the_one_before() -> None:
    after = plain(a={}, b={"right_after": ["a"]})
    assert found(after, event("a"), event("nonsense"), event("b")) == [[], ["unknown_step"], []]


class TestLine:
    LINE = pack(["clue", "visit", "apply or report", "notice", "decision"], steps={"clue": {"repeats": True}})

    def test_each_step_needs_the_one_before(self) -> None:
        assert found(self.LINE, *map(event, ["clue", "visit", "report", "notice", "decision"])) == [[]] * 5
        (violation,) = wrong(self.LINE, event("clue"), event("visit"), event("notice"))
        assert (violation.kind, violation.expected) == ("order", ("apply", "report"))
        assert violation.rule.path == "line"

    def test_a_skipped_step_is_one_row_since_an_observed_event_takes_effect(self) -> None:
        assert found(self.LINE, *map(event, ["clue", "apply", "notice", "decision"])) == [[], ["order"], [], []]

    @pytest.mark.parametrize("skipped", range(9))
    def test_whichever_step_is_skipped_there_is_one_row(self, skipped: int) -> None:
        names = [f"s{n}" for n in range(10)]
        rows = found(pack(names), *(event(name) for name in names if name != f"s{skipped}"))
        assert [kind for row in rows for kind in row] == ["order"]

    def test_a_step_is_once_unless_it_repeats(self) -> None:
        assert kinds(self.LINE, event("clue"), event("clue"), event("clue")) == []
        (violation,) = wrong(self.LINE, event("clue"), event("visit", 2), event("visit", 3))
        assert (violation.kind, violation.got, violation.rule.path) == ("again", ("2024-03-03",), "once")

    def test_doing_one_again_clears_the_later_ones(self) -> None:
        rows = found(self.LINE, *map(event, ["clue", "visit", "apply", "notice", "visit", "notice"]))
        assert rows == [[], [], [], [], ["again"], ["order"]]

    def test_one_that_repeats_clears_nothing(self) -> None:
        assert found(self.LINE, *map(event, ["clue", "visit", "clue", "apply"])) == [[]] * 4

    def test_an_optional_step_may_be_skipped(self) -> None:
        line = pack(["a", "b", "c", "d"], steps={"b": {"optional": True}, "c": {"optional": True}})
        assert found(line, event("a"), event("d")) == [[], []]
        assert found(line, event("a"), event("c"), event("d")) == [[], [], []]
        assert kinds(line, event("c")) == ["order"]

    def test_what_needs_the_same_in_two_lines_is_one_row(self) -> None:
        assert kinds(pack(["a", "b", "c"], ["a", "b", "d"]), event("b")) == ["order"]

    def test_a_step_in_two_lines_needs_both(self) -> None:
        two = pack(["a", "c"], ["b", "c"])
        assert [v.expected for v in wrong(two, event("c"))] == [("a",), ("b",)]
        assert kinds(two, event("a"), event("b"), event("c")) == []

    def test_another_track_is_no_doing_again(self) -> None:
        line = pack(["start", "done", "revisit"], steps={"start": {"per": "measure"}, "done": {"per": "measure"}})
        steps = [event("start", of="m1"), event("done", of="m1"), event("revisit"), event("start", of="m2")]
        assert line.case(*steps).holds("revisit")
        assert not line.case(*steps, event("start", of="m1")).holds("revisit")

    def test_a_step_that_clears_itself_still_clears_the_later_ones_when_done_again(self) -> None:
        line = pack(["a", "b"], steps={"a": {"clears": ["a"]}})
        assert not line.case(event("a"), event("b"), event("a")).holds("b")


class TestOnceAndTracks:
    def test_once_is_until_it_is_cleared(self) -> None:
        once = plain(a={"once": True}, undo={"clears": ["a"]}, free={})
        assert kinds(once, event("a"), event("a")) == ["again"]
        assert kinds(once, event("a"), event("undo"), event("a")) == []
        assert kinds(once, event("free"), event("free")) == []

    def test_of_tracks_once_is_for_each(self) -> None:
        tracks = plain(start={"per": "measure", "once": True})
        assert kinds(tracks, event("start", of="m1"), event("start", of="m2")) == []
        assert kinds(tracks, event("start", of="m1"), event("start", of="m1")) == ["again"]

    def test_what_names_no_track_is_one_fault_and_no_matter_to_any(self) -> None:
        steps: dict[str, dict[str, Any]] = {
            "start": {"per": "measure"}, "done": {"per": "measure"}, "drop": {"per": "measure", "clears": ["start"]},
            "closed": {"count": {"start": 1}, "every": [("start", "done")]},
        }  # fmt: skip
        tracks = pack(["start", "done", "closed"], steps=steps)
        unnamed = [event("start"), event("start"), event("done"), event("drop")]
        assert found(tracks, *unnamed, event("closed")) == [["no_track"]] * 4 + [[]]
        begun = tracks.case(event("start", of="m1"), *unnamed)
        assert found(tracks, *begun.events, event("closed"))[-1] == ["unfinished"]
        assert found(tracks, *begun.events, event("start", of="m1"))[-1] == ["again"]
        offered = {offer.step: (offer.tracks, offer.new_track) for offer in begun.allowed(date(2024, 3, 2))}
        assert offered["start"] == ((), True)
        assert (offered["done"], offered["drop"]) == ((("m1",), False), (("m1",), True))

    def test_a_step_of_a_track_clears_in_its_own(self) -> None:
        tracks = plain(
            start={"per": "measure"}, drop={"per": "measure", "clears": ["start"]},
            go={"per": "measure", "needs": ["start"]},
        )  # fmt: skip
        begun = [event("start", of="m1"), event("start", of="m2"), event("drop", of="m1")]
        assert kinds(tracks, *begun, event("go", of="m2")) == []
        assert kinds(tracks, *begun, event("go", of="m1")) == ["order"]

    def test_a_step_of_the_case_clears_every_track(self) -> None:
        tracks = plain(start={"per": "measure"}, drop={"clears": ["start"]})
        assert not tracks.case(event("start", of="m1"), event("start", of="m2"), event("drop")).holds("start")


# ── counts ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class TestCount:
    def test_so_many_must_be_in_force(self) -> None:
        twice = plain(visit={}, undo={"clears": ["visit"]}, decide={"count": {"visit": 2}})
        (few,) = wrong(twice, event("visit"), event("decide"))
        assert (few.kind, few.expected, few.got, few.over) == ("count", ("visit", "2"), ("1",), 1)
        assert kinds(twice, event("visit"), event("visit"), event("decide")) == []
        assert kinds(twice, event("visit"), event("undo"), event("visit"), event("decide")) == ["count"]

    def test_of_a_step_with_tracks_the_tracks_count(self) -> None:
        measures = plain(plan={"per": "measure"}, decide={"count": {"plan": 2}})
        m1, m2 = event("plan", of="m1"), event("plan", of="m2")
        assert kinds(measures, m1, m1, event("decide")) == ["count"]
        assert kinds(measures, m1, m2, event("decide")) == []

    def test_how_many_may_be_a_value_or_a_parameter(self) -> None:
        by_size = plain(talk={}, decide={"count": {"talk": "size"}}, close={"count": {"talk": "few"}})
        talk = event("talk")
        assert kinds(by_size, talk, event("decide", values={"size": 2})) == ["count"]
        assert kinds(by_size, talk, talk, event("decide", values={"size": 2})) == []
        assert kinds(by_size, talk, talk, event("close")) == ["count"]
        assert kinds(by_size, talk, talk, talk, event("close")) == []

    def test_a_number_that_nobody_said_asks_for_what_is_sure(self) -> None:
        by_size = plain(talk={}, decide={"count": {"talk": "1 + size"}})
        assert kinds(by_size, event("decide")) == ["count"]
        assert kinds(by_size, event("talk"), event("decide")) == []


def test_nothing_that_was_started_is_left_without_its_end() -> None:
    every = plain(start={"per": "measure"}, done={"per": "measure"}, revisit={"every": [("start", "done")]})
    m1, m2 = event("start", of="m1"), event("start", of="m2")
    (violation,) = wrong(every, m1, m2, event("done", of="m2"), event("revisit"))
    assert (violation.kind, violation.expected, violation.got) == ("unfinished", ("start", "done"), ("m1",))
    assert kinds(every, m1, event("done", of="m1"), event("revisit")) == []
    assert kinds(every, event("revisit")) == []


# ── time ───────────────────────────────────────────────────────────────────────────────────────────────────────────


class TestGaps:
    @staticmethod
    def gap(**keys: Any) -> Pack:
        return plain(a={"repeats": True}, b={"gaps": {"g": {"since": "a", **keys}}})

    def test_at_least(self) -> None:
        notice = self.gap(at_least=5)
        (violation,) = wrong(notice, event("a", 1), event("b", 5))
        assert (violation.kind, violation.over, violation.refusing) == ("early", 1, True)
        assert (violation.expected, violation.got) == (("5", "2024-03-02"), ("2024-03-06",))
        assert violation.rule.path == "gaps.g.at_least"
        assert kinds(notice, event("a", 1), event("b", 6)) == []

    def test_at_most_is_noted_and_no_reason_to_refuse(self) -> None:
        limit = self.gap(at_most=15)
        (violation,) = wrong(limit, event("a"), event("b", 18))
        assert (violation.kind, violation.over, violation.refusing) == ("late", 3, False)
        assert kinds(limit, event("a"), event("b", 15)) == []

    def test_both_ends(self) -> None:
        both = self.gap(at_least=2, at_most=4)
        assert [kinds(both, event("a"), event("b", day)) for day in (1, 2, 4, 5)] == [["early"], [], [], ["late"]]

    def test_nothing_started_the_clock(self) -> None:
        assert kinds(self.gap(at_least=5, at_most=9), event("b", 400)) == []

    def test_a_second_clue_does_not_move_a_limit_since_the_first(self) -> None:
        clues = event("a", 0), event("a", 10)
        assert kinds(self.gap(at_most=15, which="first"), *clues, event("b", 16)) == ["late"]
        assert kinds(self.gap(at_most=15), *clues, event("b", 16)) == []

    def test_the_first_is_the_first_in_force(self) -> None:
        cleared = plain(
            a={"repeats": True},
            undo={"clears": ["a"]},
            b={"gaps": {"g": {"since": "a", "at_most": 5, "which": "first"}}},
        )
        assert kinds(cleared, event("a"), event("undo", 4), event("a", 5), event("b", 9)) == []

    def test_one_of_several_starts_it(self) -> None:
        either = plain(a={}, c={}, b={"gaps": {"g": {"since": "a or c", "at_most": 5}}})
        assert kinds(either, event("a"), event("c", 4), event("b", 8)) == []
        assert kinds(either, event("a"), event("b", 8)) == ["late"]

    def test_of_tracks_its_own_starts_it(self) -> None:
        tracks = plain(
            start={"per": "measure"}, done={"per": "measure", "gaps": {"g": {"since": "start", "at_most": 5}}}
        )
        begun = event("start", 0, of="m1"), event("start", 4, of="m2")
        assert kinds(tracks, *begun, event("done", 8, of="m1")) == ["late"]
        assert kinds(tracks, *begun, event("done", 8, of="m2")) == []

    def test_a_step_may_start_its_own_clock(self) -> None:
        patrol = plain(visit={"repeats": True, "gaps": {"g": {"since": "visit", "at_most": 90}}})
        assert found(patrol, event("visit"), event("visit", 90), event("visit", 181)) == [[], [], ["late"]]

    def test_months_end_with_the_month(self) -> None:
        months = self.gap(at_least=1, at_most=6, days="months")
        end_of_january = event("a", "2024-01-31")
        assert kinds(months, end_of_january, event("b", "2024-02-28")) == ["early"]
        assert kinds(months, end_of_january, event("b", "2024-02-29")) == []
        assert kinds(months, end_of_january, event("b", "2024-07-31")) == []
        assert kinds(months, end_of_january, event("b", "2024-08-01")) == ["late"]

    def test_working_days_know_the_days_that_are_made_up_for(self) -> None:
        three = self.gap(at_least=3, at_most=3, days="working")
        before_the_holiday = event("a", "2026-09-30")  # seven days off, and Saturday the 10th is made up for
        assert kinds(three, before_the_holiday, event("b", "2026-10-09")) == ["early"]
        assert kinds(three, before_the_holiday, event("b", "2026-10-10")) == []
        assert kinds(three, before_the_holiday, event("b", "2026-10-12")) == ["late"]

    def test_a_region_has_days_off_of_its_own(self) -> None:
        off = DaysOff(date(2024, 3, 6), date(2024, 3, 7), Label("节", "feast"), region="15")
        steps: dict[str, Any] = {"a": {}, "b": {"gaps": {"g": {"since": "a", "at_most": 5, "days": "working"}}}}
        own = pack(steps=steps, days_off=[off])
        day = event("b", "2024-03-12")  # the seventh working day after Friday the first
        assert [v.over for _, v in own.case(event("a"), day, region="11").violations] == [2]
        assert own.case(event("a"), day, region="152223").violations == ()

    def test_a_limit_may_be_a_parameter_and_hang_on_a_value(self) -> None:
        limit = self.gap(at_most="short if grade == 'red' else long")
        assert kinds(limit, event("a", values={"grade": "red"}), event("b", 4)) == ["late"]
        assert kinds(limit, event("a", values={"grade": "blue"}), event("b", 4)) == []
        assert kinds(limit, event("a", values={"grade": "blue"}), event("b", 16)) == ["late"]

    def test_where_nobody_said_the_value_the_limit_is_not_decided_in_between(self) -> None:
        limit = self.gap(at_most="short if grade == 'red' else long", at_least="0 if poor else 2")
        rows = [kinds(limit, event("a"), event("b", day)) for day in (1, 3, 4, 15, 16)]
        assert rows == [["not_decided"], [], ["not_decided"], ["not_decided"], ["late"]]
        assert not KINDS["not_decided"].refusing

    def test_under_a_condition(self) -> None:
        red = plain(a={}, b={"also": {"red": {"when": "grade == 'red'", "gaps": {"g": {"since": "a", "at_most": 3}}}}})
        assert kinds(red, event("a", values={"grade": "blue"}), event("b", 4)) == []
        (violation,) = wrong(red, event("a", values={"grade": "red"}), event("b", 4))
        assert (violation.kind, violation.rule.path) == ("late", "also.red.gaps.g.at_most")
        assert kinds(red, event("a"), event("b", 4)) == ["not_decided"]
        assert kinds(red, event("a"), event("b", 3)) == []


class TestUnannouncedYears:
    """Of the days after the calendar each may be a working day or not: what is sure is said, the rest never refuses."""

    @pytest.fixture
    def monday(self) -> str:
        assert date(2026, 12, 21).weekday() == 0
        return "2026-12-21"

    @pytest.mark.parametrize(
        ("limit", "day", "expected"),
        [
            ({"at_most": 9}, "2026-12-31", []),  # eight working days
            ({"at_most": 9}, "2027-01-01", []),  # at most nine
            ({"at_most": 9}, "2027-01-02", ["not_announced"]),
            ({"at_most": 7}, "2027-01-05", ["late"]),  # eight at least
            ({"at_least": 9}, "2026-12-31", ["early"]),
            ({"at_least": 9}, "2027-01-01", ["not_announced"]),
            ({"at_least": 8}, "2027-01-01", []),
            ({"at_most": 8, "days": "calendar"}, "2027-01-02", ["late"]),
        ],
    )
    def test_what_is_sure_is_said(self, monday: str, limit: dict[str, Any], day: str, expected: list[str]) -> None:
        gap = plain(a={}, b={"gaps": {"g": {"since": "a", "days": "working", **limit}}})
        assert kinds(gap, event("a", monday), event("b", day)) == expected

    def test_it_never_refuses(self, monday: str) -> None:
        gap = plain(a={}, b={"gaps": {"g": {"since": "a", "days": "working", "at_least": 9}}})
        case = gap.case(event("a", monday)).record(event("b", "2027-01-01"))
        assert [violation.refusing for _, violation in case.violations] == [False]

    def test_where_the_days_off_can_change_nothing_the_value_is_what_is_missing(self, monday: str) -> None:
        gap = plain(a={}, b={"gaps": {"g": {"since": "a", "days": "working", "at_most": "3 if poor else 20"}}})
        assert kinds(gap, event("a", monday), event("b", "2027-01-05")) == ["not_decided"]


# ── effects ────────────────────────────────────────────────────────────────────────────────────────────────────────


class TestBlocks:
    BLOCKS = plain(
        a={}, objection={"blocks": ["decision"], "until": ["answer"]}, answer={"needs": ["objection"]}, decision={}
    )

    def test_while_it_is_in_force_others_may_not_come(self) -> None:
        (violation,) = wrong(self.BLOCKS, event("objection"), event("decision"))
        assert (violation.kind, violation.got) == ("blocked", ("objection",))
        assert kinds(self.BLOCKS, event("objection"), event("a")) == []

    def test_until_something_lifts_it(self) -> None:
        assert kinds(self.BLOCKS, event("objection"), event("answer"), event("decision")) == []
        again = [event("objection"), event("answer"), event("objection"), event("decision")]
        assert kinds(self.BLOCKS, *again) == ["blocked"]

    def test_of_tracks_only_the_same_one_is_blocked(self) -> None:
        tracks = plain(stop={"per": "measure", "blocks": ["go", "end"]}, go={"per": "measure"}, end={})
        assert kinds(tracks, event("stop", of="m1"), event("go", of="m2")) == []
        assert kinds(tracks, event("stop", of="m1"), event("go", of="m1")) == ["blocked"]
        assert kinds(tracks, event("stop", of="m1"), event("end")) == ["blocked"]


class TestEnds:
    STEPS: ClassVar[dict[str, dict[str, Any]]] = {
        "closed": {"ends": True, "after": ["note"]},
        "note": {},
        "reopen": {"clears": ["closed"]},
        "other": {},
        "rejected": {"ends": True},
    }
    ENDS = pack(["a", "closed"], steps=STEPS)
    CLOSED = event("a"), event("closed")

    def test_nothing_comes_after_the_end_and_each_that_does_is_counted(self) -> None:
        (first,) = wrong(self.ENDS, *self.CLOSED, event("other"))
        assert (first.kind, first.expected, first.got) == ("after_end", ("closed",), ("1",))
        case = self.ENDS.case(*self.CLOSED, event("other"), event("other"))
        assert [violation.got for _, violation in case.violations] == [("1",), ("2",)]

    def test_save_what_may(self) -> None:
        assert kinds(self.ENDS, *self.CLOSED, event("note")) == []

    def test_it_takes_effect_all_the_same(self) -> None:
        assert self.ENDS.case(*self.CLOSED, event("other")).holds("other")

    def test_only_a_step_that_clears_the_end_opens_it_again(self) -> None:
        assert kinds(self.ENDS, *self.CLOSED, event("reopen"), event("other")) == []
        assert kinds(self.ENDS, *self.CLOSED, event("reopen"), event("closed")) == []

    def test_once_it_was_opened_again_those_after_its_end_are_counted_anew(self) -> None:
        again = [*self.CLOSED, event("other"), event("other"), event("reopen"), event("closed"), event("other")]
        case = self.ENDS.case(*again)
        assert [violation.got for _, violation in case.violations] == [("1",), ("2",), ("1",)]

    def test_a_second_end_is_after_the_first(self) -> None:
        assert kinds(self.ENDS, *self.CLOSED, event("rejected")) == ["after_end"]

    def test_the_same_end_again_is_done_again(self) -> None:
        assert kinds(self.ENDS, *self.CLOSED, event("closed")) == ["again"]

    def test_while_another_end_is_in_force_the_case_stays_ended(self) -> None:
        rows = found(self.ENDS, *self.CLOSED, event("rejected"), event("reopen"), event("other"))
        assert rows == [[], [], ["after_end"], ["after_end"], ["after_end"]]


class TestBackTo:
    BACK = pack(["a", "b", "c", "d"], steps={"rework": {"needs": ["c"], "back_to": "b"}, "beside": {}})

    def test_it_clears_a_step_and_what_follows_it_in_its_line(self) -> None:
        case = self.BACK.case(*map(event, ["a", "b", "c", "beside", "rework"]))
        assert [name for name in ("a", "b", "c", "beside", "rework") if case.holds(name)] == ["a", "beside", "rework"]

    def test_the_work_goes_on_from_there(self) -> None:
        assert found(self.BACK, *map(event, ["a", "b", "c", "rework", "b", "c", "d"])) == [[]] * 7
        assert kinds(self.BACK, *map(event, ["a", "b", "c", "rework", "c"])) == ["order"]


def test_an_event_is_judged_before_it_clears_and_clears_before_it_counts() -> None:
    swap = plain(a={"clears": ["a", "b"], "needs": ["b"]}, b={}, c={"count": {"a": 2}})
    rows = found(swap, event("b"), event("a"), event("b"), event("a"), event("c"))
    assert rows == [[], [], [], [], ["count"]]


# ── what is said ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_event_itself_must_say_values() -> None:
    says = plain(a={}, b={"says": ["grade", "poor", "size"]})
    said = event("a", values={"grade": "red", "poor": True, "size": 1})
    (violation,) = wrong(says, said, event("b", values={"poor": False}))
    assert (violation.kind, violation.expected) == ("not_said", ("grade", "size"))
    assert kinds(says, event("b", values={"grade": "蓝", "poor": "否", "size": "0"})) == []


class TestHolds:
    HOLDS = plain(a={}, undo={"clears": ["a"]}, b={"holds": ["poor", "size >= 2"]}, c={"holds": ["not a"]})

    def test_the_case_or_the_event_must_say_so(self) -> None:
        said = event("a", values={"poor": True, "size": 2})
        assert kinds(self.HOLDS, said, event("b")) == []
        assert kinds(self.HOLDS, event("b", values={"poor": True, "size": 2})) == []
        assert kinds(self.HOLDS, said, event("b", values={"size": 1})) == ["not_so"]  # its own goes before

    def test_what_nobody_said_is_not_so(self) -> None:
        poor, size = wrong(self.HOLDS, event("b"))
        assert (poor.kind, poor.expected, poor.got) == ("not_so", ("poor",), ("poor",))
        assert (size.kind, size.expected, size.got) == ("not_so", ("size >= 2",), ("size",))

    def test_the_latest_in_force_counts(self) -> None:
        first, second = event("a", values={"poor": True, "size": 2}), event("a", values={"size": 1})
        assert kinds(self.HOLDS, first, second, event("b")) == ["not_so"]
        assert kinds(self.HOLDS, second, first, event("b")) == []
        assert kinds(self.HOLDS, first, event("undo"), event("b")) == ["not_so", "not_so"]

    def test_steps_may_be_asked_for(self) -> None:
        assert kinds(self.HOLDS, event("c")) == []
        assert kinds(self.HOLDS, event("a"), event("c")) == ["not_so"]


def test_a_value_may_be_a_range() -> None:
    holds = plain(a={"holds": ["size >= 2"]})
    assert kinds(holds, event("a", values={"size": "2-3"})) == []
    assert kinds(holds, event("a", values={"size": "1-3"})) == ["not_so"]


class TestGuards:
    GUARDED = plain(
        a={},
        b={
            "evidence": ["form"],
            "also": {
                "red": {"when": "grade == 'red'", "by": {"official": "county"}, "evidence": ["photo"], "needs": ["a"]},
                "after_a": {"when": "a and not poor", "says": ["size"]},
            },
        },
    )
    FORM = ("form",)

    def test_a_demand_with_a_condition_holds_where_that_surely_does(self) -> None:
        red, blue = {"grade": "red"}, {"grade": "blue"}
        assert kinds(self.GUARDED, event("b", evidence=self.FORM, values=red)) == ["order", "no_actor", "papers"]
        assert kinds(self.GUARDED, event("b", evidence=self.FORM, values=blue)) == []
        assert kinds(self.GUARDED, event("b", evidence=self.FORM)) == []
        assert kinds(self.GUARDED, event("b", values=blue)) == ["papers"]

    def test_a_rule_says_which_demand_it_is_of(self) -> None:
        rules = [v.rule.path for v in wrong(self.GUARDED, event("b", values={"grade": "red"}))]
        assert rules == ["also.red.needs", "evidence", "also.red.by", "also.red.evidence"]

    def test_conditions_read_steps_in_force(self) -> None:
        a = event("a", values={"poor": False})
        assert kinds(self.GUARDED, a, event("b", evidence=self.FORM)) == ["not_said"]
        assert kinds(self.GUARDED, event("b", evidence=self.FORM, values={"poor": False})) == []


# ── events as they come ────────────────────────────────────────────────────────────────────────────────────────────

FREE = plain(a={}, b={}, c={"needs": ["a"]})


def test_an_unknown_step_is_one_row_and_has_no_effect() -> None:
    (violation,) = wrong(FREE, event("a"), event("没有"))
    assert (violation.kind, violation.got, violation.rule.step) == ("unknown_step", ("没有",), "")
    case = FREE.case(event("没有", 9))
    assert found(FREE, event("没有", 9), event("a", 1)) == [["unknown_step"], []]
    assert case.allowed(date(2024, 3, 1)) == FREE.case().allowed(date(2024, 3, 1))


CHANGES: list[dict[str, Any]] = [
    {"actor": "y"}, {"step": "b"}, {"values": {"poor": False}}, {"of": "m"}, {"at": date(2024, 3, 9)},
    {"step": "nonsense"}, {"evidence": ("form",)}, {"role": "worker"}, {"level": "county"},
]  # fmt: skip


class TestTheSameIdAgain:
    A = event("a", 1, id="7", actor="x", values={"poor": True})

    def test_the_same_content_is_no_row_and_no_effect(self) -> None:
        case = FREE.case(self.A)
        again, violations = case.observe(self.A)
        assert violations == ()
        assert again is case
        assert found(FREE, self.A, event("b", 2), self.A) == [[], [], []]  # and is not reversed in time

    @pytest.mark.parametrize("changed", CHANGES, ids=str)
    def test_other_content_is_one_row_and_no_effect(self, changed: dict[str, Any]) -> None:
        case, violations = FREE.case(self.A).observe(self.A.model_copy(update=changed))
        assert [violation.kind for violation in violations] == ["id_conflict"]
        assert [name for name in "abc" if case.holds(name)] == ["a"]
        assert case.value("poor") is True

    def test_words_and_empty_cells_make_no_difference(self) -> None:
        said = event("a", 1, id="7", role="网格员", level="村", evidence=("照片", "申请表"), values={"等级": "红"})
        again = event("a", 1, id="7", role="worker", level="village", evidence=("form", "photo"), actor="", of="",
                      values={"grade": "red", "poor": None, "size": ""})  # fmt: skip
        assert found(FREE, said, again) == [[], []]

    def test_the_first_stays_what_is_compared(self) -> None:
        other = self.A.model_copy(update={"actor": "y"})
        assert found(FREE, self.A, other, other, self.A) == [[], ["id_conflict"], ["id_conflict"], []]

    def test_events_without_an_id_are_never_the_same(self) -> None:
        case = FREE.case(event("a"), event("a"))
        assert len(case.events) == 2


class TestTime:
    @pytest.mark.parametrize(
        ("first", "second", "expected"),
        [
            ("2024-03-02", "2024-03-01", ["time_reversed"]),
            ("2024-03-02", "2024-03-02", []),
            ("2024-03-02T09:00", "2024-03-02T08:59", ["time_reversed"]),
            ("2024-03-02T09:00", "2024-03-02T09:00", []),
            ("2024-03-02T09:00", "2024-03-02", []),  # only the day is known
            ("2024-03-02", "2024-03-02T00:00", []),
            ("2024-03-02T09:00+08:00", "2024-03-02T02:00+00:00", []),  # instants are compared
            ("2024-03-02T09:00+08:00", "2024-03-02T00:59+00:00", ["time_reversed"]),
            ("2024-03-02T09:00", "2024-03-02T01:00+00:00", []),  # without a zone: the procedure's
            ("2024-03-02T01:00", "2024-03-01T18:00+00:00", []),  # which is the second there
            ("2024-03-02", "2024-03-01T17:00+00:00", []),
            ("2024-03-02", "2024-03-01T15:00+00:00", ["time_reversed"]),
        ],
    )
    def test_earlier_than_the_event_before(self, first: str, second: str, expected: list[str]) -> None:
        assert kinds(FREE, event("a", first), event("b", second)) == expected

    def test_it_is_noted_once_and_takes_effect(self) -> None:
        rows = found(FREE, event("a", 5), event("b", 2), event("c", 2))
        assert rows == [[], ["time_reversed"], []]
        (violation,) = wrong(FREE, event("a", 5), event("b", 2))
        assert (violation.refusing, violation.expected, violation.got) == (False, ("2024-03-06",), ("2024-03-03",))

    def test_days_are_those_of_the_procedure(self) -> None:
        limit = {"a": {}, "b": {"gaps": {"g": {"since": "a", "at_most": 1}}}}
        events = event("a", "2024-03-01T12:00+00:00"), event("b", "2024-03-02T17:00+00:00")
        assert kinds(pack(steps=limit), *events) == ["late"]  # the third in Shanghai
        assert kinds(pack(steps=limit, zone="UTC"), *events) == []


NOT_VALUES: list[tuple[str, Any]] = [
    ("grade", "green"), ("grade", True), ("poor", 5), ("poor", "maybe"), ("size", 7), ("size", -1), ("size", True),
    ("size", 1.5), ("size", "1.5"), ("size", "7"), ("size", "5-7"), ("size", "some"),
    ("size", float("inf")), ("size", date(2024, 1, 1)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), NOT_VALUES)
def test_a_value_that_can_not_be_taken_is_told_once(name: str, value: Any) -> None:
    says = plain(a={"says": [name]})
    (violation,) = wrong(says, event("a", values={name: value}))
    assert (violation.kind, violation.expected) == ("not_a_value", (name,))


@pytest.mark.parametrize("value", [None, float("nan"), "", "未知"])
def test_what_is_missing_is_not_said(value: Any) -> None:
    assert kinds(plain(a={"says": ["size"]}), event("a", values={"size": value})) == ["not_said"]


def test_a_value_that_the_pack_does_not_list_is_told() -> None:
    (violation,) = wrong(FREE, event("a", values={"colour": "red"}))
    assert (violation.kind, violation.expected) == ("not_a_value", ("colour",))


def test_which_kinds_refuse() -> None:
    assert {kind.name for kind in KINDS.values() if not kind.refusing} == {
        "late", "time_reversed", "not_announced", "not_decided"
    }  # fmt: skip
