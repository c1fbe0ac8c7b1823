"""Procedures and measures as data: what a pack may write, what it inherits, and what is refused with its place."""

import pickle
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from fanpin import Household, PackError, grade, load_pack
from fanpin.i18n import Label
from fanpin.measures import GROUPS
from fanpin.packs import json_schema
from fanpin.packs.workflow_shapes import MeasureShape
from fanpin.step_words import UNITS
from fanpin.steps import LEVEL_WORDS, LEVELS, Days, Gap, Level, Step, Vocabulary

SMALL = Path(__file__).parent / "packs" / "small"
ON = date(2024, 5, 1)
Write = Callable[..., Path]
HEAD = 'name: {name}\nlabel: {{zh: 我的, en: mine}}\nversion: "1"\nextends: {extends}\n{more}'

WORKFLOW = """
roles:
  cadre: {zh: 村干部, en: cadre, aliases: [驻村干部]}
  county: {zh: 县级干部, en: county official}
papers: {approval: {zh: 批复, en: approval}}
standings: {monitored: {zh: 监测对象, en: monitored}}
tracks: {measure: {zh: 帮扶措施, en: measure}}
values:
  grade: {is: grade}
  kind: {is: category, label: {zh: 类别, en: kind}, headers: [对象类别]}
  income_over_line: {type: yes_no, label: {zh: 收入超过线, en: income over the line}}
days_off: [{from: 2024-07-01, until: 2024-07-02, label: {zh: 那达慕, en: Naadam}, region: "15", source: invented}]
workflows:
  found:
    label: {zh: 识别, en: identification}
    due_soon: 2
    source: invented
    lines: {main: [clue, visit or call, [decision]], help: [planned, done]}
    steps:
      clue: {label: {zh: 线索, en: clue}, repeats: yes, aliases: [风险线索]}
      visit: {label: {zh: 入户, en: visit}, by: {cadre: village}, optional: no}
      call: {label: {zh: 电话, en: call}, optional: yes}
      decision:
        label: {zh: 审定, en: decision}
        by: {county: [county, departments]}
        evidence: [approval]
        needs: [clue, visit 或 call]
        other_person_than: [visit]
        says: [grade]
        holds: [income_over_line]
        gaps:
          total: {since: clue, which: first, at_most: limit_days, days: working, label: {zh: 晚, en: late}, source: S1}
          notice: {since: [visit, call], at_least: "5 if grade == 'red' else 7"}
        also:
          red: {when: grade == 'red', count: {planned: 2}, source: S2}
        standing: monitored
      planned: {label: {zh: 计划, en: planned}, per: measure}
      done: {label: {zh: 完成, en: done}, per: measure}
      close:
        label: {zh: 办结, en: closed}
        needs: [decision]
        every: [{started: planned, ended: done}]
        ends: yes
        after: [clue]
      again: {label: {zh: 退回, en: back}, back_to: visit, clears: [close], right_after: [decision, close], note: x}
      objection: {label: {zh: 异议, en: objection}, needs: [visit], blocks: [decision], until: [again]}
"""
PARAMETERS = """
parameters:
  limit_days:
    label: {zh: 天数, en: days}
    unit: day
    values: [{from: 2020-01-01, until: replaced, value: 15, source: invented}]
"""
MEASURES = """
measures:
  relief: {label: {zh: 临时救助, en: relief}, group: safety_net, answers: [illness], suits: {zh: 困难户, en: the poor}}
  farming:
    label: {zh: 种养, en: farming}
    aliases: [到户产业]
    group: industry
    development: yes
    answers: [illness, schooling]
    suits: size > 2 and not registered_poor
    source: S0
"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a pack, over the small one unless it extends another; each keyword is a file."""

    def write(name: str = "mine", extends: str = "../small", more: str = "", **files: str) -> Path:
        shutil.copytree(SMALL, tmp_path / "small", dirs_exist_ok=True)
        (tmp_path / name).mkdir()
        (tmp_path / name / "pack.yaml").write_text(HEAD.format(name=name, extends=extends, more=more), encoding="utf-8")
        for file, text in files.items():
            (tmp_path / name / f"{file}.yaml").write_text(text, encoding="utf-8")
        return tmp_path / name

    return write


