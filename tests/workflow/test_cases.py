"""A case in an app: observed or recorded event by event, what may come next and until when, stored and read again."""

from datetime import date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from fanpin import load_pack
from fanpin.cases import Case, StepRefused, standing
from fanpin.errors import DataError, MissingParameter, PackError
from fanpin.events import Event
from fanpin.i18n import Label, speaking
from fanpin.id_numbers import invented_id_number
from tests.workflow.procedures import Pack, event, pack

OFFICIAL: dict[str, Any] = {"actor": "o", "role": "official", "level": "county"}
STEPS: dict[str, dict[str, Any]] = {
    "clue": {"repeats": True, "standing": "in_process"},
    "visit": {
        "by": {"worker": "village"}, "evidence": ["photo"],
        "gaps": {"answer": {"since": "clue", "at_most": "short", "label": Label("线索未核", "clue not answered")}},
    },
    "notice": {},
    "decision": {
        "by": {"official": ["county", "township"]}, "says": ["grade"],
        "gaps": {"notice": {"since": "notice", "at_least": 5},
                 "total": {"since": "clue", "at_most": "long", "which": "first"}},
        "also": {"red": {"when": "grade == 'red'", "by": {"official": "county"}, "evidence": ["minutes"]}},
        "standing": "monitored",
    },
    "measure": {"per": "measure", "needs": ["decision"]},
    "done": {
        "per": "measure", "needs": ["measure"],
        "gaps": {"half": {"since": "measure", "at_most": 6, "days": "months"}},
    },
    "closed": {"ends": True, "every": [("measure", "done")]},
    "withdrawn": {"needs": ["clue"], "ends": True},
    "rework": {"needs": ["notice"], "back_to": "visit"},
}  # fmt: skip
PACK = pack(["clue", "visit", "notice", "decision", "closed"], steps=STEPS)

VISIT = event("visit", 2, actor="w", role="worker", level="village", evidence=("photo",))
NOTICED = (event("clue"), VISIT, event("notice", 3))
DECIDED = (*NOTICED, event("decision", 8, values={"grade": "blue"}, **OFFICIAL))


def steps_of(case: Case, on: date) -> list[str]:
    return [allowed.step for allowed in case.allowed(on)]


# ── observe and record ─────────────────────────────────────────────────────────────────────────────────────────────


class TestRecord:
    def test_a_lawful_step_is_taken_and_the_case_before_stays_as_it_is(self) -> None:
        before = PACK.case(event("clue"))
        after = before.record(VISIT)
        assert after.holds("visit")
        assert not before.holds("visit")
        assert (after.events, before.events) == ((event("clue"), VISIT), (event("clue"),))

    def test_it_names_every_reason_at_once(self) -> None:
        with pytest.raises(StepRefused) as refused:
            PACK.case(*NOTICED).record(event("decision", 5, actor="x", role="worker", level="village"))
        assert [v.kind for v in refused.value.violations] == ["role", "not_said", "early"]
        with speaking("en"):
            text = str(refused.value)
        for part in ("official", "worker", "does not declare grade", "3 days short"):
            assert part in text

    def test_what_is_only_late_is_taken_and_stays_marked(self) -> None:
        case = PACK.case(event("clue")).record(VISIT.model_copy(update={"at": date(2024, 3, 9)}))
        assert [(number, violation.kind) for number, violation in case.violations] == [(1, "late")]

    def test_no_personal_value_is_in_what_is_printed(self) -> None:
        secret = event("clue", actor="张三", of="李四", values={"grade": "王五"}, id="赵六", evidence=("钱七",))
        case = PACK.case(secret)
        assert not {"张三", "李四", "王五", "赵六", "钱七"} & {t for t in ("张三", "李四", "王五", "赵六", "钱七")
                                                           if t in f"{secret!r}{secret}{case!r}{case}"}  # fmt: skip

    def test_observe_takes_everything(self) -> None:
        case, violations = PACK.case().observe(event("closed"))
        assert {violation.kind for violation in violations} == {"order"}
        assert case.ended == "closed"


