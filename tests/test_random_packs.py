"""Random packs: what `grade` says is what the evaluator says, categories, grades and verdicts included."""

from datetime import date
from itertools import accumulate
from operator import or_
from random import Random
from types import SimpleNamespace
from typing import Any

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from fanpin import Household, Verdict, grade
from fanpin.expressions.evaluate import Evaluator
from fanpin.expressions.nodes import Nodes
from fanpin.expressions.scope import Scope
from fanpin.facts import FactTable
from fanpin.i18n import Label
from fanpin.live import Live
from fanpin.results import NONE
from fanpin.rule_building import build_rules, collection_scopes
from fanpin.rules import Category, GradeRule, Risk, RuleSet, RuleSpec
from fanpin.testing import HouseholdWriter, RuleWriter
from fanpin.verdicts import Ruling

ON = date(2024, 2, 29)
TABLE = FactTable.of(Household)
LABEL = Label("名", "name")
GRADES = [
    "any(r.has_need for r in risks)",
    "count(risks) >= 2",
    "a and b",
    "b or c",
    "count(risks) >= 1",
    "count(r for r in risks if r.kind == 'k') >= 2",
    "count(risks) > 0 and all(r.name in {'a', 'b', 'c'} for r in risks)",
]
CATEGORIES = ["count(risks) > 0 and {}", "not a and {}", "{} or b", "any(r.has_need for r in risks) if {} else c"]


def _scope() -> Scope:
    facts = {name: fact.type for name, fact in TABLE.household.items() if fact.read}
    return Scope(Nodes(), facts, collection_scopes(TABLE))


def _random_rules(random: Random) -> RuleSet | None:
    """Three random risks, two categories over facts and risks, three grades over risks."""
    writer = RuleWriter(random, _scope())
    needs = [random.choice([None, "water"]) for _ in "abc"]
    risks = {n: Risk(n, writer.rule(2), LABEL, need, "k") for n, need in zip("abc", needs, strict=True)}
    picked = random.sample(CATEGORIES, 2)
    categories = {f"c{i}": Category(f"c{i}", text.format(writer.rule(1)), LABEL) for i, text in enumerate(picked)}
    chosen = random.sample(GRADES, 3)
    grades = {f"g{i}": GradeRule(f"g{i}", text, LABEL, ("county",)) for i, text in enumerate(chosen)}
    return build_rules(RuleSpec(TABLE, risks=risks, categories=categories, grades=grades))[0]


def _random_household(random: Random) -> Household:
    known = HouseholdWriter(random, _scope()).household()
    members = known.rows["members"]
    return Household.model_validate(
        {
            **known.household,
            "household_id": "1",
            "members": members,
            "members_complete": known.complete["members"],
        }
    )


def _pack(rules: RuleSet) -> Any:
    return SimpleNamespace(name="p", label=LABEL, hash="0", region=None, rules=rules, facts_valid_months=None)


def _decided(risk: tuple[bool, bool], verdict: Verdict | None) -> tuple[bool, bool]:
    return risk if verdict is None else (verdict.ruling == "confirmed",) * 2


def _selected(ends: list[tuple[bool, bool]]) -> tuple[list[bool], list[bool]]:
    """Item i is sure if surely so and none before possibly, possible if possibly so and none before surely."""
    possible_before = [False, *accumulate((hi for _, hi in ends), or_)]
    sure_before = [False, *accumulate((lo for lo, _ in ends), or_)]
    with_none = [*ends, (True, True)]
    return (
        [lo and not before for (lo, _), before in zip(with_none, possible_before, strict=True)],
        [hi and not before for (_, hi), before in zip(with_none, sure_before, strict=True)],
    )


@given(st.randoms(use_true_random=False))
def test_grade_says_what_the_evaluator_says(random: Random) -> None:
    rules = _random_rules(random)
    if rules is None:
        return
    for _ in range(3):
        household = _random_household(random)
        options: list[Ruling | None] = [None, None, "confirmed", "rejected"]
        rulings = random.choices(options, k=3)
        verdicts = {
            name: Verdict(name, ruling, by="county", day=ON, reason="a test")
            for name, ruling in zip("abc", rulings, strict=True)
            if ruling is not None
        }
        found = grade(household, pack=_pack(rules), on=ON, verdicts=tuple(verdicts.values()))
        live = found._source
        assert isinstance(live, Live)
        reading = live.explainer.reading
        by_rule = {name: Evaluator(reading).range(tree) for name, tree in rules.risks.items()}
        decided = {name: _decided(by_rule[name], verdicts.get(name)) for name in "abc"}
        state = {(True, True): "holds", (False, True): "unknown", (False, False): "clear"}
        assert [f.by_rule for f in found.findings] == [state[by_rule[n]] for n in "abc"]
        assert [f.state for f in found.findings] == [state[decided[n]] for n in "abc"]
        names = rules.grade_names
        assert found.grade == names[rules.grade_of(n for n in "abc" if decided[n][0])]
        assert found.possible_grade == names[rules.grade_of(n for n in "abc" if decided[n][1])]
        with_risks = Evaluator(evolve(reading, risks=decided))
        sure, possible = _selected([with_risks.range(tree) for tree in rules.categories.values()])
        all_names = [*rules.categories, NONE]
        assert found.category == next((n for n, is_sure in zip(all_names, sure, strict=True) if is_sure), None)
        assert found.possible_categories == tuple(n for n, may in zip(all_names, possible, strict=True) if may)
        for language in ("zh", "en"):
            assert found.explain(language)
        assert type(found).from_dict(found.to_dict()) == found


@given(st.randoms(use_true_random=False))
def test_every_unknown_risk_leads_to_a_question(random: Random) -> None:
    rules = _random_rules(random)
    if rules is None:
        return
    found = grade(_random_household(random), pack=_pack(rules), on=ON)
    asked = {risk for question in found.to_ask for risk in question.risks}
    assert asked == set(found.unknown_risks)


def test_most_random_packs_are_taken() -> None:
    taken = sum(_random_rules(Random(seed)) is not None for seed in range(60))
    assert taken >= 20
