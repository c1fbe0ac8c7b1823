"""A part of an event log, of whole cases, checked event by event: the same `observe` as live, over columns."""

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import lru_cache, partial, reduce
from itertools import chain, pairwise, repeat
from operator import and_
from typing import Any

import polars as pl
from attrs import define, field, frozen

from fanpin.cases import stands_at
from fanpin.cells import Unreadable
from fanpin.deadlines import Deadline, open_deadlines
from fanpin.errors import MissingParameter, Place, Problem
from fanpin.event_columns import NUMBER, PLACES, EventColumns, places, times
from fanpin.event_words import EventWords
from fanpin.i18n import Label
from fanpin.masks import shown_word
from fanpin.observing import KINDS, NO_PAPERS, NOTHING, UNKNOWN, Seen, State, Violation, observe
from fanpin.steps import LEVELS
from fanpin.table_of_checks import Table
from fanpin.telling import by_whom, deadline_text, sentences_of, unit_of

_NOT = {"at": "log-not-a-time", "sequence": "log-not-a-number"}
_TIMED = ("early", "late")
CELLS_KEPT = 4096  # texts of a column of values, read once each
ROW = "row"  # of the log, counted from 1

VIOLATIONS: Mapping[str, pl.DataType] = {
    ROW: pl.Int64(), "case": pl.String(), "household": pl.String(), "event": pl.String(), "sequence": pl.Int64(),
    "step": pl.String(), "on": pl.Date(), "rule": pl.String(), "kind": pl.String(), "refusing": pl.Boolean(),
    "expected": pl.String(), "got": pl.String(), "over": pl.Int64(), "days": pl.String(), "source": pl.String(),
    "sentence_zh": pl.String(), "sentence_en": pl.String(), "help_zh": pl.String(), "help_en": pl.String(),
    "level": pl.String(), "village": pl.String(), "township": pl.String(),
}  # fmt: skip
DEADLINES: Mapping[str, pl.DataType] = {
    ROW: pl.Int64(), "case": pl.String(), "household": pl.String(), "step": pl.String(), "of": pl.String(),
    "rule": pl.String(), "since": pl.Date(), "due": pl.Date(), "latest": pl.Date(), "status": pl.String(),
    "over": pl.Int64(), "days": pl.String(), "source": pl.String(), "sentence_zh": pl.String(),
    "sentence_en": pl.String(), "at": pl.String(), "who_zh": pl.String(), "who_en": pl.String(),
    "village": pl.String(), "township": pl.String(),
}  # fmt: skip


@frozen
class Checked:
    """What came of a part: the frames of violations and deadlines, what could not be read, and counts."""

    violations: pl.DataFrame
    deadlines: pl.DataFrame
    problems: tuple[Problem, ...]
    cases: int
    events: int
    refused_cases: int  # not checked, since a parameter has no value
    later_events: int  # after the day of the check, left out
    cut_cases: int  # whose first event is no step that may open one


