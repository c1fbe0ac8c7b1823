"""The cases of a pack: what differs is told with its reason, a file that is wrong with its place."""

from datetime import date
from pathlib import Path

import pytest

from fanpin import DataError, Pack, load_pack
from fanpin.i18n import speaking
from fanpin.testing import Difference, cases_file, read_cases, run_case, run_cases
from fanpin.testing.coverage import coverage

EXAMPLES = Path(__file__).parents[1] / "examples"
WORKED = EXAMPLES / "worked_county"


@pytest.fixture(scope="module")
def worked() -> Pack:
    return load_pack(WORKED)


@pytest.fixture(scope="module")
def example() -> Pack:
    return load_pack("example")


def written(folder: Path, *cases: str, head: str = "day: 2024-05-20") -> Path:
    """A file of cases, each written on one line."""
    file = folder / "cases.yaml"
    lines = [f"  - {{name: one, {case}}}" for case in cases]
    file.write_text("\n".join([head, "cases:", *lines]), encoding="utf-8")
    return file


def found(pack: Pack, folder: Path, *cases: str) -> tuple[Difference, ...]:
    return run_cases(pack, written(folder, *cases))


MINIMUM = "aid_class: minimum, medical_cost_before: 0"


@pytest.mark.parametrize(
    ("case", "what", "expected", "came"),
    [
        (f"facts: {{{MINIMUM}, medical_cost: 100}}, results: {{medical_aid: 61}}", "medical_aid, amount", 61.0, 60.0),
        (f"facts: {{{MINIMUM}}}, results: {{medical_aid: {{amount: {{lo: 0, hi: 1}}, state: unknown}}}}",
         "medical_aid, amount", (0.0, 1.0), (0.0, 30000.0)),
        (f"facts: {{{MINIMUM}}}, results: {{medical_aid: {{}}}}", "medical_aid, state", "known", "unknown"),
        ("facts: {aid_class: destitute}, results: {hardship_level: light}", "hardship_level, kind", "light", "severe"),
        ("facts: {months_here: 1}, results: {public_post: {kind: none, failed: []}}",
         "public_post, failed", (), ("lives_here",)),
        ("facts: {house_lost: yes}, results: {public_post: yes}", "public_post, state", "known", "left"),
        ("facts: {size: 1}, results: {boarding_allowance: [0]}", "boarding_allowance, how many", 1, 0),
        ("results: {no_such: 0}", "no_such, how many", 1, 0),
        ("faults: [table-no-row]", "faults", ("table-no-row",), ()),
        ("grade: red", "grade", "red", None),
        ("missing: [medical_line]", "missing", ("medical_line",), ()),
    ],
)  # fmt: skip
def test_what_differs_in_a_result_is_told(
    case: str, what: str, expected: object, came: object, worked: Pack, tmp_path: Path
) -> None:
    assert Difference("one", what, expected, came) in found(worked, tmp_path, case)


FAMILY = "size: 2, water: not_met, members: [{health: healthy}, {health: healthy}]"


@pytest.mark.parametrize(
    ("case", "what", "expected", "came"),
    [
        ("grade: blue", "grade", "blue", "red"),
        ("possible_grade: blue", "possible_grade", "blue", "red"),
        ("category: none", "category", "none", None),
        ("handled_by: [village]", "handled_by", ("village",), ("county",)),
        ("risks: [illness]", "risks", ("illness",), ("unsafe_water",)),
        ("risks: []", "risks", (), ("unsafe_water",)),
        ("to_ask: [size]", "to_ask", ("size",), None),
        ("unknown: []", "unknown", (), None),
    ],
)
def test_what_differs_in_a_grading_is_told(
    case: str, what: str, expected: object, came: object, example: Pack, tmp_path: Path
) -> None:
    (difference,) = found(example, tmp_path, f"facts: {{{FAMILY}}}, {case}")
    assert (difference.what, difference.expected) == (what, expected)
    if came is not None or what == "category":
        assert difference.found == came


def test_a_difference_says_why_in_either_language(example: Pack, tmp_path: Path) -> None:
    (difference,) = found(example, tmp_path, f"facts: {{{FAMILY}}}, risks: [food_shortage]")
    english, chinese = difference.text("en"), difference.text("zh")
    assert english.splitlines()[0] == "risks: expected food_shortage, found unsafe_water"
    assert "    unsafe water: holds. safe water: not met." in english
    assert "    not enough food: can't be said yet. food: unknown." in english
    assert chinese.splitlines()[0] == "成立的风险：应为food_shortage，实为unsafe_water"
    assert "因安全饮水：成立" in chinese


