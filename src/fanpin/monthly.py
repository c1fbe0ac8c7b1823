"""A county's monthly run: what changed since last month, and how many households there are of what, and how much."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from itertools import product
from pathlib import Path

import polars as pl
from attrs import Factory, frozen

from fanpin.errors import DataError, Place, Problem
from fanpin.i18n import Label
from fanpin.result_words import CHANGES, COLUMNS, STATUSES, ResultWords, known_end
from fanpin.results import NONE, RESULT_STATES
from fanpin.rules import RuleSet, RuleSpec
from fanpin.sheets import Reading, sheets_of
from fanpin.workbooks import SUFFIXES, plain_text

ID = "household_id"
_BEFORE = "_before"
_COMPARED = ("status", "grade", "possible_grade", "category")
_KEPT = ("village", "persons", *_COMPARED)
_ORIGIN = ("on", "pack", "pack_hash")


@frozen(repr=False, eq=False)
class Month:
    """The results of one run: a row a household, with the columns of `grade_frames`, `village` and `persons`."""

    rows: pl.DataFrame
    on: date
    pack: str
    pack_hash: str

    def with_origin(self) -> pl.DataFrame:
        """The rows, each with its day and its pack, as files without a sheet for that need them."""
        origin = (self.on.isoformat(), self.pack, self.pack_hash)
        return self.rows.with_columns(pl.lit(said).alias(name) for name, said in zip(_ORIGIN, origin, strict=True))


def persons_of(households: pl.DataFrame, members: pl.DataFrame | None) -> pl.Series:
    """How many persons each household has: its size where one number is given, else as many as are listed.

    Null where neither is known. A size that is a range is no number.
    """
    ends = [pl.col(name) for name in ("size__lo", "size__hi") if name in households.columns]
    said: list[pl.Expr] = [pl.when(ends[0] == ends[1]).then(ends[0])] if len(ends) == 2 else []
    said += [pl.col("size")] if "size" in households.columns else []
    if members is not None:
        listed = members.group_by(ID).agg(pl.len().alias("__listed"))
        households = households.join(listed, on=ID, how="left", maintain_order="left")
        said.append(pl.col("__listed"))
    return households.with_columns(persons=pl.coalesce(*said, None).cast(pl.Int64))["persons"]


# Since last month


@frozen(repr=False, eq=False)
class Comparison:
    """What changed: this month's rows with `change`, and a row for each household that is not the same.

    `changes` has its grades of both months, and the households that are gone; the gravest changes come first.
    """

    month: Month
    changes: pl.DataFrame


def compared(now: Month, before: Month, grades: Sequence[str], unread: Collection[str] = ()) -> Comparison:
    """What changed since last month, by the pack's grades, the gravest first.

    A grade is sure where it holds whatever the missing facts are; the gravest possible one is what they may make of it.
    Of a household that was not graded nothing is sure, and the gravest grade is possible.

    - `new`: it was not in last month's results.
    - `gone`: it was in last month's results and is not in this month's tables.
    - `worse`: its sure grade is graver than its sure grade was.
    - `better`: even the gravest grade that is possible now is milder than its sure grade was.
    - `newly_unknown`: a grade that was sure is not sure now. Either its sure grade is milder than it was, and the
      missing facts may make it as grave again; or its grade, or that it has none, was known to the full, and a graver
      one is possible now. Also: its row of this month could not be read (its id is in `unread`).
    - `same`: none of these. So a household of which more became known, and whose sure grade stayed, is the same.

    Last month's day must be before this month's, and some households must be in both, else `DataError`.
    """
    if before.on >= now.on:
        raise DataError(Problem("previous-not-before", details={"before": before.on, "on": now.on}))
    last = _levelled(_each_once(before.rows), grades).select(ID, *_KEPT, "__lo", "__hi")
    last = last.rename({name: f"{name}{_BEFORE}" for name in last.columns if name != ID})
    this = _levelled(now.rows, grades)
    both = this.join(last, on=ID, how="left", maintain_order="left")
    if both.height and last.height and both["status_before"].null_count() == both.height:
        raise DataError(Problem("previous-of-others"))
    both = both.with_columns(_change().alias("change"))
    lost = pl.when(pl.col(ID).is_in(list(unread))).then(pl.lit("newly_unknown")).otherwise(pl.lit("gone"))
    gone = last.join(this, on=ID, how="anti", maintain_order="left").with_columns(lost.alias("change"))
    rows = both.select(_before_category(now.rows.columns))
    return Comparison(Month(rows, now.on, now.pack, now.pack_hash), _changes(both, gone))


def _before_category(columns: list[str]) -> list[str]:
    at = columns.index("category")
    return [*columns[:at], "change", *columns[at:]]


def _each_once(rows: pl.DataFrame) -> pl.DataFrame:
    """A row a household. Of one that stands there several times nothing is known."""
    twice = pl.when(pl.col(ID).is_duplicated()).then(pl.lit("refused")).otherwise("status")
    return rows.with_columns(twice.alias("status")).unique(ID, keep="first", maintain_order=True)


def _changes(both: pl.DataFrame, gone: pl.DataFrame) -> pl.DataFrame:
    order = pl.col("change").replace_strict({change: at for at, change in enumerate(CHANGES)}, return_dtype=pl.Int32)
    kept = {name: pl.coalesce(name, f"{name}{_BEFORE}").alias(name) for name in ("village", "persons")}
    pairs = [f"{name}{suffix}" for name in _COMPARED for suffix in (_BEFORE, "")]
    listed = pl.concat([both, gone], how="diagonal").filter(pl.col("change") != "same")
    listed = listed.sort(order, -pl.col("__lo"), nulls_last=True, maintain_order=True)
    return listed.select(ID, *kept.values(), "change", *pairs, "risks")


def _levelled(rows: pl.DataFrame, grades: Sequence[str]) -> pl.DataFrame:
    """With the sure and the gravest possible grade as numbers, none being 0."""
    levels = {grade: number for number, grade in enumerate(reversed(grades), 1)}
    refused = pl.col("status") == "refused"
    return rows.with_columns(
        pl.when(refused).then(0).otherwise(_level("grade", levels)).alias("__lo"),
        pl.when(refused).then(len(levels)).otherwise(_level("possible_grade", levels)).alias("__hi"),
    )


def _level(name: str, levels: Mapping[str, int]) -> pl.Expr:
    if not levels:
        return pl.lit(0, pl.Int32)
    return pl.col(name).cast(pl.String).replace_strict(levels, return_dtype=pl.Int32).fill_null(0)


def _change() -> pl.Expr:
    lo, hi, lo_before, hi_before = (pl.col(name) for name in ("__lo", "__hi", "__lo_before", "__hi_before"))
    opened = (hi > lo) & (hi_before == lo_before)
    return (
        pl.when(pl.col("status_before").is_null())
        .then(pl.lit("new"))
        .when(lo > lo_before)
        .then(pl.lit("worse"))
        .when(hi < lo_before)
        .then(pl.lit("better"))
        .when((lo < lo_before) | opened)
        .then(pl.lit("newly_unknown"))
        .otherwise(pl.lit("same"))
    )


# Last month's file

_Origin = Mapping[str, object]  # its day, pack and hash, where they stand on a sheet of their own
_NAMES = {word: name for name, label in COLUMNS.items() for word in (name, label.zh, label.en)}


def read_month(path: Path, words: ResultWords) -> Month:
    """The results of a file that a run wrote: Excel, CSV or Parquet, with headings and values by code or in words.

    A CSV may have gone through Excel and come back in GBK. `DataError` where it is no such file, or has grades or
    categories that this pack does not have.
    """
    place, readings = Place(str(path)), [reading for sheet in sheets_of(path) for reading in sheet.readings()]
    tables = [_as_text(reading) for reading in readings if reading.head]
    pairs = [pair for table in tables if table.width == 2 for pair in (table.columns, *table.iter_rows())]
    origin = {_NAMES[name]: value for name, value in pairs if name in _NAMES}
    for table in tables:
        if {ID, *_COMPARED} <= {_NAMES.get(name) for name in table.columns}:
            month = _month(words.coded(table, place), origin)
            if month is not None:
                return month
    raise DataError(Problem("previous-unlike", place, {"known": Label("、".join(SUFFIXES), ", ".join(SUFFIXES))}))


def _as_text(reading: Reading) -> pl.DataFrame:
    """The table with its first row as headings and all cells as text; where several bear one name, the first."""
    cells, names = reading.below(0).cells, dict.fromkeys(name for name in reading.head[0] if name)
    texts = cells.select(
        pl.col(str(reading.head[0].index(name))).cast(pl.String).replace("", None).alias(name)
        for name in names
        if not cells.schema[str(reading.head[0].index(name))].is_nested()
    )
    return texts.with_columns(plain_text(name) for name in texts.columns) if reading.delimiter else texts


def _month(rows: pl.DataFrame, origin: _Origin) -> Month | None:
    said = {name: rows[name].unique().to_list() if name in rows.columns else [origin.get(name)] for name in _ORIGIN}
    try:
        (on,), (pack,), (pack_hash,) = said.values()
        day = date.fromisoformat(str(on))
    except ValueError:
        return None
    absent = [pl.lit(None, pl.String).alias(name) for name in ("village", "persons") if name not in rows.columns]
    persons = pl.col("persons").cast(pl.Float64, strict=False).cast(pl.Int64, strict=False)
    return Month(rows.with_columns(absent).with_columns(persons).select(ID, *_KEPT), day, str(pack), str(pack_hash))


# Counted

GRADES_OF_NONE = tuple(f":{status}" for status in STATUSES)  # buckets of households without a sure grade
MAY_RISE = ":may_rise"
_NOT_SAID = ""  # no village is named, or no category can be said


@frozen
class Count:
    """So many households, and so many persons in those of them whose persons are known."""

    households: int = 0
    persons: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(self.households + other.households, self.persons + other.persons)


@frozen(repr=False)
class Counts:
    """Households and persons by village, kind (the category) and grade.

    Each household is in one village, of one kind and in one bucket: its sure grade, else `:` with its status. Those
    whose missing facts may make the grade graver are counted under `MAY_RISE` as well. `unsized` households have
    neither a size nor listed members, and their persons are in no count.
    """

    _of: Mapping[tuple[str | None, str | None, str | None], Count]
    villages: tuple[str, ...]
    kinds: tuple[str, ...]
    buckets: tuple[str, ...]
    unsized: int

    def of(self, village: str | None = None, kind: str | None = None, bucket: str | None = None) -> Count:
        """How many there are; None is all of them."""
        return self._of.get((village, kind, bucket), Count())


def counted(rows: pl.DataFrame, spec: RuleSpec) -> Counts:
    """Count results. Villages are in order of their names, kinds and grades in that of the pack."""
    of: dict[tuple[str | None, str | None, str | None], Count] = defaultdict(Count)
    for village, kind, bucket, rises, households, persons in _grouped(rows).iter_rows():
        for key in product((None, village), (None, kind), (None, bucket, *([MAY_RISE] if rises else []))):
            of[key] += Count(households, persons)
    kinds, buckets = (*spec.categories, NONE, _NOT_SAID), (*spec.grades, *GRADES_OF_NONE, MAY_RISE)
    return Counts(
        of,
        tuple(sorted({village for village, _, _ in of if village is not None})),
        tuple(kind for kind in kinds if kind in spec.categories or (None, kind, None) in of),
        tuple(bucket for bucket in buckets if bucket in spec.grades or (None, None, bucket) in of),
        rows["persons"].null_count(),
    )


def _grouped(rows: pl.DataFrame) -> pl.DataFrame:
    keys = (
        pl.col("village").fill_null(_NOT_SAID),
        pl.col("category").fill_null(_NOT_SAID),
        pl.coalesce("grade", ":" + pl.col("status")).alias("bucket"),
        (pl.col("possible_grade").ne_missing(pl.col("grade")) & (pl.col("status") != "refused")).alias("rises"),
    )
    return rows.group_by(*keys).agg(pl.len(), pl.col("persons").sum())


# Results beside grades

SETTLED, OPEN_STATES = ":known", tuple(f":{state}" for state in RESULT_STATES if state != "known")


@frozen
class Sum:
    """How many a result came out alike for, households or members; of an amount, how many get some, and all of it."""

    count: int = 0
    some: int = 0
    lo: float = 0
    hi: float | None = 0  # None where somebody's has no upper end that is known


@frozen
class Sums:
    """What the results of a table come to, of a village or of all of them, by how they came out.

    An amount is settled (`:known`), or `:unknown`, `:refused` or `:left`; kinds are settled as one of them, the first
    of `buckets` in the pack's order. The amounts that are settled are one total, those that are open a span.
    """

    buckets: Mapping[str, tuple[str, ...]]  # by result
    _of: Mapping[tuple[str | None, str, str], Sum] = Factory(dict)

    def of(self, result: str, bucket: str, village: str | None = None) -> Sum:
        """Of a village, or of all."""
        return self._of.get((village, result, bucket), Sum())


def summed(rows: pl.DataFrame, rules: RuleSet, of_rows: str | None = None) -> Sums:
    """Count and add up the results of households, or of the rows of a collection, each as it came out."""
    of: dict[tuple[str | None, str, str], Sum] = {}
    buckets: dict[str, tuple[str, ...]] = {}
    for name, trees in rules.results.items():
        if trees.result.of != of_rows:
            continue
        for key in (pl.lit(None, pl.String), pl.col("village").fill_null(_NOT_SAID)):
            grouped = rows.group_by(key.alias("village"), _bucket(name, trees.result.amount is None).alias("bucket"))
            for village, bucket, *values in grouped.agg(*_amounts(trees.result.columns)).iter_rows():
                of[village, name, bucket] = Sum(*values)
        own = (SETTLED,) if trees.paid is not None else tuple(trees.kinds)
        found = {bucket for village, result, bucket in of if village is None and result == name}
        buckets[name] = (*own, *(bucket for bucket in (NONE, *OPEN_STATES) if bucket in found))
    return Sums(buckets, of)


def _bucket(name: str, is_kind: bool) -> pl.Expr:
    state = ":" + pl.col(f"{name}__state")
    return pl.when(state == SETTLED).then(pl.col(name)).otherwise(state) if is_kind else state


def _amounts(columns: Sequence[str]) -> Iterator[pl.Expr]:
    """How many rows, how many with an amount, and the ends added up; in fen, so that no order of rows matters."""
    yield pl.len()
    if len(columns) < 3 or not columns[1].endswith("__hi"):
        return
    lo, hi = (pl.col(name) for name in columns[:2])
    known = known_end(columns[1])
    yield (hi > 0).sum().alias("some")
    yield ((lo * 100).round().cast(pl.Int64).sum() / 100).alias("lo")
    yield pl.when(known.is_not_null().all()).then((known * 100).round().cast(pl.Int64).sum() / 100).alias("hi")


def changes_counted(comparison: Comparison) -> Mapping[str, Count]:
    """How many households and persons changed how, those that stayed the same included."""
    same = comparison.month.rows.filter(pl.col("change") == "same").select("change", "persons")
    both = pl.concat([comparison.changes.select("change", "persons"), same])
    found = both.group_by("change").agg(pl.len(), pl.col("persons").sum())
    counts = {change: Count(households, persons) for change, households, persons in found.iter_rows()}
    return {change: counts.get(change, Count()) for change in CHANGES}