@pytest.fixture
def mine(write: Write) -> Path:
    return write(workflow=WORKFLOW, parameters=PARAMETERS, measures=MEASURES)


def step_of(folder: Path, name: str) -> Step:
    return load_pack(folder).workflows["found"].spec.steps[name]


def gaps_of(folder: Path) -> dict[str, Gap]:
    return {gap.name: gap for gap in step_of(folder, "decision").demands[0].gaps}


# What is written


def test_what_procedures_share_is_read(mine: Path) -> None:
    vocabulary: Vocabulary = load_pack(mine).workflows["found"].vocabulary
    assert vocabulary.roles["cadre"].label.zh == "村干部"
    assert vocabulary.roles["cadre"].aliases == ("驻村干部",)
    assert [*vocabulary.papers, *vocabulary.standings, *vocabulary.tracks] == ["approval", "monitored", "measure"]
    (off,) = vocabulary.days_off
    assert (off.since, off.until, off.region, off.source) == (date(2024, 7, 1), date(2024, 7, 2), "15", "invented")


def test_a_value_may_be_one_of_the_packs_grades_or_categories(mine: Path) -> None:
    values = load_pack(mine).workflows["found"].vocabulary.values
    assert list(values["grade"].values) == ["red", "yellow", "blue"]
    assert values["grade"].label.zh == "风险等级"
    assert list(values["kind"].values) == ["unstable", "marginal"]
    assert (values["kind"].label.zh, values["kind"].headers) == ("类别", ("对象类别",))


def test_a_value_of_grades_is_not_there_where_there_are_no_grades(write: Write) -> None:
    values = "values: {grade: {is: grade}, measure: {is: measure}, risk: {is: risk}}\n"
    steps = "workflows: {w: {label: {zh: 流程, en: w}, steps: {a: {label: {zh: 甲, en: a}}}}}\n"
    folder = write(more="without: [grades]\n", workflow=values + steps)
    found = load_pack(folder).workflows["w"].vocabulary.values
    assert {name: list(value.values) for name, value in found.items()} == {
        "risk": ["illness", "schooling", "unsafe_water"]
    }


def test_a_step_is_what_is_written(mine: Path) -> None:
    decision = step_of(mine, "decision")
    own, red = decision.demands
    assert own.by == {"county": ("county", "departments")}
    assert (own.evidence, own.other_person_than, own.says) == (("approval",), ("visit",), ("grade",))
    assert own.needs == (("clue",), ("visit", "call"))
    assert [text.text for text in own.holds] == ["income_over_line"]
    assert (red.name, red.when and red.when.text, red.source) == ("red", "grade == 'red'", "S2")
    assert [(count.of, count.at_least.text) for count in red.count] == [("planned", "2")]
    assert decision.standing == "monitored"
    total, notice = gaps_of(mine).values()
    assert (total.since, total.which, total.days, total.source) == (("clue",), "first", "working", "S1")
    assert total.at_most is not None
    assert (total.at_most.text, total.at_least, total.label and total.label.en) == ("limit_days", None, "late")
    assert (notice.since, notice.which, notice.days) == (("visit", "call"), "latest", "calendar")


def test_the_effects_of_steps_are_what_is_written(mine: Path) -> None:
    steps = load_pack(mine).workflows["found"].spec.steps
    assert (steps["clue"].repeats, steps["clue"].once, steps["clue"].aliases) == (True, False, ("风险线索",))
    assert (steps["call"].optional, steps["visit"].optional) == (True, False)
    assert (steps["planned"].per, steps["close"].ends, steps["close"].after) == ("measure", True, ("clue",))
    assert [(pair.started, pair.ended) for pair in steps["close"].demands[0].every] == [("planned", "done")]
    assert (steps["again"].back_to, steps["again"].clears, steps["again"].note) == ("visit", ("close",), "x")
    assert steps["again"].demands[0].right_after == ("decision", "close")
    assert (steps["objection"].blocks, steps["objection"].until) == (("decision",), ("again",))


