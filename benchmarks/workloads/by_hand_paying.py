"""The six results of `paying/` as an analyst writes them by hand, beside the thirteen rules: incomes may be missing."""

from collections.abc import Mapping

import polars as pl
from workloads.by_hand_polars import INCOME_LINE, RISKS, _any, _both, _fen

START, FIRST, SECOND, CAP = 150_000, 1_000_000, 3_000_000, 5_000_000  # fen
ENTRY, LOSS_FIRST, MOST_SPENT = 200_000, 1_500_000, 6_000_000
HOUSES = {"C": (800_000, 600_000), "D": (3_000_000, 2_200_000)}
LEVELS = (("first", 300), ("second", 150), ("third", 50))  # tenths of a point


def beside(given: pl.Expr) -> Mapping[str, pl.Expr]:
    """The columns of the results."""
    known, unknown = pl.lit("known"), pl.lit("unknown")
    poor, medical = _both("registered_poor")[0], _both("medical")[0]
    low, low_hi = (end < 2 * INCOME_LINE for end in reversed(_both("per_person")))
    free = (pl.col("housing_grade") != "A") | poor
    aid = (_aid(medical, poor) / 10_000 + 0.5).floor()
    lo, hi = (pl.when(within & free).then(aid).otherwise(0.0) for within in (low, low_hi))
    loss = _both("disaster_loss")[0]
    paid = pl.when(loss < ENTRY).then(0.0).when(loss <= LOSS_FIRST).then(loss * 2).otherwise(loss * 3)
    relief = ((paid / 100).floor() / 10).round(1)  # Polars multiplies by a tenth
    left = _both("sudden_event")[0] & (loss > MOST_SPENT)
    kept = given & ~left
    grant = _grant(poor)
    level, (poor_lo, poor_hi) = _level(medical), _both("low_income")
    some, some_hi = (_any(*(pl.col(f"{name}__{end}") for name in RISKS)) for end in ("lo", "hi"))
    sure, may_be = poor_lo & some, poor_hi & some_hi
    admitted = pl.when(sure).then(pl.lit("eligible")).when(~may_be).then(pl.lit("none"))
    spent = pl.when(_both("rigid_spending")[0] > MOST_SPENT).then(pl.lit("above")).otherwise(pl.lit("within"))
    return {
        "open": lo != hi,
        "medical_aid__lo": pl.when(given).then(lo),
        "medical_aid__hi": pl.when(given).then(hi),
        "medical_aid__state": pl.when(~given).then(pl.lit("refused")).when(lo == hi).then(known).otherwise(unknown),
        "disaster_relief__lo": pl.when(kept).then(relief),
        "disaster_relief__hi": pl.when(kept).then(relief),
        "disaster_relief__state": pl.when(~given)
        .then(pl.lit("refused"))
        .when(left)
        .then(pl.lit("left"))
        .otherwise(known),
        "house_grant__lo": pl.when(given).then(grant),
        "house_grant__hi": pl.when(given).then(grant),
        "house_grant__state": _state(given),
        "level": pl.when(given).then(level),
        "level__possible": pl.when(given).then(pl.concat_list(level)),
        "level__state": _state(given),
        "admitted": pl.when(given).then(admitted),
        "admitted__possible": pl.when(given).then(_possible(sure, may_be)),
        "admitted__state": pl.when(~given).then(pl.lit("refused")).when(sure == may_be).then(known).otherwise(unknown),
        "spending": pl.when(given).then(spent),
        "spending__possible": pl.when(given).then(pl.concat_list(spent)),
        "spending__state": _state(given),
    }


def _state(given: pl.Expr) -> pl.Expr:
    return pl.when(given).then(pl.lit("known")).otherwise(pl.lit("refused"))


def _aid(spent: pl.Expr, poor: pl.Expr) -> pl.Expr:
    """In hundredths of a fen, up to the cap."""
    more = pl.when(poor).then(10.0).otherwise(0.0)
    slices = (
        (pl.min_horizontal(spent, pl.lit(FIRST)) - START).clip(0) * (more + 50),
        (pl.min_horizontal(spent, pl.lit(SECOND)) - FIRST).clip(0) * (more + 60),
        (spent - SECOND).clip(0) * (more + 70),
    )
    return pl.min_horizontal(slices[0] + slices[1] + slices[2], pl.lit(CAP * 100.0))


def _grant(poor: pl.Expr) -> pl.Expr:
    grade = pl.col("housing_grade")
    of = {house: pl.when(poor).then(pl.lit(a)).otherwise(pl.lit(b)) for house, (a, b) in HOUSES.items()}
    fen = pl.when(grade == "C").then(of["C"]).when(grade == "D").then(of["D"]).otherwise(0)
    return (fen / 100 + 0.5).floor()


def _level(medical: pl.Expr) -> pl.Expr:
    grade, spending, loss = pl.col("housing_grade"), _fen("rigid_spending"), _both("disaster_loss")[0]
    house = pl.when(grade == "D").then(200).when(grade == "C").then(100).when(grade == "B").then(20).otherwise(0)
    spent = (
        pl.when(spending > 3 * FIRST).then(200).when(spending > FIRST).then(100).when(spending > FIRST / 2).then(50)
        .otherwise(0)
    )  # fmt: skip
    ill = pl.when(medical > SECOND).then(150).when(medical > FIRST).then(80).otherwise(0)
    points = {"food": (150, 50), "clothing": (100, 30), "water": (100, 30), "housing": (100, 35)}
    score = house + spent + ill
    for need, (not_met, at_risk) in points.items():
        said = pl.col(need)
        score = score + pl.when(said == "not_met").then(not_met).when(said == "at_risk").then(at_risk).otherwise(0)
    flags = {"sudden": (_both("sudden_event")[0], 100), "hard": (_both("basic_living_difficulty")[0], 100)}
    flags |= {"lost": (loss > ENTRY, 50), "many": (pl.col("size") >= 5, 20)}
    for flag, of_it in flags.values():
        score = score + pl.when(flag).then(of_it).otherwise(0)
    chain: pl.Expr = pl.lit("none")
    for name, least in reversed(LEVELS):
        chain = pl.when(score >= least).then(pl.lit(name)).otherwise(chain)
    return chain


def _possible(sure: pl.Expr, may_be: pl.Expr) -> pl.Expr:
    lists = pl.Series([["none"], ["eligible", "none"], ["eligible"]], dtype=pl.List(pl.String))
    return pl.lit(lists).gather(pl.when(sure).then(2).when(may_be).then(1).otherwise(0))
