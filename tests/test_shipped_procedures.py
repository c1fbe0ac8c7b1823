"""The shipped procedures: the lawful way through each, the other ways, and what each step refuses."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from fanpin import Pack, load_pack
from fanpin.cases import Case, StepRefused, standing
from fanpin.events import Event
from fanpin.steps import Step

EXAMPLES = Path(__file__).parents[1] / "examples"
NAMES = ("national", "zhalaite", "danfeng", "example")
FIRST = date(2024, 3, 4)  # a Monday
VILLAGE = {"role": "village_cadre", "level": "village"}
GRID = {"role": "grid_worker", "level": "village"}
TOWNSHIP = {"role": "township_official", "level": "township"}
COUNTY = {"role": "county_official", "level": "county"}
HOUSEHOLD = {"role": "household", "level": "household"}
DEPARTMENT = {"role": "department", "level": "departments"}
REASON = {"reason": "说明"}
GOOD = {
    "income_over_line": True,
    "income_stable": True,
    "spending_settled": True,
    "needs_met": True,
    "risks_gone": True,
    "no_new_risk": True,
    "wholly_without_labour": False,
}


@pytest.fixture(scope="module", params=NAMES)
def pack(request: pytest.FixtureRequest) -> Pack:
    return load_pack(request.param)


@pytest.fixture(scope="module")
def national() -> Pack:
    return load_pack("national")


@pytest.fixture(scope="module")
def zhalaite() -> Pack:
    return load_pack("zhalaite")


def event(
    step: str, day: int, who: Mapping[str, str], *papers: str, of: str | None = None, values: Mapping[str, Any] = {}
) -> Event:
    """An event so many days after the first."""
    at = FIRST + timedelta(days=day)
    return Event(step=step, at=at, actor=who["role"], **who, evidence=papers, of=of, values=values)


def case_of(pack: Pack, *events: Event, workflow: str = "identification") -> Case:
    """A case of which every event was recorded, none of them refused."""
    case = Case.open(workflow, pack=pack, id="1")
    for each in events:
        case = case.record(each)
    return case


def refused(case: Case, each: Event) -> set[str]:
    """The kinds of reasons for which an event is refused."""
    with pytest.raises(StepRefused) as error:
        case.record(each)
    return {violation.kind for violation in error.value.violations}


def kinds(case: Case) -> list[str]:
    return [violation.kind for _, violation in case.violations]


def until(events: Iterable[Event], step: str) -> tuple[Event, ...]:
    """The events before the first of a step."""
    found = list(events)
    return tuple(found[: [each.step for each in found].index(step)])


NO_LABOUR = {"has_labour": False}
CLUE = event("clue", 0, GRID, values={"channel": "patrol"})
VISIT = event("home_visit", 1, VILLAGE, "check_form")
REVIEWED = event("township_review", 9, TOWNSHIP, "review_form")
TO_REVIEW = (
    CLUE,
    VISIT,
    event("application", 2, HOUSEHOLD, "application_form", "commitment"),
    event("comparison", 3, DEPARTMENT, "comparison_result"),
    event("village_review", 4, VILLAGE, "minutes"),
    event("public_notice", 4, VILLAGE, "notice_photo"),
    REVIEWED,
)


def decided(day: int) -> Event:
    """The decision of the county, with the category that it sets."""
    return event("decision", day, COUNTY, "approval", values={"category": "marginal"})


DECIDED = decided(14)
HELP = (
    event("measure_planned", 17, TOWNSHIP, of="cow"),
    event("measure_planned", 17, TOWNSHIP, of="post"),
    event("measure_started", 20, TOWNSHIP, of="cow"),
    event("measure_started", 30, TOWNSHIP, of="post"),
    event("measure_done", 40, TOWNSHIP, "measure_record", of="post"),
    event("measure_done", 60, TOWNSHIP, "measure_record", of="cow"),
    event("revisit", 65, GRID, values=NO_LABOUR),
)


def graded(colour: str) -> Event:
    """The review of the township, with the colour that it sets."""
    return event("township_review", 9, TOWNSHIP, "review_form", values={"grade": colour})


def main_path(pack: Pack, colour: str = "yellow") -> tuple[Event, ...]:
    """From the clue to the closed loop, as each pack has it."""
    reviewed = graded(colour) if pack.rules.spec.grades else REVIEWED
    entered = event("system_entry", 16, TOWNSHIP)
    if pack.name in ("zhalaite", "example"):
        consulted = (event("consultation", 12, COUNTY), event("spot_check", 13, COUNTY))
        noticed = event("second_notice", 15, VILLAGE, "notice_photo")
        return (*TO_REVIEW[:-1], reviewed, *consulted, DECIDED, noticed, entered, *HELP)
    announced = event("announcement", 15, VILLAGE, "notice_photo")
    closed = event("closed", 66, TOWNSHIP)
    return (*TO_REVIEW[:-1], reviewed, DECIDED, announced, entered, *HELP, closed)


# What each holds


def test_no_pack_is_remarked_on(pack: Pack) -> None:
    assert pack.remarks == ()


def test_every_risk_has_a_measure(pack: Pack) -> None:
    assert [name for name, found in pack.measures.matrix(pack.rules.risk_names).items() if not found] == []


def test_every_measure_has_its_source_and_two_labels(pack: Pack) -> None:
    assert [name for name, measure in pack.measures.items() if not measure.source] == []
    labels = [measure.label for measure in pack.measures.values()]
    assert len({label.zh for label in labels}) == len({label.en for label in labels}) == len(labels)


def test_the_cross_checks_of_measures_hold(national: Pack) -> None:
    """因残 needs 综合保障 or 社会帮扶, 因安全住房 住房安全保障 or 搬迁, 因安全饮水 饮水安全保障."""
    groups = {risk: {m.group for m in national.measures.answering(risk)} for risk in national.rules.risk_names}
    assert groups["disability"] == {"safety_net", "social_help"}
    assert groups["unsafe_housing"] == {"housing", "relocation"}
    assert groups["unsafe_water"] == {"water"}


def test_no_help_to_work_is_offered_to_who_cannot(national: Pack) -> None:
    suits = {m.name: getattr(m.suits, "text", None) for m in national.measures.values() if m.group == "employment"}
    assert set(suits.values()) == {"has_labour"}


def test_there_are_three_procedures(pack: Pack) -> None:
    assert list(pack.workflows) == ["identification", "elimination", "roll_back"]


def test_every_time_limit_has_its_source(pack: Pack) -> None:
    for workflow in pack.workflows.values():
        demands = (demand for step in workflow.spec.steps.values() for demand in step.demands)
        assert all(gap.source for demand in demands for gap in demand.gaps)


def test_every_parameter_of_a_procedure_is_sourced_and_none_is_hearsay(pack: Pack) -> None:
    read = {name for workflow in pack.workflows.values() for name in workflow.parameters_read}
    rows = [row for name in read for row in pack.rules.spec.parameters.parameters[name].rows]
    assert all(row.source for row in rows)
    assert {row.certainty for row in rows if row.region is None} <= {"A", "B", "C"}


def test_the_nation_sets_no_time_for_answering_a_clue(national: Pack, zhalaite: Pack) -> None:
    """None was published for all: a province that has one adds it."""
    for found in (national, zhalaite):
        visit = found.workflows["identification"].spec.steps["home_visit"]
        assert not any(demand.gaps for demand in visit.demands)
        assert "home_visit_days" not in found.shape.parameters


# Identification


def test_the_lawful_way_from_clue_to_closed(pack: Pack) -> None:
    case = case_of(pack, *main_path(pack))
    assert case.violations == ()
    assert case.ended == ("revisit" if pack.name in ("zhalaite", "example") else "closed")
    found = standing([case])
    assert found is not None
    assert (found.name, found.since) == ("monitored", FIRST + timedelta(days=14))


def test_every_step_of_the_lawful_way_is_among_those_allowed(pack: Pack) -> None:
    case = Case.open("identification", pack=pack, id="1")
    for each in main_path(pack):
        allowed = {step.step: step for step in case.allowed(FIRST)}
        assert each.step in allowed
        assert (each.role or "") in allowed[each.step].by
        case = case.record(each)


def test_events_may_speak_the_words_of_counties(national: Pack) -> None:
    words = [
        ("发现线索", "网格员", "嘎查村", ""),
        ("入户核查", "驻村干部", "村级", "入户核查表"),
        ("书面申请", "户主", "农户", "申请书,承诺授权书"),
        ("数据比对", "医保局", "行业部门", "比对结果"),
        ("村民代表会议", "村两委", "村", "会议记录"),
        ("公示", "村干部", "村", "公示照片"),
    ]
    case = Case.open("identification", pack=national, id="1")
    for day, (step, role, level, papers) in enumerate(words):
        at = FIRST + timedelta(days=day)
        evidence = tuple(paper for paper in papers.split(",") if paper)
        case = case.record(Event(step=step, at=at, actor="某", role=role, level=level, evidence=evidence))
    assert case.holds("public_notice")


def test_the_fifteen_days_begin_with_the_first_clue(national: Pack) -> None:
    second = event("clue", 8, GRID)
    case = case_of(national, *TO_REVIEW, decided(15))
    assert case.violations == ()
    late = case_of(national, *TO_REVIEW[:6], second, *TO_REVIEW[6:], decided(16))
    ((_, violation),) = late.violations
    assert (violation.kind, violation.over) == ("late", 1)
    assert violation.rule.label is not None
    assert violation.rule.label.zh == "识别时限"


def test_a_notice_stands_five_days(national: Pack) -> None:
    before = case_of(national, *until(TO_REVIEW, "township_review"))
    assert refused(before, event("township_review", 8, TOWNSHIP, "review_form")) == {"early"}
    assert before.record(event("township_review", 9, TOWNSHIP, "review_form")).violations == ()


def test_the_comparison_runs_beside_and_is_there_by_the_decision(national: Pack) -> None:
    without = [each for each in TO_REVIEW if each.step != "comparison"]
    case = case_of(national, *without)
    assert refused(case, DECIDED) == {"order"}
    late = event("comparison", 13, DEPARTMENT, "comparison_result")
    assert case.record(late).record(DECIDED).violations == ()


@pytest.mark.parametrize("skipped", ["home_visit", "application", "village_review", "public_notice", "township_review"])
def test_a_skipped_step_is_told_once(skipped: str, national: Pack) -> None:
    case = Case.open("identification", pack=national, id="1")
    for each in main_path(national):
        if each.step != skipped:
            case, _ = case.observe(each)
    assert set(kinds(case)) == {"order"}
    assert len(kinds(case)) <= 2  # the home visit is asked for by the application and by the review


@pytest.mark.parametrize("who", [VILLAGE, TOWNSHIP, COUNTY])
def test_every_level_may_reject_with_its_reason(who: dict[str, str], national: Pack) -> None:
    case = case_of(national, CLUE, VISIT)
    assert refused(case, event("rejected", 3, who)) == {"not_said"}
    case = case.record(event("rejected", 3, who, values=REASON))
    assert case.ended == "rejected"
    assert standing([case]).name == "not_admitted"  # type: ignore[union-attr]  # there is one


def test_the_county_decides_the_category(national: Pack) -> None:
    case = case_of(national, *TO_REVIEW)
    assert refused(case, event("decision", 14, COUNTY, "approval")) == {"not_said"}
    assert case.record(DECIDED).value("category") == "marginal"


def test_nobody_is_rejected_unvisited_or_after_the_decision(national: Pack) -> None:
    assert refused(case_of(national, CLUE), event("rejected", 1, VILLAGE, values=REASON)) == {"order"}
    decided = case_of(national, *TO_REVIEW, DECIDED)
    assert refused(decided, event("rejected", 15, COUNTY, values=REASON)) == {"not_so"}


def test_what_was_returned_is_visited_again_and_the_application_stands(national: Pack) -> None:
    case = case_of(national, *TO_REVIEW)
    assert refused(case, event("returned", 10, COUNTY)) == {"not_said"}
    case = case.record(event("returned", 10, COUNTY, values=REASON))
    assert refused(case, event("village_review", 11, VILLAGE, "minutes")) == {"order"}
    assert refused(case, DECIDED) == {"order"}
    again = [event("home_visit", 11, VILLAGE, "check_form"), event("village_review", 12, VILLAGE, "minutes"),
             event("public_notice", 12, VILLAGE, "notice_photo"),
             event("township_review", 17, TOWNSHIP, "review_form")]  # fmt: skip
    for each in again:
        case = case.record(each)
    case = case.record(decided(18))
    assert kinds(case) == ["late"]  # a return does not extend the fifteen days


def test_a_return_to_the_township_leaves_the_notice_standing(national: Pack) -> None:
    case = case_of(national, *TO_REVIEW, event("returned_to_township", 10, COUNTY, values=REASON))
    assert case.holds("public_notice")
    assert refused(case, DECIDED) == {"order"}
    again = event("township_review", 11, TOWNSHIP, "review_form")
    assert case.record(again).record(DECIDED).violations == ()


def test_a_rejection_that_is_returned_is_open_again(national: Pack) -> None:
    case = case_of(national, CLUE, VISIT, event("rejected", 3, VILLAGE, values=REASON))
    case = case.record(event("returned", 5, TOWNSHIP, values=REASON))
    assert case.ended is None
    assert case.record(event("home_visit", 6, VILLAGE, "check_form")).holds("home_visit")


def test_an_objection_blocks_until_it_is_settled(national: Pack) -> None:
    objected = Event(step="objection", at=FIRST + timedelta(days=6))  # by anybody
    case = case_of(national, *until(TO_REVIEW, "township_review"), objected)
    assert refused(case, REVIEWED) == {"blocked"}
    case = case.record(event("objection_settled", 8, VILLAGE, "objection_findings"))
    assert case.record(REVIEWED).violations == ()


def test_a_household_withdraws_by_letter_until_it_is_entered(national: Pack) -> None:
    letter = event("withdrawn", 5, HOUSEHOLD, "withdrawal_letter")
    assert case_of(national, CLUE, letter).ended == "withdrawn"
    entered = case_of(national, *until(main_path(national), "measure_planned"))
    assert refused(entered, event("withdrawn", 20, HOUSEHOLD, "withdrawal_letter")) == {"not_so"}


def test_urgent_help_comes_first_with_its_reason_and_the_open_papers(national: Pack) -> None:
    planned = event("measure_planned", 1, VILLAGE, of="rice")
    case = case_of(national, CLUE)
    assert refused(case, planned) == {"order"}
    assert refused(case, event("urgent_help", 1, VILLAGE)) == {"not_said"}
    help_first = event("urgent_help", 1, VILLAGE, values={**REASON, "open_papers": "申请书"})
    for each in (help_first, planned, event("measure_started", 1, VILLAGE, of="rice")):
        case = case.record(each)
    assert case.violations == ()


def test_after_urgent_help_the_case_closes_once_the_papers_are_there(national: Pack) -> None:
    *path, closed = main_path(national)
    help_first = event("urgent_help", 1, VILLAGE, values={**REASON, "open_papers": "申请书"})
    case = case_of(national, path[0], help_first, *path[1:])
    assert refused(case, closed) == {"order"}
    assert case.record(event("papers_completed", 66, VILLAGE)).record(closed).ended == "closed"


def test_a_household_that_moved_away_ends_its_case(national: Pack) -> None:
    case = case_of(national, *TO_REVIEW, event("household_gone", 10, VILLAGE, values=REASON))
    assert case.ended == "household_gone"
    assert refused(case, DECIDED) == {"after_end"}
    assert standing([case]).name == "gone"  # type: ignore[union-attr]  # there is one


def test_a_measure_comes_after_the_entry_and_each_goes_its_own_way(national: Pack) -> None:
    case = case_of(national, *until(main_path(national), "measure_planned"), HELP[0])
    assert refused(case, event("measure_started", 20, TOWNSHIP, of="post")) == {"order"}
    assert refused(case, event("measure_planned", 20, TOWNSHIP, of="cow")) == {"again"}
    assert case.record(event("measure_planned", 20, TOWNSHIP, of="post")).violations == ()


def test_nobody_is_revisited_before_every_measure_is_in_place(national: Pack) -> None:
    path = until(main_path(national), "measure_planned")
    revisit = event("revisit", 65, GRID, values=NO_LABOUR)
    assert refused(case_of(national, *path), revisit) == {"count"}
    case = case_of(national, *path, *HELP[:5])
    assert refused(case, revisit) == {"unfinished"}
    assert refused(case, event("measure_stopped", 50, TOWNSHIP, of="cow")) == {"not_said"}
    case = case.record(event("measure_stopped", 50, TOWNSHIP, of="cow", values=REASON))
    assert case.record(revisit).violations == ()


def test_who_can_and_wants_to_work_gets_a_measure_that_helps_to_earn(national: Pack) -> None:
    case = case_of(national, *until(main_path(national), "revisit"))
    able = {"has_labour": True, "willing_to_work": True}
    for said in ({}, {"has_labour": True}):
        assert refused(case, event("revisit", 65, GRID, values=said)) == {"not_said"}
    assert refused(case, event("revisit", 65, GRID, values=able)) == {"not_so"}
    none, one = ({**able, "development_measures": n} for n in (0, 1))
    assert refused(case, event("revisit", 65, GRID, values=none)) == {"not_so"}
    assert case.record(event("revisit", 65, GRID, values=one)).violations == ()
    unable = {"has_labour": False, "willing_to_work": True, "development_measures": 0}
    assert case.record(event("revisit", 65, GRID, values=unable)).violations == ()


def test_a_new_risk_opens_a_closed_case_and_asks_for_a_measure_that_matches(national: Pack) -> None:
    case = case_of(national, *main_path(national))
    assert refused(case, event("new_risk", 100, VILLAGE)) == {"not_said"}
    case = case.record(event("new_risk", 100, VILLAGE, values={"risk": "accident"}))
    assert case.ended is None
    assert refused(case, event("revisit", 110, GRID, values=NO_LABOUR)) == {"not_so"}
    assert case.record(event("revisit", 110, GRID, values={**NO_LABOUR, "every_risk_matched": True})).violations == ()
    assert standing([case]).name == "monitored"  # type: ignore[union-attr]  # there is one


def test_a_clue_about_a_monitored_household_leaves_it_monitored(national: Pack) -> None:
    case = case_of(national, *main_path(national))
    other = Case.open("identification", pack=national, id="2").record(event("clue", 200, GRID))
    assert standing([case, other]).name == "monitored"  # type: ignore[union-attr]  # there is one


# Zhalaite


def test_the_township_sets_the_colour(zhalaite: Pack) -> None:
    case = case_of(zhalaite, *until(TO_REVIEW, "township_review"))
    assert refused(case, event("township_review", 9, TOWNSHIP, "review_form")) == {"not_said"}
    assert refused(case, event("township_review", 9, COUNTY, "review_form", values={"grade": "red"})) == {"role"}
    assert case.record(graded("yellow")).value("grade") == "yellow"


@pytest.mark.parametrize(
    ("colour", "may"),
    [("red", [COUNTY, DEPARTMENT]), ("yellow", [TOWNSHIP, DEPARTMENT]), ("blue", [VILLAGE, TOWNSHIP])],
)
def test_the_colour_decides_who_deals_with_it(colour: str, may: list[dict[str, str]], zhalaite: Pack) -> None:
    case = case_of(zhalaite, *until(main_path(zhalaite, colour), "measure_done"))
    for who in (VILLAGE, TOWNSHIP, COUNTY, DEPARTMENT):
        done = event("measure_done", 40, who, "measure_record", of="post")
        if who in may:
            assert case.record(done).violations == ()
        else:
            assert refused(case, done) == {"role"}


def test_who_solves_it_uploads_the_record(zhalaite: Pack) -> None:
    case = case_of(zhalaite, *until(main_path(zhalaite), "measure_done"))
    assert refused(case, event("measure_done", 40, TOWNSHIP, of="post")) == {"papers"}


def test_a_second_notice_comes_before_the_entry_and_an_objection_to_it_counts(zhalaite: Pack) -> None:
    path = until(main_path(zhalaite), "second_notice")
    assert refused(case_of(zhalaite, *path), event("system_entry", 16, TOWNSHIP)) == {"order"}
    case = case_of(zhalaite, *until(main_path(zhalaite), "system_entry"))
    case = case.record(Event(step="异议", at=FIRST + timedelta(days=16)))
    assert refused(case, event("system_entry", 17, TOWNSHIP)) == {"blocked"}
    assert case.record(event("returned", 17, COUNTY, values=REASON)).holds("decision") is False


def test_not_every_household_is_drawn_for_a_spot_check(zhalaite: Pack) -> None:
    path = [each for each in main_path(zhalaite) if each.step != "spot_check"]
    assert case_of(zhalaite, *path).violations == ()


def test_the_grid_workers_visit_closes_the_loop(zhalaite: Pack) -> None:
    case = case_of(zhalaite, *until(main_path(zhalaite), "revisit"))
    assert refused(case, event("revisit", 65, VILLAGE, values=NO_LABOUR)) == {"role"}
    case = case.record(event("revisit", 65, GRID, values=NO_LABOUR))
    assert case.ended == "revisit"
    assert case.record(event("new_risk", 90, GRID, values={"risk": "accident"})).ended is None


def test_a_clue_says_by_which_of_the_four_ways_it_came(zhalaite: Pack) -> None:
    case = Case.open("identification", pack=zhalaite, id="1")
    assert refused(case, event("clue", 0, GRID)) == {"not_said"}
    for way in ("防贫监测110", "网格员入户", "部门数据比对", "监督发现"):
        assert case.record(event("clue", 0, GRID, values={"线索渠道": way})).violations == ()


# The example's time for a clue


def test_a_clue_that_nobody_answers_in_time_is_unanswered() -> None:
    example = load_pack("example")
    case = case_of(example, CLUE, event("clue", 6, GRID, values={"channel": "patrol"}))  # it does not move the time
    (deadline,) = [found for found in case.deadlines(FIRST + timedelta(days=9)) if found.step == "home_visit"]
    assert deadline.rule.label is not None
    assert deadline.rule.label.zh == "线索未核"
    assert kinds(case.record(event("home_visit", 7, VILLAGE, "check_form"))) == []  # five working days
    assert kinds(case.record(event("home_visit", 8, VILLAGE, "check_form"))) == ["late"]


def test_the_visit_after_a_return_has_no_time_of_its_own() -> None:
    example = load_pack("example")
    case = case_of(example, *TO_REVIEW[:-1], graded("blue"), event("returned", 10, COUNTY, values=REASON))
    assert case.record(event("home_visit", 12, VILLAGE, "check_form")).violations == ()


# Elimination


def elimination(pack: Pack, months: int = 7, **values: Any) -> Case:
    """A case up to the county's decision, so many months after the identification."""
    days = months * 31
    said = {**GOOD, "way": "helped", "every_risk_matched": True, **values}
    return case_of(
        pack,
        Event(step="identified", at=FIRST),
        event("home_check", days - 9, VILLAGE, "check_form", values=said),
        event("village_review", days - 8, VILLAGE, "minutes"),
        event("public_notice", days - 8, VILLAGE, "notice_photo"),
        event("township_review", days - 3, TOWNSHIP, "review_form"),
        workflow="elimination",
    )


