"""Types, units and bounds of bands: what may be written, or why it can't."""

from collections.abc import Sequence
from itertools import pairwise

from fanpin.expressions import check
from fanpin.expressions.check import Refused
from fanpin.expressions.nodes import Bands, Fact, In, Named, Node, Nodes, Risk, walk
from fanpin.expressions.types import NumberType


def make(  # noqa: PLR0913  # as many as a regulation may name
    nodes: Nodes,
    of: Node,
    limits: Sequence[Node],
    rates: Sequence[Node],
    *,
    whole: bool,
    closed: Sequence[bool] | None = None,
    used: Node | None = None,
    entry: Node | None = None,
    deductible: Node | None = None,
    cap: Node | None = None,
) -> Bands:
    """The node, typed, with numbers brought to one scale; `Refused` says why not."""
    beside = {"used": used, "entry": entry, "deductible": deductible}
    measured = [
        *(("up_to", limit) for limit in limits),
        *((key, said) for key, said in beside.items() if said is not None),
    ]
    for part, said in measured:
        check.same_unit_of("of", of, part, said)
    of, *rest = _whole(nodes, of, *(said for _, said in measured))
    limits, rest = rest[: len(limits)], rest[len(limits) :]
    used, entry, deductible = (None if said is None else rest.pop(0) for said in (used, entry, deductible))
    rates = _whole(nodes, *rates)
    for what, number in [*(("rate", rate) for rate in rates), *beside.items()]:
        if number is not None and check.number_of(number, what).lo < 0:
            raise Refused("may-be-negative", what=what)
    for before, limit in pairwise(limits):
        if reads_facts(before, limit) and check.number_of(before, "").hi > check.number_of(limit, "").lo:
            raise Refused("limits-may-cross")
    if cap is not None:
        (cap,) = _whole(nodes, cap)
        missing = check.number_of(cap, "cap").decimals - _type(of, used, rates).decimals
        rates = [check.rescale(nodes, rate, check.number_of(rate, "").decimals + max(missing, 0)) for rate in rates]
        cap = check.rescale(nodes, cap, _type(of, used, rates).decimals)
        check.same_unit_of("of × rate", nodes.make(Named, "", cap, _type(of, used, rates)), "cap", cap)
    closed = tuple(closed or [True] * len(limits))
    kind = _type(of, used, rates)
    return nodes.make(Bands, of, tuple(limits), tuple(rates), closed, whole, used, entry, deductible, cap, kind)


def _whole(nodes: Nodes, *numbers: Node) -> list[Node]:
    """Numbers of one scale, each a whole count of its smallest part."""
    for number in numbers:
        if not check.number_of(number, "bands").whole:
            raise Refused("bands-of-quotients")
    return [*check.align(nodes, *numbers)]


def _type(of: Node, used: Node | None, rates: Sequence[Node]) -> NumberType:
    """What may be paid, without regard to the cap."""
    amount, rate = check.number_of(of, "of"), check.number_of(rates[0], "rate")
    highest = max(check.number_of(each, "rate").hi for each in rates)
    counted = max(amount.hi, 0) + (0 if used is None else check.number_of(used, "used").hi)
    if highest * counted > check.EXACT_LIMIT:
        raise Refused("too-large", digits=len(str(int(highest * counted))))
    return NumberType(amount.unit * rate.unit, amount.decimals + rate.decimals, 0, highest * counted)


def reads_facts(*trees: Node) -> bool:
    """Whether a value hangs on the household, and so may be unsure."""
    return any(isinstance(node, Fact | In | Risk) for node in walk(*trees))
