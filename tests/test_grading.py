"""Grading one household: what is sure, what is possible, why, and what to ask."""

import multiprocessing
import pickle
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from fanpin import Assessment, Between, Household, Member, MissingParameter, Pack, Verdict, grade, load_pack
from fanpin.i18n import current_language

ON = date(2024, 5, 1)
SMALL = Path(__file__).parent / "packs" / "small"
INCOMES = {
    "wage_income": 9000,
    "business_income": 2000,
    "property_income": 0,
    "transfer_income": 1000,
    "business_expense": 500,
}
WELL = Member(birth_date=date(1970, 1, 1), in_school=False, out_of_pocket=100)


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack(SMALL)


def household(*members: Member, **facts: Any) -> Household:
    known = {"household_id": "H1", "size": len(members) or 1, "water": "met", "registered_poor": False, **INCOMES}
    return Household(**{**known, "members": members, **facts})


@pytest.fixture
def graded(pack: Pack) -> Callable[..., Assessment]:
    def run(*members: Member, verdicts: tuple[Verdict, ...] = (), on: date = ON, **facts: Any) -> Assessment:
        return grade(household(*members, **facts), pack=pack, on=on, verdicts=verdicts)

    return run


Graded = Callable[..., Assessment]
ILL = Member(birth_date=date(1950, 6, 1), in_school=False, out_of_pocket=30000)
BILL_MISSING = Member(birth_date=date(1952, 6, 1), in_school=False)
CHILD_AT_HOME = Member(birth_date=date(2012, 5, 2), in_school=False, out_of_pocket=0)


def test_nothing_wrong_is_clear(graded: Graded) -> None:
    found = graded(WELL)
    assert (found.status, found.grade, found.possible_grade, found.category) == ("clear", None, None, "none")
    assert found.to_ask == ()


def test_one_risk_is_blue_and_handled_in_the_village_or_township(graded: Graded) -> None:
    found = graded(ILL, WELL, size=2)
    assert (found.grade, found.possible_grade, found.handled_by) == ("blue", "blue", ("village", "township"))
    assert found.category == "marginal"
    assert found.risks == ("illness",)


def test_a_broken_need_is_red_even_alone(graded: Graded) -> None:
    assert graded(WELL, water="not_met").grade == "red"


def test_a_known_bill_over_the_line_holds_though_another_is_missing(graded: Graded) -> None:
    found = graded(ILL, BILL_MISSING)
    assert found.finding("illness").state == "holds"
    assert found.to_ask == ()


def test_a_missing_bill_is_unknown_and_never_no(graded: Graded) -> None:
    found = graded(WELL, BILL_MISSING)
    assert found.status == "unknown"
    assert (found.grade, found.possible_grade) == (None, "blue")
    assert [(q.fact, q.collection, q.row) for q in found.to_ask] == [("out_of_pocket", "members", 1)]


@pytest.mark.parametrize("income", INCOMES)
def test_a_missing_income_leaves_the_category_open(graded: Graded, income: str) -> None:
    wage = 9000 if income == "business_expense" else 3000  # so that what is missing decides
    found = graded(ILL, **{"wage_income": wage, income: None})
    assert found.category is None
    assert found.possible_categories == ("marginal", "none")


def test_a_range_decides_where_all_of_it_lies_on_one_side(graded: Graded) -> None:
    assert graded(ILL, wage_income=Between(1000, 2000)).category == "marginal"
    assert graded(ILL, wage_income=Between(1000, 9000)).category is None


def test_an_unlisted_member_is_one_question(graded: Graded) -> None:
    found = graded(WELL, size=3)
    assert [(q.fact, q.collection) for q in found.to_ask] == [("members", "members")]
    assert set(found.to_ask[0].risks) == {"illness", "schooling"}


def test_without_a_size_the_size_is_the_one_question(graded: Graded) -> None:
    assert [q.fact for q in graded(WELL, size=None).to_ask] == ["size"]


def test_members_complete_answers_it(graded: Graded) -> None:
    assert graded(WELL, size=None, members_complete=True).status == "clear"


def test_a_household_without_members_listed_is_unknown(graded: Graded) -> None:
    assert graded(members=None, size=2).status == "unknown"


def test_what_narrows_the_grade_most_is_asked_first(graded: Graded) -> None:
    found = graded(WELL, BILL_MISSING, water=None)
    assert [q.fact for q in found.to_ask] == ["water", "out_of_pocket"]


def test_only_what_is_itself_unknown_is_asked(graded: Graded) -> None:
    adult = Member(birth_date=date(1950, 1, 1), out_of_pocket=0)  # whether in school is missing, and matters not
    assert graded(adult).to_ask == ()