def test_the_lawful_way_to_elimination(pack: Pack) -> None:
    case = elimination(pack)
    for each in (
        event("decision", 217, COUNTY, "approval"),
        event("announcement", 218, VILLAGE, "notice_photo"),
        event("marked", 219, TOWNSHIP),
    ):
        assert each.step in {step.step for step in case.allowed(FIRST + timedelta(days=217))}
        case = case.record(each)
    assert (case.violations, case.ended) == ((), "marked")
    assert standing([case]).name == "risk_eliminated"  # type: ignore[union-attr]  # there is one


def test_six_months_must_pass_where_help_removed_the_risk(national: Pack) -> None:
    assert refused(elimination(national, 5), event("decision", 183, COUNTY, "approval")) == {"early"}  # 3 September
    assert elimination(national, 5).record(event("decision", 184, COUNTY, "approval")).violations == ()
    natural = elimination(national, 1, way="natural", every_risk_matched=None)
    assert natural.record(event("decision", 31, COUNTY, "approval")).violations == ()


@pytest.mark.parametrize("condition", [*GOOD, "every_risk_matched"])
def test_every_condition_of_elimination_is_held(condition: str, national: Pack) -> None:
    opposite = not {**GOOD, "every_risk_matched": True}[condition]
    case = elimination(national, **{condition: opposite})
    assert refused(case, event("decision", 217, COUNTY, "approval")) == {"not_so"}