def test_a_procedure_that_the_pack_does_not_have() -> None:
    with pytest.raises(PackError, match="'v'"):
        Case.open("v", pack=PACK, id="1")


def test_what_a_case_says_of_itself() -> None:
    case = PACK.case(*DECIDED)
    assert (case.last, case.ended, case.value("grade")) == (DECIDED[-1], None, "blue")
    assert (PACK.case().last, PACK.case().ended, PACK.case().value("grade")) == (None, None, None)
    assert repr(case) == "<Case w, 4 events, at decision>"
    assert repr(PACK.case()) == "<Case w, 0 events, at no step yet>"
    ended = PACK.case(*DECIDED, event("withdrawn", 9))
    assert (ended.ended, ended.at, ended.is_open) == ("withdrawn", "withdrawn", False)
    assert repr(ended) == "<Case w, 5 events, ended by withdrawn>"


def test_what_the_procedure_does_not_have_is_not_answered() -> None:
    for ask in (PACK.case().value, PACK.case().holds):
        with pytest.raises(KeyError, match="grde"):
            ask("grde")


@pytest.mark.parametrize("at", [20240301, 1709251200.5, "1709251200", "45352", True, "2024-W09-5", "2024-3-1"])
def test_a_number_is_no_day(at: Any) -> None:
    with pytest.raises(ValidationError):
        Event(step="clue", at=at)


@pytest.mark.parametrize("at", ["2024-03-01", "20240301", date(2024, 3, 1)])
def test_a_day_is_no_midnight(at: Any) -> None:
    assert type(Event(step="clue", at=at).at) is date


def test_no_repr_names_anybody() -> None:
    number = invented_id_number(1, date(1956, 3, 9))
    said: dict[str, Any] = {"actor": "李四", "role": "李四", "values": {"reason": "李四说的"}}
    case = Case.open("roll_back", pack=load_pack("national"), id=number, household=number)
    for step in ("doubted", "mark_kept"):
        case, _ = case.observe(Event(step=step, at=date(2024, 3, 1), **said))
    shown = repr((case, case.to_record(), standing([case]), case.timeline(), case._state.last))
    assert "mark_kept" in shown
    assert not [secret for secret in (number, "李四") if secret in shown]


class TestPlace:
    """Where a case stands: as far as it came in its line."""

    BESIDE = pack(["a", "b", "c", "d"], ["a", "x", "c"], steps={"a": {"repeats": True}, "x": {}, "z": {}})

    @pytest.mark.parametrize(
        ("steps", "at"),
        [
            ("", None), ("a", "a"), ("aba", "b"), ("abz", "b"), ("z", "z"), ("nonsense", None),
            ("abx", "x"), ("axb", "b"), ("abxc", "c"), ("abcx", "c"), ("abcd", "d"), ("abcdb", "b"),
        ],
    )  # fmt: skip
    def test_furthest_in_its_line(self, steps: str, at: str | None) -> None:
        names = [steps] if len(steps) > 5 else steps
        case = self.BESIDE.case(*(event(name, n) for n, name in enumerate(names)))
        assert (case.at, case.is_open) == (at, True)
        assert repr(case) == f"<Case w, {len(names)} events, at {at or 'no step yet'}>"
        assert case.text("en").splitlines()[0].endswith(f": at {at}" if at else ": nothing came yet")


