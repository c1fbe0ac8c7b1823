"""What a pack may well say, but seldom means: bands that pay less for more, tables with gaps, limits of no number.

A remark refuses nothing. `fanpin pack check` shows them.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice, pairwise

from fanpin.errors import Place, Problem, unique
from fanpin.expressions import check
from fanpin.expressions.functions import ON
from fanpin.expressions.nodes import Aggregate, Bands, Fact, Literal, Node, Op, Parameter, walk
from fanpin.expressions.scope import Source
from fanpin.expressions.types import ChoiceType, NumberType
from fanpin.forms import Cell, Row, TableForm
from fanpin.i18n import Label
from fanpin.results import Result
from fanpin.rules import RuleSet
from fanpin.sentences import PackVocabulary

GAPS_SHOWN = 3  # of a table


def remarks(rules: RuleSet) -> tuple[Problem, ...]:
    """The remarks on a pack's definitions and results, in their order."""
    found: list[Problem] = []
    for name, tree in rules.definitions.items():
        for node in walk(tree):
            match node:
                case Bands():
                    found += [*_less_for_more(rules, name, node), *_falling(rules, name, node)]
                    found += _more_than_all(rules, name, node)
                case Op(name="div", args=(above, below)):
                    found += _unlike_rows(rules, name, above, below)
        found += _gaps_of(rules, name)
    for result in rules.spec.results.values():
        found += _no_number(rules, result)
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
    for lower, upper in pairwise(node.limits):
        if isinstance(lower, Parameter) and isinstance(upper, Parameter):
            days = (day for day, low, high in _in_force(rules, lower.name, upper.name) if low >= high)
            yield from (_falls(rules, name, (lower.name, upper.name), day) for day in islice(days, 1))


def _in_force(rules: RuleSet, lower: str, upper: str) -> Iterator[tuple[date, Decimal, Decimal]]:
    """The values of two parameters on each day and in each region of theirs."""
    table = rules.spec.parameters
    regions: set[str | None] = {None, *table.regions([lower, upper])}
    days = sorted({*table.changes(lower), *table.changes(upper)})
    for region, day in ((region, day) for region in sorted(regions, key=str) for day in days):
        low, high = (table.value(limit, day, region) for limit in (lower, upper))
        if low is not None and high is not None:
            yield day, low, high


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


# Tables


def _gaps_of(rules: RuleSet, name: str) -> Iterator[Problem]:
    """Choices and yes or no under which a table has no row; which whole numbers may come is not known."""
    definition = rules.spec.definitions.get(name)
    if definition is None or not isinstance(definition.text, TableForm):
        return
    form = definition.text
    every = [
        _listed(rules, key.text, definition.of, cell) for key, cell in zip(form.keys, form.rows[0].cells, strict=True)
    ]
    found = [
        ", ".join(f"{key.text}: {_written(cell)}" for key, cell in zip(form.keys, gap, strict=False))
        for gap in islice(_gaps(every, form.rows), GAPS_SHOWN + 1)
    ]
    if found:
        gaps = "; ".join([f"{{{gap}}}" for gap in found[:GAPS_SHOWN]] + ["…"] * (len(found) > GAPS_SHOWN))
        yield Problem("table-has-gaps", form.place, {"label": definition.label, "gaps": gaps})


def _listed(rules: RuleSet, key: str, of: str | None, cell: Cell) -> frozenset[object]:
    """All that a key may be, where that is a closed list."""
    if isinstance(cell, bool):
        return frozenset([True, False])
    row, _, name = key.rpartition(".")
    fact = rules.spec.facts.facts_of(of if row else None).get(name)
    closed = fact is not None and isinstance(fact.type, ChoiceType) and not fact.type.other
    return frozenset(fact.type.values) if closed else frozenset()  # type: ignore[union-attr]  # a closed choice


def _gaps(
    every: Sequence[frozenset[object]], rows: Sequence[Row], before: tuple[object, ...] = ()
) -> Iterator[tuple[object, ...]]:
    """What the first keys are where no row follows; cells that a key has there do not overlap."""
    at = len(before)
    if at == len(every):
        return
    of_cell: dict[Cell, list[Row]] = {}
    for row in rows:
        of_cell.setdefault(row.cells[at], []).append(row)
    if rest := every[at].difference(*(cell if isinstance(cell, frozenset) else [cell] for cell in of_cell)):
        yield (*before, rest)
    for cell, of in of_cell.items():
        yield from _gaps(every, of, (*before, cell))


def _written(cell: object) -> str:
    """A cell as it is written in a pack."""
    match cell:
        case frozenset():
            values = [_written(value) for value in sorted(cell)]
            return values[0] if len(values) == 1 else f"[{', '.join(values)}]"
        case bool():
            return "yes" if cell else "no"
        case (lo, hi):
            return f"{lo}" if lo == hi else f"{'' if lo is None else lo}..{'' if hi is None else hi}"
    return str(cell)


# Results


def _no_number(rules: RuleSet, result: Result) -> Iterator[Problem]:
    """Limits of which the lower is surely above the upper, or is on some day, where both are parameters."""
    limits = result.limits
    if limits is None or limits.at_least is None or limits.at_most is None:
        return
    lower, upper = rules.texts[limits.at_least], rules.texts[limits.at_most]
    if isinstance(lower.type, NumberType):
        lower, upper = check.align(rules.nodes, lower, upper)
    crossed = check.ends(lower.type)[0] > check.ends(upper.type)[1]
    parameters = [node.name for node in (lower, upper) if isinstance(node, Parameter) and node.name != ON]
    if len(parameters) == 2:
        crossed = any(low > high for _, low, high in _in_force(rules, *parameters))
    if crossed:
        yield Problem("limits-of-no-number", limits.at_least.place(0, 0), {"label": result.label})
