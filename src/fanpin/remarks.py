"""What a pack may well say, but seldom means: bands that pay less for more, and averages over other rows than counted.

A remark refuses nothing. `fanpin pack check` shows them.
"""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from fanpin.errors import Place, Problem, unique
from fanpin.expressions.nodes import Aggregate, Bands, Fact, Literal, Node, Op, Parameter, walk
from fanpin.expressions.scope import Source
from fanpin.expressions.types import NumberType
from fanpin.i18n import Label
from fanpin.rules import RuleSet
from fanpin.sentences import PackVocabulary


def remarks(rules: RuleSet) -> tuple[Problem, ...]:
    """The remarks on a pack's definitions, in their order."""
    found: list[Problem] = []
    for name, tree in rules.definitions.items():
        for node in walk(tree):
            match node:
                case Bands():
                    found += [*_less_for_more(rules, name, node), *_falling(rules, name, node)]
                    found += _more_than_all(rules, name, node)
                case Op(name="div", args=(above, below)):
                    found += _unlike_rows(rules, name, above, below)
    return tuple(unique(found))


def _place(rules: RuleSet, name: str) -> Place:
    if name in rules.spec.filtered:
        return rules.spec.filtered[name].where.place(0, 0)
    text = rules.spec.definitions[name].text
    return text.place(0, 0) if isinstance(text, Source) else text.place


def _label(rules: RuleSet, name: str) -> Label:
    return PackVocabulary(rules.spec).definition(name)


def _less_for_more(rules: RuleSet, name: str, node: Bands) -> Iterator[Problem]:
    """Whole bands whose rate falls pay less just above the limit than at it."""
    rates = [rate.type for rate in node.rates]
    for at, (lower, upper) in enumerate(pairwise(rates)):
        assert isinstance(lower, NumberType)
        assert isinstance(upper, NumberType)
        if node.whole and upper.lo < lower.hi:
            yield Problem("less-for-more", _place(rules, name), {"label": _label(rules, name), "band": at + 2})


def _more_than_all(rules: RuleSet, name: str, node: Bands) -> Iterator[Problem]:
    """A rate of money above the whole: 65 for 65 %, or 5 points for five hundredths."""
    for at, rate in enumerate(node.rates):
        assert isinstance(rate.type, NumberType)
        if not rate.type.unit.has_money and node.of.type.unit.has_money and rate.type.hi > 10**rate.type.decimals:  # type: ignore[union-attr]  # a number
            yield Problem("rate-over-all", _place(rules, name), {"label": _label(rules, name), "band": at + 1})
            return


def _falling(rules: RuleSet, name: str, node: Bands) -> Iterator[Problem]:
    """Limits that are parameters, and on some day do not rise from band to band."""
    table = rules.spec.parameters
    for lower, upper in pairwise(node.limits):
        if not (isinstance(lower, Parameter) and isinstance(upper, Parameter)):
            continue
        regions: set[str | None] = {None, *table.regions([lower.name, upper.name])}
        days = sorted({*table.changes(lower.name), *table.changes(upper.name)})
        for region, day in ((region, day) for region in sorted(regions, key=str) for day in days):
            low, high = (table.value(limit.name, day, region) for limit in (lower, upper))
            if low is not None and high is not None and low >= high:
                yield _falls(rules, name, (lower.name, upper.name), day)
                break


def _falls(rules: RuleSet, name: str, limits: tuple[str, str], day: date) -> Problem:
    lower, upper = (rules.spec.parameters.parameters[limit].label for limit in limits)
    details = {"label": _label(rules, name), "lower": lower, "upper": upper, "day": day.isoformat()}
    return Problem("limits-fall", _place(rules, name), details)


def _unlike_rows(rules: RuleSet, name: str, above: Node, below: Node) -> Iterator[Problem]:
    """An average whose sum and whose number are not of the same rows."""
    counted = {n.where for n in walk(below) if isinstance(n, Aggregate) and n.kind == "count"}
    sizes = {scope.size_fact: of for of, scope in rules.collections.items()}
    everybody = {sizes[n.name] for n in walk(below) if isinstance(n, Fact) and n.name in sizes}
    for part in walk(above):
        if not (isinstance(part, Aggregate) and part.kind == "sum"):
            continue
        is_all = isinstance(part.where, Literal)
        if (counted and part.where not in counted) or (part.collection in everybody and not is_all):
            yield Problem("unlike-rows", _place(rules, name), {"label": _label(rules, name)})
            return