class TestParameters:
    """A case keeps the parameters of the day on which it was opened."""

    OLD_AND_NEW = pack(
        steps={"a": {}, "b": {"gaps": {"g": {"since": "a", "at_most": "short"}}}},
        parameters={"short": {date(2020, 1, 1): 3, date(2024, 3, 10): 30}, "long": 15, "few": 3},
    )

    def test_of_the_day_of_the_first_event(self) -> None:
        for opened, came, expected in (("2024-03-09", "2024-03-13", "late"), ("2024-03-10", "2024-03-14", "")):
            case = self.OLD_AND_NEW.case(event("a", opened), event("b", came))
            assert "".join(violation.kind for _, violation in case.violations) == expected

    def test_an_unknown_step_opens_no_case(self) -> None:
        case = self.OLD_AND_NEW.case(
            event("nonsense", "2024-03-09"), event("a", "2024-03-10"), event("b", "2024-03-20")
        )
        assert [violation.kind for _, violation in case.violations] == ["unknown_step"]

    def test_without_a_value_there_is_no_case(self) -> None:
        with pytest.raises(MissingParameter):
            self.OLD_AND_NEW.case(event("a", "2019-12-31"))

    def test_of_the_region(self) -> None:
        steps: dict[str, Any] = {"a": {}, "b": {"gaps": {"g": {"since": "a", "at_most": "short"}}}}
        by_region = pack(steps=steps, parameters={"short": {"15": 3, "11": 30}, "long": 15, "few": 3})
        late = [by_region.case(event("a"), event("b", 9), region=region).violations != () for region in ("15", "11")]
        assert late == [True, False]


# ── what may come ──────────────────────────────────────────────────────────────────────────────────────────────────


class TestWhatIsGiven:
    @pytest.mark.parametrize(
        "given",
        [{"id": 1}, {"id": "1", "household": 2}, {"id": "1", "pack": "zhalaite"}],
        ids=["id", "household", "pack"],
    )
    def test_a_case_is_opened_with_texts_and_a_pack(self, given: Any) -> None:
        with pytest.raises(TypeError, match=f"`{[*given][-1]}` is a "):
            Case.open("w", **{"pack": PACK, **given})

    def test_a_day_is_a_date_and_no_text(self) -> None:
        day: Any = "2024-03-05"
        for ask in (PACK.case().allowed, PACK.case(event("clue")).deadlines):
            with pytest.raises(TypeError, match="`on` is a date, not a str"):
                ask(day)

    def test_cases_are_the_same_by_what_they_say(self) -> None:
        one, other = PACK.case(event("clue")), PACK.case(event("clue"))
        assert one == other == Case.from_json(one.to_json(), pack=PACK)
        assert {one, other, PACK.case()} == {one, PACK.case()}
        assert one not in (PACK.case(event("clue", 1)), PACK.case(event("clue"), id="2"), PACK.case(), "1")


