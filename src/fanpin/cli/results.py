"""A county's run: its tables graded at once, compared with last month, counted, and laid out as sheets."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from attrs import field, frozen

from fanpin import __version__, grade_frames
from fanpin.errors import MissingParameter, Problem
from fanpin.headings import MEMBERS
from fanpin.i18n import Label, Language, current_language
from fanpin.monthly import ID, SETTLED, Comparison, Counts, Month, Sums, compared, counted, persons_of, summed
from fanpin.packs import Pack
from fanpin.records import shown_id
from fanpin.result_words import COLUMNS, NO_CATEGORY, NOT_SURE, STATUSES, ResultWords, fault_label, heading
from fanpin.results import NONE, RESULT_STATES
from fanpin.tables import CountyTable, Whose
from fanpin.workbooks import COLOURS, Sheet, write

_COMMA = Label("、", ", ")
_ROW = "row"


@frozen
class Run:
    """The tables of a county, graded."""

    pack: Pack
    county: CountyTable
    files: tuple[Path, ...]
    month: Month
    counts: Counts
    before: Month | None = None
    comparison: Comparison | None = None
    members: pl.DataFrame | None = None  # a row a member, where members have results
    words: ResultWords = field(init=False)
    sums: Sums = field(init=False)
    sums_of_members: Sums = field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "words", ResultWords.of(self.pack.rules))
        object.__setattr__(self, "sums", summed(self.month.rows, self.pack.rules))
        of_members = Sums({}) if self.members is None else summed(self.members, self.pack.rules, MEMBERS)
        object.__setattr__(self, "sums_of_members", of_members)

    @property
    def is_partly_read(self) -> bool:
        """Whether some row or cell could not be read, or some household not graded, or none was there.

        A column that nobody asked for does not count.
        """
        of_rows = len(self.county.problems) > len(self.county.columns)
        return of_rows or self.month.rows.is_empty() or bool((self.month.rows["status"] == "refused").any())

    @property
    def lacks_members(self) -> bool:
        """Whether nobody is listed, of whom the rules would know."""
        listed, asked = self.county.members, self.month.rows["to_ask"].explode().drop_nulls()
        return (listed is None or listed.is_empty()) and bool(asked.str.contains(rf"^{MEMBERS}(\.|$)").any())

    @property
    def is_by_another_pack(self) -> bool:
        """Whether last month's results were found by other rules, or by other content of the same pack."""
        return self.before is not None and self.before.pack_hash != self.pack.hash


def graded(county: CountyTable, files: Iterable[Path], pack: Pack, on: date, before: Month | None = None) -> Run:
    """Grade the households of tables; with last month's results, say what changed."""
    rows = grade_frames(county.households, county.members, pack=pack, on=on)
    rows = rows.select(ID, *_beside(county), pl.exclude(ID)).with_columns(_unread(county))
    month, comparison = Month(rows, on, pack.name, pack.hash), None
    if before is not None:
        comparison = compared(month, before, [*pack.rules.spec.grades], unread=county.bad_ids.keys())
        month = comparison.month
    members = _of_members(county, pack, on, rows)
    return Run(pack, county, tuple(files), month, counted(rows, pack.rules.spec), before, comparison, members)


def has_results_of_members(pack: Pack) -> bool:
    """Whether the pack says what comes of members."""
    return any(result.of == MEMBERS for result in pack.rules.spec.results.values())


def _of_members(county: CountyTable, pack: Pack, on: date, households: pl.DataFrame) -> pl.DataFrame | None:
    """What comes of each member, after where its household is and how the member is found in the table."""
    listed = county.members
    if listed is None or not has_results_of_members(pack):
        return None
    where = households.select(ID, *(name for name in ("village", "grid") if name in households))
    found: pl.DataFrame = grade_frames(county.households, listed, pack=pack, on=on, of=MEMBERS)
    found = found.drop(_ROW, "id_number", strict=False)
    own = [listed[_ROW].alias("table_row"), *([listed["name"]] if "name" in listed else [])]
    keys = found.select(ID).join(where, on=ID, how="left", maintain_order="left")
    return keys.with_columns(*own, *found.drop(ID))


