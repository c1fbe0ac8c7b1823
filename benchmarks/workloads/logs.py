"""An event log as counties export them, of the identification that `zhalaite` defines: lawful ways, and seeded faults.

Everything is invented. Cells are raw texts: Chinese headings and words, days without a time, papers with 、 between.
Some thousands of ways are drawn step by step: whether and where the comparison, a second clue, a sample or an objection
comes, how many measures there are and how they interleave, and whether the case is still open. Then each case takes one
of them, a day to begin, a household and a village, so that millions of cases take seconds.
"""

import sys
import time
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np
import polars as pl

AS_OF = date(2026, 6, 30)
CASES_OF_A_FILE = 100_000
FAULTY = 0.04  # of the cases
_FIRST, _LAST = date(2024, 1, 8), date(2025, 10, 31)  # of the days on which cases begin
_WAYS, _WAYS_OF_A_FAULT = 3_000, 30
_VILLAGES, _TOWNSHIPS = 196, 14


class Row(NamedTuple):
    """An event of a way: so many days after the first."""

    step: str
    day: int
    role: str | None
    level: str | None
    papers: str | None = None
    of: str | None = None
    grade: str | None = None
    category: str | None = None
    channel: str | None = None
    reason: str | None = None
    has_labour: str | None = None
    nobody: bool = False  # no person is named


Way = list[Row]

GRID, VILLAGE, TOWNSHIP = ("网格员", "村"), ("村干部", "村"), ("乡镇干部", "乡镇")
COUNTY, DEPARTMENT, HOUSEHOLD = ("县级主管部门", "县"), ("行业部门", "行业部门"), ("农户", "农户")
_CATEGORIES = ("脱贫不稳定户", "边缘易致贫户", "突发严重困难户")
_SOLVES = {"红": COUNTY, "黄": TOWNSHIP, "蓝": VILLAGE}


# ── lawful ways ────────────────────────────────────────────────────────────────────────────────────────────────────


def lawful(dice: Random, *, whole: bool = False, open_ones: bool = True) -> Way:
    """A lawful way; a `whole` one ends with the re-visit, and has no detours. One in ten is still open."""
    way = [Row("风险线索", 0, *GRID, channel=dice.choice(("网格员入户", "防贫监测110", "部门数据比对", "监督发现")))]
    _then(way, dice, (0, 2), "入户核实", VILLAGE, "核查表")
    if not whole and dice.random() < 0.04:
        _then(way, dice, (0, 1), "不予纳入", VILLAGE, reason="核实不属实")
        return way
    _then(way, dice, (0, 1), "农户申请", HOUSEHOLD, dice.choice(("申请书、承诺授权书", "承诺授权书、申请书")))
    comparison = dice.randrange(4)  # it runs beside
    _reviewed(way, dice, comparison)
    if not whole and dice.random() < 0.02:
        _then(way, dice, (0, 1), "公示异议", HOUSEHOLD)
        _then(way, dice, (0, 1), "异议办结", VILLAGE, "异议核查结论")
    colour = dice.choice("红黄黄蓝蓝蓝")
    _then(way, dice, (5, 6), "乡镇审核", TOWNSHIP, "审核表", grade=colour)
    if comparison == 3:
        _compared(way, dice)
    _then(way, dice, (0, 1), "会商研判", COUNTY)
    if dice.random() < 0.3:
        _then(way, dice, (0, 0), "抽样核查", COUNTY)
    _then(way, dice, (0, 1), "县级审定", COUNTY, "批复", category=dice.choice(_CATEGORIES))
    _then(way, dice, (0, 3), "第二次公示", VILLAGE, "公示照片")
    _then(way, dice, (7, 9), "系统录入", TOWNSHIP)
    _helped(way, dice, colour)
    _then(way, dice, (5, 30), "回访核查", GRID, has_labour="否")
    if dice.random() < 0.1:
        at = dice.randrange(1, 8)  # a second clue moves nothing
        way.insert(at, Row("线索", way[at - 1].day, *VILLAGE, channel="监督发现"))
    if open_ones and not whole and dice.random() < 0.1:
        return way[: dice.randrange(1, len(way))]
    return way


def _then(
    way: Way, dice: Random, wait: tuple[int, int], step: str, who: tuple[str, str], *papers: str, **said: str
) -> None:
    way.append(Row(step, way[-1].day + dice.randint(*wait), *who, *papers, **said))  # type: ignore[arg-type]


def _compared(way: Way, dice: Random) -> None:
    _then(way, dice, (0, 0), "信息比对", DEPARTMENT, "比对结果")


def _reviewed(way: Way, dice: Random, comparison: int) -> None:
    steps = (("民主评议", "评议记录"), ("村内公示", "公示照片"))
    for at, (step, paper) in enumerate(steps):
        if comparison == at:
            _compared(way, dice)
        _then(way, dice, (0, 1), step, VILLAGE, paper)
    if comparison == 2:
        _compared(way, dice)