def test_lines_are_rows_of_alternatives(mine: Path) -> None:
    spec = load_pack(mine).workflows["found"].spec
    assert spec.lines == ((("clue",), ("visit", "call"), ("decision",)), (("planned",), ("done",)))
    assert (spec.zone, spec.due_soon, spec.source, spec.label.zh) == ("Asia/Shanghai", 2, "invented", "识别")


def test_every_step_and_demand_knows_its_line(mine: Path) -> None:
    lines = WORKFLOW.splitlines()
    for step in load_pack(mine).workflows["found"].spec.steps.values():
        assert step.place.file == "mine/workflow.yaml"
        assert lines[(step.place.line or 0) - 1].strip().startswith(f"{step.name}:")
    _, red = step_of(mine, "decision").demands
    assert lines[(red.place.line or 0) - 1].strip().startswith("red:")


# Over a base


def test_one_demand_of_a_base_is_changed_and_the_rest_stays(mine: Path, write: Write) -> None:
    county = """
    workflows:
      found:
        steps:
          decision: {gaps: {total: {at_most: 20, days: calendar, source: ours}}, also: {red: {evidence: [approval]}}}
          visit: {by: {county: county}, label: {zh: 走访, en: a call}}
    """
    theirs = write("theirs", "../mine", workflow=county)
    before, after = gaps_of(mine), gaps_of(theirs)
    assert after["notice"].since == before["notice"].since
    assert after["total"].at_most is not None
    assert (after["total"].at_most.text, after["total"].days, after["total"].source) == ("20", "calendar", "ours")
    assert (after["total"].since, after["total"].label) == (before["total"].since, before["total"].label)
    _, red = step_of(theirs, "decision").demands
    assert (red.evidence, red.when and red.when.text) == (("approval",), "grade == 'red'")
    assert step_of(theirs, "visit").demands[0].by == {"cadre": ("village",), "county": ("county",)}
    assert list(load_pack(theirs).workflows["found"].spec.steps) == list(load_pack(mine).workflows["found"].spec.steps)


@pytest.mark.parametrize(
    ("path", "gone"),
    [
        ("workflows.found.steps.decision.gaps.notice", lambda spec: not spec.steps["decision"].demands[0].gaps[1:]),
        ("workflows.found.steps.decision.also.red", lambda spec: len(spec.steps["decision"].demands) == 1),
        ("workflows.found.steps.objection", lambda spec: "objection" not in spec.steps),
        ("workflows.found.steps.decision.by.county", lambda spec: spec.steps["decision"].demands[0].by == {}),
        ("workflows.found.lines.help", lambda spec: len(spec.lines) == 1),
    ],
)
def test_a_part_of_a_base_is_left_out(path: str, gone: Callable[..., bool], mine: Path, write: Write) -> None:
    assert not gone(load_pack(mine).workflows["found"].spec)
    theirs = write("theirs", "../mine", f"without: [{path}]\n")
    assert gone(load_pack(theirs).workflows["found"].spec)


@pytest.mark.usefixtures("mine")
def test_a_demand_for_a_step_that_is_left_out_is_told(write: Write) -> None:
    """To drop it would loosen what the base demands."""
    less = "without: [workflows.found.steps.call, workflows.found.steps.planned, workflows.found.steps.close]\n"
    with pytest.raises(PackError) as refused:
        load_pack(write("theirs", "../mine", less))
    told = {(problem.code, problem.details["name"], problem.place.file) for problem in refused.value.problems}
    assert told == {
        ("unknown-name", "call", "mine/workflow.yaml"),
        ("unknown-name", "planned", "mine/workflow.yaml"),
        ("unknown-name", "close", "mine/workflow.yaml"),
    }


