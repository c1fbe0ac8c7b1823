"""How procedures, cases and checks of logs look: as text, in notebooks, and as diagrams that Mermaid takes."""

import html
import re
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from attrs import evolve

from fanpin import Case, Event, MissingParameter, StepRefused, check_log, load_pack
from fanpin.case_views import is_shown
from fanpin.expressions.types import TextType
from fanpin.facts import FactSpec
from fanpin.i18n import LANGUAGES, Label, Language, speaking
from fanpin.id_numbers import invented_id_number
from fanpin.workflow import Workflow
from tests.workflow.procedures import START, Pack, event, pack, step
from tests.workflow.random_procedures import EventWriter, ProcedureWriter

Steps = Mapping[str, Mapping[str, Any]]
NATIONAL = load_pack("national").workflows


# Diagrams: a small grammar of Mermaid. Its own parser took what the tests take (mermaid 11, by hand).

_TEXT = r'"(?:[^"<>&`%#;:]|#(?:quot|lt|gt|amp|\d+);|<br>)*"'
_NODE = re.compile(rf"(\w+)(?:\[{_TEXT}\]|\({_TEXT}\)|\(\[{_TEXT}\]\)|\[\[{_TEXT}\]\])")
_ARROW = re.compile(rf"(\w+) (-->|-\.->|-\.-x)(?:\|{_TEXT}\|)? (\w+)")
_CLASS_DEF = re.compile(r"classDef (\w+) [\w#:,\s-]+")
_CLASS = re.compile(r"class ([\w,]+) (\w+)")
_SUBGRAPH = re.compile(rf"subgraph \w+ \[{_TEXT}\]")


def taken(text: str) -> tuple[dict[str, str], list[tuple[str, str, str]], dict[str, set[str]]]:
    """The nodes with what is written for them, the arrows, and the members of the classes of a diagram."""
    first, *lines = text.splitlines()
    assert first == "flowchart TD"
    nodes: dict[str, str] = {}
    arrows: list[tuple[str, str, str]] = []
    defined: set[str] = set()
    classes: dict[str, set[str]] = {}
    depth = 0
    for line in map(str.strip, lines):
        if found := _NODE.fullmatch(line):
            assert found[1] not in nodes
            nodes[found[1]] = line.removeprefix(found[1])
        elif found := _ARROW.fullmatch(line):
            arrows.append((found[1], found[2], found[3]))
        elif found := _CLASS_DEF.fullmatch(line):
            defined.add(found[1])
        elif found := _CLASS.fullmatch(line):
            classes[found[2]] = set(found[1].split(","))
        elif _SUBGRAPH.fullmatch(line):
            depth += 1
        else:
            assert line == "end", line
            depth -= 1
    assert depth == 0
    assert {name for start, _, end in arrows for name in (start, end)} <= nodes.keys()
    assert classes.keys() == defined
    assert set().union(*classes.values()) <= nodes.keys()
    return nodes, arrows, classes


def arrows_of(workflow: Workflow, *kinds: str) -> list[str]:
    """The arrows of a diagram, in short."""
    _, arrows, _ = taken(workflow.diagram("en"))
    return [f"{a} {b}".replace("step_", "") for a, kind, b in arrows if kind in (kinds or ("-->",))]


def shape_of(workflow: Workflow, name: str) -> str:
    nodes, _, _ = taken(workflow.diagram("en"))
    return re.sub(_TEXT, "", nodes[f"step_{name}"])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["national", "zhalaite", "example"])
def test_diagrams_of_the_shipped_procedures_are_taken_and_show_every_step(name: str, language: Language) -> None:
    for workflow in load_pack(name).workflows.values():
        nodes, _, _ = taken(workflow.diagram(language))
        assert nodes.keys() == {f"step_{name}" for name in workflow.spec.steps}
        for step_ in workflow.spec.steps.values():
            assert step_.label.text(language) in html.unescape(nodes[f"step_{step_.name}"].replace("#", "&#"))


def test_the_national_identification_runs_from_the_clue_to_the_closed_loop() -> None:
    whole = arrows_of(NATIONAL["identification"])
    spine = ["clue", "home_visit", "application", "village_review", "public_notice", "township_review", "decision",
             "announcement", "system_entry", "revisit", "closed"]  # fmt: skip
    assert whole[: len(spine) - 1] == [f"{a} {b}" for a, b in pairwise(spine)]
    beside = {"application comparison", "comparison decision", "system_entry measure_planned", "measure_done revisit",
              "public_notice objection", "home_visit rejected"}  # fmt: skip
    assert beside <= set(whole)
    assert "home_visit village_review" not in whole  # it comes before that anyway
    broken = arrows_of(NATIONAL["identification"], "-.->")
    assert "new_risk revisit" in broken
    assert "objection_settled objection" in broken
    assert [line for line in broken if line.startswith("returned home")] == ["returned home_visit"]  # the rest follows
    assert "objection township_review" in arrows_of(NATIONAL["identification"], "-.-x")