def _beside(county: CountyTable) -> Iterator[pl.Series]:
    """Where each household is, its grid only where the table has them; and how many persons it has."""
    of = county.households if "village" in county.households else county.households.with_columns(village=pl.lit(None))
    yield from (of[name].cast(pl.String) for name in ("village", "grid") if name in of)
    yield persons_of(county.households, county.members)


def _unread(county: CountyTable) -> pl.Series:
    """How much of each household, its members included, could not be read."""
    counts = {id_: len(problems) for id_, problems in county.of_household.items()}
    return pl.Series("unread", [counts.get(id_, 0) for id_ in county.households[ID]], dtype=pl.Int64)


def missing_of(run: Run) -> list[Problem]:
    """The parameters for want of which households were not graded, each once."""
    refused, regions = run.month.rows["status"] == "refused", pl.Series([None], dtype=pl.String)
    if "region" in run.county.households:
        regions = run.county.households["region"].filter(refused)
    found: list[Problem] = []
    if refused.any():
        for region in regions.unique(maintain_order=True):
            try:
                run.pack.rules.on(run.month.on).parameters(region or run.pack.region)
            except MissingParameter as error:
                found += [problem for problem in error.problems if problem not in found]
    return found


# As files


def glue_of(language: Language | None) -> str:
    """What stands between the items of a list, where a file has no lists."""
    return "; " if language is None else _COMMA.text(language)


def write_run(
    run: Run, path: Path, language: Language | None, written: Callable[[int], object] = lambda _: None
) -> None:
    """Write the results: every sheet into a workbook, into other files the table of results alone."""
    sheets = sheets_of(run, language) if path.suffix.lower() == ".xlsx" else [_results(run, language)]
    write(path, sheets, glue=glue_of(language), day=run.month.on, written=written)


def write_sheet(run: Run, path: Path, sheet: Sheet, language: Language | None) -> None:
    """Write one sheet by itself."""
    write(path, [sheet], glue=glue_of(language), day=run.month.on)


def rows_of(run: Run, language: Language | None) -> pl.DataFrame:
    """The results as a table by itself."""
    return _results(run, language).rows


def sheets_of(run: Run, language: Language | None) -> list[Sheet]:
    """The sheets of a workbook, in a reader's words or by code; results beside the grade have sheets of their own."""
    changes = [] if run.comparison is None else [changes_sheet(run, language)]
    beside = [name for result in run.pack.rules.spec.results.values() for name in result.columns]
    beside = [name for name in beside if name in run.month.rows.columns]
    return [
        _summary(run, language),
        *([_sums_sheet(run, language)] if beside or run.members is not None else []),
        _of_rows(run, Label("研判结果", "results"), run.month.rows.drop(beside), language),
        *([_outcomes_sheet(run, beside, language)] if beside else []),
        *([members_sheet(run, language)] if run.members is not None else []),
        *changes,
        problems_sheet(run, language),
        _about(run, language),
    ]


def _results(run: Run, language: Language | None) -> Sheet:
    """Everything in one table."""
    return _of_rows(run, Label("研判结果", "results"), run.month.with_origin(), language)


def _outcomes_sheet(run: Run, beside: Sequence[str], language: Language | None) -> Sheet:
    """What comes of each household beside its grade."""
    whose = [name for name in (ID, "village", "grid", "persons", "grade", "category") if name in run.month.rows]
    rows = run.month.rows.select(*whose, *_TO_TELL, *beside)
    sheet, heads = _of_outcomes(run, Label("各项结果", "outcomes"), rows, language)
    return Sheet(sheet.name, sheet.rows.drop(heads[name] for name in _TO_TELL), sheet.tints)


def members_sheet(run: Run, language: Language | None) -> Sheet:
    """What comes of each member, what is still to ask for that, and what is wrong."""
    assert run.members is not None, "no member has a result"
    last = ["to_ask", "faults"]
    rows = run.members.select(pl.exclude(last), *last)
    return _of_outcomes(run, Label("成员的结果", "members"), rows, language)[0]