def test_a_condition_that_nobody_declared_is_asked_for(national: Pack) -> None:
    case = case_of(national, Event(step="identified", at=FIRST), workflow="elimination")
    said = {name: value for name, value in GOOD.items() if name != "needs_met"}
    check = event("home_check", 200, VILLAGE, "check_form", values={**said, "way": "natural"})
    assert refused(case, check) == {"not_said"}


def test_a_household_wholly_without_labour_is_monitored_on(national: Pack) -> None:
    case = elimination(national, wholly_without_labour=True)
    case = case.record(event("kept", 217, COUNTY, values=REASON))
    assert (case.ended, standing([case]).name) == ("kept", "monitored")  # type: ignore[union-attr]  # there is one


def test_an_elimination_is_returned_and_objected_to_as_an_identification(national: Pack) -> None:
    case = elimination(national).record(Event(step="群众异议", at=FIRST + timedelta(days=215)))
    assert refused(case, event("decision", 217, COUNTY, "approval")) == {"blocked"}
    case = case.record(event("returned", 216, COUNTY, values=REASON))
    assert refused(case, event("village_review", 217, VILLAGE, "minutes")) == {"order"}


# Roll-back


def test_the_lawful_way_back(pack: Pack) -> None:
    case = case_of(
        pack,
        event("doubted", 0, DEPARTMENT, values=REASON),
        event("home_check", 1, VILLAGE, "check_form"),
        event("township_review", 2, TOWNSHIP, "review_form"),
        event("decision", 3, COUNTY, "approval"),
        event("marked", 4, TOWNSHIP),
        workflow="roll_back",
    )
    assert (case.violations, case.ended) == ((), "marked")
    assert standing([case]).name == "monitored"  # type: ignore[union-attr]  # there is one


