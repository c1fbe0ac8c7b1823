"""The thirteen rules in OpenFisca-Core: variables with formulas, a simulation of one household built for each call."""

import json
import time
from importlib.metadata import version
from pathlib import Path

import numpy
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

YEAR = "2024"
Person = build_entity(key="person", plural="persons", label="person", is_person=True)
Home = build_entity(
    key="household",
    plural="households",
    label="household",
    roles=[{"key": "member", "plural": "members", "label": "m"}],
)
NUMBERS = [
    "size",
    "wage_income",
    "business_income",
    "property_income",
    "transfer_income",
    "business_expense",
    "previous",
    "rigid_spending",
    "disaster_loss",
]
TEXTS = ("housing_grade", "food", "clothing", "housing", "water")
FLAGS = ("in_school", "employed", "insured")
NEEDS = ("out_of_school", "uninsured", "unsafe_housing", "unsafe_water", "hungry", "unclothed")


def _variable(name: str, kind: type, entity: object, formula: object = None) -> type[Variable]:
    body = {"value_type": kind, "entity": entity, "definition_period": DateUnit.YEAR, "label": name}
    if kind is float:
        body["default_value"] = 0.0
    if formula is not None:
        body["formula"] = formula
    return type(name, (Variable,), body)


def _net(h, p):  # type: ignore[no-untyped-def]
    return (
        h("wage_income", p) + h("business_income", p) + h("property_income", p) + h("transfer_income", p)
        - h("business_expense", p)
    )  # fmt: skip


def _school_age(m, p):  # type: ignore[no-untyped-def]
    age = numpy.floor((20240501 - m("born", p)) / 10000)
    return (age >= 6) * (age < 16) * ~m("in_school", p)


def _no_labour(m, p):  # type: ignore[no-untyped-def]
    labour = m("labour", p)
    return (m("health", p) == "disabled") * ((labour == "lost") + (labour == "none"))


FORMULAS = {
    "low_income": lambda h, p: _net(h, p) / h("size", p) < 7500,
    "medical_burden": lambda h, p: (
        (h.sum(h.members("paid", p)) > 20000) + (h.sum(h.members("paid", p)) > 0.3 * _net(h, p))
    ),
    "rigid_burden": lambda h, p: h("rigid_spending", p) > 30000,
    "income_fall": lambda h, p: h("previous", p) - _net(h, p) / h("size", p) > 0.3 * h("previous", p),
    "disaster_hit": lambda h, p: h("disaster_loss", p) > 10000,
    "nobody_employed": lambda h, p: ~h.any(h.members("employed", p)),
    "disabled_without_labour": lambda h, p: h.any(_no_labour(h.members, p)),
    "out_of_school": lambda h, p: h.any(_school_age(h.members, p)),
    "uninsured": lambda h, p: h.any(~h.members("insured", p)),
    "unsafe_housing": lambda h, p: (h("housing", p) == "not_met") + numpy.isin(h("housing_grade", p), ["C", "D"]),
    "unsafe_water": lambda h, p: h("water", p) == "not_met",
    "hungry": lambda h, p: h("food", p) == "not_met",
    "unclothed": lambda h, p: h("clothing", p) == "not_met",
}


def system() -> TaxBenefitSystem:
    """Inputs and rules."""
    made = TaxBenefitSystem([Home, Person])
    made.add_variables(
        *(_variable(n, float, Home) for n in NUMBERS),
        *(_variable(n, str, Home) for n in TEXTS),
        *(_variable(n, bool, Person) for n in FLAGS),
        *(_variable(n, float, Person) for n in ("born", "paid")),
        *(_variable(n, str, Person) for n in ("health", "labour")),
        *(_variable(n, bool, Home, formula) for n, formula in FORMULAS.items()),
    )
    return made


def situation(h: dict) -> dict:
    """One household in OpenFisca's own form."""
    persons = {f"p{i}": {k: {YEAR: v} for k, v in m.items()} for i, m in enumerate(h["members"])}
    home = {k: {YEAR: h[k]} for k in (*NUMBERS, *TEXTS)}
    return {"persons": persons, "households": {"h": {**home, "members": list(persons)}}}


def assess(made: TaxBenefitSystem, given: dict) -> tuple[str | None, list[str]]:
    """The grade and the risks that hold."""
    simulation = SimulationBuilder().build_from_entities(made, given)
    held = [name for name in FORMULAS if bool(simulation.calculate(name, YEAR)[0])]
    if set(held) & set(NEEDS):
        return "red", held
    return ("yellow" if len(held) > 1 else "blue" if held else None), held


def main() -> None:
    given = situation(json.loads((Path(__file__).parent / "household.json").read_text(encoding="utf-8")))
    made = system()
    grade, risks = assess(made, given)
    seconds = []
    for _ in range(41):
        start = time.perf_counter()
        for _ in range(5):
            assess(made, given)
        seconds.append((time.perf_counter() - start) / 5)
    print(json.dumps({"version": version("OpenFisca-Core"), "grade": grade, "risks": risks, "seconds": seconds}))


main()
