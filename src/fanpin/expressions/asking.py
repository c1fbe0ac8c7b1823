"""Which missing facts may decide, as trees: for every household of a table at once.

They are the facts met when one walks down from an unknown rule through nothing but unknown parts; what is known on
the way, whatever it hides, decides nothing. `explaining.py` walks the same way for one household.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping

from attrs import Factory, define, field

from fanpin.expressions.nodes import Aggregate, Bands, Fact, In, Named, Node, Op, Risk, children, walk
from fanpin.expressions.plain import Plain
from fanpin.expressions.ranges import FactKey, Ranges


def asked(
    ranges: Ranges,
    roots: Iterable[Node],
    where: Mapping[str, Node] | None = None,
    risks: Mapping[str, Node] | None = None,
) -> Mapping[FactKey, Node]:
    """For each fact that may be asked, a plain tree that says of which households; of rows, where a root is of a row.

    A fact of rows is asked where it is missing in some listed row. `(collection, collection)` asks who else belongs
    to a collection; where the household's size counts it and is not sure, the size is asked instead. A fact named in
    `where` is asked only where this surely holds, of the household or of the row on the way to it. Of a risk that is
    met and open, what its tree in `risks` asks is asked.
    """
    return _Asking(ranges, Plain(ranges.nodes), where or {}, risks or {}).of(list(roots))


@define
class _Asking:
    ranges: Ranges
    plain: Plain
    where: Mapping[str, Node] = Factory(dict)
    risks: Mapping[str, Node] = Factory(dict)
    of_rows: frozenset[Node] = frozenset()
    reached: dict[Node, list[Node]] = field(factory=lambda: defaultdict(list))  # when the walk comes to a part
    found: dict[FactKey, list[Node]] = field(factory=lambda: defaultdict(list))

    def of(self, roots: list[Node]) -> Mapping[FactKey, Node]:
        every, conditions = [*self.risks.values(), *roots], _row_parts(self.where.values())
        self.of_rows = _row_parts(every, {name for name, tree in self.where.items() if tree in conditions})
        for root in roots:
            if root in self.of_rows:
                self._row({root: [self.plain.truth(True)]}, lambda row: row)
            else:
                self.reached[root].append(self.plain.truth(True))
        for node in reversed([*walk(*every)]):  # parents before children, and what reads risks before these
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
            case Risk(name=name) if name in self.risks:
                self.reached[self.risks[name]].append(here)
            case _:
                pass

    def _found(self, fact: Fact | In, here: Node, some: Callable[[Node], Node] = lambda row: row) -> None:
        name = fact.name if isinstance(fact, Fact) else fact.fact
        if name in self.where:
            here = self.plain.op("and", here, self.ranges.surely(self.where[name]))
        self.found[fact.collection, name].append(some(here))

    def _rows(self, node: Aggregate, here: Node) -> None:
        """Down the filter, and where a row may count, down the body; of each listed row by itself."""
        of_row: dict[Node, list[Node]] = defaultdict(list)
        of_row[node.where].append(self.plain.truth(True))
        of_row[node.body].append(self.ranges.possibly(node.where))
        p = self.plain
        self._row(of_row, lambda row: p.op("and", here, p.fold("any", node.collection, row, False)))

    def _row(self, ways: Mapping[Node, list[Node]], some: Callable[[Node], Node]) -> None:
        """Down the parts of a row; `some` makes of what is so of a row what is so of the household."""
        of_row = defaultdict(list, ways)
        for part in reversed([*walk(*ways)]):
            if part not in of_row:
                continue
            row = self.plain.op("and", self._any(of_row[part]), self.ranges.unknown(part))
            if part not in self.of_rows:
                self.reached[part].append(some(row))
            elif isinstance(part, Fact | In):
                self._found(part, row, some)
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


def _row_parts(roots: Iterable[Node], named: Collection[str] = ()) -> frozenset[Node]:
    """The parts whose value differs from row to row, facts so named besides; of what is counted over rows, one."""
    found: set[Node] = set()
    for node in walk(*roots):
        own = isinstance(node, Fact | In) and (node.collection is not None or getattr(node, "name", "") in named)
        if own or (isinstance(node, Named | Op | Bands) and any(child in found for child in children(node))):
            found.add(node)
    return frozenset(found)