def _helped(way: Way, dice: Random, colour: str) -> None:
    """One to three measures, side by side: each planned, started and done, in any order among them."""
    left = {f"M{n + 1}": 0 for n in range(dice.choices((1, 2, 3), (60, 30, 10))[0])}
    while left:
        of = dice.choice(list(left))
        step = ("制定措施", "措施实施", "措施落实")[left[of]]
        who = _SOLVES[colour] if step == "措施落实" else TOWNSHIP
        paper = ["措施落实记录"] if step == "措施落实" else []
        way.append(Row(step, way[-1].day + dice.randint(1, 20), *who, *paper, of=of))
        left[of] += 1
        if left[of] == 3:
            del left[of]


# ── faults ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _at(way: Way, step: str) -> int:
    return next(at for at, row in enumerate(way) if row.step == step)


def _other(way: Way, step: str, /, **change: object) -> Way:
    at = _at(way, step)
    return [*way[:at], way[at]._replace(**change), *way[at + 1 :]]


def _without(way: Way, step: str) -> Way:
    at = _at(way, step)
    return way[:at] + way[at + 1 :]


def _later(way: Way, step: str, days: int) -> Way:
    """That step and all after it so many days later; fewer are earlier."""
    at = _at(way, step)
    return [*way[:at], *(row._replace(day=row.day + days) for row in way[at:])]


def _twice(way: Way, step: str) -> Way:
    at = _at(way, step)
    return [*way[: at + 1], *way[at:]]


def _moved_before(way: Way, step: str, other: str) -> Way:
    rest, day = _without(way, step), way[_at(way, other)].day
    at = _at(rest, other)
    return [*rest[:at], way[_at(way, step)]._replace(day=day), *rest[at:]]


def _with(way: Way, after: str, *rows: Row) -> Way:
    at = _at(way, after)
    return [*way[: at + 1], *(row._replace(day=way[at].day + row.day) for row in rows), *way[at + 1 :]]


def _solved_by_another(way: Way) -> Way:
    wrong = {COUNTY: TOWNSHIP, TOWNSHIP: COUNTY, VILLAGE: COUNTY}
    row = way[_at(way, "措施落实")]
    role, level = wrong[(row.role, row.level)]  # type: ignore[index]  # who solves it is named
    return _other(way, "措施落实", role=role, level=level)


# What is wrong: the kind under which it must be found, and how a whole lawful way comes to have it.
FAULTS: Mapping[str, tuple[str, Callable[[Way], Way]]] = {
    "step left out": ("order", lambda way: _without(way, "民主评议")),
    "two steps the wrong way round": ("order", lambda way: _moved_before(way, "第二次公示", "县级审定")),
    "step done twice": ("again", lambda way: _twice(way, "县级审定")),
    "goes on after the end": ("after_end", lambda way: _with(way, "回访核查", Row("系统录入", 3, *TOWNSHIP))),
    "step that there is not": ("unknown_step", lambda way: _other(way, "会商研判", step="电话通知")),
    "measure not in place at the re-visit": ("unfinished", lambda way: _without(way, "措施落实")),
    "no measure at all": ("count", lambda way: [row for row in way if row.of is None]),
    "goes on during an objection": ("blocked", lambda way: _with(way, "村内公示", Row("公示异议", 0, *HOUSEHOLD))),
    "returned after the entry": (
        "not_so",
        lambda way: _with(way[: _at(way, "系统录入") + 1], "系统录入", Row("退回", 1, *COUNTY, reason="补正")),
    ),
    "paper missing": ("papers", lambda way: _other(way, "农户申请", papers="申请书")),
    "wrong role": ("role", lambda way: _other(way, "民主评议", role=TOWNSHIP[0])),
    "wrong level": ("level", lambda way: _other(way, "会商研判", level="乡镇")),
    "not dealt with by who the colour says": ("role", _solved_by_another),
    "nobody named": ("no_actor", lambda way: _other(way, "系统录入", role=None, level=None, nobody=True)),
    "no colour set": ("not_said", lambda way: _other(way, "乡镇审核", grade=None)),
    "colour that there is not": ("not_a_value", lambda way: _other(way, "乡镇审核", grade="紫")),
    "notice too short": ("early", lambda way: _later(way, "乡镇审核", -2)),
    "decided after the fifteen days": ("late", lambda way: _later(way, "会商研判", 15)),
    "day before that of the step before": ("time_reversed", lambda way: _other(way, "系统录入", day=0)),
}  # fmt: skip


# ── the log ────────────────────────────────────────────────────────────────────────────────────────────────────────