class TestAllowed:
    ON = date(2024, 3, 5)

    def test_only_what_can_come(self) -> None:
        assert steps_of(PACK.case(), self.ON) == ["clue"]
        assert steps_of(PACK.case(event("clue")), self.ON) == ["clue", "visit", "withdrawn"]
        assert steps_of(PACK.case(*NOTICED), self.ON) == ["clue", "decision", "withdrawn", "rework"]
        assert steps_of(PACK.case(*NOTICED, event("withdrawn", 4)), self.ON) == []

    def test_who_with_what_and_within_which_days(self) -> None:
        (visit,) = [a for a in PACK.case(event("clue")).allowed(self.ON) if a.step == "visit"]
        assert (visit.by, visit.evidence, visit.says) == ({"worker": ("village",)}, ("photo",), ())
        assert (visit.earliest, visit.latest) == (None, date(2024, 3, 4))
        (decision,) = [a for a in PACK.case(*NOTICED).allowed(self.ON) if a.step == "decision"]
        assert (decision.by, decision.says) == ({"official": ("county", "township")}, ("grade",))
        assert (decision.earliest, decision.latest) == (date(2024, 3, 9), date(2024, 3, 16))
        assert not decision.is_open(date(2024, 3, 8))
        assert decision.is_open(date(2024, 3, 9))

    def test_of_several_times_the_narrowest_counts(self) -> None:
        one, other = {"at_least": 2, "at_most": 9}, {"at_least": 3, "at_most": 20}
        gaps = {"one": {"since": "a", **one}, "other": {"since": "a", **other}}
        several = pack(steps={"a": {}, "b": {"gaps": gaps}})
        (b,) = [a for a in several.case(event("a")).allowed(self.ON) if a.step == "b"]
        assert (b.earliest, b.latest) == (date(2024, 3, 4), date(2024, 3, 10))

    def test_it_asks_for_what_nobody_declared_and_would_decide(self) -> None:
        def asked(**values: Any) -> tuple[str, ...]:
            demand = {"when": "poor", "holds": ["size >= 2"], "evidence": ["photo"]}
            steps: dict[str, dict[str, Any]] = {
                "a": {"holds": ["grade != 'red'"], "also": {"more": demand}, "says": ["grade"]}, "b": {},
            }  # fmt: skip
            case = pack(steps=steps).case(event("b", values=values))
            (offer,) = [a for a in case.allowed(self.ON) if a.step == "a"]
            assert (offer.says, offer.evidence) == (("grade",), ("photo",) if values.get("poor") else ())
            return offer.asks

        assert asked() == ("poor", "size")
        assert asked(poor=True) == ("size",)
        assert asked(poor=False) == asked(poor=True, size=1) == asked(poor=True, size=2) == ()
        assert asked(size=1) == ("poor",)

    def test_what_the_case_knows_decides_who(self) -> None:
        red = PACK.case(event("clue", values={"grade": "red"}), VISIT, event("notice", 3))
        (decision,) = [a for a in red.allowed(self.ON) if a.step == "decision"]
        assert (decision.by, decision.evidence) == ({"official": ("county",)}, ("minutes",))

    def test_where_no_role_meets_both_demands_nobody_is_named(self) -> None:
        of_red = {"when": "grade == 'red'", "by": {"worker": "village"}}
        torn = pack(steps={"a": {}, "b": {"by": {"official": "county"}, "also": {"red": of_red}}})
        case = torn.case(event("a", values={"grade": "red"}))
        (b,) = [a for a in case.allowed(self.ON) if a.step == "b"]
        assert b.by == {"official": (), "worker": ()}

    def test_tracks(self) -> None:
        begun = PACK.case(*DECIDED, event("measure", 9, of="m1"), event("measure", 10, of="m2"))
        case = begun.record(event("done", 11, of="m2"))
        offers = {(a.step, a.tracks, a.new_track) for a in case.allowed(self.ON) if a.step in ("measure", "done")}
        assert offers == {("measure", ("m1", "m2"), True), ("done", ("m1",), False), ("done", ("m2",), False)}
        latest = {a.tracks: a.latest for a in case.allowed(self.ON) if a.step == "done"}
        assert latest == {("m1",): date(2024, 9, 10), ("m2",): date(2024, 9, 11)}

    def test_a_new_track_is_not_one_whose_mark_was_forgotten(self) -> None:
        once = pack(steps={"start": {"per": "measure", "once": True}})
        (start,) = once.case(event("start")).allowed(self.ON)
        assert (start.tracks, start.new_track) == ((), True)

    def test_before_the_first_event_the_day_says_which_parameters(self) -> None:
        with pytest.raises(MissingParameter):
            PACK.case().allowed(date(2019, 12, 31))

    @pytest.mark.parametrize(
        ("n", "earliest"), [(3, "2026-12-30"), (4, "2026-12-31"), (5, "2027-01-01"), (9, "2027-01-05")]
    )
    def test_where_the_calendar_is_not_announced_the_day_may_turn_out_earliest(self, n: int, earliest: str) -> None:
        """From then on nobody can say that it is too early; before, everybody can."""
        steps: dict[str, Any] = {"a": {}, "b": {"gaps": {"g": {"since": "a", "at_least": n, "days": "working"}}}}
        case = pack(steps=steps).case(event("a", "2026-12-25"))
        (b,) = [a for a in case.allowed(date(2026, 12, 26)) if a.step == "b"]
        assert b.earliest == date.fromisoformat(earliest)
        day_before = date.fromordinal(b.earliest.toordinal() - 1).isoformat()
        assert [v.kind for v in case.observe(event("b", day_before))[1]] == ["early"]
        assert "early" not in [v.kind for v in case.observe(event("b", earliest))[1]]


