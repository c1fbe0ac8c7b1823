"""A sum compared with so much a head: `sum(m.wage for m in members) < line * count(members)`.

Where it is not known who counts, sum and number hang together: each row counts in both or in neither. So such a
comparison is one of the sum of what each row has above the line, of which every row adds its own range.
"""

from collections.abc import Iterator

from attrs import frozen

from fanpin.expressions.nodes import Aggregate, Fact, Literal, Named, Node, Op, Parameter

_COMPARED = frozenset({"lt", "le", "gt", "ge"})
_SINGLE = frozenset({Parameter, Literal, Fact})  # nothing is summed or multiplied in one of these


@frozen
class PerHead:
    """The sum, and what it is compared with for each row; `flipped` where that stands first."""

    total: Aggregate
    line: Node
    flipped: bool


def per_head(node: Op) -> PerHead | None:
    """The comparison as one a head; None for every other."""
    if node.name not in _COMPARED or type(node.args[1]) in _SINGLE or type(node.args[0]) in _SINGLE:
        return None
    a, b = map(_plain, node.args)
    for total, product, flipped in ((a, b, False), (b, a, True)):
        if type(total) is Aggregate and total.kind == "sum" and isinstance(product, Op) and product.name == "mul":
            for line in _lines(total, product):
                return PerHead(total, line, flipped)
    return None


def _lines(total: Aggregate, product: Op) -> Iterator[Node]:
    """What is multiplied by the number of the very rows that are summed."""
    for line, number in (product.args, product.args[::-1]):
        count = _plain(number)
        if isinstance(count, Aggregate) and count.kind == "count" and count.collection == total.collection:
            counted = count.where if isinstance(count.body, Literal) else count.body
            everyone = isinstance(count.body, Literal) or isinstance(count.where, Literal)
            if everyone and counted is total.where:
                yield line


def _plain(node: Node) -> Node:
    """What a definition stands for."""
    while type(node) is Named:
        node = node.body
    return node