class Ways(NamedTuple):
    """The drawn ways: their rows one after another, where each begins, how long it is, and what is wrong with it."""

    rows: pl.DataFrame
    starts: np.ndarray
    lengths: np.ndarray
    faults: list[str | None]


def ways(open_ones: bool = True) -> Ways:
    """All ways that cases take: the lawful ones, then those with a fault."""
    dice = Random(1)
    found: list[tuple[Way, str | None]] = [(lawful(dice, open_ones=open_ones), None) for _ in range(_WAYS)]
    for name, (_, spoil) in FAULTS.items():
        found += [(spoil(lawful(dice, whole=True)), name) for _ in range(_WAYS_OF_A_FAULT)]
    lengths = np.array([len(way) for way, _ in found])
    rows = pl.DataFrame([row for way, _ in found for row in way], schema=list(Row._fields), orient="row",
                        infer_schema_length=None)  # fmt: skip
    return Ways(rows, np.cumsum(lengths) - lengths, lengths, [fault for _, fault in found])


def log(
    cases: int, *, faulty: float = FAULTY, open_ones: bool = True, first: int = 0
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The log, rows of a case together; and of each case with a fault, which. Cases are numbered from `first`."""
    drawn, dice = ways(open_ones), np.random.default_rng((1, first))
    is_faulty = dice.random(cases) < faulty
    way = np.where(is_faulty, dice.integers(_WAYS, len(drawn.faults), cases), dice.integers(0, _WAYS, cases))
    lengths = drawn.lengths[way]
    of_case = np.repeat(np.arange(cases), lengths)
    at = np.arange(len(of_case)) + np.repeat(drawn.starts[way] - (np.cumsum(lengths) - lengths), lengths)
    numbers = pl.Series(np.arange(first, first + cases), dtype=pl.Int64)
    names = pl.DataFrame({"n": numbers}).select(
        case=pl.format("BJ{}", pl.col("n").cast(pl.String).str.zfill(8)),
        household=pl.format("H{}", (pl.col("n") * 7919 % 99_999_989).cast(pl.String).str.zfill(8)),
        begun=pl.lit(pl.Series(dice.integers(_FIRST.toordinal(), _LAST.toordinal(), cases))),
        village=pl.lit(pl.Series(dice.integers(0, _VILLAGES, cases))),
    )
    rows = pl.concat([drawn.rows[at], names[of_case]], how="horizontal").select(_columns())
    faults = names.select(办件编号="case", fault=pl.Series([drawn.faults[w] for w in way], dtype=pl.String))
    return rows, faults.drop_nulls()


def _columns() -> list[pl.Expr]:
    """What the log says, under its headings."""
    village, role = pl.col("village"), pl.col("role")
    area = pl.when(role.is_in(["村干部", "网格员"])).then(village).otherwise(village % _TOWNSHIPS)
    person = (
        pl.when(role == "农户")
        .then(pl.col("household"))
        .otherwise(pl.format("{}{}", role.fill_null("?"), area.cast(pl.String).str.zfill(3)))
    )
    day = pl.col("begun") + pl.col("day") - date(1970, 1, 1).toordinal()
    return [
        pl.col("case").alias("办件编号"),
        pl.col("household").alias("户编号"),
        pl.col("step").alias("环节"),
        day.cast(pl.Int32).cast(pl.Date).dt.to_string("%Y-%m-%d").alias("办理日期"),
        pl.when(~pl.col("nobody")).then(person).alias("经办人"),
        role.alias("经办角色"),
        pl.col("level").alias("办理层级"),
        pl.col("papers").alias("佐证材料"),
        pl.col("of").alias("措施编号"),
        pl.col("grade").alias("风险等级"),
        pl.col("category").alias("监测对象类别"),
        pl.col("channel").alias("线索渠道"),
        pl.col("reason").alias("理由"),
        pl.col("has_labour").alias("有劳动能力"),
        pl.format("第{}村", village + 1).alias("行政村"),
        pl.format("第{}乡", village % _TOWNSHIPS + 1).alias("乡镇"),
    ]


def write_dataset(folder: Path, cases: int) -> int:
    """A log as a folder of Parquet files; gives the number of its rows."""
    folder.mkdir(parents=True, exist_ok=True)
    total = 0
    for at, first in enumerate(range(0, cases, CASES_OF_A_FILE)):
        rows, _ = log(min(CASES_OF_A_FILE, cases - first), first=first)
        rows.write_parquet(folder / f"log-{at:03d}.parquet")
        total += len(rows)
    return total


if __name__ == "__main__":
    began = time.perf_counter()
    made, seeded = log(int(sys.argv[1]))
    print(f"{made.estimated_size() / 1e6:.0f} MB in {time.perf_counter() - began:.1f} s")
    print(made, seeded["fault"].value_counts(sort=True))