def _of_outcomes(
    run: Run, name: Label, rows: pl.DataFrame, language: Language | None
) -> tuple[Sheet, Mapping[str, str]]:
    """A table of results and its headings. In words a kind that is not sure has its state in its place."""
    own = [result.columns for result in run.pack.rules.spec.results.values() if result.name in rows]
    rows = rows.with_columns(
        pl.when(pl.col(state) == "unknown").then(possible).alias(possible) for _, possible, state in own
    )
    sheet = _of_rows(run, name, rows, language)
    heads = run.words.headings(rows.columns, language) if language else {n: n for n in rows.columns}
    shown = sheet.rows
    for kind, _, state in own if language is not None else []:
        shown = shown.with_columns(pl.coalesce(heads[kind], heads[state]).alias(heads[kind])).drop(heads[state])
    return Sheet(sheet.name, shown, sheet.tints), heads


_TO_TELL = ("status", "possible_grade")  # on which it hangs what is said where there is no sure grade


def changes_sheet(run: Run, language: Language | None) -> Sheet:
    """The households that changed, with both months' grades."""
    assert run.comparison is not None, "there is nothing to compare with"
    sheet = _of_rows(run, Label("与上月比较", "changes"), run.comparison.changes, language)
    status = [_heading(name, language) for name in ("status_before", "status")]
    return Sheet(sheet.name, sheet.rows.drop(status), sheet.tints)


def _of_rows(run: Run, name: Label, rows: pl.DataFrame, language: Language | None) -> Sheet:
    grades = {n: n if language is None else g.label.text(language) for n, g in run.pack.rules.spec.grades.items()}
    tints = {said: grade for grade, said in grades.items() if grade in COLOURS}
    tinted = [name for name in rows.columns if name.removesuffix("_before") in ("grade", "possible_grade")]
    shown = rows if language is None else run.words.shown(rows, language)
    return Sheet(name.text(language or "en"), shown, {_heading(name, language): tints for name in tinted})


def _heading(name: str, language: Language | None) -> str:
    return name if language is None else heading(name).text(language)


# Problems

_PROBLEMS: Mapping[str, Label] = {
    "file": Label("文件", "file"),
    "row": Label("行", "row"),
    ID: COLUMNS[ID],
    "village": COLUMNS["village"],
    "column": Label("列", "column"),
    "value": Label("写的是（已遮盖）", "written (masked)"),
    "code": Label("代码", "code"),
    "problem": Label("问题", "problem"),
    "help": Label("怎么改", "how to mend it"),
}


def problems_sheet(run: Run, language: Language | None) -> Sheet:
    """All that could not be read, and all that contradicts itself: where, what is written, and the way out."""
    spoken = language or current_language()
    rows = [_problem_row(problem, run.county, spoken) for problem in run.county.problems]
    rows += _fault_rows(run, spoken)
    kinds = {name: pl.Int64 if name == "row" else pl.String for name in _PROBLEMS}
    table = pl.DataFrame(rows, schema=kinds, orient="row")
    names = {name: name if language is None else label.text(language) for name, label in _PROBLEMS.items()}
    return Sheet(
        Label("数据问题", "problems").text(language or "en"),
        (table if language is None else table.drop("code")).rename(names, strict=False),
        sentences=frozenset({names["problem"], names["help"]}),
    )


def _problem_row(problem: Problem, county: CountyTable, language: Language) -> tuple[Any, ...]:
    place, value = problem.place, problem.details.get("shown")
    whose = county.whose.get((place.file, place.row), Whose(None, None))
    id_ = None if whose.household_id is None else shown_id(whose.household_id)
    said = problem.sentence(language), problem.help(language)
    return place.file, place.row, id_, whose.village, place.field, value, problem.code, *said