def check_part(
    rows: pl.DataFrame, columns: EventColumns, words: EventWords, as_of: date, region: str | None
) -> Checked:
    """Check the rows of whole cases; `rows` has the number of each row of the log, and is in order."""
    part = _Part(words, as_of.toordinal(), region)
    with _no_collecting():
        part.read(rows, columns)
    return part.checked()


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Without the collector of cycles, which would go through all events again and again: they are in none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@define
class _Part:
    words: EventWords
    as_of: int
    region: str | None
    problems: list[Problem] = field(factory=list)
    _violations: list[tuple[Any, ...]] = field(factory=list)
    _deadlines: list[tuple[Any, ...]] = field(factory=list)
    _refused: dict[str, Problem] = field(factory=dict)  # by their texts: a problem of many cases is told once
    _counts: dict[str, int] = field(factory=lambda: dict.fromkeys(("cases", "events", "refused", "later", "cut"), 0))

    def checked(self) -> Checked:
        counts = self._counts
        return Checked(
            pl.DataFrame(self._violations, VIOLATIONS, orient="row"),
            pl.DataFrame(self._deadlines, DEADLINES, orient="row"),
            (*self.problems, *self._refused.values()),
            counts["cases"], counts["events"], counts["refused"], counts["later"], counts["cut"],
        )  # fmt: skip

    # Reading

    def read(self, rows: pl.DataFrame, columns: EventColumns) -> None:
        fields = columns.fields
        days, instants = times(rows[fields["at"]], self.words.workflow.spec.zone)
        good = self._good(rows, fields, days)
        later = good & (days > self.as_of).fill_null(False)
        self._counts["later"] += int(later.sum())
        kept = good & ~later
        if not kept.all():
            rows, days, instants = rows.filter(kept), days.filter(kept), instants.filter(kept)
        self._run(rows, columns, days.to_list(), instants.to_list())

    def _good(self, rows: pl.DataFrame, fields: Mapping[str, str], days: pl.Series) -> pl.Series:
        """The rows that are events; the others are noted, each with what is missing or can't be read."""
        good = {name: _text(rows[fields[name]]).str.strip_chars().str.len_chars().fill_null(0) > 0
                for name in ("case", "step")} | {"at": days.is_not_null()}  # fmt: skip
        if "sequence" in fields:
            good["sequence"] = rows.select(places(fields["sequence"]).is_not_null()).to_series()
        are_good = reduce(and_, good.values())
        for name, is_good in good.items():
            bad = rows.filter(~is_good).select(NUMBER, fields[name])
            for number, cell in bad.iter_rows():
                empty = cell is None or not str(cell).strip()
                self._note("log-cell-empty" if empty else _NOT[name], number, fields[name])
        return are_good

    def _note(self, code: str, row: int, heading: str) -> None:
        self.problems.append(Problem(code, Place(row=row, field=heading), {"heading": heading}))

    def _run(self, rows: pl.DataFrame, columns: EventColumns, days: list[int], instants: list[int | None]) -> None:
        fields = columns.fields
        cases = rows[fields["case"]].to_list()
        ends = list(_ends(cases))
        events = self._events(rows, columns, days, instants, ends)
        about = {name: _listed(rows, fields.get(name)) for name in ("household", "region", *PLACES)}
        numbers = rows[NUMBER].to_list()
        start = 0
        for end in ends:
            self._case(cases[start], events, start, end, numbers, {n: column[start] for n, column in about.items()})
            start = end
        self._counts["events"] += len(events)

    def _events(
        self, rows: pl.DataFrame, columns: EventColumns, days: list[int], instants: list[int | None], ends: list[int]
    ) -> list[Seen]:
        """Each row as an event, with its place in its case."""
        words, fields = self.words, columns.fields
        said = _coded(rows, fields.get("step"), lambda text: text.strip())
        steps = [words.step(text) for text in said.values]
        values, wrong = self._values(rows, columns)
        some_unknown = any(step < 0 for step in steps)
        unknown = [said.values[c] if steps[c] < 0 else "" for c in said.codes] if some_unknown else [""] * len(rows)
        cells = zip(
            [steps[code] for code in said.codes],
            days,
            instants,
            _listed(rows, fields.get("actor")),
            _coded(rows, fields.get("role"), words.role).each(),
            _coded(rows, fields.get("level"), words.level).each(),
            _coded(rows, fields.get("evidence"), words.papers_in, NO_PAPERS).each(),
            _listed(rows, fields.get("of")),
            values,
            _listed(rows, fields.get("id")),
            wrong,
            unknown,
            chain.from_iterable(range(end - start) for start, end in pairwise((0, *ends))),
            strict=True,
        )
        return list(map(tuple.__new__, repeat(Seen), cells))  # as `Seen._make` does it, in a third of the time

    def _values(self, rows: pl.DataFrame, columns: EventColumns) -> tuple[list[Any], list[tuple[str, ...]]]:
        """What each event declares, and the names of what can't be taken."""
        total = len(rows)
        found: list[Any] = [NOTHING] * total
        wrong: list[tuple[str, ...]] = [()] * total
        for name, heading in columns.values.items():
            column = rows[heading]
            given = column.is_not_null().arg_true().to_list()
            read: Callable[[Any], tuple[Mapping[str, Any], bool]] = partial(self._value, name)
            if column.dtype == pl.String:
                read = lru_cache(CELLS_KEPT)(read)
            for at, cell in zip(given, column.drop_nulls().to_list(), strict=True):
                value, is_wrong = read(cell)
                if is_wrong:
                    wrong[at] += (name,)
                elif value:
                    found[at] = {**found[at], **value} if found[at] else value
        return found, wrong

    def _value(self, name: str, cell: Any) -> tuple[Mapping[str, Any], bool]:
        """What a cell declares, and whether that can't be taken."""
        try:
            value = self.words.value(name, cell)
        except Unreadable:
            return NOTHING, True
        return (NOTHING if value is None else {name: value}), False

    # Checking

    def _case(
        self, case: str, events: list[Seen], start: int, end: int, rows: list[int], about: Mapping[str, Any]
    ) -> None:
        workflow = self.words.workflow
        region = about["region"] or self.region
        state, table = State(len(workflow.names)), None
        self._counts["cases"] += 1
        for at in range(start, end):
            seen = events[at]
            if table is None or not state.events:
                table = self._table(seen.day, region)
                if table is None:
                    self._counts["refused"] += 1
                    return
            for violation in observe(table.plans, state, seen):
                self._violations.append(self._violation(violation, seen, rows[at], case, about))
        if table is None:
            return
        first = events[start].step
        if first >= 0 and not table.plans[first].is_simple(0):
            self._counts["cut"] += 1
        for deadline in open_deadlines(table, state, self.as_of, workflow.spec.due_soon):
            who = by_whom(table.limits[workflow.numbers[deadline.step]].offer(state).by, workflow)
            self._deadlines.append(
                self._deadline(deadline, stands_at(workflow, state), who, rows[end - 1], case, about)
            )

    def _table(self, day: int, region: str | None) -> Table | None:
        try:
            return self.words.workflow.on(date.fromordinal(day), region)
        except MissingParameter as missing:
            for problem in missing.problems:
                self._refused[problem.text("en")] = problem
            return None

    def _violation(
        self, violation: Violation, seen: Seen, row: int, case: str, about: Mapping[str, Any]
    ) -> tuple[Any, ...]:
        (sentence, way_out), rule = sentences_of(violation, self.words.workflow), violation.rule
        return (
            row, case, about["household"], seen.id, seen.at + 1, rule.step or shown_word(seen.said),
            date.fromordinal(seen.day), rule.name, violation.kind, KINDS[violation.kind].refusing,
            ", ".join(violation.expected), ", ".join(violation.got), violation.over,
            unit_of(rule, self.words.workflow) if violation.kind in _TIMED else None, rule.source,
            sentence.zh, sentence.en, way_out.zh or None, way_out.en or None, _level(seen.level),
            about["village"], about["township"],
        )  # fmt: skip

    def _deadline(
        self, deadline: Deadline, at: str | None, who: Label, row: int, case: str, about: Mapping[str, Any]
    ) -> tuple[Any, ...]:
        text, rule = deadline_text(deadline, self.words.workflow), deadline.rule
        return (
            row, case, about["household"], rule.step, deadline.of, rule.name, deadline.since,
            deadline.due, deadline.latest, deadline.status, deadline.over, unit_of(rule, self.words.workflow),
            rule.source, text.zh, text.en, at, who.zh or None, who.en or None,
            about["village"], about["township"],
        )  # fmt: skip


