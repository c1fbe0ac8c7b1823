"""What comes of a pack's results for one household: amounts, kinds, who is eligible, and why."""

import pickle
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from fanpin import Assessment, Between, grade, load_pack

PACK = load_pack(Path(__file__).parent / "packs" / "grants")
ON = date(2024, 5, 1)
CHILD, ADULT = {"birth_date": date(2015, 1, 1)}, {"birth_date": date(1980, 1, 1)}
KNOWN: dict[str, Any] = {
    "household_id": "1", "size": 2, "aid_class": "minimum", "bill": 20_000, "paid_before": 8_000, "rooms": 4,
    "rents": False, "proposed": 60_000, "members": [{**CHILD, "away": False}, ADULT],
}  # fmt: skip


def graded(**changed: Any) -> Assessment:
    return grade(PACK.household({**KNOWN, **changed}), pack=PACK, on=ON)


def test_an_amount_by_bands_beside_what_was_counted_before() -> None:
    found = graded().result("medical_aid")
    assert (found.state, found.amount, found.unit) == ("known", 13_800, "CNY/year")
    assert graded(aid_class="destitute").result("medical_aid").amount == 15_800  # ten points more of 20,000


def test_nothing_is_paid_to_who_is_not_eligible_and_it_is_said_why() -> None:
    found = graded(aid_class="other").result("medical_aid")
    assert (found.state, found.amount, found.failed, found.open) == ("known", 0, ("listed",), ())


def test_a_bar_is_lifted_by_its_exception() -> None:
    assert graded(rents=True, rent=9_000).result("medical_aid").amount == 13_800
    assert graded(rents=True, rent=10_000).result("medical_aid").failed == ("renter",)


def test_a_fact_that_does_not_apply_is_none_though_it_is_missing() -> None:
    assert graded(rents=False, rent=None).result("medical_aid").state == "known"
    open_ = graded(rents=True, rent=None).result("medical_aid")
    assert (open_.state, open_.open) == ("unknown", ("renter",))
    assert [question.fact for question in open_.to_ask] == ["rent"]


def test_the_marks_of_none_are_words_of_tables() -> None:
    assert graded(rents=True, rent=0).result("medical_aid").state == "known"
    with pytest.raises(ValidationError, match="fact-number"):
        graded(rents=True, rent="无")


def test_what_is_missing_leaves_a_range() -> None:
    found = graded(paid_before=None).result("medical_aid")
    assert (found.state, found.amount) == ("unknown", Between(0.0, 14_000.0))
    assert [question.fact for question in found.to_ask] == ["paid_before"]
    asked = {question.fact: question.risks for question in graded(paid_before=None).to_ask}
    assert asked["paid_before"] == ("medical_aid",)  # of the household, beside what risks ask


@pytest.mark.parametrize(
    ("of_class", "rooms", "amount"), [("destitute", 2, 1_000), ("destitute", 3, 800), ("other", 5, 500)]
)
def test_a_table_by_two_keys(of_class: str, rooms: int, amount: float) -> None:
    found = graded(aid_class=of_class, rooms=rooms).result("class_grant")
    assert (found.state, found.amount) == ("known", amount)
    assert [(t.value, t.source) for t in found.thresholds] == [(amount, "s")]


def test_a_missing_key_is_the_hull_of_the_rows_that_agree() -> None:
    found = graded(aid_class="destitute", rooms=None).result("class_grant")
    assert (found.state, found.amount) == ("unknown", Between(800.0, 1_000.0))


def test_no_row_for_known_keys_is_refused_and_said() -> None:
    found = graded(rooms=7)
    assert (found.result("class_grant").state, found.result("class_grant").amount) == ("refused", None)
    assert [fault.code for fault in found.faults] == ["table-no-row"]
    assert found.result("medical_aid").state == "known"  # what does not hang on it stands


def test_a_score_card_gives_levels_and_their_span_while_items_are_missing() -> None:
    found = graded().result("level")
    assert (found.kind, found.kinds_text("zh")) == ("middle", "中")
    open_ = graded(aid_class=None).result("level")
    assert (open_.state, open_.kind, open_.possible_kinds) == ("unknown", None, ("high", "middle", "none"))
    assert open_.kinds_text("zh") == "都不符合至高"  # degrees that follow one another


def test_a_person_decides_where_the_pack_leaves_it_to_one() -> None:
    left, may_be = graded(rooms=0).result("house"), graded(rooms=None).result("house")
    assert (left.state, left.kind, left.left_to) == ("left", None, ("county",))
    assert left.explain("zh").splitlines()[:2] == ["建房：由县（旗）决定", "  房间（0）等于0"]
    assert (may_be.state, may_be.left_to) == ("unknown", ("county",))