def test_a_mark_that_was_right_is_kept_with_the_reason(national: Pack) -> None:
    case = case_of(
        national,
        event("doubted", 0, DEPARTMENT, values=REASON),
        event("home_check", 1, VILLAGE, "check_form"),
        workflow="roll_back",
    )
    assert refused(case, event("mark_kept", 2, COUNTY)) == {"not_said"}
    case = case.record(event("mark_kept", 2, COUNTY, values=REASON))
    assert standing([case]).name == "risk_eliminated"  # type: ignore[union-attr]  # there is one


# A county that changes three things


@pytest.fixture(scope="module")
def county() -> Pack:
    return load_pack(EXAMPLES / "county_procedure")


def test_a_county_changes_three_things_and_the_rest_is_the_nations(county: Pack, national: Pack) -> None:
    theirs, ours = (pack.workflows["identification"].spec.steps for pack in (national, county))
    assert {*ours} - {*theirs} == {"second_notice"}
    assert {*theirs} - {*ours} == {"announcement"}
    changed = {"home_visit", "township_review", "decision", "system_entry", "objection"}
    assert {name for name in {*ours} & {*theirs} if _content(ours[name]) != _content(theirs[name])} == changed
    assert county.remarks == ()


def _content(step: Step) -> tuple[Any, ...]:
    demands = [
        (d.by, d.evidence, d.needs, d.says, [(g.name, g.days, g.at_most and g.at_most.text) for g in d.gaps])
        for d in step.demands
    ]
    return demands, step.clears, step.blocks, step.label


