"""What the pack of `packs/paying` comes to for some households, worked out by hand. No test itself."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from attrs import Factory, frozen

from fanpin import Between, grade, load_pack
from tests.result_laws import not_as_evaluated

PAYING = load_pack(Path(__file__).parent / "packs" / "paying")
ON = date(2024, 5, 1)
ADULT, CHILD = {"birth_date": date(1980, 1, 1), "away": False}, {"birth_date": date(2015, 1, 1), "away": False}
_USUAL = {
    "household_id": "1", "size": 1, "members": [ADULT], "members_complete": True,
    "aid_class": "minimum", "bill": 0, "paid_before": 0, "rooms": 4, "rents": False, "proposed": 0,
}  # fmt: skip


@frozen
class Case:
    """What is known beside the usual, and what comes of it: amounts, kinds, or states where there is neither."""

    facts: Mapping[str, Any]
    expected: Mapping[str, Any]
    faults: tuple[str, ...] = ()
    on: date = ON
    rows: tuple[float, ...] = Factory(tuple)


CASES = (
    # 6,000 between 3,000 and 10,000 at 60 %, the rest at 70 %, less what 8,000 paid before
    Case({"bill": 20_000, "paid_before": 8_000}, {"medical_aid": 13_800, "class_grant": 500, "level": "none"}),
    Case({"bill": 3_000}, {"medical_aid": 0}),
    Case({"bill": 10_000}, {"medical_aid": 4_200}),
    Case({"bill": 10_001.99}, {"medical_aid": 4_201}),
    Case({"bill": 10_000, "aid_class": "destitute"}, {"medical_aid": 4_900}),
    Case({"bill": 100_000, "aid_class": "destitute"}, {"medical_aid": 50_000}),
    Case({"bill": 100_000, "paid_before": 10_000, "aid_class": "destitute"}, {"medical_aid": 45_100}),
    Case({"bill": 20_000, "aid_class": "other"}, {"medical_aid": 0}),
    Case({"bill": 10_000, "rents": True, "rent": 10_000}, {"medical_aid": 0}),
    Case({"bill": 10_000, "rents": True, "rent": 9_999.99}, {"medical_aid": 4_200}),
    # all of it at one rate, from 3,000 on; 10,000 is in the upper band
    Case({"bill": 2_999.99}, {"relief": 0}),
    Case({"bill": 3_000}, {"relief": 600}),
    Case({"bill": 9_999.99}, {"relief": 2_000}),
    Case({"bill": 10_000}, {"relief": 1_000}),
    Case({"bill": Between(4_000, 9_000)}, {"relief": Between(800, 1_800)}),
    Case({"bill": Between(9_000, 12_000)}, {"relief": Between(1_000, 2_000)}),
    # a table by class and rooms
    Case({"aid_class": "destitute", "rooms": 0}, {"class_grant": 1000.05, "house": "left"}, ("score-twice",)),
    Case({"aid_class": "destitute", "rooms": 2}, {"level": "middle", "house": "eligible"}, ("score-twice",)),
    Case({"aid_class": "destitute", "rooms": 3}, {"class_grant": 800, "house": "none"}),
    Case({"aid_class": "destitute", "rooms": 12}, {"class_grant": 800}),
    Case({"rooms": 5}, {"class_grant": 500}),
    Case({"rooms": 6}, {"class_grant": "refused"}, ("table-no-row",)),
    Case({"rooms": 6}, {"class_grant": 400}, on=date(2024, 6, 1)),
    Case({"rooms": 9}, {"class_grant": "refused"}, ("table-no-row",), on=date(2024, 6, 1)),
    Case({"rooms": 9, "proposed": 500}, {"proposal": "refused"}, ("table-no-row",)),
    Case({"rooms": 9, "aid_class": "destitute", "proposed": 800}, {"proposal": "within"}),
    Case({"rooms": 9, "aid_class": "destitute", "proposed": 800.01}, {"proposal": "left"}),
    # a score card
    Case({"aid_class": "destitute", "rooms": 2, "rents": True, "rent": 0}, {"level": "high"}, ("score-twice",)),
    Case({"rents": True, "rent": 0}, {"level": "none"}),
    Case({"rents": True, "rent": 0, "members": [CHILD]}, {"level": "middle"}, rows=(3000,)),
    Case({"rents": True, "rent": 0, "members": [{**CHILD, "away": True}]}, {"level": "none"}, rows=(3000,)),
    # limits, and rows
    Case({"proposed": 50_000}, {"proposal": "within"}),
    Case({"proposed": 50_000.01}, {"proposal": "above"}),
    Case({"size": 2, "members": [CHILD, ADULT]}, {}, rows=(3000, 0)),
    Case({"members": [{**ADULT, "away": True, "left_on": date(2023, 5, 2)}]}, {"lately_left": "eligible"}),
    Case({"members": [{**ADULT, "away": True, "left_on": date(2023, 5, 1)}]}, {"lately_left": "none"}),
    Case({"members": [{**ADULT, "left_on": date(2023, 5, 2)}]}, {"lately_left": "none"}, ("does-not-apply",)),
)  # fmt: skip


def wrong_payments() -> Iterator[str]:
    """Every case that comes to something else."""
    for at, case in enumerate(CASES):
        found = grade(PAYING.household({**_USUAL, **case.facts}), pack=PAYING, on=case.on)
        of_household = [outcome for outcome in found.results if outcome.row is None]
        said = {o.result: o.state if o.state in ("refused", "left") else o.kind or o.amount for o in of_household}
        if {name: said[name] for name in case.expected} != case.expected:
            yield f"case {at}: {said}"
        if tuple(fault.code for fault in found.faults) != case.faults:
            yield f"case {at}: {[fault.code for fault in found.faults]}"
        yield from not_as_evaluated(found, PAYING.rules)
        rows = tuple(outcome.amount for outcome in found.results if outcome.row is not None)
        if case.rows and rows != case.rows:
            yield f"case {at}: {rows}"
