"""The check of a log as sheets and tables: violations, deadlines, counts, what was not read, and by what."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from attrs import field, frozen

from fanpin import __version__
from fanpin.cli.screen import read
from fanpin.deadlines import STATUSES
from fanpin.errors import Problem
from fanpin.i18n import Label, current_language, yes_or_no
from fanpin.log_checks import By, summed
from fanpin.log_views import head_of
from fanpin.observing import KINDS, UNKNOWN
from fanpin.packs import Pack
from fanpin.steps import LEVELS
from fanpin.workbooks import Sheet
from fanpin.workflow import Workflow


@frozen
class Found:
    """What came of a log, in memory or on disk."""

    pack: Pack
    workflow: Workflow
    file: Path
    as_of: date
    counts: Mapping[str, Any]
    violations: pl.LazyFrame = field(repr=False)
    deadlines: pl.LazyFrame = field(repr=False)
    problems: tuple[Problem, ...] = ()

    def summary(self, by: By) -> pl.DataFrame:
        """Counts by a column; those of rows that leave it blank last."""
        return summed(self.violations, self.deadlines, by).collect()

    def label(self, column: str, word: str | None) -> str:
        """A word of a column for readers."""
        if word is None:
            return read(BLANK)
        match column:
            case "kind":
                return read(KINDS[word].label)
            case "step" | "at" if word in self.workflow.spec.steps:
                return read(self.workflow.spec.steps[word].label)
            case "status" | "level" | "days" if word in _WORDS[column]:
                return read(_WORDS[column][word])
        return word


BLANK = Label("（没有填）", "(not given)")
_DAYS = {"calendar": Label("天", "days"), "working": Label("工作日", "working days")}
_WORDS = {
    "status": STATUSES,
    "days": _DAYS,
    "level": {**LEVELS, UNKNOWN: Label("（规则包里没有的）", "(not one of the pack's)")},
}
HEADINGS: Mapping[str, Label] = {
    "row": Label("行", "row"),
    "case": Label("办件", "case"),
    "household": Label("户编号", "household"),
    "event": Label("事件编号", "event"),
    "sequence": Label("第几件事", "number of the event"),
    "step": Label("环节", "step"),
    "of": Label("分项", "track"),
    "on": Label("日期", "day"),
    "since": Label("起算日", "since"),
    "due": Label("到期日", "due"),
    "latest": Label("最迟到期日", "due at the latest"),
    "kind": Label("问题种类", "kind"),
    "status": Label("期限状态", "status"),
    "refusing": Label("不应放行", "refusing"),
    "over": Label("超过或还差", "over, or short of it by"),
    "days": Label("按哪种天数", "counted in"),
    "sentence": Label("说明", "what it is"),
    "help": Label("怎么改", "how to mend it"),
    "at": Label("办到哪里", "where it stands"),
    "who": Label("由谁办理", "for whom"),
    "rule": Label("哪一条要求", "rule"),
    "source": Label("依据", "source"),
    "level": Label("层级", "level"),
    "village": Label("村", "village"),
    "township": Label("乡镇", "township"),
}
COUNTED: Mapping[str, Label] = {
    "violations": Label("不合规定", "violations"),
    "refusing": Label("不应放行", "refusing"),
    "late_days": Label("迟办天数", "days late"),
    "late_working_days": Label("迟办工作日", "workdays late"),
    "cases": Label("办件", "cases"),
    "overrun": Label("超期未办", "overrun"),
}
LATE = ("late_days", "late_working_days")
KEYS: Mapping[By, Label] = {
    "kind": Label("问题种类", "kind"),
    "step": Label("环节", "step"),
    "township": Label("乡镇", "township"),
    "village": Label("村", "village"),
    "week": Label("周", "week"),
    "level": Label("层级", "level"),
}
_BY = {
    "kind": Label("按问题", "by kind"),
    "step": Label("按环节", "by step"),
    "township": Label("按乡镇", "by township"),
    "village": Label("按村", "by village"),
}
_TINTS = {"overrun": "red", "due_soon": "yellow"}


def sheets_of(found: Found) -> Iterator[Sheet]:
    """All of a workbook."""
    for by, name in _BY.items():
        counted = found.summary(by)  # type: ignore[arg-type]  # one of them
        if counted[by].is_not_null().any():
            yield Sheet(read(name), summary_rows(found, counted, by))
    yield Sheet(read(Label("不合规定的", "violations")), _worded(found, found.violations), sentences=_sentences())
    status = read(HEADINGS["status"])
    tints = {status: {found.label("status", name): colour for name, colour in _TINTS.items()}}
    yield Sheet(read(Label("期限", "deadlines")), _worded(found, found.deadlines), tints, _sentences())
    yield problems_sheet(found, worded=True)
    yield _about(found)


def summary_rows(found: Found, counted: pl.DataFrame, by: str) -> pl.DataFrame:
    """Counts under words."""
    key = [found.label(by, word) for word in counted[by].cast(pl.String)]
    shown = counted.with_columns(pl.Series(by, key, dtype=pl.String))
    return shown.rename({by: read(KEYS[by])} | {n: read(label) for n, label in COUNTED.items() if n in counted})  # type: ignore[index]  # as above


def _sentences() -> frozenset[str]:
    return frozenset(read(HEADINGS[name]) for name in ("sentence", "help", "source"))


def _worded(found: Found, rows: pl.LazyFrame) -> pl.DataFrame:
    """Rows in the reader's words; the sentence in one language, and no columns for machines."""
    language, frame = current_language(), rows.collect()
    frame = frame.rename(
        {f"sentence_{language}": "sentence", f"help_{language}": "help", f"who_{language}": "who"}, strict=False
    )
    words = [
        pl.Series(name, [word and found.label(name, word) for word in frame[name]], dtype=pl.String)
        for name in ("kind", "step", "at", "status", "level", "days") if name in frame
    ]  # fmt: skip
    frame = frame.with_columns(words).with_columns(pl.col(pl.Date).cast(pl.String))
    if "refusing" in frame:
        said = pl.when("refusing").then(pl.lit(read(yes_or_no(True)))).otherwise(pl.lit(read(yes_or_no(False))))
        frame = frame.with_columns(refusing=said)
    return frame.select(pl.col(name).alias(read(label)) for name, label in HEADINGS.items() if name in frame)