def test_ages_are_counted_on_the_day_of_grading(graded: Graded) -> None:
    child = Member(birth_date=date(2008, 5, 2), in_school=False, out_of_pocket=0)
    assert graded(child, on=date(2024, 5, 1)).risks == ("schooling",)
    assert graded(child, on=date(2024, 5, 2)).risks == ()


def test_the_line_of_the_day_counts(pack: Pack) -> None:
    near = household(ILL, wage_income=4700)  # 7,200 a person
    assert grade(near, pack=pack, on=date(2023, 5, 1)).category == "none"
    assert grade(near, pack=pack, on=date(2024, 5, 1)).category == "marginal"


def test_no_row_for_the_region_is_a_refusal(pack: Pack) -> None:
    elsewhere = household(WELL, region="990002")
    with pytest.raises(MissingParameter, match="medical_line"):
        grade(elsewhere, pack=pack, on=ON)


def test_a_contradicted_size_is_a_fault_and_the_truth_lies_between(graded: Graded) -> None:
    found = graded(ILL, WELL, WELL, size=2)
    assert [fault.code for fault in found.faults] == ["size-differs"]


def test_too_many_decimals_are_a_fault(graded: Graded) -> None:
    assert [f.code for f in graded(WELL, wage_income=9000.123).faults] == ["too-many-decimals"]


# Why


def test_a_finding_says_what_it_read_and_by_how_much(graded: Graded) -> None:
    illness = graded(ILL, WELL).finding("illness")
    assert illness.values == {"members.out_of_pocket": [30000.0, 100.0]}
    (line,) = illness.thresholds
    assert (line.name, line.value, line.unit, line.since, line.region) == (
        "medical_line", 20000.0, "CNY/year", date(2024, 1, 1), "990001",
    )  # fmt: skip
    assert illness.distance == 10100.0
    assert illness.source == "invented"


def test_a_declared_bound_is_never_shown_as_a_value(graded: Graded) -> None:
    text = graded(Member(birth_date=date(1950, 6, 1), out_of_pocket=12000), BILL_MISSING).explain("zh")
    assert "不少于12,000元" in text
    assert "000,000" not in text


def test_the_explanation_is_one_sentence_a_finding(graded: Graded) -> None:
    found = graded(ILL, CHILD_AT_HOME, as_of=date(2024, 4, 20))
    zh, en = found.explain("zh"), found.explain("en")
    assert len(zh.splitlines()) == 1 + len(found.findings)
    assert "因病" in zh
    assert "2024-04-20" in zh
    assert "illness" in en


# Verdicts


def rejection(found: Assessment, **options: Any) -> Verdict:
    return found.finding("illness").rejected(by="township", day=date(2024, 5, 2), reason="保险已赔付", **options)


def test_a_verdict_goes_before_the_rule_and_both_stay_visible(graded: Graded) -> None:
    verdict = rejection(graded(ILL))
    found = graded(ILL, verdicts=(verdict,), on=date(2024, 5, 3))
    illness = found.finding("illness")
    assert (illness.state, illness.by_rule, illness.verdict, found.grade) == ("clear", "holds", verdict, None)
    assert "保险已赔付" in illness.sentence("zh")


def test_a_verdict_does_not_count_before_its_day_nor_after_its_end(graded: Graded) -> None:
    verdict = rejection(graded(ILL), until=date(2024, 6, 30))
    states = [graded(ILL, verdicts=(verdict,), on=d).risks for d in (ON, date(2024, 6, 30), date(2024, 7, 1))]
    assert states == [("illness",), (), ("illness",)]


def test_a_verdict_is_stale_once_the_household_is_worse_off(graded: Graded) -> None:
    verdict = rejection(graded(ILL))
    worse = ILL.model_copy(update={"out_of_pocket": 30000.01})
    better = ILL.model_copy(update={"out_of_pocket": 29000.0})
    on = date(2024, 5, 3)
    illness = graded(worse, verdicts=(verdict,), on=on).finding("illness")
    assert (illness.state, illness.stale) == ("holds", True)
    assert "以规则为准" in illness.sentence("zh")
    assert graded(better, verdicts=(verdict,), on=on).finding("illness").state == "clear"


def test_a_confirmed_risk_counts_in_categories_too(graded: Graded) -> None:
    verdict = graded(WELL).finding("unsafe_water").confirmed(by="county", day=ON, reason="水质检测不合格")
    found = graded(WELL, verdicts=(verdict,), wage_income=100)
    assert (found.grade, found.category) == ("red", "marginal")