def test_steps_have_shapes_by_what_they_are() -> None:
    workflow = NATIONAL["identification"]
    shapes = {name: shape_of(workflow, name) for name in ("clue", "comparison", "closed", "measure_planned")}
    assert shapes == {"clue": "[]", "comparison": "()", "closed": "([])", "measure_planned": "[[]]"}


def test_an_optional_step_may_be_gone_by_and_alternatives_run_side_by_side() -> None:
    workflow = pack(["a", "b", "c or d", "e"], steps={"b": {"optional": True}}).workflow
    assert arrows_of(workflow) == ["a b", "a c", "b c", "a d", "b d", "c e", "d e"]
    assert taken(workflow.diagram("en"))[2] == {"optional": {"step_b"}}


def test_what_may_come_at_any_time_stands_apart() -> None:
    text = pack(["a", "b"], steps={"z": {}}).workflow.diagram("zh")
    assert '    subgraph anytime ["随时可办"]\n        step_z("「z」")\n    end\n' in text


def test_a_need_under_a_condition_says_so() -> None:
    steps: Steps = {"c": {}, "b": {"also": {"red": {"when": "grade == 'red'", "needs": ["c"]}}}}
    text = pack(["a", "b"], steps=steps).workflow.diagram("en")
    assert '    step_c -->|"grade is #39;red#39;"| step_b\n' in text


NASTY = ['a"b', "x] --> y", "#35; #quot;", "`md`", "%%{init: {}}%%", "<script>alert(1)</script>", "a\nb", "a|b",
         "&amp;", "end", "“引号”（括号）", "style s fill:red;"]  # fmt: skip


@pytest.mark.parametrize("label", NASTY)
def test_no_label_is_taken_for_a_mark_of_mermaid(label: str) -> None:
    steps = [
        step("a", label=Label(label, label)),
        step("b", label=Label("b" + label, "b" + label), needs=["a"], blocks=["a"]),
    ]
    workflow = pack(["a"], steps=steps).workflow
    nodes, _, _ = taken(workflow.diagram("zh"))
    shown = re.sub(r"#(\w+);", lambda found: html.unescape(f"&{'#' * found[1].isdigit()}{found[1]};"), nodes["step_a"])
    assert shown == f'["{" ".join(label.split())}"]'


def test_diagrams_of_random_procedures_and_of_cases_in_them_are_taken() -> None:
    for seed in range(60):
        random = Random(seed)
        of = ProcedureWriter(random).pack()
        taken(of.workflow.diagram("zh"))
        case = of.case(*EventWriter(random, of.workflow).events()) if seed % 2 else of.case()
        nodes, _, classes = taken(case.diagram("en"))
        assert len(nodes) == len(of.workflow.names)
        held = {f"step_{name}" for name in of.workflow.names if case.holds(name)}
        assert classes.get("done", set()) == held
        assert case.text("zh")
        assert case._repr_html_()


# A case and its place

_STEPS: Steps = {
    "clue": {"repeats": True, "by": {"worker": "village"}},
    "visit": {"by": {"worker": "village"}, "evidence": ["form"], "says": ["grade"]},
    "review": {"gaps": {"notice": {"since": "notice", "at_least": 5}}, "by": {"official": "township"}},
    "decision": {"ends": True, "gaps": {"total": {"since": "clue", "which": "first", "at_most": "long"}}},
    "back": {"back_to": "visit", "needs": ["visit"], "clears": ["decision"]},
    "planned": {"per": "measure", "needs": ["visit"]},
    "done": {"per": "measure", "needs": ["planned"]},
}
LINE = pack(["clue", "visit", "notice", "review", "decision"], steps=_STEPS)
ID = invented_id_number(7, date(1970, 1, 1))
SECRETS = ("王小明", "账号 6222020200112233445", ID)
WORKER = {"actor": SECRETS[0], "role": "网格员", "level": "村"}


