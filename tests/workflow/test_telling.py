"""What is wrong with a step, and what is waited for, in both languages."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from fanpin.cases import StepRefused
from fanpin.events import Event
from fanpin.i18n import Label, speaking
from fanpin.observing import KINDS
from fanpin.telling import deadline_text, sentences_of, told
from tests.workflow.procedures import Pack, event, pack

STEPS: dict[str, dict[str, Any]] = {
    "clue": {
        "label": Label("线索", "clue"), "aliases": ["风险线索"], "repeats": True,
        "by": {"worker": ["village", "group"]}, "evidence": ["form", "photo"],
    },
    "visit": {
        "label": Label("入户核实", "home visit"),
        "gaps": {"answer": {"since": "clue", "at_most": "short", "label": Label("线索未核", "clue not answered")}},
    },
    "apply": {"label": Label("申请", "application")},
    "report": {"label": Label("代为申报", "report")},
    "notice": {
        "label": Label("公示", "notice"), "right_after": ["apply", "report"], "other_person_than": ["visit"],
    },
    "decision": {
        "label": Label("审定", "decision"), "says": ["grade", "size"], "holds": ["poor and size >= 2"],
        "count": {"start": 2}, "every": [("start", "done")],
        "gaps": {
            "notice": {"since": "notice", "at_least": 5, "days": "working"},
            "total": {"since": "clue", "at_most": "short if poor else long", "which": "first"},
        },
    },
    "start": {"label": Label("开始帮扶", "start of a measure"), "per": "measure"},
    "done": {"label": Label("完成帮扶", "end of a measure"), "per": "measure"},
    "objection": {
        "label": Label("异议", "objection"), "blocks": ["decision"],
        "gaps": {"half": {"since": "notice", "at_most": 6, "days": "months"}},
    },
    "closed": {"label": Label("办结", "closing"), "ends": True},
}  # fmt: skip
PACK = pack(["clue", "visit", "apply or report", "notice", "decision", "closed"], steps=STEPS)

WORKER: dict[str, Any] = {"actor": "a", "role": "worker", "level": "village", "evidence": ("form", "photo")}
CLUE = event("clue", **WORKER)
NOTICED = (CLUE, event("visit", actor="v"), event("apply", actor="b"), event("notice", actor="n"))
SAID = {"grade": "blue", "poor": True, "size": 2}

SENTENCES: list[tuple[str, Sequence[Event], str, str]] = [
    (
        "no_actor", [event("clue", evidence=("form", "photo"))],
        "“线索”没有写明经办人", "'clue' names nobody who did it",
    ),
    (
        "role", [event("clue", **WORKER | {"role": "official"})],
        "“线索”应由网格员办理，这里是干部", "'clue' is for grid worker, and here it is official",
    ),
    (
        "role", [event("clue", **WORKER | {"role": None})],
        "“线索”应由网格员办理，这里没有写明", "'clue' is for grid worker, and here none is named",
    ),
    (
        "level", [event("clue", **WORKER | {"level": "county"})],
        "“线索”应在村（嘎查）或组一级办理，这里是县（旗）",
        "'clue' is done at the level of village or group, and here it is county",
    ),
    (
        "same_person", [*NOTICED[:3], event("notice", actor="v")],
        "“公示”不能由办过入户核实的同一人办理", "'notice' can't be done by who did home visit",
    ),
    (
        "papers", [event("clue", **WORKER | {"evidence": ()})],
        "“线索”缺少材料：申请书和照片", "'clue' lacks papers: application and photo",
    ),
    (
        "order", [CLUE, event("visit"), event("closed")],
        "“办结”之前要先有审定，而且仍然有效", "'closing' needs decision before it, still in force",
    ),
    (
        "not_right_after", [*NOTICED[:3], CLUE, event("notice")],
        "“公示”要紧接在申请或代为申报之后，上一环节是线索",
        "'notice' comes right after application or report, and the step before is clue",
    ),
    (
        "not_right_after", [event("notice")],
        "“公示”要紧接在申请或代为申报之后，上一环节是（无）",
        "'notice' comes right after application or report, and the step before is (none)",
    ),
    (
        "no_track", [event("start")],
        "“开始帮扶”没有写明是哪一项帮扶措施", "'start of a measure' does not say which measure it is of",
    ),
    (
        "again", [CLUE, event("visit", 1), event("visit", 2)],
        "“入户核实”已于 2024-03-02 办过，仍然有效", "'home visit' was done on 2024-03-02, and is still in force",
    ),
    (
        "early", [*NOTICED, event("decision", 6, values=SAID)],
        "“审定”太早：从 2024-03-01 起须满5个工作日，2024-03-07 还差1个工作日",
        "'decision' comes too early: from 2024-03-01 5 working days must pass, and 2024-03-07 is 1 working day short "
        "of that",
    ),
    (
        "late", [CLUE, event("visit", 5)],
        "“入户核实”超过期限：从 2024-03-01 起应在3天内，2024-03-06 已超2天",
        "'home visit' is late: it was due within 3 days from 2024-03-01, and 2024-03-06 is 2 days past that",
    ),
    (
        "late", [*NOTICED, event("objection", "2024-09-02")],
        "“异议”超过期限：从 2024-03-01 起应在6个月内，2024-09-02 已超1天",
        "'objection' is late: it was due within 6 months from 2024-03-01, and 2024-09-02 is 1 day past that",
    ),
    (
        "not_announced", [event("notice", "2026-12-28"), event("decision", "2027-01-04", values=SAID)],
        "“审定”是否合乎期限还不能定：从 2026-12-28 起5个工作日，到 2027-01-04 的放假安排还没有公布",
        "whether 'decision' is in time can't be said: 5 working days from 2026-12-28, days off are unannounced up to "
        "2027-01-04",
    ),
    (
        "not_decided", [*NOTICED, event("decision", 9)],
        "“审定”是否合乎期限还不能定：从 2024-03-01 起15天，这要看一项没有填报的情况",
        "whether 'decision' keeps its time can't be said: 15 days from 2024-03-01 hangs on what nobody declared",
    ),
    (
        "count", [event("start", of="m1"), event("decision", values=SAID)],
        "“审定”之前开始帮扶至少要有2，现有1", "'decision' needs at least 2 of start of a measure, and there are 1",
    ),
    (
        "unfinished", [*(event("start", of=of) for of in ("m1", None, "m2")), event("decision", values=SAID)],
        "“审定”之前开始帮扶的都要有完成帮扶，还差：m1和m2",
        "before 'decision' every start of a measure needs its end of a measure; missing: m1 and m2",
    ),
    (
        "blocked", [event("objection"), event("decision", values=SAID)],
        "异议尚未了结，不能办“审定”", "'decision' can't be done while objection is open",
    ),
    (
        "after_end", [event("closed"), event("objection"), event("objection")],
        "本件已因“办结”办结，这是办结后的第2件事", "the case had ended with 'closing'; this is number 2 after the end",
    ),
    (
        "not_said", [event("decision", values={"poor": True})],
        "“审定”没有填报等级和人口数", "'decision' does not declare grade and number of persons",
    ),
    (
        "not_so", [event("decision", values={"size": 1, "poor": True})],
        "“审定”要求：是否困难：是且（人口数不少于2）；没有满足",
        "'decision' demands: in need: yes and (number of persons is at least 2); it does not hold",
    ),
    (
        "not_so", [event("decision", values={"poor": True})],
        "“审定”要求：是否困难：是且（人口数不少于2）；没有满足（没有填报：人口数）",
        "'decision' demands: in need: yes and (number of persons is at least 2); it does not hold (not said: number of "
        "persons)",
    ),
    (
        "not_a_value", [event("clue", **WORKER, values={"等级": "绿"})],
        "“线索”填报的“等级”不是可以填的值", "'clue' declares 'grade' with what is no value of it",
    ),
    ("unknown_step", [event("风险线")], "没有名为“风险线”的环节", "there is no step '风险线'"),
    (
        "id_conflict", [event("visit", id="7"), event("apply", id="7")],
        "编号 7 已有一条内容不同的记录", "the id 7 is that of another event with other content",
    ),
    (
        "time_reversed", [event("visit", 3), event("apply", 1)],
        "“申请”的时间 2024-03-02 早于上一环节的 2024-03-04",
        "'application' is of 2024-03-02, before the step that precedes it, of 2024-03-04",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "events", "zh", "en"), SENTENCES, ids=[row[0] for row in SENTENCES])
def test_a_violation_in_both_languages(kind: str, events: Sequence[Event], zh: str, en: str) -> None:
    *before, last = events
    violations = PACK.case(*before).observe(last)[1]
    said = [sentences_of(violation, PACK.workflow)[0] for violation in violations if violation.kind == kind]
    assert said == [Label(zh, en)]


def test_every_kind_has_its_sentence() -> None:
    assert {kind for kind, *_ in SENTENCES} == set(KINDS)


def test_what_would_make_it_right_and_what_may_have_been_meant() -> None:
    with pytest.raises(StepRefused) as refused:
        PACK.case().record(event("风险线"))
    assert [told(v, PACK.workflow).suggestions for v in refused.value.violations] == [("风险线索",)]
    (other,) = PACK.case().observe(event("入户走访"))[1]
    assert told(other, PACK.workflow).suggestions == ("入户核实",)
    with speaking("zh"):
        assert "风险线索" in str(refused.value)
        assert "用规则包里的环节名或别名" in str(refused.value)


def test_a_condition_that_hangs_on_what_is_unsaid_asks_for_it() -> None:
    for values, way_out in (({"poor": True}, "填报人口数"), ({"poor": True, "size": 1}, "满足后再办")):
        violations = PACK.case().observe(event("decision", values=values))[1]
        (not_so,) = [violation for violation in violations if violation.kind == "not_so"]
        assert sentences_of(not_so, PACK.workflow)[1].zh == way_out


@pytest.mark.parametrize(
    ("values", "sentence", "way_out", "near"),
    [
        ({"等级": "绿"}, "“线索”填报的“等级”不是可以填的值", "可填：红、蓝", ()),
        ({"size": "很多"}, "“线索”填报的“人口数”不是可以填的值", "按规则包列出的填写", ()),
        ({"grad": "红"}, "规则包里没有可以填报的“grad”，“线索”填报了它", "用规则包里的名称", ("grade",)),
    ],
)
def test_what_may_be_declared_is_said(
    values: dict[str, Any], sentence: str, way_out: str, near: tuple[str, ...]
) -> None:
    (violation,) = PACK.case().observe(event("clue", **WORKER, values=values))[1]
    problem = told(violation, PACK.workflow)
    assert (problem.sentence("zh"), problem.suggestions) == (sentence, near)
    assert problem.help("zh").endswith(way_out)


def test_a_refusal_cites_what_says_it_and_not_what_the_procedure_is_from() -> None:
    steps: dict[str, dict[str, Any]] = {"b": {"source": "S1"}, "c": {"needs": ["b"]}}
    sourced = pack(["a", "b"], steps=steps, source="S0")
    for name, source in (("b", "S1"), ("c", None)):
        with pytest.raises(StepRefused) as refused:
            sourced.case().record(event(name))
        assert [v.rule.source for v in refused.value.violations] == [source]
        assert ("依据" in refused.value.text("zh")) == bool(source)


def test_a_step_of_another_demand_finds_its_own_time() -> None:
    """Names of times and of demands are the pack's, and may be the words that ways are made of."""
    gaps = {"gaps": {"since": "a", "at_most": 1, "days": "months"}}
    odd = pack(
        steps={
            "a": {},
            "b": {"gaps": {"also": {"since": "a", "at_most": 1}}, "also": {"gaps": {"when": "not poor", "gaps": gaps}}},
        }
    )
    violations = odd.case(event("a")).observe(event("b", 99, values={"poor": False}))[1]
    assert [sentences_of(violation, odd.workflow)[0].zh for violation in violations] == [
        "“「b」”超过期限：从 2024-03-01 起应在1天内，2024-06-08 已超98天",
        "“「b」”超过期限：从 2024-03-01 起应在1个月内，2024-06-08 已超68天",
    ]