def test_a_grade_that_was_set_stands_until_the_rules_give_a_graver_one(graded: Graded) -> None:
    verdict = graded(ILL).grade_set("yellow", by="township", day=ON, reason="入户核实")
    found = graded(ILL, verdicts=(verdict,))
    assert (found.grade, found.grade_by_rule, found.handled_by) == ("yellow", "blue", ("township", "departments"))
    graver = graded(ILL, verdicts=(verdict,), water="not_met")
    assert (graver.grade, graver.grade_by_rule) == ("red", "red")


def test_a_verdict_on_what_is_not_there_is_refused(graded: Graded) -> None:
    with pytest.raises(ValueError, match="illness"):
        graded(ILL, verdicts=(Verdict("ilness", "rejected", by="county", day=ON, reason="a slip"),))
    with pytest.raises(ValueError, match="purple"):
        graded(ILL, verdicts=(Verdict("grade", "set", grade="purple", by="county", day=ON, reason="a slip"),))


# As a value


def test_an_assessment_survives_plain_data(graded: Graded) -> None:
    found = graded(ILL, BILL_MISSING, CHILD_AT_HOME, size=2, wage_income=Between(100.123, 200))
    again = Assessment.from_dict(found.to_dict())
    assert again == found
    assert again.explain("zh") == found.explain("zh")
    assert Assessment.from_dict(again.to_dict()) == found


def test_another_schema_version_is_refused(graded: Graded) -> None:
    with pytest.raises(ValueError, match="schema"):
        Assessment.from_dict({**graded(WELL).to_dict(), "schema": 99})


def test_no_personal_value_in_reprs(graded: Graded) -> None:
    found = graded(ILL.model_copy(update={"health": "serious"}), bank_account="6222020000000000", phone="13900000000")
    verdict = found.finding("illness").rejected(by="township", day=ON, reason="paid for number 6222")
    for shown in (repr(found), repr(found.findings), repr(found.to_ask), repr(verdict)):
        assert not any(str(margin) in shown for margin in verdict.seen.values())
        assert "30000" not in shown
        assert "serious" not in shown
        assert "6222" not in shown


@pytest.mark.parametrize(
    ("spent", "zh", "en"),
    [
        (30000, "超过.*，高出10,000元/年。", "is above .*, by 10,000 yuan a year."),
        (12000.5, "不超过.*，差7,999.5元/年。", "is at most .*, 7,999.5 yuan a year below it."),
        (20000, "不超过[^，]*（[0-9,]*元/年）。", r"is at most [^;]*\(20,000 yuan a year\)."),
    ],
)
def test_a_sentence_says_how_far_from_the_line(graded: Graded, spent: float, zh: str, en: str) -> None:
    """An amount "at most" a line is not so "by" anything."""
    found = graded(WELL.model_copy(update={"out_of_pocket": spent})).finding("illness")
    assert re.search(zh + "$", found.sentence("zh"))
    assert re.search(en + "$", found.sentence("en"))


def test_a_view_for_notebooks_escapes_what_it_shows(graded: Graded) -> None:
    html = graded(WELL, household_id="<b>1</b>")._repr_html_()
    assert "<b>1</b>" not in html
    assert "&lt;b&gt;1" in html


def test_a_view_for_notebooks_leaves_nothing_out_and_puts_first_what_holds(graded: Graded) -> None:
    found = graded(ILL, BILL_MISSING, size=1, water=None)
    view = unescape(found._repr_html_())
    states = {
        state: [f.sentence() for f in found.findings if f.state == state] for state in ("holds", "unknown", "clear")
    }
    questions, faults = [q.text(current_language()) for q in found.to_ask], [fault.text() for fault in found.faults]
    assert all([*states.values(), questions, faults])
    assert all(text in view for text in (*found.explain().splitlines()[:1], *questions, *faults))
    places = [view.index(sentence) for sentences in states.values() for sentence in sentences]
    assert places == sorted(places)


def _grade_in_child(pack: Pack) -> tuple[str | None, str]:
    return grade(household(ILL), pack=pack, on=ON).grade, pack.hash


def test_a_pack_goes_to_other_processes(pack: Pack) -> None:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(_grade_in_child, (pack,)) == ("blue", pack.hash)


def test_pack_rules_and_assessment_pickle(pack: Pack, graded: Graded) -> None:
    again: Pack = pickle.loads(pickle.dumps(pack))
    assert again.hash == pack.hash
    assert grade(household(ILL), pack=again, on=ON) == graded(ILL)
    assert pickle.loads(pickle.dumps(pack.rules)).risks.keys() == pack.rules.risks.keys()
    found = graded(ILL, BILL_MISSING)
    assert pickle.loads(pickle.dumps(found)) == found


def test_threads_share_a_pack() -> None:
    fresh = load_pack(SMALL)
    days = [date(2023, 1, 1 + i % 28) for i in range(200)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda day: grade(household(ILL), pack=fresh, on=day).grade, days))
    assert found == ["blue"] * 200
