"""Which missing facts may decide, as trees: for every household of a table at once.

They are the facts met when one walks down from an unknown rule through nothing but unknown parts; what is known on
the way, whatever it hides, decides nothing. `explaining.py` walks the same way for one household.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from attrs import define, field

from fanpin.expressions.nodes import Aggregate, Bands, Fact, In, Named, Node, Op, children, walk
from fanpin.expressions.plain import Plain
from fanpin.expressions.ranges import FactKey, Ranges


def asked(ranges: Ranges, roots: Iterable[Node]) -> Mapping[FactKey, Node]:
    """For each fact that may be asked, a plain tree that says of which households.

    A fact of rows is asked where it is missing in some listed row. `(collection, collection)` asks who else belongs
    to a collection; where the household's size counts it and is not sure, the size is asked instead.
    """
    return _Asking(ranges, Plain(ranges.nodes)).of(list(roots))


@define
class _Asking:
    ranges: Ranges
    plain: Plain
    of_rows: frozenset[Node] = frozenset()
    reached: dict[Node, list[Node]] = field(factory=lambda: defaultdict(list))  # when the walk comes to a part
    found: dict[FactKey, list[Node]] = field(factory=lambda: defaultdict(list))

    def of(self, roots: list[Node]) -> Mapping[FactKey, Node]:
        self.of_rows = _row_parts(roots)
        for root in roots:
            self.reached[root].append(self.plain.truth(True))
        for node in reversed([*walk(*roots)]):  # parents before children
            if node not in self.of_rows and node in self.reached:
                self._household(node, self.plain.op("and", self._any(self.reached[node]), self.ranges.unknown(node)))
        never = self.plain.truth(False)
        return {key: tree for key, ways in self.found.items() if (tree := self._any(ways)) is not never}

    def _household(self, node: Node, here: Node) -> None:
        if here is self.plain.truth(False):
            return
        match node:
            case Fact() | In():
                self._found(node, here)
            case Named() | Op() | Bands():
                for child in children(node):
                    self.reached[child].append(here)
            case Aggregate():
                self._rows(node, here)
                self._unlisted(node.collection, here)
            case _:
                pass

    def _found(self, fact: Fact | In, here: Node) -> None:
        name = fact.name if isinstance(fact, Fact) else fact.fact
        self.found[fact.collection, name].append(here)

    def _rows(self, node: Aggregate, here: Node) -> None:
        """Down the filter, and where a row may count, down the body; of each listed row by itself."""
        of_row: dict[Node, list[Node]] = defaultdict(list)
        of_row[node.where].append(self.plain.truth(True))
        of_row[node.body].append(self.ranges.possibly(node.where))
        for part in reversed([*walk(node.where, node.body)]):
            if part not in of_row:
                continue
            row = self.plain.op("and", self._any(of_row[part]), self.ranges.unknown(part))
            some_row = self.plain.op("and", here, self.plain.fold("any", node.collection, row, False))
            if part not in self.of_rows:
                self.reached[part].append(some_row)
            elif isinstance(part, Fact | In):
                self._found(part, some_row)
            else:
                for child in children(part):
                    of_row[child].append(row)

    def _unlisted(self, collection: str, here: Node) -> None:
        p, scope = self.plain, self.ranges.collections[collection]
        at_least, at_most = (self.ranges.unlisted(collection, side) for side in ("lo", "hi"))
        here = p.op("and", here, p.op("ge", at_most, p.number(1)))
        sized: Node = p.truth(False)
        if scope.size_fact is not None:
            sized = p.op("lt", at_least, at_most)
            self.found[None, scope.size_fact].append(p.op("and", here, sized))
        self.found[collection, collection].append(p.op("and", here, p.op("not", sized)))

    def _any(self, ways: list[Node]) -> Node:
        return self.plain.op("or", *ways)


def _row_parts(roots: list[Node]) -> frozenset[Node]:
    """The parts whose value differs from row to row; of what is counted over rows, there is one."""
    found: set[Node] = set()
    for node in walk(*roots):
        own = isinstance(node, Fact | In) and node.collection is not None
        if own or (isinstance(node, Named | Op | Bands) and any(child in found for child in children(node))):
            found.add(node)
    return frozenset(found)