def _fault_rows(run: Run, language: Language) -> Iterator[tuple[Any, ...]]:
    """What grading found wrong with the facts. A parameter that is missing is no fault of a table's."""
    rows = run.month.rows.select(ID, "village", "faults").with_columns(run.county.households[_ROW])
    for id_, village, fault, row in rows.explode("faults").drop_nulls("faults").iter_rows():
        code, _, way = fault.partition(":")
        if code != "missing-parameter":
            told = run.words.fact(way).text(language), None, code, fault_label(code).text(language), None
            yield run.files[0].name, row, shown_id(id_), village, *told


def faults_counted(run: Run) -> Mapping[str, int]:
    """What is wrong with how many households' data, or why they were not graded."""
    found = run.month.rows["faults"].explode().drop_nulls().value_counts(sort=True)
    return dict(found.iter_rows())


# Counted

ALL = Label("合计", "all")
_NO_VILLAGE = Label("（没有填）", "(not given)")
_MAY_RISE = Label("可能更重", "may rise")


def village_label(village: str) -> str:
    """A village as it is shown."""
    return village or _NO_VILLAGE.text(current_language())


def kind_label(run: Run, kind: str) -> Label:
    """A kind: a category, none, or one that can't be said."""
    if not kind:
        return NOT_SURE
    return NO_CATEGORY if kind == NONE else run.pack.rules.spec.categories[kind].label


def bucket_label(run: Run, bucket: str) -> Label:
    """A grade, or the state of households without a sure one."""
    match bucket:
        case ":may_rise":
            return _MAY_RISE
        case ":graded":
            return Label("有风险，无等级", "at risk, no grade")
    return STATUSES[bucket[1:]] if bucket.startswith(":") else run.pack.rules.spec.grades[bucket].label


def _summary(run: Run, language: Language | None) -> Sheet:
    """Households and persons by village, kind and grade. The first rows are those of the whole county."""
    counts, spoken = run.counts, language or current_language()
    keys = [
        (village, kind)
        for village in (None, *counts.villages)
        for kind in (None, *counts.kinds)
        if village is None or kind is None or counts.of(village, kind).households
    ]
    table: dict[str, list[str] | list[int]] = {
        _heading("village", language): [ALL.text(spoken) if v is None else village_label(v) for v, _ in keys],
        _heading("category", language): [(ALL if k is None else kind_label(run, k)).text(spoken) for _, k in keys],
    }
    for bucket in (None, *counts.buckets):
        found = [counts.of(village, kind, bucket) for village, kind in keys]
        table[_bucket_heading(run, bucket, "households", language)] = [count.households for count in found]
        table[_bucket_heading(run, bucket, "persons", language)] = [count.persons for count in found]
    return Sheet(Label("汇总", "summary").text(language or "en"), pl.DataFrame(table), totals=1 + len(counts.kinds))


_UNITS = {"households": Label("户数", "households"), "persons": Label("人数", "persons")}


def _bucket_heading(run: Run, bucket: str | None, unit: str, language: Language | None) -> str:
    if language is None:
        return f"{(bucket or 'all').removeprefix(':')}_{unit}"
    label = ALL if bucket is None else bucket_label(run, bucket)
    return Label("{b} {u}", "{b}: {u}").say(language, b=label, u=_UNITS[unit])


_SUMMED = (
    Label("户数或人数", "households or members"),
    Label("其中金额大于零", "of them above zero"),
    Label("金额合计，至少", "in all, at least"),
    Label("金额合计，至多", "in all, at most"),
)


def sum_label(run: Run, result: str, bucket: str) -> Label:
    """How a result came out: settled or not, or a kind."""
    if bucket.startswith(":"):
        return RESULT_STATES[bucket[1:]]
    return run.words.label(result, bucket)


