"""The thirteen rules in zen-engine: one decision of one expression node, compiled once.

Loaded as its documentation advises for speed: a loader that returns precompiled content. (`create_decision`, its
first example, costs some 150 us a call more.) In the expressions, `$` is what the node worked out further up.
"""

import json
from importlib.metadata import version
from typing import Any

import zen
from pipe import serve

SUMS = {
    "net": "wage_income + business_income + property_income + transfer_income - business_expense",
    "per_person": "$.net / size",
    "medical_spending": "sum(map(members, #.out_of_pocket))",
}
RISKS = {
    "low_income": "$.per_person < 7500",
    "medical_burden": "$.medical_spending > 20000 or $.medical_spending > 0.3 * $.net",
    "rigid_burden": "rigid_spending > 30000",
    "income_fall": "previous_net_income_per_person - $.per_person > 0.3 * previous_net_income_per_person",
    "disaster_hit": "disaster_loss > 10000",
    "nobody_employed": "none(members, #.employed)",
    "disabled_without_labour": "some(members, #.health == 'disabled' and (#.labour in ['lost', 'none']))",
    "out_of_school": "some(members, not #.in_school and (d('2024-05-01').diff(d(#.birth_date), 'year') in [6..16)))",
    "uninsured": "some(members, not #.basic_medical_insurance)",
    "unsafe_housing": "housing == 'not_met' or (housing_grade in ['C', 'D'])",
    "unsafe_water": "water == 'not_met'",
    "hungry": "food == 'not_met'",
    "unclothed": "clothing == 'not_met'",
}
NEEDS = ("out_of_school", "uninsured", "unsafe_housing", "unsafe_water", "hungry", "unclothed")
GRAVE = ("medical_burden", "rigid_burden", "income_fall", "disaster_hit")


def _any(names: tuple[str, ...]) -> str:
    return "(" + " or ".join(f"$.{name}" for name in names) + ")"


RESULTS = {
    "held": f"count([{', '.join(f'$.{name}' for name in RISKS)}], #)",
    "grade": f"{_any(NEEDS)} ? 'red' : $.held > 1 ? 'yellow' : $.held == 1 ? 'blue' : null",
    "category": (
        "$.low_income ? (registered_poor ? 'unstable' : 'marginal')"
        f" : sudden_event and basic_living_difficulty and {_any(GRAVE)} ? 'sudden' : 'none'"
    ),
}


def decision() -> dict[str, Any]:
    """The decision as JSON, in the form that the engine's editor writes: input, expressions, output."""
    pairs = {**SUMS, **RISKS, **RESULTS}
    expressions = [{"id": key, "key": key, "value": value} for key, value in pairs.items()]
    contents = {
        "in": ("inputNode", {}),
        "rules": ("expressionNode", {"expressions": expressions, "passThrough": False}),
        "out": ("outputNode", {}),
    }
    nodes = [
        {"id": name, "name": name, "type": kind, "position": {"x": 0, "y": 0}, "content": content}
        for name, (kind, content) in contents.items()
    ]
    ways = [("in", "rules"), ("rules", "out")]
    edges = [{"id": f"{a}-{b}", "type": "edge", "sourceId": a, "targetId": b} for a, b in ways]
    return {"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges}


def main() -> None:
    content = zen.ZenDecisionContent(json.dumps(decision()))
    engine = zen.ZenEngine({"loader": lambda _: content})

    def assess(household: dict[str, Any]) -> tuple[str | None, str, list[str]]:
        result = engine.evaluate("thirteen", household)["result"]
        return result.get("grade"), result["category"], [name for name in RISKS if result[name]]

    serve(version("zen-engine"), lambda household: household, assess)


main()