def under_way() -> Case:
    """A case with a fault, something sent back, and two measures."""
    return LINE.case(
        event("clue", 0, **WORKER),
        event("visit", 1, **WORKER, values={"grade": "red"}),
        event("back", 2),
        event("visit", 3, **WORKER, evidence=["form"], values={"grade": "蓝"}),
        event("planned", 3, of="M1"),
        event("notice", "2024-03-04T16:30:00+00:00"),
        household=ID,
    )


def test_the_diagram_shows_where_a_case_is() -> None:
    nodes, _, classes = taken(under_way().diagram("en"))
    assert classes == {
        "done": {"step_clue", "step_visit", "step_back", "step_planned", "step_notice"},
        "last": {"step_notice"},
        "next": {"step_clue", "step_back", "step_planned", "step_done"},
        "waiting": {"step_review"},
    }
    assert nodes["step_notice"] == '["notice<br>✓ 2024-03-05"]'
    assert nodes["step_review"] == '["review<br>from 2024-03-10"]'
    assert nodes["step_planned"] == '[["planned<br>(each measure)<br>✓ 2024-03-04<br>may come next"]]'


def test_the_diagram_shows_what_was_wrong_with_what_is_in_force() -> None:
    case = LINE.case(event("clue"), event("visit", 1, **WORKER, values={"grade": "red"}))
    assert taken(case.diagram("zh"))[2]["wrong"] == {"step_clue", "step_visit"}


def test_a_case_without_events_has_nothing_but_its_beginning_and_that_on_a_day() -> None:
    assert LINE.case().text("en") == "identification  1: nothing came yet\n"
    assert LINE.case().text("en", on=START).splitlines()[2:] == [
        "What may come next (2024-03-01)",
        "  clue: grid worker (village)",
    ]
    assert taken(LINE.case().diagram("en"))[2] == {}
    assert taken(LINE.case().diagram("en", on=START))[2] == {"next": {"step_clue"}}


ZH = """\
识别  1（户 ***）：办到「notice」

办理过程
  2024-03-01  「clue」  网格员（村）
  2024-03-02  「visit」  网格员（村）（不再有效）
      “「visit」”缺少材料：申请书。附上这些材料后再办
  2024-03-03  「back」
  2024-03-04  「visit」  网格员（村）
  2024-03-04  「planned」（M1）
  2024-03-05 00:30  「notice」

填报的情况
  等级：蓝

接下来可以办（2024-03-05）
  「clue」：网格员（村）
  「review」：干部（乡镇）；最早 2024-03-10
  「back」
  「planned」（M1）：也可新开一项
  「done」（M1）

期限（2024-03-05）
  「decision」：2024-03-16 前（期限内）
"""


def test_a_case_tells_what_happened_what_may_come_and_until_when() -> None:
    assert under_way().text("zh") == ZH
    in_english = under_way().text("en", on=date(2024, 3, 20))
    assert "  2024-03-02  visit  grid worker (village) (no longer in force)\n" in in_english
    assert "      'visit' lacks papers: application; attach them first\n" in in_english
    assert in_english.endswith("Deadlines (2024-03-20)\n  decision: by 2024-03-16 (overrun, 4 days over)\n")