def test_the_order_of_risks_is_the_packs_and_no_difference(example: Pack, tmp_path: Path) -> None:
    facts = "size: 1, water: not_met, food: not_met, members: [{health: healthy}]"
    assert found(example, tmp_path, f"facts: {{{facts}}}, risks: [unsafe_water, food_shortage]") == ()


@pytest.mark.parametrize(
    ("sentence", "is_there"),
    [
        ("'safe water: not met'", True),
        ("{zh: '饮水安全', en: 'safe water'}", True),
        ("{zh: '饮水安全', en: 'safe wine'}", False),
        ("'met and more'", False),
    ],
)
def test_a_sentence_holds_what_is_written(sentence: str, is_there: bool, example: Pack, tmp_path: Path) -> None:
    differences = found(example, tmp_path, f"facts: {{{FAMILY}}}, sentences: {{unsafe_water: {sentence}}}")
    assert [difference.what for difference in differences] == ([] if is_there else ["unsafe_water, sentence"])


def test_a_sentence_of_no_rule_is_a_difference(example: Pack, tmp_path: Path) -> None:
    (difference,) = found(example, tmp_path, "sentences: {no_such: anything}")
    assert (difference.what, difference.found) == ("no_such, sentence", None)


def test_every_difference_is_told_with_the_name_of_its_case(worked: Pack, tmp_path: Path) -> None:
    case = f"facts: {{{MINIMUM}, medical_cost: 0, house_lost: no}}, results: {{medical_aid: 1, no_such: 0}}"
    with speaking("en"):
        assert list(map(str, found(worked, tmp_path, case))) == [
            "one: medical_aid, amount: expected 1, found 0",
            "one: no_such, how many: expected 1, found 0",
        ]


def test_a_parameter_without_a_value_is_a_difference_unless_it_is_expected(example: Pack, tmp_path: Path) -> None:
    (difference,) = found(example, tmp_path, "day: 2001-01-01, grade: red")
    assert difference.what == "missing"
    names = difference.found
    assert isinstance(names, tuple)
    assert found(example, tmp_path, f"day: 2001-01-01, missing: [{', '.join(names)}]") == ()


def test_a_fact_that_the_pack_does_not_have_is_told_and_the_other_cases_are_run(worked: Pack, tmp_path: Path) -> None:
    first, second = found(worked, tmp_path, "facts: {medical_cots: 1}", "grade: red")
    assert (first.what, second.what) == ("medical_cots", "grade")
    assert "medical_cost" in first.text("en")


# Procedures


@pytest.fixture(scope="module")
def national() -> Pack:
    return load_pack("national")


CLUE = "{step: clue, at: 2024-03-01, actor: w1, role: grid_worker, level: village, values: {channel: patrol}}"


@pytest.mark.parametrize(
    ("case", "what", "expected", "came"),
    [
        ("wrong: [late]", "1 clue, wrong", ("late",), ()),
        ("wrong: []", None, (), ()),
    ],
)
def test_what_is_wrong_with_an_event_is_compared(
    case: str, what: str | None, expected: object, came: object, national: Pack, tmp_path: Path
) -> None:
    event = CLUE[:-1] + f", {case}}}"
    differences = found(national, tmp_path, f"workflow: identification, events: [{event}]")
    assert [(d.what, d.expected, d.found) for d in differences] == ([] if what is None else [(what, expected, came)])


def test_an_unlawful_event_is_told_with_its_reason(national: Pack, tmp_path: Path) -> None:
    decision = "{step: decision, at: 2024-03-02, actor: w1, role: grid_worker, level: village}"
    (difference,) = found(national, tmp_path, f"workflow: identification, events: [{CLUE}, {decision}]")
    assert difference.what == "2 decision, wrong"
    assert difference.expected == ()
    assert isinstance(difference.found, tuple)
    assert "order" in difference.found
    assert "'county decision' needs" in difference.text("en")
    assert "“县级审定”之前要先有" in difference.text("zh")


@pytest.mark.parametrize(
    ("case", "what"),
    [
        ("allowed: [decision]", "allowed"),
        ("ended: revisit", "ended"),
        ("standing: monitored", "standing"),
        ("deadlines: {decision: 2024-03-02}", "decision, deadline"),
    ],
)
def test_how_a_case_stands_on_a_day_is_compared(case: str, what: str, national: Pack, tmp_path: Path) -> None:
    differences = found(national, tmp_path, f"workflow: identification, events: [{CLUE}], {case}")
    assert [difference.what for difference in differences] == [what]


