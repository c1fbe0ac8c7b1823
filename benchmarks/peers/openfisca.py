"""The thirteen rules in OpenFisca-Core: variables with formulas, parameters with dates, choices as enums.

As its documentation does it for one household: a situation in JSON's form, a simulation built of it, and the
variables that are asked for calculated. Every fact of the situation is a variable, also those that no rule reads.
"""

import datetime
from importlib.metadata import version
from typing import Any

import numpy
from openfisca_core.entities import build_entity
from openfisca_core.indexed_enums import Enum
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable
from pipe import serve

MONTH = "2024-05"  # what a formula knows of the day of grading: the first of it
Person = build_entity(key="person", plural="persons", label="person", is_person=True)
Home = build_entity(
    key="household",
    plural="households",
    label="household",
    roles=[{"key": "member", "plural": "members", "label": "member"}],
)


class Need(Enum):
    met = "met"
    at_risk = "at risk"
    not_met = "not met"


class HouseGrade(Enum):
    A = "A"
    B = "B"
    C = "C"
    D = "D"


class Labour(Enum):
    ordinary = "ordinary"
    skilled = "skilled"
    weak = "weak"
    lost = "lost"
    none = "none"


class Health(Enum):
    healthy = "healthy"
    chronic = "chronic"
    serious = "serious"
    disabled = "disabled"


class Grade(Enum):
    clear = "no grade"
    blue = "blue"
    yellow = "yellow"
    red = "red"


class Category(Enum):
    none = "none"
    unstable = "unstable"
    marginal = "marginal"
    sudden = "sudden"


ENUMS = {
    **dict.fromkeys(("food", "clothing", "education", "medical", "housing", "water"), Need),
    "housing_grade": HouseGrade, "labour": Labour, "health": Health, "grade": Grade, "category": Category,
}  # fmt: skip
LINES = {
    "income_line": 7500, "medical_line": 20000, "rigid_line": 30000, "disaster_line": 10000,
    "medical_share": 0.3, "fall_share": 0.3,
}  # fmt: skip

# ── formulas ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _age(person, period, _):  # type: ignore[no-untyped-def]
    birth = person("birth_date", period)
    month = birth.astype("datetime64[M]").astype(int) % 12 + 1
    day = (birth - birth.astype("datetime64[M]") + 1).astype(int)
    start = period.start
    had_birthday = (month < start.month) + (month == start.month) * (day <= start.day)
    return start.year - (birth.astype("datetime64[Y]").astype(int) + 1970) - numpy.where(had_birthday, 0, 1)


def _net_income(h, p, _):  # type: ignore[no-untyped-def]
    incomes = ("wage_income", "business_income", "property_income", "transfer_income")
    return sum(h(name, p) for name in incomes) - h("business_expense", p)


def _medical_burden(h, p, parameters):  # type: ignore[no-untyped-def]
    spent, lines = h("medical_spending", p), parameters(p)
    return (spent > lines.medical_line) + (spent > lines.medical_share * h("net_income", p))


def _income_fall(h, p, parameters):  # type: ignore[no-untyped-def]
    before = h("previous_net_income_per_person", p)
    return before - h("per_person", p) > parameters(p).fall_share * before


def _no_labour(person, p):  # type: ignore[no-untyped-def]
    labour = person("labour", p)
    return (person("health", p) == Health.disabled) * ((labour == Labour.lost) + (labour == Labour.none))


def _out_of_school(person, p):  # type: ignore[no-untyped-def]
    age = person("age", p)
    return (age >= 6) * (age < 16) * numpy.logical_not(person("in_school", p))


def _unsafe_housing(h, p, _):  # type: ignore[no-untyped-def]
    grade = h("housing_grade", p)
    return (h("housing", p) == Need.not_met) + (grade == HouseGrade.C) + (grade == HouseGrade.D)


RISKS = {
    "low_income": lambda h, p, parameters: h("per_person", p) < parameters(p).income_line,
    "medical_burden": _medical_burden,
    "rigid_burden": lambda h, p, parameters: h("rigid_spending", p) > parameters(p).rigid_line,
    "income_fall": _income_fall,
    "disaster_hit": lambda h, p, parameters: h("disaster_loss", p) > parameters(p).disaster_line,
    "nobody_employed": lambda h, p, _: numpy.logical_not(h.any(h.members("employed", p))),
    "disabled_without_labour": lambda h, p, _: h.any(_no_labour(h.members, p)),
    "out_of_school": lambda h, p, _: h.any(_out_of_school(h.members, p)),
    "uninsured": lambda h, p, _: h.any(numpy.logical_not(h.members("basic_medical_insurance", p))),
    "unsafe_housing": _unsafe_housing,
    "unsafe_water": lambda h, p, _: h("water", p) == Need.not_met,
    "hungry": lambda h, p, _: h("food", p) == Need.not_met,
    "unclothed": lambda h, p, _: h("clothing", p) == Need.not_met,
}
NEEDS = ("out_of_school", "uninsured", "unsafe_housing", "unsafe_water", "hungry", "unclothed")
GRAVE = ("medical_burden", "rigid_burden", "income_fall", "disaster_hit")