def _level(said: str | None) -> str | None:
    return said if said is None or said in LEVELS else UNKNOWN


def _ends(cases: Sequence[str]) -> Iterator[int]:
    """Where each case's rows end."""
    for at in range(1, len(cases)):
        if cases[at] != cases[at - 1]:
            yield at
    if cases:
        yield len(cases)


def _text(column: pl.Series) -> pl.Series:
    return column if column.dtype == pl.String else column.cast(pl.String, strict=False)


def _listed(rows: pl.DataFrame, heading: str | None) -> list[str | None]:
    """A column as texts, the empty ones missing."""
    if heading is None:
        return [None] * len(rows)
    text = _text(rows[heading])
    return text.set(text == "", None).to_list()


@frozen
class _Coded:
    """A column of few different words, each worked out once."""

    codes: list[int]
    values: list[Any]

    def each(self) -> list[Any]:
        """The value of each row."""
        values = self.values
        return [values[code] for code in self.codes]


def _coded(rows: pl.DataFrame, heading: str | None, work_out: Callable[[Any], Any], empty: Any = None) -> _Coded:
    if heading is None:
        return _Coded([0] * len(rows), [empty])
    text = _text(rows[heading]).fill_null("")
    different = text.unique(maintain_order=True)
    number = {word: code for code, word in enumerate(different.to_list())}
    codes = text.replace_strict(list(number), list(number.values()), return_dtype=pl.UInt32).to_list()
    return _Coded(codes, [work_out(word) if word else empty for word in number])