_PROBLEMS: Mapping[str, Label] = {
    "file": Label("文件", "file"),
    "row": HEADINGS["row"],
    "code": Label("代码", "code"),
    "problem": Label("问题", "problem"),
    "help": Label("怎么改", "how to mend it"),
}


def problems_sheet(found: Found, *, worded: bool) -> Sheet:
    """Every row that was not checked, and why; and the parameters without which cases were not."""
    language = current_language()
    rows = [(p.place.file, p.place.row, p.code, p.sentence(language), p.help(language)) for p in found.problems]
    schema = {name: pl.Int64 if name == "row" else pl.String for name in _PROBLEMS}
    table = pl.DataFrame(rows, schema=schema, orient="row")
    names = {name: read(label) if worded else name for name, label in _PROBLEMS.items()}
    table = (table.drop("code") if worded else table).rename(names, strict=False)
    return Sheet(read(Label("数据问题", "problems")), table, sentences=frozenset({names["problem"], names["help"]}))


def _about(found: Found) -> Sheet:
    """By which pack and procedure, on which day, of which file, and how much of it."""
    facts = [
        (Label("检查日期", "as of"), found.as_of.isoformat()),
        (Label("文件", "file"), found.file.name),
        (Label("规则包", "pack"), f"{found.pack.name} {found.pack.version}"),
        (Label("规则包指纹", "hash of the pack"), found.pack.hash),
        (Label("工作流程", "procedure"), f"{read(found.workflow.label)} {found.workflow.name}"),
        *((Label("结果", "results"), line) for line in head_of(found.counts, current_language())),
        (Label("由 fanpin 写出，版本", "written by fanpin"), __version__),
    ]
    rows = [(read(label), value) for label, value in facts]
    table = pl.DataFrame(rows, schema={"item": pl.String, "value": pl.String}, orient="row")
    return Sheet(read(Label("说明", "about")), table, sentences=frozenset({"value"}), headed=False)