# ── deadlines ──────────────────────────────────────────────────────────────────────────────────────────────────────


class TestDeadlines:
    @staticmethod
    def waiting(case: Case, on: str) -> list[tuple[str, date | None, str, int]]:
        return [(d.step, d.due, d.status, d.over) for d in case.deadlines(date.fromisoformat(on))]

    def test_those_that_end_first_go_first(self) -> None:
        case = PACK.case(event("clue"))
        visit, decision = date(2024, 3, 4), date(2024, 3, 16)
        assert self.waiting(case, "2024-02-29") == [
            ("visit", visit, "in_time", 0),
            ("decision", decision, "in_time", 0),
        ]
        assert [row[2:] for row in self.waiting(case, "2024-03-01")] == [("due_soon", 0), ("in_time", 0)]
        assert [row[2:] for row in self.waiting(case, "2024-03-04")] == [("due_soon", 0), ("in_time", 0)]
        assert [row[2:] for row in self.waiting(case, "2024-03-05")] == [("overrun", 1), ("in_time", 0)]
        assert [row[2:] for row in self.waiting(case, "2024-03-20")] == [("overrun", 16), ("overrun", 4)]

    def test_a_step_that_came_is_not_waited_for(self) -> None:
        assert [row[0] for row in self.waiting(PACK.case(event("clue"), VISIT), "2024-03-05")] == ["decision"]
        assert self.waiting(PACK.case(*DECIDED), "2024-03-20") == []

    def test_once_it_was_cleared_it_is_waited_for_again(self) -> None:
        case = PACK.case(*DECIDED, event("rework", 9))
        assert [row[0] for row in self.waiting(case, "2024-03-20")] == ["visit", "decision"]

    def test_a_later_start_waits_again(self) -> None:
        case = PACK.case(event("clue"), VISIT, event("clue", 10))
        assert [row[:2] for row in self.waiting(case, "2024-03-12")] == [
            ("visit", date(2024, 3, 14)), ("decision", date(2024, 3, 16))
        ]  # fmt: skip

    def test_nothing_is_waited_for_after_the_end(self) -> None:
        assert self.waiting(PACK.case(event("clue"), event("withdrawn", 1)), "2024-12-01") == []

    def test_each_track_is_waited_for(self) -> None:
        case = PACK.case(*DECIDED, *(event("measure", 9 + n, of=f"m{n}") for n in range(3)), event("done", 20, of="m1"))
        waited = [(d.of, d.due) for d in case.deadlines(date(2024, 4, 1))]
        assert waited == [("m0", date(2024, 9, 10)), ("m2", date(2024, 9, 12))]

    def test_a_clock_that_the_case_or_a_track_starts(self) -> None:
        done: dict[str, Any] = {"per": "measure", "gaps": {"g": {"since": "go or start", "at_most": 5}}}
        mixed = pack(steps={"go": {}, "start": {"per": "measure"}, "done": done})
        only_case = mixed.case(event("go"))
        assert [(d.of, d.due) for d in only_case.deadlines(date(2024, 3, 1))] == [(None, date(2024, 3, 6))]
        both = mixed.case(event("start", 0, of="m1"), event("go", 3))
        assert [(d.of, d.due) for d in both.deadlines(date(2024, 3, 1))] == [("m1", date(2024, 3, 9))]

    def test_an_alternative_stops_the_clock_too(self) -> None:
        gap: dict[str, Any] = {"gaps": {"g": {"since": "a", "at_most": 5}}}
        either = pack(["a", "b or c"], steps={"a": {"repeats": True}, "b": gap, "c": gap})
        assert [row[0] for row in self.waiting(either.case(event("a")), "2024-03-20")] == ["b", "c"]
        assert self.waiting(either.case(event("a"), event("c", 9)), "2024-03-20") == []
        again = either.case(event("a"), event("c", 1), event("a", 2))
        assert [row[0] for row in self.waiting(again, "2024-03-20")] == ["b", "c"]

    def test_what_is_optional_has_none(self) -> None:
        steps = {"a": {}, "b": {"optional": True, "gaps": {"g": {"since": "a", "at_most": 5}}}}
        assert pack(steps=steps).case(event("a")).deadlines(date(2025, 1, 1)) == ()

    def test_a_value_that_nobody_said_gives_an_earliest_and_a_latest_day(self) -> None:
        steps: dict[str, Any] = {"a": {}, "b": {"gaps": {"g": {"since": "a", "at_most": "3 if poor else 15"}}}}
        case = pack(steps=steps).case(event("a"))
        found = {on: case.deadlines(date(2024, 3, on))[0] for on in (1, 4, 5, 16, 17)}
        assert {(d.due, d.latest) for d in found.values()} == {(date(2024, 3, 4), date(2024, 3, 16))}
        statuses = [d.status for d in found.values()]
        assert statuses == ["due_soon", "due_soon", "not_decided", "not_decided", "overrun"]

    def test_under_a_condition_that_nobody_decided(self) -> None:
        red = {"red": {"when": "grade == 'red'", "gaps": {"g": {"since": "a", "at_most": 3}}}}
        either = pack(steps={"a": {}, "b": {"also": red}})
        (unknown,) = either.case(event("a")).deadlines(date(2024, 3, 9))
        assert (unknown.due, unknown.latest, unknown.status) == (date(2024, 3, 4), None, "not_decided")
        assert either.case(event("a", values={"grade": "blue"})).deadlines(date(2024, 3, 9)) == ()
        (known,) = either.case(event("a", values={"grade": "red"})).deadlines(date(2024, 3, 9))
        assert (known.latest, known.status, known.over) == (date(2024, 3, 4), "overrun", 5)

    def test_an_unannounced_year(self) -> None:
        steps: dict[str, Any] = {"a": {}, "b": {"gaps": {"g": {"since": "a", "at_most": 9, "days": "working"}}}}
        case = pack(steps=steps).case(event("a", "2026-12-21"))  # eight working days are left in the year
        found = {on: case.deadlines(date.fromisoformat(on))[0] for on in ("2026-12-31", "2027-01-01", "2027-01-02")}
        assert [d.status for d in found.values()] == ["due_soon", "due_soon", "not_announced"]
        assert {(d.due, d.latest) for d in found.values()} == {(None, None)}

    def test_a_warning_goes_out_when_it_may_be_due_soon(self) -> None:
        steps: dict[str, Any] = {"a": {}, "b": {"gaps": {"g": {"since": "a", "at_most": 13, "days": "working"}}}}
        case = pack(steps=steps).case(event("a", "2026-12-21"))
        (deadline,) = case.deadlines(date(2027, 1, 2))  # eight days passed, or ten
        assert deadline.status == "due_soon"

    def test_how_soon_the_procedure_says(self) -> None:
        late = pack(["clue", "visit", "notice", "decision", "closed"], steps=STEPS, due_soon=0)
        assert [d.status for d in late.case(event("clue")).deadlines(date(2024, 3, 3))] == ["in_time", "in_time"]
        assert [d.status for d in late.case(event("clue")).deadlines(date(2024, 3, 4))] == ["due_soon", "in_time"]