def test_what_is_overrun_on_a_day_is_compared(tmp_path: Path) -> None:
    pack = load_pack(EXAMPLES / "county_procedure")
    case = f"workflow: identification, day: 2024-05-30, events: [{CLUE}]"
    (difference,) = found(pack, tmp_path, f"{case}, overrun: []")
    assert (difference.what, difference.found) == ("overrun", ("home_visit", "decision"))
    stands = "overrun: [decision, home_visit], deadlines: {home_visit: 2024-03-08}"
    assert found(pack, tmp_path, f"{case}, {stands}") == ()


def test_the_steps_that_are_allowed_are_those_that_a_case_allows(national: Pack, tmp_path: Path) -> None:
    (difference,) = found(national, tmp_path, f"workflow: identification, events: [{CLUE}], allowed: []")
    assert isinstance(difference.found, tuple)
    assert found(national, tmp_path, f"workflow: identification, events: [{CLUE}], "
                                     f"allowed: [{', '.join(reversed(difference.found))}]") == ()  # fmt: skip


def test_a_procedure_that_there_is_not_is_a_difference(national: Pack, tmp_path: Path) -> None:
    (difference,) = found(national, tmp_path, "workflow: identificaton")
    assert difference.what == "workflow"
    assert "identification" in difference.text("en")


# Files


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("day: 2024-05-20\ncases:\n  - name: one\n    grad: red\n", "unknown-key-of", 4),
        ("day: 2024-05-20\ncases:\n  - grade: red\n", "missing-key", 3),
        ("cases:\n  - name: one\n", "missing-key", 2),
        ("day: 2024-05-20\ncases: []\n", "case-unfit", 2),
        ("day: 2024-05-20\ncases:\n  - name: one\n    results: {a: {amonut: 1}}\n", "unknown-key-of", 4),
        ("day: 2024-05-20\ncases:\n  - name: one\n    results: {a: null}\n", "case-unfit", 4),
        ("day: 2024-05-20\ncases:\n  - name: one\n    name: two\n", "key-twice", 4),
        ("day: 2024-05-20\ncases: [{name: a, workflow: w, events: [{step: a, at: 2024-05-01, wrong: [ordr]}]}]\n",
         "no-such-violation", 2),
        ("day: 2024-05-20\ncases: [{name: a, workflow: w, events: [{step: a, at: 2024-05-01, rol: x}]}]\n",
         "unknown-key-of", 2),
        ("day: 2024-02-30\ncases: [{name: a}]\n", "case-unfit", 1),
        ("day: [\n", "bad-yaml", 2),
    ],
)  # fmt: skip
def test_a_file_that_is_wrong_is_refused_at_its_line(text: str, code: str, line: int, tmp_path: Path) -> None:
    file = tmp_path / "cases.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as refused:
        read_cases(file)
    assert [(problem.code, problem.place.line) for problem in refused.value.problems] == [(code, line)]
    assert refused.value.text("zh") != refused.value.text("en")


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError) as refused:
        read_cases(tmp_path / "cases.yaml")
    assert [problem.code for problem in refused.value.problems] == ["no-cases"]


def test_a_case_of_a_procedure_stands_as_of_its_last_event_unless_a_day_is_said(tmp_path: Path) -> None:
    file = written(
        tmp_path, "workflow: w, events: [{step: a, at: 2024-05-02}, {step: b, at: 2024-05-09 08:30:00}]", head=""
    )
    (case,) = read_cases(file)
    assert case.day == date(2024, 5, 9)


def test_the_cases_stand_beside_the_pack() -> None:
    assert cases_file(WORKED) == WORKED / "cases.yaml"
    assert cases_file(WORKED / "pack.yaml") == WORKED / "cases.yaml"
    assert cases_file("national").parent.name == "national"


# Coverage


