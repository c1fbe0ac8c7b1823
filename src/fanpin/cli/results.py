"""A table of households graded one by one, and how the results are written and counted."""

import csv
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import IO

from attrs import frozen
from rich.table import Table

from fanpin.cli.prose import Prose
from fanpin.cli.screen import grade_style, plain_table, read, say
from fanpin.errors import MissingParameter, Problem
from fanpin.grading import Assessment, grade
from fanpin.household import Household
from fanpin.i18n import Label, Language, current_language
from fanpin.packs import Pack
from fanpin.rules import HANDLERS, NONE
from fanpin.tables import HouseholdRow, HouseholdTable


@frozen
class Result:
    """A household's row and its assessment; or why there is none: parameters that are missing for its region."""

    row: HouseholdRow
    assessment: Assessment | None
    missing: tuple[Problem, ...] = ()

    @property
    def household(self) -> Household:
        """The household."""
        return self.row.household


def graded(rows: Iterable[HouseholdRow], pack: Pack, on: date) -> list[Result]:
    """Every household, in order."""
    return [_graded(row, pack, on) for row in rows]


def _graded(row: HouseholdRow, pack: Pack, on: date) -> Result:
    try:
        return Result(row, grade(row.household, pack=pack, on=on))
    except MissingParameter as error:
        return Result(row, None, error.problems)


def missing_of(results: Sequence[Result]) -> list[Problem]:
    """The parameters that are missing, each once."""
    found: list[Problem] = []
    for result in results:
        found += [problem for problem in result.missing if problem not in found]
    return found


def is_partly_read(table: HouseholdTable) -> bool:
    """Whether some row or cell could not be read; a column that nobody asked for does not count."""
    return bool(table.bad_rows) or any(row.problems for row in table.rows)


# As CSV

_SEPARATOR = "; "
_STATUS = {
    "graded": Label("有风险", "at risk"),
    "unknown": Label("尚不能确定", "can't be said yet"),
    "clear": Label("没有风险", "no risk"),
    "missing_parameter": Label("缺参数，未研判", "parameters missing, not graded"),
}
COLUMNS: Mapping[str, Label] = {
    "household_id": Label("户编号", "household id"),
    "status": Label("研判状态", "status"),
    "grade": Label("风险等级", "grade"),
    "possible_grade": Label("最高可能等级", "gravest possible grade"),
    "category": Label("监测对象类别", "category"),
    "possible_categories": Label("可能的类别", "possible categories"),
    "risks": Label("成立的风险", "risks that hold"),
    "unknown_risks": Label("尚不能确定的风险", "risks that can't be said yet"),
    "to_ask": Label("还需了解", "still to ask"),
    "handled_by": Label("由谁办理", "handled by"),
    "faults": Label("数据问题", "faults in the data"),
    "on": Label("研判日期", "day of grading"),
    "pack": Label("规则包", "pack"),
    "pack_hash": Label("规则包指纹", "hash of the pack"),
}


def write_csv(out: IO[str], results: Sequence[Result], pack: Pack, on: date, *, words: bool = False) -> None:
    """One row a household; with `words`, headings and values in the reader's language instead of codes."""
    language = current_language()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([label.text(language) if words else code for code, label in COLUMNS.items()])
    for result in results:
        writer.writerow([*_cells(result, words, language), on.isoformat(), pack.name, pack.hash])


def write_problems(out: IO[str], problems: Sequence[Problem]) -> None:
    """One row a problem, in the reader's language."""
    language = current_language()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["file", "row", "field", "code", "message", "help"])
    for problem in problems:
        place = problem.place
        row = "" if place.row is None else place.row
        said = problem.sentence(language), problem.help(language)
        writer.writerow([place.file or "", row, place.field or "", problem.code, *said])


def _cells(result: Result, words: bool, language: Language) -> Iterator[str]:
    a = result.assessment
    status = "missing_parameter" if a is None else a.status
    yield result.household.household_id
    yield _STATUS[status].text(language) if words else status
    if a is None:
        yield from [""] * 8
    else:
        labels = {finding.risk: finding.label.text(language) for finding in a.findings} if words else {}
        yield _named(a, "grade", a.grade, words, language)
        yield _named(a, "grade", a.possible_grade, words, language)
        yield _named(a, "category", a.category, words, language)
        yield _SEPARATOR.join(_named(a, "category", name, words, language) for name in a.possible_categories)
        yield _SEPARATOR.join(labels.get(risk, risk) for risk in a.risks)
        yield _SEPARATOR.join(labels.get(risk, risk) for risk in a.unknown_risks)
        yield _SEPARATOR.join(question.text(language) for question in a.to_ask)
        yield _SEPARATOR.join(HANDLERS[name].text(language) if words else name for name in a.handled_by)
    yield _SEPARATOR.join(_said(problem, language) for problem in faults_of(result))