# ── what was ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_timeline_says_what_was_wrong_and_what_is_in_force() -> None:
    case = PACK.case(*NOTICED, event("rework", 4), event("notice", 5), event("nonsense", 5))
    rows = [(e.label.zh, [v.kind for v in e.violations], e.in_force) for e in case.timeline()]
    assert rows == [
        ("「clue」", [], True), ("「visit」", [], False), ("「notice」", [], False), ("「rework」", [], True),
        ("「notice」", ["order"], True), ("nonsense", ["unknown_step"], False),
    ]  # fmt: skip


class TestJson:
    def test_a_case_comes_back_with_its_state(self) -> None:
        case = PACK.case(*DECIDED, event("nonsense", "2024-03-20T09:00:00+00:00", id="7"), region="152223")
        back = Case.from_json(case.to_json(), pack=PACK)
        assert back.to_record() == case.to_record()
        assert back.events == case.events
        assert (back.violations, back.timeline(), back.region) == (case.violations, case.timeline(), "152223")
        assert back.allowed(date(2024, 4, 1)) == case.allowed(date(2024, 4, 1))

    def test_what_is_written_has_a_version_and_says_of_which_pack(self) -> None:
        record = PACK.case(event("clue"), household="h1").to_record()
        assert (record.version, record.pack, record.pack_hash, record.workflow) == (1, "p", "00000000", "w")
        assert PACK.case(event("clue")).to_json().startswith('{"version":1,')

    def test_another_version_is_refused_and_so_is_none(self) -> None:
        text = PACK.case(event("clue")).to_json()
        for other in ('"version":2,', ""):
            with pytest.raises(ValidationError):
                Case.from_json(text.replace('"version":1,', other), pack=PACK)

    def test_by_another_pack_the_same_events_are_judged_anew(self) -> None:
        stricter = pack(["clue", "visit"], steps={"clue": {"evidence": ["form"]}})
        back = Case.from_json(PACK.case(event("clue")).to_json(), pack=stricter)
        assert [violation.kind for _, violation in back.violations] == ["papers"]

    @pytest.mark.parametrize(
        "at", ["2024-03-01", "2024-03-01T09:30:00", "2024-03-01T09:30:00+08:00", "2024-03-01T00:00:00Z"]
    )
    def test_days_stay_days_and_times_times(self, at: str) -> None:
        read = Event.model_validate_json(f'{{"step": "clue", "at": "{at}"}}')
        assert isinstance(read.at, datetime) == ("T" in at)
        assert Event.model_validate_json(read.model_dump_json()) == read

    def test_an_event_that_is_none_says_nothing_of_what_it_held(self) -> None:
        with pytest.raises(ValidationError) as error:
            Event.model_validate({"step": "clue", "at": "张三的日子", "actor": ["李四"]})
        assert "张三" not in str(error.value)
        assert "李四" not in str(error.value)