def test_an_unknown_step_had_no_effect_and_an_ended_case_says_so() -> None:
    case = LINE.case(event("clue", 0, **WORKER), event("never", 1), event("decision", 2))
    text = case.text("en")
    assert "  2024-03-02  never (without effect)\n" in text
    assert text.startswith("identification  1: ended by decision\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_named_in_any_view_of_a_case(language: Language) -> None:
    case = under_way()
    case, _ = case.observe(event("clue", 9, actor=SECRETS[0], id=ID))
    case, _ = case.observe(event("planned", 9, of=ID, actor=ID, values={"grade": SECRETS[1]}))
    with speaking(language):
        views = [case._repr_html_(), case.text(), case.diagram(), repr(case), *map(repr, case.events)]
    assert not [secret for secret in SECRETS for text in views if secret in text]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("word", SECRETS)
def test_a_role_or_level_that_no_pack_knows_may_be_a_name_and_is_never_shown(word: str, language: Language) -> None:
    events = [event("clue", actor="a", role=word, level="village"),
              event("clue", 1, actor="a", role="worker", level=word)]  # fmt: skip
    case = LINE.case(*events)
    assert [(v.kind, v.got) for _, v in case.violations if v.kind in ("role", "level")] == [
        ("role", ("?",)), ("level", ("?",)),
    ]  # fmt: skip
    with pytest.raises(StepRefused) as refused:
        LINE.case().record(events[0])
    with speaking(language):
        views = [
            case._repr_html_(), case.text(), case.diagram(), *map(repr, (*case.events, *case.timeline())),
            repr(case.violations), repr(refused.value), str(refused.value), repr(refused.value.problems),
        ]  # fmt: skip
    assert not [text for text in views if word in text]
    known = {"zh": "这里写的是规则包里没有的", "en": "here is one that the pack does not know"}
    assert known[language] in refused.value.text(language)


@pytest.mark.parametrize(
    ("word", "shown"), [("入户走访", "入户走访"), (SECRETS[1], "***"), (ID, "***"), ("记" * 41, "***")]
)
def test_a_step_that_no_pack_knows_is_shown_unless_it_holds_a_number_or_is_a_remark(word: str, shown: str) -> None:
    case = LINE.case(event("clue", **WORKER), event(word, 1))
    (violation,) = (v for _, v in case.violations if v.kind == "unknown_step")
    assert violation.got == (shown,)
    assert f"没有名为“{shown}”的环节" in case.text("zh")
    views = [case.text("en"), case._repr_html_(), repr(case.timeline()[-1]), repr(case.violations)]
    assert all((word in text) == (word == shown) for text in views)


def test_what_is_declared_of_a_measure_stands_beside_it() -> None:
    steps: dict[str, dict[str, Any]] = {"start": {"per": "measure"}, "stop": {"per": "measure", "clears": ["start"]},
                                        "visit": {"repeats": True}}  # fmt: skip
    said = [("start", "m1", 1), ("visit", None, 2), ("start", "m2", 3), ("start", "m3", 4), ("visit", "m9", 5)]
    events = [event(step, of=of, values={"size": size}) for step, of, size in said]
    case = pack(steps=steps).case(*events, event("stop", of="m3"))
    assert case.declared == {"m1": {"size": 1}, None: {"size": 5}, "m2": {"size": 3}}
    text = case.text("en")
    lines = ["number of persons (m1): 1", "number of persons: 5", "number of persons (m2): 3"]
    assert [line.strip(" -") for line in text.splitlines() if "number of persons" in line] == lines


def test_of_what_is_declared_neither_texts_nor_secrets_are_shown() -> None:
    grade = LINE.workflow.vocabulary.values["grade"]
    assert is_shown(grade)
    assert not is_shown(evolve(grade, sensitivity="secret"))
    assert not is_shown(FactSpec("why", Label("理由", "why"), TextType(), sensitivity="public"))


def test_a_notebook_shows_a_case_with_nothing_taken_for_markup() -> None:
    of = pack(["a"], steps=[step("a", label=Label("<b>甲</b>", "<b>a</b>"), evidence=["form"])])
    with speaking("zh"):
        shown = of.case(event("a"), id="<i>")._repr_html_()
    assert "&lt;b&gt;甲&lt;/b&gt;" in shown
    assert "&lt;i&gt;" in shown
    assert "<b>甲" not in shown
    assert "<i>" not in shown
    assert "<li style='color: #b00020'>“&lt;b&gt;甲&lt;/b&gt;”缺少材料：申请书。附上这些材料后再办</li>" in shown
    assert _is_balanced(shown)


def _is_balanced(shown: str) -> bool:
    """Whether every tag is closed, in order."""
    left: list[str] = []
    for closes, tag in re.findall(r"<(/?)(\w+)[^>]*>", shown):
        if tag == "br":
            continue
        if not closes:
            left.append(tag)
        elif not left or left.pop() != tag:
            return False
    return not left


# A procedure

EN = """\
identification  w
1. clue  clue (may repeat)
   who: grid worker (village)
2. visit  visit
   who: grid worker (village)
   papers and values: application, declares grade
   before it: clue
3. notice  notice
   before it: visit
4. review  review
   who: official (township)
   before it: notice
   times: at least 5 days after notice
5. decision  decision
   before it: review
   times: at most 15 days after the first clue
   then: the case ends
6. back  back
   before it: visit
   then: no longer in force: decision, visit and what follows it
7. planned  planned (for each measure)
   before it: visit
8. done  done (for each measure)
   before it: planned
"""


def test_a_procedure_tells_of_each_step_who_with_what_after_what_and_when() -> None:
    assert LINE.workflow.text("en", on=START) == EN
    assert "at most long (calendar days) after the first clue" in LINE.workflow.text("en")
    assert "   时间：距首次「clue」不超过15天\n" in LINE.workflow.text("zh", on=START)


def test_a_parameter_without_a_value_on_the_day_is_refused() -> None:
    with pytest.raises(MissingParameter):
        LINE.workflow.text("en", on=date(2019, 1, 1))


def test_every_requirement_is_told() -> None:
    steps: Steps = {
        "b": {
            "other_person_than": ["a"], "count": {"p": 2, "a": 1}, "every": [("p", "q")], "holds": ["poor", "not a"],
            "right_after": ["a"], "standing": "monitored", "once": True,
            "also": {"red": {"when": "grade == 'red'", "evidence": ["form", "photo"], "by": {"official": ["county"]}}},
        },
        "p": {"per": "measure"},
        "q": {"per": "measure", "optional": True},
        "stop": {"blocks": ["b"], "until": ["go"], "clears": ["p"]},
        "go": {},
    }  # fmt: skip
    workflow = pack(["a", "b"], steps=steps).workflow
    told = " ".join(workflow.text("en").split())
    for text in (
        "[where grade is 'red'] official (county)", "[where grade is 'red'] application, photo",
        "before it: a; no stop that is open; right after a; p: at least 2; a: at least 1; q for every p; "
        "not by who did a; in need: yes; a done: no",
        "then: the household: monitored", "q q (optional, for each measure)",
        "then: no longer in force: p; until settled, not: b; settled by go",
    ):  # fmt: skip
        assert text in told
    assert "【等级为“红”】申请书、照片" in workflow.text("zh")


def test_steps_that_a_pack_puts_into_a_line_are_told_in_their_place() -> None:
    told = re.findall(r"^\d+\. (\S+)", load_pack("zhalaite").workflows["identification"].text("zh"), re.MULTILINE)
    at = told.index("会商研判")
    assert told[at - 1 : at + 5] == ["乡镇审核", "会商研判", "抽样核查", "县级审定", "第二次公示", "系统录入"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_notebook_shows_a_procedure_as_a_table(language: Language) -> None:
    with speaking(language):
        shown = NATIONAL["identification"]._repr_html_()
    assert shown.count("<tr>") == 1 + len(NATIONAL["identification"].spec.steps)
    assert _is_balanced(shown)
    steps = [step("a", label=Label("<b>", "<b>"), source="<u>")]
    assert "<u>" not in pack(steps=steps).workflow._repr_html_()


# A log


def _log(cases: Iterable[tuple[str, str, str, str]]) -> str:
    import polars as pl

    rows = pl.DataFrame(list(cases), schema=["case", "step", "at", "actor"], orient="row")
    of: Pack = pack(["a", "b"], steps={"b": {"gaps": {"x": {"since": "a", "at_most": 3}}, "by": {"worker": "village"}}})
    with speaking("en"):
        return str(check_log(rows, pack=of, as_of=date(2024, 3, 31))._repr_html_())


def test_a_notebook_shows_what_a_log_came_to() -> None:
    shown = _log([("1", "b", "2024-03-01", SECRETS[0]), (ID, "a", "2024-03-01", SECRETS[0]), ("<3>", "a", "soon", "x")])
    assert (
        "as of 2024-03-31: 2 cases, 2 events; 2 violations, 2 of them refusing; 1 running deadlines, 1 overrun" in shown
    )
    assert "rows not read: 1" in shown
    assert "<li>row 1, 1: &#x27;b&#x27; needs a before it, still in force</li>" in shown
    assert "<li>***: b: by 2024-03-04 (overrun, 27 days over); for grid worker (village)</li>" in shown
    assert re.search(r"a step before is missing</td><td>1</td><td>1</td>", shown)
    assert not [secret for secret in SECRETS if secret in shown]
    assert _is_balanced(shown)


def test_a_notebook_shows_no_more_of_a_log_than_can_be_read() -> None:
    shown = _log((str(n), "b", "2024-03-01", "x") for n in range(30))
    assert shown.count("<li>row") == 20
    assert "... and 40 more" in shown


def test_a_rule_shows_its_way_and_no_more() -> None:
    (violation,) = LINE.case().observe(event("notice"))[1]
    assert repr(violation.rule) == "<Rule notice.line>"
    assert repr(violation) == (
        "Violation(kind='order', rule=<Rule notice.line>, expected=('visit',), got=(), over=None)"
    )


def test_an_event_tells_no_person_and_no_value() -> None:
    said = Event(step="a", at=START, actor=SECRETS[0], values={"why": SECRETS[1]}, of=ID, id=ID)
    assert repr(said) == str(said) == "Event(step='a', at=2024-03-01)"
