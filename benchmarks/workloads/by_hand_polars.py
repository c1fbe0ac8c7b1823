"""The thirteen rules as an analyst writes them by hand for a county: one lazy query of Polars.

Members are aggregated in one group-by (yes-or-no columns as bits of one number), money is whole fen, and every value is
the pair of its least and its greatest, which are one expression where the fact is known. With `anything` every fact may
be missing or wrong, and who is listed may be fewer than the size says; without it only incomes are missing, members are
all listed, and values are trusted to lie within their bounds.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import reduce
from operator import and_, or_

import polars as pl

INCOME_LINE, MEDICAL_LINE, RIGID_LINE, DISASTER_LINE = 750_000, 2_000_000, 3_000_000, 1_000_000  # fen
MOST, MOST_PERSONS = 100_000_000_000.0, 50.0  # fen, and persons, that a household may have
INCOMES = ("wage_income", "business_income", "property_income", "transfer_income", "business_expense")
MONEY = ("rigid_spending", "previous_net_income_per_person", "disaster_loss")
CODES = {"housing": "met at_risk not_met", "housing_grade": "A B C D"} | dict.fromkeys(
    ("water", "food", "clothing"), "met at_risk not_met"
)
OF_MEMBERS = {"health": "healthy chronic serious disabled", "labour": "ordinary skilled weak lost none"}
NEEDS = ("out_of_school", "uninsured", "unsafe_housing", "unsafe_water", "hungry", "unclothed")
GRAVE = ("medical_burden", "rigid_burden", "income_fall", "disaster_hit")
RISKS = ("low_income", *GRAVE, "nobody_employed", "disabled_without_labour", *NEEDS)
CATEGORIES = ("unstable", "marginal", "sudden", "none")
GRADES = ("red", "yellow", "blue", None)
HANDLERS = (("county",), ("township", "departments"), ("village", "township"), ())

Beside = Callable[[pl.Expr], Mapping[str, pl.Expr]]  # columns for who is not refused
Pair = tuple[pl.Expr, pl.Expr]  # the least and the greatest; of a yes-or-no: surely and possibly


def query(
    households: pl.LazyFrame, members: pl.LazyFrame, on: date, *, anything: bool, beside: "Beside | None" = None
) -> pl.LazyFrame:
    """The households in their order, with the columns that `fanpin.grade_frames` gives, and those of `beside`.

    Its `open` says besides who is asked for the incomes.
    """
    found = _folded(members, on, anything)
    frame = households.join(found, on="household_id", how="left", maintain_order="left")
    empty = [pl.col(name).fill_null(0) for name in found.collect_schema().names() if name != "household_id"]
    frame = frame.with_columns(empty)
    frame = frame.with_columns(**_ends(anything))
    frame = frame.with_columns(**_nets())
    frame = frame.with_columns(**_risks())
    frame = frame.with_columns(**_counts())
    return _shown(frame, anything, beside or (lambda _: {}))


def _both(name: str) -> Pair:
    return pl.col(f"{name}__lo"), pl.col(f"{name}__hi")


def _named(pairs: Mapping[str, Pair]) -> dict[str, pl.Expr]:
    return {f"{name}__{end}": e for name, pair in pairs.items() for end, e in zip(("lo", "hi"), pair, strict=True)}


def _any(*flags: pl.Expr) -> pl.Expr:
    return reduce(or_, flags)


def _unknown(name: str) -> pl.Expr:
    lo, hi = _both(name)
    return hi & ~lo


# Leaves


def _fen(name: str) -> pl.Expr:
    return (pl.col(name) * 100 + 0.5).floor()


def _money(name: str, checked: bool, least: float = 0.0) -> Pair:
    fen = _fen(name)
    held = pl.when(fen.is_between(least, MOST)).then(fen) if checked else fen
    return held.fill_null(least), held.fill_null(MOST)


def _finer(name: str) -> pl.Expr:
    rest = (pl.col(name) * 100 - _fen(name)).abs()
    return ((rest > 1e-4) & (rest < 1)).fill_null(value=False)


def _outside(name: str, least: float = 0.0) -> pl.Expr:
    fen = _fen(name)
    return (~fen.is_between(least, MOST) & fen.is_not_nan()).fill_null(value=False)


def _yes(name: str, anything: bool) -> Pair:
    said = pl.col(name)
    return (said.fill_null(value=False), said.fill_null(value=True)) if anything else (said, said)


def _is(name: str, meant: str, anything: bool) -> Pair:
    every = {**CODES, **OF_MEMBERS}[name].split()
    is_so = pl.col(name).is_in(meant.split())
    if not anything:
        return is_so, is_so
    others = [code for code in every if code not in meant.split()]
    return is_so.fill_null(value=False), ~pl.col(name).is_in(others).fill_null(value=False)


def _no_code(name: str) -> pl.Expr:
    return ~pl.col(name).is_in(["", *{**CODES, **OF_MEMBERS}[name].split()]).fill_null(value=True)


# Members


def _of_school_age(on: date, anything: bool) -> Pair:
    born = pl.col("birth_date")
    within = (born > on.replace(year=on.year - 16)) & (born <= on.replace(year=on.year - 6))
    if not anything:
        return within, within
    can_be = born.is_between(date(1900, 1, 1), date(2100, 12, 31))
    return (within & can_be).fill_null(value=False), (within | ~can_be).fill_null(value=True)


FLAGS = ("employed", "disabled_without_labour", "out_of_school", "uninsured")
ASKED_OF_MEMBERS = (
    "birth_date", "labour", "health", "in_school", "basic_medical_insurance", "out_of_pocket", "employed",
)  # fmt: skip


def _flags(on: date, anything: bool) -> dict[str, pl.Expr]:
    """Of one member, by the name of the bit."""
    ill, weak = _is("health", "disabled", anything), _is("labour", "lost none", anything)
    age, school = _of_school_age(on, anything), _yes("in_school", anything)
    insured = _yes("basic_medical_insurance", anything)
    disabled: Pair = ill[0] & weak[0], ill[1] & weak[1]
    out: Pair = age[0] & ~school[1], age[1] & ~school[0]
    pairs = dict(zip(FLAGS, (_yes("employed", anything), disabled, out, (~insured[1], ~insured[0])), strict=True))
    finer = {"finer": _finer("out_of_pocket")}
    if not anything:
        return {f"{name}__lo": lo for name, (lo, _) in pairs.items()} | finer
    open_out, open_disabled = out[1] & ~out[0], disabled[1] & ~disabled[0]
    born, fen = pl.col("birth_date"), _fen("out_of_pocket")
    return {
        **_named(pairs),
        **finer,
        "ask_birth_date": open_out & (age[1] & ~age[0]),
        "ask_in_school": open_out & pl.col("in_school").is_null(),
        "ask_health": open_disabled & ill[1] & ~ill[0],
        "ask_labour": open_disabled & weak[1] & ~weak[0],
        "ask_basic_medical_insurance": pl.col("basic_medical_insurance").is_null(),
        "ask_employed": pl.col("employed").is_null(),
        "ask_out_of_pocket": ~fen.is_between(0, MOST).fill_null(value=False),
        "no_money": _outside("out_of_pocket"),
        "no_health": _no_code("health"),
        "no_labour": _no_code("labour"),
        "no_day": ~born.is_between(date(1900, 1, 1), date(2100, 12, 31)).fill_null(value=True),
    }


def _folded(members: pl.LazyFrame, on: date, anything: bool) -> pl.LazyFrame:
    lo, hi = _money("out_of_pocket", anything)
    sums = {"medical_lo": lo.sum(), "medical_hi": hi.sum()} if anything else {"medical_lo": _fen("out_of_pocket").sum()}
    bits = _packed(list(_flags(on, anything).values()), pl.UInt32).bitwise_or()
    return members.group_by("household_id").agg(pl.len().cast(pl.Float64).alias("listed"), bits.alias("bits"), **sums)


def _ends(anything: bool) -> dict[str, pl.Expr]:
    """What is read of the household, and of its members, as pairs."""
    flags = list(_flags(date(2024, 1, 1), anything))
    bit = {name: (pl.col("bits") & pl.lit(1 << at, pl.UInt32)) != 0 for at, name in enumerate(flags)}
    codes = {"housing": "not_met", "housing_grade": "C D", **dict.fromkeys(("water", "food", "clothing"), "not_met")}
    listed, size = pl.col("listed"), pl.col("size")
    if anything:
        said = pl.when(size.is_between(1, MOST_PERSONS) & (size == size.floor())).then(size.cast(pl.Float64))
        lo, hi = said.fill_null(1.0), said.fill_null(MOST_PERSONS)
        persons: Pair = (
            pl.when(listed > hi).then(lo).otherwise(pl.max_horizontal(lo, listed)),
            pl.when(listed > hi).then(listed).otherwise(hi),
        )
        differs = listed > hi
    else:
        persons = (pl.max_horizontal(listed, 1.0),) * 2
        differs = listed != size
    more: Pair = tuple((end - listed).clip(0) if anything else pl.lit(0.0) for end in persons)  # type: ignore[assignment]
    medical = pl.col("medical_hi") + more[1] * MOST if anything else pl.col("medical_lo")
    pairs: dict[str, Pair] = {
        **{name: _money(name, anything) for name in INCOMES},
        "rigid_spending": _money("rigid_spending", anything),
        "disaster_loss": _money("disaster_loss", anything),
        "before": _money("previous_net_income_per_person", anything, -MOST),
        "persons": persons,
        "more": more,
        "medical": (pl.col("medical_lo"), medical),
        **{f"is_{name}": _is(name, meant, anything) for name, meant in codes.items()},
        **{name: _yes(name, anything) for name in ("registered_poor", "sudden_event", "basic_living_difficulty")},
        **{n: (bit[f"{n}__lo"], bit[f"{n}__hi"] | (more[1] >= 1) if anything else bit[f"{n}__lo"]) for n in FLAGS},
    }
    rest = {name: flag for name, flag in bit.items() if not name.endswith(("__lo", "__hi"))}
    return {**_named(pairs), **rest, "differs": differs}


# The household


def _nets() -> dict[str, pl.Expr]:
    earned = [_both(name) for name in INCOMES[:-1]]
    spent = _both("business_expense")
    lo, hi = (sum((pair[end] for pair in earned[1:]), earned[0][end]) - spent[1 - end] for end in (0, 1))
    fewest, most = _both("persons")
    return _named({"net": (lo, hi), "per_person": (
        pl.min_horizontal(lo / fewest, lo / most), pl.max_horizontal(hi / fewest, hi / most),
    )})  # fmt: skip


def _risks() -> dict[str, pl.Expr]:
    (net, net_hi), (each, each_hi), (before, before_hi) = _both("net"), _both("per_person"), _both("before")
    (medical, medical_hi), (employed, employed_hi) = _both("medical"), _both("employed")
    share: Pair = medical * 10 > net_hi * 3, medical_hi * 10 > net * 3
    pairs: dict[str, Pair] = {
        "low_income": (each_hi < INCOME_LINE, each < INCOME_LINE),
        "over_line": (medical > MEDICAL_LINE, medical_hi > MEDICAL_LINE),
        "over_share": share,
        "medical_burden": (share[0] | (medical > MEDICAL_LINE), share[1] | (medical_hi > MEDICAL_LINE)),
        "income_fall": ((before - each_hi) * 10 > before_hi * 3, (before_hi - each) * 10 > before * 3),
        "nobody_employed": (~employed_hi, ~employed),
        **{risk: tuple(e > line for e in _both(name)) for risk, name, line in (
            ("rigid_burden", "rigid_spending", RIGID_LINE), ("disaster_hit", "disaster_loss", DISASTER_LINE),
        )},
        "unsafe_housing": tuple(a | b for a, b in zip(_both("is_housing"), _both("is_housing_grade"), strict=True)),
        **{risk: _both(f"is_{name}") for risk, name in (
            ("unsafe_water", "water"), ("hungry", "food"), ("unclothed", "clothing"),
        )},
    }  # type: ignore[dict-item]  # fmt: skip
    return _named(pairs)


def _counts() -> dict[str, pl.Expr]:
    held = {end: {name: pl.col(f"{name}__{end}") for name in RISKS} for end in ("lo", "hi")}
    some = {end: _any(*(of[name] for name in GRAVE)) for end, of in held.items()}
    poor, low = _both("registered_poor"), _both("low_income")
    sudden, hard = _both("sudden_event"), _both("basic_living_difficulty")
    kinds = {
        "unstable": (poor[0] & low[0], poor[1] & low[1]),
        "marginal": (~poor[1] & low[0], ~poor[0] & low[1]),
        "sudden": (~low[1] & sudden[0] & hard[0] & some["lo"], ~low[0] & sudden[1] & hard[1] & some["hi"]),
    }
    number = {}
    for end, of in held.items():
        count = pl.sum_horizontal(*(flag.cast(pl.UInt8) for flag in of.values()))
        grave = _any(*(of[name] for name in NEEDS))
        number[f"grade_{end}"] = pl.when(grave).then(0).when(count >= 2).then(1).when(count == 1).then(2).otherwise(3)
    return {**_named(kinds), **number}


# Shown


def _packed(flags: Sequence[pl.Expr], dtype: type[pl.UInt32 | pl.UInt64] = pl.UInt64) -> pl.Expr:
    none = pl.lit(0, dtype)
    return reduce(or_, (pl.when(flag).then(pl.lit(1 << at, dtype)).otherwise(none) for at, flag in enumerate(flags)))


def _names(bits: str, names: Sequence[str]) -> pl.Expr:
    """The list of each combination of flags that occurs, once; making one for each row takes seconds."""
    found = pl.col(bits).drop_nulls().unique().sort()
    said = [pl.when(found & pl.lit(1 << at, pl.UInt64) != 0).then(pl.lit(name)) for at, name in enumerate(names)]
    at = pl.when(pl.col(bits).is_not_null()).then(found.search_sorted(pl.col(bits)))
    return pl.concat_list(said).list.drop_nulls().gather(at)


def _picked(things: Sequence[object], at: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    return pl.lit(pl.Series(things, dtype=dtype)).gather(at)


def _asked(anything: bool, income_open: pl.Expr) -> dict[str, pl.Expr]:
    open_ = {name: _unknown(name) for name in (*RISKS, "over_share", "over_line")}
    by_income = open_["low_income"] | open_["income_fall"]
    by_share = open_["medical_burden"] & open_["over_share"]

    def missing(name: str) -> pl.Expr:
        lo, hi = _both(name)
        return lo < hi

    incomes = {name: missing(name) & (by_income | by_share | income_open) for name in INCOMES}
    if not anything:
        return incomes
    summed = open_["medical_burden"] & (open_["over_share"] | open_["over_line"]) & missing("medical")
    folded = _any(summed, open_["nobody_employed"], *(open_[name] for name in FLAGS[1:]))
    more, more_hi = _both("more")
    by_size = missing("persons") & (open_["low_income"] | (open_["income_fall"] & missing("per_person")))
    reached = {
        "birth_date": "out_of_school", "in_school": "out_of_school", "labour": "disabled_without_labour",
        "health": "disabled_without_labour", "basic_medical_insurance": "uninsured", "employed": "nobody_employed",
    }  # fmt: skip
    of_rows = {name: open_[reached[name]] if name in reached else summed for name in ASKED_OF_MEMBERS}
    return {
        "size": by_size | (folded & (more_hi >= 1) & (more < more_hi)),
        **incomes,
        "previous_net_income_per_person": open_["income_fall"] & missing("before"),
        "rigid_spending": open_["rigid_burden"],
        "disaster_loss": open_["disaster_hit"],
        "food": open_["hungry"],
        "clothing": open_["unclothed"],
        "housing": open_["unsafe_housing"] & _unknown("is_housing"),
        "water": open_["unsafe_water"],
        "housing_grade": open_["unsafe_housing"] & _unknown("is_housing_grade"),
        "members": folded & (more_hi >= 1) & ~(more < more_hi),
        **{f"members.{name}": pl.col(f"ask_{name}") & here for name, here in of_rows.items()},
    }


def _faults(anything: bool) -> dict[str, pl.Expr]:
    size, found = pl.col("size"), {}

    def money(name: str, field: str, least: float = 0.0) -> None:
        of_member = field != name
        if anything:
            found[f"fact-number:{field}"] = pl.col("no_money") if of_member else _outside(name, least)
        found[f"too-many-decimals:{field}"] = pl.col("finer") if of_member else _finer(name)

    for name in INCOMES:
        money(name, name)
    if anything:
        whole = size.is_between(1, MOST_PERSONS) & (size == size.floor())
        found["fact-whole-number:size"] = (~whole).fill_null(value=False)
    money("out_of_pocket", "members.out_of_pocket")
    for name in MONEY:
        money(name, name, -MOST if name.startswith("previous") else 0.0)
    if anything:
        found |= {f"fact-choice:members.{name}": pl.col(f"no_{name}") for name in ("health", "labour")}
        found["fact-day:members.birth_date"] = pl.col("no_day")
        found |= {f"fact-choice:{name}": _no_code(name) for name in CODES}
    return {**found, "size-differs:size": pl.col("differs")}


def _refusals() -> dict[str, pl.Expr]:
    own = pl.col("household_id")
    return {
        "row-without-id:household_id": own.is_null(),
        "row-id-twice:household_id": own.is_not_null() & own.is_duplicated(),
        "rows-too-many:members": pl.col("listed") > MOST_PERSONS,
    }


def _shown(frame: pl.LazyFrame, anything: bool, beside: "Beside") -> pl.LazyFrame:
    sure, possible = ([pl.col(f"{name}__{end}") for name in RISKS] for end in ("lo", "hi"))
    more = dict(beside(~_any(*_refusals().values())))
    asked, faults, refusals = _asked(anything, more.pop("open", pl.lit(value=False))), _faults(anything), _refusals()
    kinds = [_both(name) for name in CATEGORIES[:-1]]
    first: list[Pair] = []
    for at, (lo, hi) in enumerate(kinds):
        earlier = kinds[:at]
        first.append((reduce(and_, (~p for _, p in earlier), lo), reduce(and_, (~s for s, _ in earlier), hi)))
    first.append((~_any(*(hi for _, hi in kinds)), ~_any(*(lo for lo, _ in kinds))))
    category = pl.lit(None, pl.Int32)
    for at, (surely, _) in enumerate(first):  # no two are sure at once
        category = pl.when(surely).then(at).otherwise(category)
    frame = frame.with_columns(**{f"refusal:{name}": flag for name, flag in refusals.items()})
    refused = _any(*(pl.col(f"refusal:{name}") for name in refusals))
    status = pl.when(refused).then(3).when(_any(*sure)).then(1).when(_any(*possible)).then(2).otherwise(0)
    given = ~refused
    packed = {
        "possible_categories": (CATEGORIES, [hi for _, hi in first]),
        "risks": (RISKS, sure),
        "unknown_risks": (RISKS, [_unknown(name) for name in RISKS]),
        "to_ask": (tuple(asked), list(asked.values())),
    }
    wrong = [*faults.values(), *(pl.col(f"refusal:{name}") for name in refusals)]
    coded = frame.select(
        "household_id",
        status=status,
        grade=pl.when(given).then(pl.col("grade_lo")),
        possible_grade=pl.when(given).then(pl.col("grade_hi")),
        category=pl.when(given).then(category),
        **{name: pl.when(given).then(_packed(flags)) for name, (_, flags) in packed.items()},
        faults=_packed(wrong),
        **more,
    )
    names = {name: _names(name, of) for name, (of, _) in packed.items()}
    text = pl.String()
    return coded.select(
        "household_id",
        status=_picked(("clear", "graded", "unknown", "refused"), pl.col("status"), text),
        grade=_picked(GRADES, pl.col("grade"), text),
        possible_grade=_picked(GRADES, pl.col("possible_grade"), text),
        category=_picked(CATEGORIES, pl.col("category"), text),
        **names,
        handled_by=_picked(HANDLERS, pl.col("grade"), pl.List(pl.String)),
        faults=_names("faults", (*faults, *refusals)),
        **{name: pl.col(name) for name in more},
    )