@pytest.mark.parametrize(("proposed", "kind"), [(50_000, "within"), (50_000.01, "above")])
def test_limits_for_a_proposed_number(proposed: float, kind: str) -> None:
    assert graded(proposed=proposed).result("proposal").kind == kind


def test_outside_soft_limits_a_reason_is_asked_for() -> None:
    found = graded(proposed=50_000.01).result("proposal")
    assert found.explain("en").splitlines() == [
        "proposal: above the limits (a reason is needed)",
        "  proposed (50,000.01 yuan a year) is above cap (50,000 yuan a year), by 0.01 yuan a year",
    ]


def test_results_of_members_come_one_a_member() -> None:
    found = [outcome for outcome in graded().results if outcome.of == "members"]
    assert [(outcome.row, outcome.amount, outcome.failed) for outcome in found] == [
        (0, 3_000, ()), (1, 0, ("minor",)),
    ]  # fmt: skip


def test_an_explanation_is_worked_out_line_by_line_in_both_languages() -> None:
    found = graded().result("medical_aid")
    assert found.explain("zh").splitlines() == [
        "医疗救助金：13,800元/年",
        "  条件符合：救助对象类别：低保",
        "  不在排除之列：租地：否，地租（0元/年）低于第一档（10,000元/年），差10,000元/年",
        "  合规费用：20,000元/年",
        "  此前已计入，此前费用：8,000元/年",
        "  扣除起付线：3,000元/年",
        "  8,000元/年至10,000元/年的部分：2,000元/年 × 60% = 1,200元/年",
        "  10,000元/年至28,000元/年的部分：18,000元/年 × 70% = 12,600元/年",
        "  分段救助 = 13,800元/年",
    ]
    assert "封顶" not in graded(bill=50_000).result("medical_aid").explain("zh")
    assert "  连同此前封顶50,000元/年" in graded(bill=100_000).result("medical_aid").explain("zh").splitlines()
    assert "hardship score = 25.5" in graded().result("level").explain("en")
    assert "类别标准 = 500元/年（救助对象类别：低保；房间：4）" in graded().result("class_grant").explain("zh")


def test_a_stored_assessment_keeps_its_results() -> None:
    found = graded()
    again = Assessment.from_dict(found.to_dict())
    assert again == found == pickle.loads(pickle.dumps(found))
    assert [outcome.explain("en") for outcome in again.results] == [o.explain("en") for o in found.results]
    assert again.result("class_grant").thresholds == found.result("class_grant").thresholds


def test_the_notebook_shows_results() -> None:
    assert "13,800" in graded()._repr_html_()


def test_a_result_that_is_not_there_is_refused_with_a_hint() -> None:
    with pytest.raises(KeyError, match="did you mean 'medical_aid'"):
        graded().result("medical_ad")


ODD = {
    "pack.yaml": 'name: odd\nlabel: {zh: 例, en: case}\nversion: "1"\n',
    "parameters.yaml": """parameters:
  high: {label: {zh: 高, en: high}, unit: CNY/year, values: [{for: 2024, value: 8000, source: a}]}
  low: {label: {zh: 低, en: low}, unit: CNY/year, values: [{for: 2024, value: 3000, source: a}]}
""",
    "rules.yaml": """definitions:
  paid:
    label: {zh: 给付, en: paid}
    bands:
      of: rigid_spending
      rate_of: whole
      bands: [{up_to: high, rate: 0.5}, {up_to: low, rate: 0.6}, {rate: 0.7}]
  score:
    label: {zh: 评分, en: score}
    score:
      groups:
        of_size:
          label: {zh: 人口, en: size}
          counts: one
          items:
            many: {label: {zh: 多, en: many}, when: size > 2, points: 10}
            some: {label: {zh: 有, en: some}, when: size > 1, points: 5}
""",
    "results.yaml": """results:
  aid: {label: {zh: 补助, en: aid}, amount: paid, round: {to: yuan, how: down}}
  level: {label: {zh: 等级, en: level}, one_of: {high: {label: {zh: 高, en: high}, when: score >= 10}}}
""",
}


def test_what_is_told_is_what_was_counted_where_a_pack_or_the_facts_are_odd(tmp_path: Path) -> None:
    """Limits that fall back, and two items of which one counts."""
    for name, text in ODD.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    pack = load_pack(tmp_path)
    found = grade(pack.household({"household_id": "1", "size": 3, "rigid_spending": 5_000}), pack=pack, on=ON)
    assert (found.result("aid").amount, found.result("level").kind) == (2_500, "high")
    assert "from 0 yuan a year to 5,000 yuan a year: 5,000 yuan a year × 50%" in found.result("aid").explain("en")
    assert [line.strip() for line in found.result("level").explain("en").splitlines()[1:]] == [
        "score, size: many, 10 points", "score = 10",
    ]  # fmt: skip
    assert [fault.code for fault in found.faults] == ["score-twice"]
