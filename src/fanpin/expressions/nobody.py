"""The least and the greatest of nobody: what is compared with it is false, whichever way it is put."""

from collections.abc import Iterable

from attrs import Factory, frozen

from fanpin.expressions import check
from fanpin.expressions.nodes import Aggregate, Node, Nodes, Op, children
from fanpin.expressions.types import BOOLEAN, BooleanType


def somebody(nodes: Nodes, least: Aggregate) -> Node:
    """Whether some row counts, so that there is a least or a greatest."""
    return nodes.make(Aggregate, "any", least.collection, least.where, nodes.literal(True, BOOLEAN), BOOLEAN)


def guarded(nodes: Nodes, compared: Node, sides: Iterable[Node]) -> Node:
    """A comparison of these sides, and that somebody is there for each."""
    there = _There(nodes)
    found = there.for_all(map(there.of, sides))
    return compared if found is there.true else check.make(nodes, "and", found, compared)


@frozen
class _There:
    """Whether somebody is there for each `min` and `max` that a value comes from."""

    nodes: Nodes
    known: dict[Node, Node] = Factory(dict)

    @property
    def true(self) -> Node:
        return self.nodes.literal(True, BOOLEAN)

    def of(self, node: Node) -> Node:
        if node not in self.known:
            self.known[node] = self._of(node)
        return self.known[node]

    def _of(self, node: Node) -> Node:
        if isinstance(node.type, BooleanType):  # what is compared within is guarded there
            return self.true
        below = [self.of(child) for child in children(node)]
        match node:
            case Op(name="if", args=(condition, _, _)):
                _, then, otherwise = below
                then = self.true if then is condition else then  # a default, for when there is nobody
                return then if then is otherwise else check.make(self.nodes, "if", condition, then, otherwise)
            case Aggregate(kind="min" | "max"):
                return self.for_all([somebody(self.nodes, node), *below])
        return self.for_all(below)

    def for_all(self, parts: Iterable[Node]) -> Node:
        asked = [part for part in dict.fromkeys(parts) if part is not self.true]
        if len(asked) < 2:
            return asked[0] if asked else self.true
        return check.make(self.nodes, "and", *asked)