def test_a_step_is_left_out_of_lines_and_effects(mine: Path, write: Write) -> None:
    text = WORKFLOW.replace("right_after: [decision, close], ", "")
    (mine / "workflow.yaml").write_text(text, encoding="utf-8")
    spec = load_pack(write("theirs", "../mine", "without: [workflows.found.steps.close]\n")).workflows["found"].spec
    assert spec.steps["again"].clears == ()
    less = "without: [workflows.found.steps.done, workflows.found.steps.close, workflows.found.steps.again]\n"
    spec = load_pack(write("others", "../mine", less)).workflows["found"].spec
    assert spec.lines[1] == (("planned",),)
    assert (spec.steps["objection"].blocks, spec.steps["objection"].until) == (("decision",), ())
    less = "without: [workflows.found.steps.decision, workflows.found.steps.close]\n"
    spec = load_pack(write("few", "../mine", less)).workflows["found"].spec
    assert spec.lines[0] == (("clue",), ("visit", "call"))
    assert (spec.steps["objection"].blocks, spec.steps["objection"].until) == ((), ())


def test_a_step_that_is_written_anew_stays_where_it_was(mine: Path, write: Write) -> None:
    other = "  gone: {label: {zh: 消除, en: gone}, line: [done], steps: {done: {label: {zh: 完成, en: done}}}}\n"
    (mine / "workflow.yaml").write_text(WORKFLOW + other, encoding="utf-8")
    less = "without: [workflows.found.steps.done]\n"
    anew = "workflows: {found: {steps: {done: {label: {zh: 落实, en: in place}, per: measure}}}}\n"
    found = load_pack(write("theirs", "../mine", less, workflow=anew)).workflows
    assert found["found"].spec.lines[1] == (("planned",), ("done",))
    without = "without: [workflows.found.steps.done, workflows.found.steps.close]\n"
    text = WORKFLOW.replace("right_after: [decision, close], ", "")
    (mine / "workflow.yaml").write_text(text + other, encoding="utf-8")
    found = load_pack(write("others", "../mine", without)).workflows
    assert (found["found"].spec.lines[1], found["gone"].spec.lines) == ((("planned",),), ((("done",),),))


@pytest.mark.usefixtures("mine")
def test_a_whole_procedure_is_left_out(write: Write) -> None:
    assert load_pack(write("theirs", "../mine", "without: [workflows.found]\n")).workflows == {}


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("workflow", "which: first, ", ""),
        ("workflow", "due_soon: 2", "due_soon: 4"),
        ("workflow", "aliases: [驻村干部]", "aliases: [驻村队员]"),
        ("workflow", "until: 2024-07-02", "until: 2024-07-01"),
        ("measures", "answers: [illness, schooling]", "answers: [illness]"),
        ("parameters", "value: 15", "value: 16"),
    ],
)
def test_the_hash_changes_with_procedures_and_measures(file: str, old: str, new: str, mine: Path) -> None:
    before, path = load_pack(mine).hash, mine / f"{file}.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    assert load_pack(mine).hash != before


def test_a_pack_with_procedures_goes_to_other_processes(mine: Path) -> None:
    pack = load_pack(mine)
    other = pickle.loads(pickle.dumps(pack))
    assert other.hash == pack.hash
    assert other.workflows["found"].spec.steps.keys() == pack.workflows["found"].spec.steps.keys()
    assert other.measures["farming"].answers == pack.measures["farming"].answers


def test_a_pack_without_procedures_has_none(write: Write) -> None:
    pack = load_pack(write())
    assert (pack.workflows, len(pack.measures), pack.remarks) == ({}, 0, ())


# Mistakes


def problems(folder: Path) -> list[tuple[str, int | None, str | None]]:
    """The code of each problem, its line, and the text at its column."""
    with pytest.raises(PackError) as refused:
        load_pack(folder)
    places = [(p.code, p.place) for p in refused.value.problems]
    return [
        (code, at.line, at.source and at.source[(at.column or 1) - 1 :].split(",")[0].strip("}]"))
        for code, at in places
    ]


