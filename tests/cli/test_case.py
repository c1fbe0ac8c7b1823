"""`fanpin case`, `workflow` and `notice`: a case on its way, its procedure, and what is posted of it."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from rich.cells import cell_len

from fanpin import Case, Event, load_pack, sample
from fanpin.id_numbers import invented_id_number
from tests.cli.conftest import Ran, Run, python

SMALL = Path(__file__).parents[1] / "packs" / "small"
ASKED = ("-p", "national", "-w", "identification")
GRID = {"actor": "w1", "role": "网格员", "level": "村"}
VILLAGE = {"actor": "v1", "role": "村干部", "level": "村"}
EVENTS: list[dict[str, Any]] = [
    {"step": "风险线索", "at": "2024-03-01", **GRID},
    {"step": "入户核实", "at": "2024-03-02T09:30:00", **GRID, "evidence": ["核查表"]},
    {"step": "农户申请", "at": "2024-03-03", "actor": "h", "role": "农户", "level": "农户", "evidence": "申请书"},
    {
        "step": "农户申请",
        "at": "2024-03-04",
        "actor": "h",
        "role": "农户",
        "level": "农户",
        "evidence": "申请书、授权书",
    },
    {"step": "民主评议", "at": "2024-03-05", **VILLAGE, "evidence": ["评议记录"]},
]
LAWFUL = [event for event in EVENTS if event.get("evidence") != "申请书"]


def written(path: Path, tree: Any) -> Path:
    path.write_text(yaml.safe_dump(tree, allow_unicode=True), encoding="utf-8")
    return path


@pytest.fixture
def events(tmp_path: Path) -> Path:
    return written(tmp_path / "c1.yaml", {"household": "H007", "events": EVENTS})


def drive(run: Run, path: Path, *words: object, language: str = "zh") -> Ran:
    return run("case", path, *ASKED, *words, "--lang", language)


ZH = """\
识别认定  c1（户 H007）：办到民主评议

办理过程
- 登记  2024-03-01  风险线索  网格员（村）
- 登记  2024-03-02 09:30  入户核实  网格员（村）
- 拒绝  2024-03-03  农户申请  农户
  - “农户申请”缺少材料：承诺授权书。附上这些材料后再办
- 登记  2024-03-04  农户申请  农户
- 登记  2024-03-05  民主评议  村干部（村）