SMALL = {
    "pack": 'name: small\nlabel: {zh: 小, en: small}\nversion: "1"\n',
    "parameters": "parameters:\n  line:\n    label: {zh: 线, en: line}\n    unit: CNY/year\n    values:\n"
    "      - {from: 2020-01-01, until: replaced, value: 1000, source: invented}\n",
    "rules": "risks:\n  poor:\n    label: {zh: 贫, en: poor}\n    when: registered_poor and wage_income < line\n"
    "  thirsty:\n    label: {zh: 渴, en: thirsty}\n    when: water == 'not_met'\n"
    "grades:\n  red:\n    label: {zh: 红, en: red}\n    when: count(risks) >= 2\n    handled_by: [county]\n",
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    for name, text in SMALL.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def untested(folder: Path, *cases: str) -> dict[str, tuple[str, ...]]:
    pack = load_pack(folder)
    ran = [run_case(pack, case) for case in read_cases(written(folder, *cases))]
    return {one.name: one.ways for one in coverage(pack, ran).untested}


BOUNDARY = "poor: wage income is below line"
COUNT = "red: count(risks) >= 2"


def test_of_an_unknown_household_nothing_is_tested(small: Path) -> None:
    assert untested(small, "facts: {}") == {
        "poor": ("holds", "clear"),
        BOUNDARY: ("below", "at", "above"),
        "thirsty": ("holds", "clear"),
        "red": ("holds", "clear"),
        COUNT: ("below", "at"),  # with two risks there can't be three
    }


@pytest.mark.parametrize(
    ("income", "left"),
    [
        ("1000", ("below", "above")),
        ("999.99", ("at", "above")),
        ("990", ("at", "above")),
        ("989.99", ("below", "at", "above")),
        ("1010", ("below", "at")),
        ("1010.01", ("below", "at", "above")),
        ("{lo: 1000, hi: 1001}", ("below", "at", "above")),
    ],
)
def test_just_beside_is_within_one_per_cent(income: str, left: tuple[str, ...], small: Path) -> None:
    assert untested(small, f"facts: {{registered_poor: yes, wage_income: {income}}}")[BOUNDARY] == left


def test_a_comparison_that_decides_nothing_is_not_tested(small: Path) -> None:
    left = untested(small, "facts: {registered_poor: no, wage_income: 1000}")
    assert left[BOUNDARY] == ("below", "at", "above")
    assert left["poor"] == ("holds",)


def test_what_came_out_both_ways_is_tested(small: Path) -> None:
    facts = "facts: {{registered_poor: yes, wage_income: {}, water: {}}}".format
    cases = [facts(999, "not_met"), facts(1000, "met"), facts(1001, "not_met"), facts(1000, "not_met")]
    assert untested(small, *cases) == {}


def test_of_rows_each_counts(worked: Pack) -> None:
    ran = [run_case(worked, case) for case in read_cases(WORKED / "cases.yaml")]
    reached, of = coverage(worked, ran).count(own=True)
    assert 50 < reached < of
    names = {one.name for one in coverage(worked, ran).untested}
    assert "boarding_allowance" not in names  # of a member it is something, and nothing
    assert "hardship_level: moderate" in names


def test_what_is_inherited_is_told_apart_and_a_number_of_ones_own_makes_a_boundary_ones_own(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_text(
        'name: mine\nlabel: {zh: 我, en: mine}\nversion: "1"\nextends: national\n', encoding="utf-8"
    )
    (tmp_path / "parameters.yaml").write_text(
        "parameters:\n  school_line:\n    values:\n"
        "      - {from: 2020-01-01, until: replaced, value: 9000, source: invented}\n",
        encoding="utf-8",
    )
    pack = load_pack(tmp_path)
    ran = [run_case(pack, case) for case in read_cases(written(tmp_path, "facts: {}"))]
    own = [one for one in coverage(pack, ran, folder=tmp_path.name).untested if one.own]
    assert [(one.kind, one.label.en) for one in own] == [
        ("boundary", "school costs of the household net of aid is above the line for school costs")
    ]


def test_steps_and_time_limits_are_tested_by_events(tmp_path: Path) -> None:
    pack = load_pack(EXAMPLES / "county_procedure")
    late = CLUE[:-1] + ", id: a}, {step: home_visit, at: 2024-04-20, actor: w2, role: grid_worker, level: village}"
    ran = [
        run_case(pack, case) for case in read_cases(written(tmp_path, f"workflow: identification, events: [{late}]"))
    ]
    left = {one.name for one in coverage(pack, ran, folder="county_procedure").untested}
    assert "identification.clue" not in left
    assert "identification.application" in left
    assert "identification.home_visit.also.first_visit.gaps.answer.at_most" not in left
    assert "identification.decision.gaps.total.at_most" in left
