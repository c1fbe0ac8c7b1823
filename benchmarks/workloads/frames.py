"""A county or a province as typed frames: households and members with the facts that the thirteen rules read.

Everything is invented. It is drawn column by column, so that millions of households take seconds. Most households are
well, and each risk comes up in a few of a hundred or of a thousand. Money has fen; one income in a hundred is missing.
"""

import sys
import time
from datetime import date
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

NEEDS = ("met", "at_risk", "not_met")
HOUSES = ("A", "B", "C", "D")
HEALTH = ("healthy", "chronic", "serious", "disabled")
LABOUR = ("ordinary", "skilled", "weak", "lost", "none")
MISSING = 0.01
INCOMES = ("wage_income", "business_income", "property_income", "transfer_income", "business_expense")
_SIZES = ((1, 2, 3, 4, 5, 6), (0.14, 0.29, 0.27, 0.17, 0.09, 0.04))  # 2.9 in the mean
_DAY = date(2024, 5, 1).toordinal() - date(1970, 1, 1).toordinal()

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def county_frames(
    households: int, seed: int = 1, ids: Literal["int", "text"] = "int", *, choices: Literal["text", "enum"] = "text"
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Households, and their members in the same order; ids are Int64 or text of 18 characters, codes text or Enum."""
    dice = np.random.default_rng(seed)
    size = dice.choice(_SIZES[0], households, p=_SIZES[1]).astype(np.int32)
    kind = pl.String if choices == "text" else None
    id_ = _ids(households, ids)
    of_household = np.repeat(np.arange(households, dtype=np.uint32), size)
    return (
        pl.DataFrame({"household_id": id_, **_household(dice, size, kind)}),
        pl.DataFrame({"household_id": id_.gather(of_household), **_member(dice, size, of_household, kind)}),
    )


def _ids(households: int, ids: str) -> pl.Series:
    number = pl.int_range(1, households + 1, dtype=pl.Int64, eager=True)
    if ids == "int":
        return 990_001_000_000_000_000 + number
    return pl.select("990001" + number.cast(pl.String).str.zfill(12)).to_series()


def _household(
    dice: np.random.Generator, size: NDArray[np.int32], kind: type[pl.String] | None
) -> dict[str, pl.Series]:
    n = len(size)
    per_person = 16_000 * np.exp(0.5 * dice.standard_normal(n))  # of a year; about one in sixteen lies below the line
    income = per_person * size
    business, transfer = income * dice.uniform(0.1, 0.6, n), income * dice.uniform(0.02, 0.15, n)
    rent, expense = np.where(_some(dice, n, 0.3), income * 0.03, 0.0), business * dice.uniform(0.1, 0.4, n)
    wage = income - business - transfer - rent + expense
    fell = _some(dice, n, 0.01)
    before = per_person * np.where(fell, dice.uniform(1.4, 2.5, n), dice.uniform(0.8, 1.1, n))
    incomes = dict(zip(INCOMES, (wage, business, rent, transfer, expense), strict=True))
    for column in incomes.values():
        column[_some(dice, n, MISSING)] = np.nan
    return {
        "size": pl.Series(size),
        "registered_poor": pl.Series(_some(dice, n, 0.15)),
        **{name: _yuan(column) for name, column in incomes.items()},
        "previous_net_income_per_person": _yuan(before),
        "rigid_spending": _yuan(6_000 * np.exp(0.65 * dice.standard_normal(n))),
        "disaster_loss": _yuan(np.where(_some(dice, n, 0.012), dice.uniform(500, 25_000, n), 0.0)),
        **{
            need: _codes(dice, NEEDS, (0.992, 0.006, 0.002), n, kind)
            for need in ("food", "clothing", "housing", "water")
        },
        "housing_grade": _codes(dice, HOUSES, (0.7, 0.295, 0.003, 0.002), n, kind),
        "sudden_event": pl.Series(_some(dice, n, 0.01)),
        "basic_living_difficulty": pl.Series(_some(dice, n, 0.01)),
    }


def _member(
    dice: np.random.Generator, size: NDArray[np.int32], of_household: NDArray[np.uint32], kind: type[pl.String] | None
) -> dict[str, pl.Series]:
    n = len(of_household)
    ordinal = np.arange(n) - np.repeat(np.cumsum(size) - size, size)
    head = dice.uniform(30, 72, len(size))[of_household]
    others = np.where(_some(dice, n, 0.75), np.maximum(head - dice.uniform(22, 32, n), 0.1), head + 24)
    age = np.where(ordinal < 2, head + dice.uniform(-3, 3, n), np.minimum(others, 95))
    child, of_age = (age >= 6) & (age < 16), (age >= 18) & (age < 63)
    ill = dice.random(n)
    lost = ~of_age | _some(dice, n, 0.012)
    labour = np.where(lost, np.where(of_age, 3, 4), dice.choice(3, n, p=(0.7, 0.15, 0.15)))
    return {
        "birth_date": pl.Series((_DAY - age * 365.25).astype(np.int32)).cast(pl.Date),
        "in_school": pl.Series(np.where(child, _some(dice, n, 0.997), (age >= 16) & (age < 22) & _some(dice, n, 0.5))),
        "employed": pl.Series(of_age & _some(dice, n, 0.9)),
        "health": _coded(np.searchsorted((0.84, 0.95, 0.965), ill, side="right"), HEALTH, kind),
        "labour": _coded(labour, LABOUR, kind),
        "basic_medical_insurance": pl.Series(_some(dice, n, 0.997)),
        "out_of_pocket": _yuan(np.where(ill > 0.95, 3_000, 350) * np.exp(1.1 * dice.standard_normal(n))),
    }


def _some(dice: np.random.Generator, n: int, share: float) -> Flags:
    return dice.random(n) < share


def _yuan(amounts: Floats) -> pl.Series:
    """To the fen; what is not a number is missing."""
    return pl.Series(np.round(amounts * 100) / 100, nan_to_null=True)


def _codes(
    dice: np.random.Generator, codes: tuple[str, ...], shares: tuple[float, ...], n: int, kind: type[pl.String] | None
) -> pl.Series:
    return _coded(np.searchsorted(np.cumsum(shares[:-1]), dice.random(n), side="right"), codes, kind)


def _coded(places: NDArray[np.int64], codes: tuple[str, ...], kind: type[pl.String] | None) -> pl.Series:
    return pl.Series(codes, dtype=kind or pl.Enum(codes)).gather(places.astype(np.uint32))


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    began = time.perf_counter()
    of_households, of_members = county_frames(count)
    took = time.perf_counter() - began
    megabytes = (of_households.estimated_size() + of_members.estimated_size()) / 1e6
    print(f"{len(of_households):,} households, {len(of_members):,} members, {megabytes:,.0f} MB, {took:.1f} s")
    print(of_households.describe(), of_members.describe(), sep="\n")