def _sums_sheet(run: Run, language: Language | None) -> Sheet:
    """How the results came out, how often, and what the amounts are in all; the first rows are of the whole county."""
    spoken, rows = language or current_language(), list[tuple[Any, ...]]()
    whose = [
        (sums, name, buckets) for sums in (run.sums, run.sums_of_members) for name, buckets in sums.buckets.items()
    ]
    for village in (None, *run.counts.villages):
        for sums, name, buckets in whose:
            label = run.words.with_unit(run.pack.rules.spec.results[name].label, name)
            for bucket in buckets:
                of = sums.of(name, bucket, village)
                if village is None or of.count:
                    has_sum = name in run.words.units and bucket in (SETTLED, ":unknown")
                    amounts = (of.some, of.lo, of.hi) if has_sum else (None, None, None)
                    where = ALL.text(spoken) if village is None else village_label(village)
                    how = sum_label(run, name, bucket).text(spoken)
                    rows.append((where, label.text(spoken), how, of.count, *amounts))
    heads = {"village": COLUMNS["village"], "result": Label("结果", "result"), "outcome": Label("结论", "outcome")}
    heads |= dict(zip(("count", "with_some", "at_least", "at_most"), _SUMMED, strict=True))
    names = [name if language is None else label.text(language) for name, label in heads.items()]
    kinds = [pl.String] * 3 + [pl.Int64] * 2 + [pl.Float64] * 2
    table = pl.DataFrame(rows, schema=dict(zip(names, kinds, strict=True)), orient="row")
    whole = sum(len(buckets) for _, _, buckets in whose)
    return Sheet(Label("结果汇总", "sums").text(language or "en"), table, totals=whole)


# About


def _about(run: Run, language: Language | None) -> Sheet:
    """By which pack, on which day, of which files, and how much of them."""
    spoken = language or current_language()
    rows = [(label.text(spoken), str(value)) for label, value in _facts_about(run, spoken)]
    table = pl.DataFrame(rows, schema={"item": pl.String, "value": pl.String}, orient="row")
    name = Label("说明", "about").text(language or "en")
    return Sheet(name, table, sentences=frozenset({"value"}), headed=False)


def _facts_about(run: Run, language: Language) -> Iterator[tuple[Label, object]]:
    county, whole = run.county, run.counts.of()
    yield COLUMNS["on"], run.month.on.isoformat()
    yield COLUMNS["pack"], run.pack.name
    yield Label("规则包名称", "its name"), f"{run.pack.label.text(language)} {run.pack.version}"
    yield COLUMNS["pack_hash"], run.pack.hash
    if run.pack.note is not None:
        yield Label("规则包说明", "what it says of itself"), run.pack.note.text(language)
    yield Label("读入的文件", "files read"), _COMMA.text(language).join(file.name for file in run.files)
    yield Label("户数", "households"), whole.households
    yield Label("人数", "persons"), whole.persons
    yield Label("人数不详的户", "households of unknown size"), run.counts.unsized
    yield Label("未研判的户", "households not graded"), run.counts.of(bucket=":refused").households
    yield Label("读不了的行", "rows not read"), len(county.bad_rows)
    yield Label("读不了的格", "cells not read"), len(county.problems) - len(county.columns) - len(county.bad_rows)
    yield Label("没有读的列和工作表", "columns and sheets not read"), len(county.columns)
    yield Label("空行", "blank rows"), county.blank_rows
    if (before := run.before) is not None:
        yield Label("上月的研判日期", "day of last month's grading"), before.on.isoformat()
        yield Label("上月的规则包", "last month's pack"), before.pack
        yield Label("上月的规则包指纹", "hash of last month's pack"), before.pack_hash
        if run.is_by_another_pack:
            yield Label("注意", "note"), another_pack(run)
    yield Label("由 fanpin 写出，版本", "written by fanpin"), __version__


def another_pack(run: Run) -> str:
    """That last month's results were found by other rules."""
    assert run.before is not None, "there is nothing to compare with"
    said = Label(
        "上月用的是规则包 {a}（{b}），这次是 {c}（{d}）：有的变化可能来自规则，而不是农户",
        "last month's pack was {a} ({b}), and this one is {c} ({d}): some changes may come from the rules, "
        "not the households",
    )
    packs = {"a": run.before.pack, "b": run.before.pack_hash[:8], "c": run.pack.name, "d": run.pack.hash[:8]}
    return said.say(current_language(), **packs)