def _named(assessment: Assessment, kind: str, name: str | None, words: bool, language: Language) -> str:
    if not words:
        return name or ""
    return assessment.label("grade" if kind == "grade" else "category", name).text(language)


def faults_of(result: Result) -> tuple[Problem, ...]:
    """All that is wrong with a household's data, and the parameters that are missing for it."""
    found = result.assessment.faults if result.assessment else ()
    return (*result.row.problems, *found, *result.missing)


def _said(problem: Problem, language: Language) -> str:
    place = problem.place.text(language) if problem.place.row is not None else problem.place.field or ""
    sentence = problem.sentence(language)
    return f"{place}: {sentence}" if place else sentence


class Output:
    """A file that appears when it is whole: written beside its place and then put there."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._part = path.with_name(f"{path.name}.{os.getpid()}.part")

    def __enter__(self) -> IO[str]:
        # with the mark by which Excel knows UTF-8
        try:
            self._file = self._part.open("w", encoding="utf-8-sig", newline="")
        except OSError as error:
            error.filename = str(self.path)
            raise
        return self._file

    def __exit__(self, kind: object, *_: object) -> None:
        self._file.close()
        try:
            if kind is None:
                self._part.replace(self.path)
        except OSError as error:
            error.filename = str(self.path)
            raise
        finally:
            self._part.unlink(missing_ok=True)


# Counted

_NOT_GRADED = "missing_parameter"
_SHORT = {
    "graded": Label("有风险", "risk"),
    "unknown": Label("待定", "open"),
    "clear": Label("无风险", "no risk"),
    _NOT_GRADED: Label("未研判", "not graded"),
}


def _bucket(result: Result) -> tuple[str, str]:
    a = result.assessment
    if a is None:
        return "status", _NOT_GRADED
    return ("grade", a.grade) if a.grade is not None else ("status", a.status)


COUNTED = (
    "户数 / 人数；可能更重：缺的情况补上以后，等级可能更重",
    "households / persons; may rise: once the missing facts are known, the grade may be graver",
)


def count_table(results: Sequence[Result], pack: Pack) -> Table:
    """Households and persons by village and by grade, each as `households / persons`."""
    buckets = [("grade", name) for name in pack.rules.spec.grades]
    found = Counter(_bucket(result) for result in results)
    buckets += [("status", s) for s in ("graded", "unknown", "clear", _NOT_GRADED) if found["status", s]]
    villages: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        villages[result.household.village or say("（没有填）", "(not given)")].append(result)
    table = plain_table(say("村", "village"))
    for kind, name in buckets:
        label = pack.rules.spec.grades[name].label if kind == "grade" else _SHORT[name]
        table.add_column(
            Prose(read(label), style=grade_style(name if kind == "grade" else None)), justify="right", overflow="fold"
        )
    table.add_column(say("可能更重", "may rise"), justify="right", overflow="fold")
    table.add_column(say("合计", "all"), justify="right")
    for village, of_village in sorted(villages.items()):
        table.add_row(village, *_counts(of_village, buckets))
    if len(villages) > 1:
        table.add_section()
        table.add_row(say("合计", "all"), *_counts(results, buckets), style="bold")
    return table


def _counts(results: Sequence[Result], buckets: Sequence[tuple[str, str]]) -> Iterator[str]:
    for bucket in buckets:
        yield _count([result for result in results if _bucket(result) == bucket])
    yield _count([r for r in results if r.assessment and r.assessment.possible_grade != r.assessment.grade])
    yield _count(results)


def _count(results: Sequence[Result]) -> str:
    return f"{len(results)} / {sum(_persons(result.household) for result in results)}" if results else "-"


def _persons(household: Household) -> int:
    """As many as the size says, else as many as are listed."""
    return household.size if isinstance(household.size, int) else len(household.members or ())


def category_text(assessment: Assessment) -> str:
    """The category in words, or those that are possible."""
    if assessment.category is not None:
        return read(assessment.label("category", assessment.category))
    labels = [read(assessment.label("category", name)) for name in assessment.possible_categories if name != NONE]
    return say("可能是{c}", "may be {c}", c=say("或", " or ").join(labels))