def _grade(h, p, _):  # type: ignore[no-untyped-def]
    needs, held = (sum(h(name, p).astype(int) for name in names) for names in (NEEDS, RISKS))
    return numpy.select([needs > 0, held > 1, held == 1], [Grade.red, Grade.yellow, Grade.blue], Grade.clear)


def _category(h, p, _):  # type: ignore[no-untyped-def]
    low, poor = h("low_income", p), h("registered_poor", p)
    sudden = h("sudden_event", p) * h("basic_living_difficulty", p) * (sum(h(name, p) for name in GRAVE) > 0)
    kinds = [Category.unstable, Category.marginal, Category.sudden]
    return numpy.select([low * poor, low * numpy.logical_not(poor), sudden], kinds, Category.none)


FORMULAS = {  # of whom, of which kind, and how
    "age": (Person, int, _age),
    "net_income": (Home, float, _net_income),
    "per_person": (Home, float, lambda h, p, _: h("net_income", p) / h("size", p)),
    "medical_spending": (Home, float, lambda h, p, _: h.sum(h.members("out_of_pocket", p))),
    **{name: (Home, bool, formula) for name, formula in RISKS.items()},
    "grade": (Home, Enum, _grade),
    "category": (Home, Enum, _category),
}

# ── the system ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _variable(name: str, kind: type, entity: object, formula: object = None) -> type[Variable]:
    body = {"value_type": kind, "entity": entity, "definition_period": DateUnit.MONTH, "label": name}
    if kind is datetime.date:
        body["definition_period"] = DateUnit.ETERNITY
    if kind is Enum:
        body |= {"possible_values": ENUMS[name], "default_value": next(iter(ENUMS[name]))}
    if formula is not None:
        body["formula"] = formula
    return type(name, (Variable,), body)


def _kind(name: str, value: object) -> type:
    if name in ENUMS:
        return Enum
    if isinstance(value, str):
        return datetime.date if name in ("birth_date", "identified_on", "eliminated_on") else str
    return type(value)


def _facts(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name not in ("household_id", "members")}


def system(household: dict[str, Any]) -> TaxBenefitSystem:
    """Every fact that the household gives, and the rules."""
    made = TaxBenefitSystem([Home, Person])
    data = {name: {"values": {"2020-01-01": {"value": value}}} for name, value in LINES.items()}
    made.parameters = ParameterNode("", data=data)
    inputs = [(Home, _facts(household)), (Person, _facts(household["members"][0]))]
    made.add_variables(
        *(_variable(name, _kind(name, value), of, None) for of, facts in inputs for name, value in facts.items()),
        *(_variable(name, kind, of, formula) for name, (of, kind, formula) in FORMULAS.items()),
    )
    return made


def situation(household: dict[str, Any]) -> dict[str, Any]:
    """One household in OpenFisca's own form."""
    persons = {f"p{at}": _dated(member) for at, member in enumerate(household["members"])}
    return {"persons": persons, "households": {"h": {**_dated(household), "members": list(persons)}}}


def _dated(record: dict[str, Any]) -> dict[str, Any]:
    facts = _facts(record).items()
    return {n: {"ETERNITY" if _kind(n, v) is datetime.date else MONTH: v} for n, v in facts}


_SYSTEMS: dict[frozenset[str], TaxBenefitSystem] = {}  # by the facts that are given


def prepare(household: dict[str, Any]) -> tuple[TaxBenefitSystem, dict[str, Any]]:
    """The system for the facts of a household, made once, and its situation."""
    facts = frozenset(household) | frozenset(household["members"][0])
    if facts not in _SYSTEMS:
        _SYSTEMS[facts] = system(household)
    return _SYSTEMS[facts], situation(household)


def assess(given: tuple[TaxBenefitSystem, dict[str, Any]]) -> tuple[str | None, str, list[str]]:
    """The grade, the category and the risks that hold."""
    simulation = SimulationBuilder().build_from_entities(*given)
    grade, category = (simulation.calculate(name, MONTH).decode()[0] for name in ("grade", "category"))
    held = [name for name in RISKS if simulation.calculate(name, MONTH)[0]]
    return (None if grade is Grade.clear else grade.name), category.name, held


if __name__ == "__main__":
    serve(version("OpenFisca-Core"), prepare, assess)