def test_mistakes_of_rules_procedures_and_measures_come_out_at_once(write: Write) -> None:
    folder = write(
        workflow=WORKFLOW.replace("back_to: visit", "back_to: vist"),
        parameters=PARAMETERS,
        measures=MEASURES.replace("size > 2", "sise > 2").replace("[illness],", "[ilness],"),
        rules="risks:\n  x: {label: {zh: 险, en: x}, when: wage_incme > 1}\n",
    )
    assert [code for code, _, _ in problems(folder)] == ["unknown-name"] * 4


@pytest.mark.usefixtures("mine")
def test_a_wrong_name_is_shown_at_its_word_in_the_file_that_wrote_it(write: Write) -> None:
    steps = "workflows:\n  found:\n    steps:\n"
    decision = "      decision:\n        needs: [clue, visit or cal]\n        says: [grd]\n"
    theirs = write("theirs", "../mine", workflow=steps + decision)
    assert problems(theirs) == [("unknown-name", 5, "cal"), ("unknown-name", 6, "grd")]


def test_a_step_that_is_badly_written_hides_no_other_mistake(write: Write) -> None:
    text = WORKFLOW.replace("back_to: visit", "back_to: vist").replace("optional: no}", "optional: perhaps}")
    found = problems(write(workflow=text, parameters=PARAMETERS))
    assert [(code, at) for code, _, at in found] == [("wrong-value", "perhaps"), ("unknown-name", "vist")]


def test_a_measures_group_is_not_taken_for_a_risk_of_that_name(write: Write) -> None:
    text = "measures:\n  farm: {label: {zh: 种养, en: farming}, group: industry, answers: [illness, industry]}\n"
    folder = write(measures=text)
    with pytest.raises(PackError) as refused:
        load_pack(folder)
    (problem,) = refused.value.problems
    assert problem.place.column == text.splitlines()[1].rindex("industry") + 1


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ("steps: {a: {label: {zh: 甲, en: a}, until: [a]}}", "idle-key"),
        ("steps: {a: {label: {zh: 甲, en: a}, after: [a]}}", "idle-key"),
        ("steps: {a: {label: {zh: 甲, en: a}, gaps: {b: {since: a, days: working}}}}", "gap-without-length"),
        ("steps: {}", "wrong-value"),
    ],
)
def test_what_says_nothing_is_refused(keys: str, code: str, write: Write) -> None:
    text = f"workflows:\n  w:\n    label: {{zh: 流程, en: w}}\n    {keys}\n"
    assert [found for found, _, _ in problems(write(workflow=text))] == [code]


def test_a_parameter_that_a_procedure_reads_must_be_there(write: Write) -> None:
    assert [at for _, _, at in problems(write(workflow=WORKFLOW))] == ["limit_days"]


# Measures


def test_measures_are_read(mine: Path) -> None:
    measures = load_pack(mine).measures
    farming = measures["farming"]
    assert (farming.group, farming.development, farming.aliases) == ("industry", True, ("到户产业",))
    assert (farming.source, farming.answers) == ("S0", ("illness", "schooling"))
    relief = measures["relief"]
    assert (relief.development, relief.suits) == (False, measures["relief"].suits)
    assert getattr(relief.suits, "en", None) == "the poor"


def test_the_measures_of_each_risk(mine: Path) -> None:
    pack = load_pack(mine)
    assert pack.measures.matrix(pack.rules.risk_names) == {
        "illness": ("relief", "farming"),
        "schooling": ("farming",),
        "unsafe_water": (),
    }


def test_a_risk_without_a_measure_is_remarked_on(mine: Path, write: Write) -> None:
    (remark,) = load_pack(mine).remarks
    assert (remark.code, remark.place.file) == ("risks-without-measure", "small/rules.yaml")
    assert "因安全饮水" in remark.text("zh")
    less = "measures: {farming: {answers: [illness]}}\n"
    (both,) = load_pack(write("both", "../mine", measures=less)).remarks
    assert (both.place.line, both.details["labels"]) == (17, Label("因学、因安全饮水", "schooling, unsafe water"))
    water = "measures:\n  well: {label: {zh: 打井, en: a well}, group: water, answers: [unsafe_water]}\n"
    assert load_pack(write("theirs", "../mine", measures=water)).remarks == ()


