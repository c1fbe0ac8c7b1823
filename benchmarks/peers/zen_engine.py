"""The thirteen rules in zen-engine: one decision of expression nodes, evaluated as its documentation shows."""

import json
import time
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

import zen

RULES = {
    "low_income": "net / size < 7500",
    "medical_burden": "medical > 20000 or medical > 0.3 * net",
    "rigid_burden": "rigid_spending > 30000",
    "income_fall": "previous - net / size > 0.3 * previous",
    "disaster_hit": "disaster_loss > 10000",
    "nobody_employed": "none(members, #.employed)",
    "disabled_without_labour": "some(members, #.health == 'disabled' and (#.labour in ['lost', 'none']))",
    "out_of_school": "some(members, floor((20240501 - #.born) / 10000) >= 6 and floor((20240501 - #.born) / 10000) < 16 and not #.in_school)",
    "uninsured": "some(members, not #.insured)",
    "unsafe_housing": "housing == 'not_met' or (housing_grade in ['C', 'D'])",
    "unsafe_water": "water == 'not_met'",
    "hungry": "food == 'not_met'",
    "unclothed": "clothing == 'not_met'",
}
NEEDS = ["out_of_school", "uninsured", "unsafe_housing", "unsafe_water", "hungry", "unclothed"]


def _expressions(node: str, pairs: dict[str, str], passing: bool = True) -> dict[str, object]:
    expressions = [{"id": f"{node}{i}", "key": key, "value": value} for i, (key, value) in enumerate(pairs.items())]
    return {
        "id": node, "name": node, "type": "expressionNode", "position": {"x": 0, "y": 0},
        "content": {"expressions": expressions, "passThrough": passing},
    }  # fmt: skip


def decision() -> dict[str, object]:
    """Input, derived numbers, risks, grade, output."""
    total = "wage_income + business_income + property_income + transfer_income - business_expense"
    held = " + ".join(f"({name} ? 1 : 0)" for name in RULES)
    grade = f"({' or '.join(NEEDS)}) ? 'red' : ({held}) > 1 ? 'yellow' : ({held}) > 0 ? 'blue' : 'none'"
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode", "position": {"x": 0, "y": 0}, "content": {}},
        _expressions("sums", {"net": total, "medical": "sum(map(members, #.paid))"}),
        _expressions("risks", RULES),
        _expressions("grades", {"grade": grade}),
        {"id": "out", "name": "out", "type": "outputNode", "position": {"x": 0, "y": 0}, "content": {}},
    ]
    names = ["in", "sums", "risks", "grades", "out"]
    edges = [{"id": f"e{i}", "type": "edge", "sourceId": a, "targetId": b} for i, (a, b) in enumerate(pairwise(names))]
    return {"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges}


def main() -> None:
    household = json.loads((Path(__file__).parent / "household.json").read_text(encoding="utf-8"))
    compiled = zen.ZenEngine().create_decision(json.dumps(decision()))
    result = compiled.evaluate(household)["result"]
    seconds = []
    for _ in range(41):
        start = time.perf_counter()
        for _ in range(50):
            compiled.evaluate(household)
        seconds.append((time.perf_counter() - start) / 50)
    risks = [name for name in RULES if result[name]]
    grade = None if result["grade"] == "none" else result["grade"]
    print(json.dumps({"version": version("zen-engine"), "grade": grade, "risks": risks, "seconds": seconds}))


main()