接下来可以办（2024-03-05）
"""


def _lines(text: str) -> str:
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def test_each_event_is_recorded_or_refused_and_then_comes_what_may_come(run: Run, events: Path) -> None:
    ran = drive(run, events)
    assert (ran.code, ran.err) == (1, "")
    assert _lines(ran.out).startswith(ZH)
    assert "- 村内公示：村干部（村）；材料：公示照片" in ran.out
    assert "- 县级审定：2024-03-16 前（期限内）" in ran.out


def test_it_does_so_in_english_on_another_day(run: Run, events: Path) -> None:
    out = drive(run, events, "--on", "2024-03-20", language="en").out
    assert "- refused   2024-03-03  application  household" in out
    assert "  - 'application' lacks papers: commitment and authorisation; attach them first" in out
    assert "What may come next (2024-03-20)" in out
    assert "4 days over" in out


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_line_is_wider_than_the_screen(language: str, run: Run, events: Path) -> None:
    assert max(cell_len(line) for line in drive(run, events, language=language).out.splitlines()) <= 80


def test_a_lawful_case_ends_well(run: Run, tmp_path: Path) -> None:
    ran = drive(run, written(tmp_path / "c.yaml", LAWFUL), "--household", "H1")
    assert (ran.code, "拒绝" in ran.out, "（户 H1）" in ran.out) == (0, False, True)


def test_unlawful_events_are_taken_where_one_asks_for_it(run: Run, events: Path) -> None:
    ran = drive(run, events, "--observe")
    assert ran.code == 0
    assert "拒绝" not in ran.out
    assert "缺少材料" in ran.out


def test_a_stored_case_can_be_driven_again(run: Run, tmp_path: Path) -> None:
    pack = load_pack("national")
    case = Case.open("identification", pack=pack, id="K9", household="H9")
    case = case.record(Event(step="clue", at=date(2024, 3, 1), actor="w", role="grid_worker", level="village", id="e1"))
    (tmp_path / "case.json").write_text(case.to_json(), encoding="utf-8")
    ran = run("case", tmp_path / "case.json", "-p", "national", "--lang", "en")  # it says of which procedure it is
    assert (ran.code, ran.out.splitlines()[0]) == (0, "identification  K9 (household H9): at clue")
    again = {"id": "K9", "events": [event.model_dump(mode="json", exclude_defaults=True) for event in case.events * 2]}
    assert "recorded before: clue" in drive(run, written(tmp_path / "k.yaml", again), language="en").out


def test_a_case_of_a_log_is_driven_as_well(run: Run, tmp_path: Path) -> None:
    log, asked = sample.write_log(tmp_path), ("-p", "example", "-w", "identification", "--lang", "zh")
    ran = run("case", log, *asked, "--case", "B2024005")
    assert ran.code == 1
    assert "拒绝  2024-03-21  乡镇审核  乡镇干部（乡镇）" in ran.out
    ran = run("case", log, *asked, "--household", "H005", "--observe")
    assert "登记  2024-03-21  乡镇审核" in ran.out
    assert "已因回访核查办结" in ran.out
    assert run("case", log, *asked).code == 2
    assert "表里有 " in run("case", log, *asked).err
    assert "表里没有这个办件" in run("case", log, *asked, "--case", "X").err


def test_only_the_diagram_is_printed_where_one_asks_for_it(events: Path) -> None:
    shown = python("-m", "fanpin", "case", str(events), *ASKED, "--diagram", "--lang", "zh", PYTHONIOENCODING="gbk")
    text = shown.stdout.decode()  # always in UTF-8, since it is data
    assert text.startswith("flowchart TD\n")
    assert '    step_village_review["民主评议<br>✓ 2024-03-05"]\n' in text
    assert "class step_village_review last" in text


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        ("just text", "读不出办件的事件"),
        ({"event": []}, "读不出办件的事件"),
        ({"events": [], "houshold": "H1"}, "是不是想写 household？"),
        ([{"step": "clue"}], "第 1 件事: “at”没有写"),
        ([EVENTS[0], {"step": "clue", "at": "soon"}], "第 2 件事: “at”没有写，或写得不对"),
        ([{"step": "clue", "at": "2024-03-01", "rol": "x"}], "没有“rol”这一项"),
        (["clue"], "第 1 件事"),
    ],
)
def test_what_is_no_event_is_named_with_its_place(tree: Any, said: str, run: Run, tmp_path: Path) -> None:
    ran = drive(run, written(tmp_path / "bad.yaml", tree))
    assert (ran.code, ran.out) == (2, "")
    assert "bad.yaml" in ran.err
    assert said in ran.err


def test_an_unreadable_value_is_not_shown(run: Run, tmp_path: Path) -> None:
    ran = drive(run, written(tmp_path / "bad.yaml", [{"step": "clue", "at": "王小明", "actor": ["王小明"]}]))
    assert ran.code == 2
    assert "王小明" not in ran.err


@pytest.mark.parametrize("path", ["none.yaml", "none.csv"])
def test_a_file_that_is_not_there_is_told(path: str, run: Run) -> None:
    ran = drive(run, Path(path))
    assert (ran.code, path in ran.err) == (2, True)


# Procedures


@pytest.mark.parametrize(
    ("language", "said"), [("zh", "距首次风险线索不超过15天"), ("en", "at most 15 days after the first")]
)
def test_a_procedure_is_shown_step_by_step(language: str, said: str, run: Run) -> None:
    ran = run("workflow", "show", "identification", "--on", "2024-06-30", "--lang", language)
    assert (ran.code, ran.err) == (0, "")
    assert said in ran.out
    assert max(map(cell_len, ran.out.splitlines())) <= 80
    assert ran.out.count("\n\n") == len(load_pack("national").workflows["identification"].spec.steps)


def test_a_diagram_is_printed_or_written(run: Run, tmp_path: Path) -> None:
    shown = run("workflow", "diagram", "roll_back", "--lang", "zh")
    assert (shown.code, shown.out) == (0, load_pack("national").workflows["roll_back"].diagram("zh"))
    assert run("workflow", "diagram", "roll_back", "--lang", "zh", "-o", tmp_path / "d.md").code == 0
    assert (tmp_path / "d.md").read_text(encoding="utf-8") == f"```mermaid\n{shown.out}```\n"
    assert run("workflow", "diagram", "roll_back", "--lang", "zh", "-o", tmp_path / "d.mmd").code == 0
    assert (tmp_path / "d.mmd").read_text(encoding="utf-8") == shown.out
    assert run("workflow", "diagram", "roll_back", "-o", tmp_path / "d.png").code == 2


def test_the_check_of_a_procedure_says_what_it_reads(run: Run) -> None:
    ran = run("workflow", "check", "identification", "--on", "2024-06-30", "--lang", "zh")
    assert ran.code == 0
    for text in ("写法无误。环节 26 个，其中 4 个办结", "没有写来源的环节", "- 公示天数：5天", "放假安排已知到"):
        assert text in ran.out
    ran = run("workflow", "check", "identification", "--on", "2019-06-30", "--lang", "zh")
    assert (ran.code, "notice_days" in ran.out) == (1, True)
    assert "加上 --on 日期" in run("workflow", "check", "roll_back", "--lang", "zh").out


def test_all_procedures_are_checked_where_none_is_named(run: Run) -> None:
    ran = run("workflow", "check", "--on", "2024-06-30", "--lang", "en")
    assert ran.code == 0
    for said in ("identification: well formed.", "risk elimination: well formed.", "roll-back: well formed."):
        assert said in ran.out
    assert ran.out.count("- days of public notice: 5 days") == 1
    assert "- least months of monitoring before elimination: 6 months" in ran.out


def test_what_a_procedure_seldom_means_is_shown_by_both_checks(run: Run, tmp_path: Path) -> None:
    head = 'name: forgot\nlabel: {zh: 忘, en: forgot}\nversion: "1"\nextends: national\n'
    (tmp_path / "pack.yaml").write_text(head, encoding="utf-8")
    step = "workflows: {identification: {steps: {drawn: {label: {zh: 抽查, en: drawn}}}}}\n"
    (tmp_path / "workflow.yaml").write_text(step, encoding="utf-8")
    for words in (("workflow", "check", "identification", "-p", tmp_path), ("pack", "check", tmp_path)):
        ran = run(*words, "--lang", "zh")
        assert (ran.code, "“drawn”不在任何一条线里" in ran.out) == (0, True)
    assert "值得核对" not in run("workflow", "check", "roll_back", "-p", tmp_path, "--lang", "zh").out


@pytest.mark.parametrize("words", [("show",), ("show", "identificatoin"), ("check", "x"), ("diagram", "-p", SMALL)])
def test_a_procedure_that_there_is_not_is_told(words: tuple[str, ...], run: Run) -> None:
    ran = run("workflow", *words, "--lang", "zh")
    assert (ran.code, ran.out, "→" in ran.err or "没有" in ran.err) == (2, "", True)


# Notices

POSTED = ("--posted", "2024-03-05", "--contact", "12317", "--issuer", "上河村村民委员会", "--lang", "zh")


def _notice(run: Run, county: Path, case: Path, *words: object, name: str = "first_notice") -> Ran:
    return run(
        "notice", name, "-p", "national", "--household", county / "households.csv", "--case", case, *POSTED, *words
    )


def test_a_notice_is_shown_or_written_and_names_are_masked(run: Run, county: Path) -> None:
    case = written(county / "c.yaml", {"household": "H007", "events": LAWFUL})
    ran = _notice(run, county, case)
    assert (ran.code, ran.err) == (0, "")
    assert "1. 户主姓名：黄某某；村：上河村。" in ran.out
    assert "自2024年3月5日起至2024年3月10日止" in ran.out
    for name in ("n.txt", "n.html"):
        assert _notice(run, county, case, "-o", county / name).code == 0
        assert "黄某某" in (county / name).read_text(encoding="utf-8")


def test_several_households_stand_in_one_notice(run: Run, county: Path) -> None:
    cases = [written(county / f"{id_}.yaml", {"household": id_, "events": LAWFUL}) for id_ in ("H007", "H008")]
    out = _notice(run, county, cases[0], "--case", cases[1]).out
    assert "下列2户" in out
    assert "2. 户主姓名" in out


def test_a_notice_is_refused_with_the_reason(run: Run, county: Path) -> None:
    unlawful = written(county / "u.yaml", {"household": "H007", "events": EVENTS})
    ran = _notice(run, county, unlawful)
    assert ran.code == 2
    assert "u.yaml, 第 3 件事: “农户申请”缺少材料" in ran.err
    early = written(county / "e.yaml", {"household": "H007", "events": LAWFUL[:2]})
    assert (_notice(run, county, early).code, _notice(run, county, early).out) == (2, "")
    stranger = written(county / "s.yaml", {"household": "H777", "events": LAWFUL})
    assert _notice(run, county, stranger).code == 2
    lawful = written(county / "l.yaml", {"household": "H007", "events": LAWFUL})
    assert "是不是想写 first_notice" in _notice(run, county, lawful, name="first_notise").err
    assert _notice(run, county, lawful, "-o", county / "n.docx").code == 2
    assert _notice(run, county, lawful, "-o", lawful).code == 2


def test_an_id_number_that_a_county_takes_for_an_id_is_not_shown(run: Run, tmp_path: Path) -> None:
    id_ = invented_id_number(5, date(1970, 5, 1))
    ran = drive(run, written(tmp_path / "c.yaml", {"household": id_, "id": id_, "events": LAWFUL}))
    assert ran.code == 0
    assert id_ not in ran.out + ran.err