def test_a_risk_that_is_left_out_leaves_the_measures_too(mine: Path, write: Write) -> None:
    """Who leaves a risk out need not go through the measures of the base; one that answers nothing else goes."""
    less = load_pack(write("theirs", "../mine", "without: [risks.illness]\n"))
    assert {name: measure.answers for name, measure in less.measures.items()} == {"farming": ("schooling",)}
    assert load_pack(write("others", "../theirs")).measures.keys() == {"farming"}
    every = "measures:\n  farming: {answers: [illness, unsafe_water, schooling]}\n"
    write("more", "../mine", measures=every)
    few = load_pack(write("few", "../more", "without: [risks.illness, risks.unsafe_water]\n"))
    assert few.measures["farming"].answers == ("schooling",)
    restated = write(
        "restated", "../mine", "without: [risks.illness]\n", measures="measures: {relief: {answers: [schooling]}}\n"
    )
    assert load_pack(restated).measures["relief"].answers == ("schooling",)
    write("broken", "../mine", measures="measures: {relief: {answers: }}\n")
    fewer = write("fewer", "../broken", "without: [risks.illness]\n")
    assert [code for code, _, _ in problems(fewer)] == ["wrong-value"]  # and not passed over
    own = "risks:\n  illness: {label: {zh: 大病, en: grave illness}, when: size > 3}\n"
    anew = load_pack(write("anew", "../mine", "without: [risks.illness]\n", rules=own))
    assert anew.measures.keys() == load_pack(mine).measures.keys()


def test_whom_a_measure_suits_is_a_rule_of_the_pack(mine: Path) -> None:
    pack = load_pack(mine)
    suits = pack.measures["farming"].suits
    assert suits in pack.rules.texts


def test_whom_a_measure_suits_decides_nothing(mine: Path, write: Write) -> None:
    """It is checked as a rule is, and its facts are asked of nobody."""
    household = Household(household_id="1", size=1, water="not_met", region="990001")
    found, other = (grade(household, pack=load_pack(folder), on=ON) for folder in (mine, write("theirs")))
    assert [(f.risk, f.state) for f in found.findings] == [(f.risk, f.state) for f in other.findings]
    assert [question.label for question in found.to_ask] == [question.label for question in other.to_ask]


def test_whom_a_measure_suits_must_be_a_yes_or_no(write: Write) -> None:
    text = MEASURES.replace("size > 2 and not registered_poor", "size + 2")
    assert problems(write(measures=text)) == [("not-yes-or-no", 10, "size + 2")]


def test_a_pack_may_write_the_levels_and_ways_to_count_that_there_are() -> None:
    assert get_args(Level) == tuple(LEVELS) == tuple(LEVEL_WORDS)
    assert get_args(Days) == tuple(UNITS)


def test_the_groups_of_measures_are_the_fourteen_of_the_national_form() -> None:
    said = MeasureShape.model_json_schema()["properties"]["group"]["enum"]
    assert said == list(GROUPS)
    assert len(GROUPS) == 14


# For editors


@pytest.mark.parametrize(
    ("file", "keys"),
    [
        ("workflow.yaml", ["roles", "papers", "standings", "tracks", "values", "days_off", "workflows"]),
        ("measures.yaml", ["measures"]),
    ],
)
def test_editors_get_a_schema(file: str, keys: list[str]) -> None:
    schema = json_schema(file)
    assert list(schema["properties"]) == keys
    step = schema["$defs"]["StepShape"]["properties"]
    assert {"by", "gaps", "also", "back_to", "until"} <= step.keys()


def test_editors_take_a_length_that_is_a_number() -> None:
    """`at_most: 15` is a number to an editor, and a rule's text to fanpin."""
    defined = json_schema("workflow.yaml")["$defs"]
    lengths = [*defined["StepShape"]["properties"]["count"]["patternProperties"].values()]
    lengths += [defined["GapShape"]["properties"][key]["anyOf"][0] for key in ("at_least", "at_most")]
    assert [[kind["type"] for kind in length["anyOf"]] for length in lengths] == [["integer", "string"]] * 3
