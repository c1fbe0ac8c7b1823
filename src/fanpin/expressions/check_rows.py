"""Types and bounds of what is said over the rows of a collection: what may be written, or why it can't."""

from attrs import evolve

from fanpin.expressions import check
from fanpin.expressions.check import Refused
from fanpin.expressions.nodes import Aggregate, Node, Nodes, ValueType
from fanpin.expressions.scope import CollectionScope
from fanpin.expressions.types import BOOLEAN, BooleanType, DateType, NumberType, type_label
from fanpin.i18n import Label
from fanpin.units import Unit


def make(nodes: Nodes, kind: str, collection: str, rows: CollectionScope, where: Node, body: Node) -> Node:
    """The aggregate over the rows that count, typed; `Refused` says why not."""
    _boolean(where, "if")
    return nodes.make(Aggregate, kind, collection, body, where, _type(kind, rows, body))


def _type(kind: str, rows: CollectionScope, body: Node) -> ValueType:
    if kind == "sum":
        return _total(check.number_of(body, kind), rows.max_rows)
    if kind in ("min", "max"):
        return body.type if isinstance(body.type, DateType) else check.number_of(body, kind)
    _boolean(body, kind)
    return NumberType(Unit.parse(rows.row_unit), 0, 0, rows.max_rows) if kind == "count" else BOOLEAN


def _total(each: NumberType, rows: int) -> NumberType:
    if not each.whole:
        raise Refused("sum-of-quotients")
    lo, hi = min(0, rows * each.lo), max(0, rows * each.hi)
    if max(abs(lo), abs(hi)) > check.EXACT_LIMIT:
        raise Refused("too-large", digits=len(str(int(max(abs(lo), abs(hi))))))
    return evolve(each, lo=lo, hi=hi)


def _boolean(node: Node, what: str) -> None:
    if not isinstance(node.type, BooleanType):
        raise Refused("wrong-type", what=what, expected=Label("是否", "yes or no"), got=type_label(node.type))