def test_a_county_with_one_notice_only_leaves_the_second_out(tmp_path: Path) -> None:
    """The line goes on without it, and nothing else need be said."""
    head = 'name: one\nlabel: {zh: 一次, en: one}\nversion: "1"\nextends: zhalaite\nregion: "152223"\n'
    less = "without: [workflows.identification.steps.second_notice]\n"
    (tmp_path / "pack.yaml").write_text(head + less, encoding="utf-8")
    one = load_pack(tmp_path)
    path = [each for each in main_path(load_pack("zhalaite")) if each.step != "second_notice"]
    case = case_of(one, *path)
    assert (case.violations, case.ended) == ((), "revisit")
    objected = case_of(one, *until(path, "decision")).record(Event(step="异议", at=FIRST + timedelta(days=13)))
    assert refused(objected, DECIDED) == {"blocked"}


def test_twenty_working_days_and_two_notices(county: Pack) -> None:
    """The clue is of Monday, 4 March: the twentieth working day after it is 1 April."""
    path = [each for each in TO_REVIEW if each.step != "township_review"]
    case = case_of(county, *path)
    assert refused(case, event("township_review", 9, TOWNSHIP, "review_form")) == {"early"}  # five working days
    case = case.record(event("township_review", 11, TOWNSHIP, "review_form"))
    assert kinds(case.record(decided(28))) == []
    assert kinds(case.record(decided(29))) == ["late"]
    case = case.record(DECIDED).record(event("second_notice", 15, VILLAGE, "notice_photo"))
    assert refused(case, event("system_entry", 21, TOWNSHIP)) == {"early"}
    assert case.record(event("system_entry", 22, TOWNSHIP)).violations == ()


def test_the_countys_own_day_off_is_no_working_day(county: Pack) -> None:
    clue, visit = date(2024, 6, 6), date(2024, 6, 17)  # Dragon Boat Day on the 10th, the county's day on the 11th
    case = Case.open("identification", pack=county, id="1").record(Event(step="clue", at=clue, actor="a", **GRID))
    on_time = Event(step="home_visit", at=visit, actor="a", evidence=("核查表",), **VILLAGE)
    assert kinds(case.record(on_time)) == []
    late = on_time.model_copy(update={"at": date(2024, 6, 18)})
    assert kinds(case.record(late)) == ["late"]