class TestDeadlines:
    @staticmethod
    def waiting(of: Pack, *events: Event, on: date) -> list[tuple[str, str]]:
        said = [deadline_text(deadline, of.workflow) for deadline in of.case(*events).deadlines(on)]
        return [(label.zh, label.en) for label in said]

    def test_in_time_and_over(self) -> None:
        assert self.waiting(PACK, CLUE, on=date(2024, 3, 5)) == [
            (
                "入户核实：2024-03-04 前（线索未核，已过1天）",
                "home visit: by 2024-03-04 (clue not answered, 1 day over)",
            ),
            ("审定：2024-03-04 前（缺少填报值，暂不能定）", "decision: by 2024-03-04 (not decided)"),
        ]

    def test_over_and_due_soon(self) -> None:
        said = event("visit", 1, values={"poor": False, "grade": "blue"})
        assert self.waiting(PACK, CLUE, said, on=date(2024, 3, 13)) == [
            ("审定：2024-03-16 前（即将到期）", "decision: by 2024-03-16 (due soon)")
        ]
        assert self.waiting(PACK, CLUE, said, on=date(2024, 3, 18)) == [
            ("审定：2024-03-16 前（已超期，已过2天）", "decision: by 2024-03-16 (overrun, 2 days over)")
        ]

    def test_where_the_calendar_is_not_announced(self) -> None:
        working = pack(steps={"a": {}, "b": {"gaps": {"g": {"since": "a", "at_most": 9, "days": "working"}}}})
        assert self.waiting(working, event("a", "2026-12-21"), on=date(2027, 1, 4)) == [
            ("「b」：期限未定（放假安排未公布，暂不能定）", "b: open (not announced)")
        ]