# ── what a household is ────────────────────────────────────────────────────────────────────────────────────────────


class TestStanding:
    def test_the_latest_step_in_force_that_gives_one(self) -> None:
        found = standing([PACK.case(*DECIDED, id="7")])
        assert found is not None
        assert (found.name, found.since, found.case, found.step) == ("monitored", date(2024, 3, 9), "7", "decision")
        assert found.values == {"grade": "blue"}

    def test_what_was_cleared_gives_none(self) -> None:
        found = standing([PACK.case(*DECIDED, event("rework", 9))])
        assert found is not None
        assert (found.name, found.since) == ("in_process", date(2024, 3, 1))

    def test_only_of_one_household(self) -> None:
        mine, others, unnamed = (PACK.case(event("clue"), household=of) for of in ("H1", "H2", None))
        with pytest.raises(DataError) as refused:
            standing([mine, others])
        assert [problem.code for problem in refused.value.problems] == ["cases-of-several-households"]
        assert standing([mine, unnamed]) == standing([unnamed, mine])

    def test_without_a_case_there_is_none(self) -> None:
        assert standing([]) is None
        assert standing([PACK.case()]) is None

    def test_of_several_cases_the_latest_day_counts_and_of_one_day_the_later_case(self) -> None:
        first, second = PACK.case(*DECIDED, id="1"), PACK.case(event("clue", 20), id="2")
        assert [s.case for s in (standing([first, second]), standing([second, first])) if s] == ["2", "2"]
        same_day = PACK.case(event("clue", 8), id="3")
        assert [s.case for s in (standing([first, same_day]), standing([same_day, first])) if s] == ["3", "1"]

    def test_of_one_case_the_later_event_counts_whatever_its_day(self) -> None:
        back_in_time: Pack = pack(steps={"a": {"standing": "monitored"}, "b": {"standing": "in_process"}})
        found = standing([back_in_time.case(event("a", 5), event("b", 3))])
        assert found is not None
        assert found.name == "in_process"
