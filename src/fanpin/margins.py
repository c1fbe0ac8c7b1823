"""How far each part of a rule is on the side of the risk, as trees: what tells of a table whether verdicts are stale.

`Explainer.margins` says the same of one household, in the same words.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from attrs import frozen

from fanpin.expressions.lowering import lower
from fanpin.expressions.nodes import Aggregate, Fact, In, Named, Node, Op
from fanpin.expressions.ranges import Ranges
from fanpin.expressions.to_words import Words
from fanpin.expressions.types import BooleanType, DateType
from fanpin.rules import RuleSet
from fanpin.sentences import COMPARISONS, OPPOSITE, PackVocabulary

FAR = 10**18  # further than anything is from its threshold; of nobody


def margins(ranges: Ranges, tree: Node, rules: RuleSet) -> Mapping[str, Node]:
    """The margin of every part of a rule over what is listed, by its words; of several rows the largest."""
    return _Margins(ranges, Words(PackVocabulary(rules.spec), "en")).of(tree)


@frozen
class _Margins:
    ranges: Ranges
    words: Words

    def of(self, tree: Node) -> Mapping[str, Node]:
        found: dict[str, list[Node]] = defaultdict(list)
        for node, positive, collection in _atoms(tree, None, True):
            words = ("" if positive else "not ") + self.words.text(node)
            margin = self._margin(node, positive)
            found[words].append(margin if collection is None else self._greatest(margin, collection))
        return {words: self._largest(margins) for words, margins in found.items()}

    def _greatest(self, margin: Node, collection: str) -> Node:
        return self.ranges.plain.fold("max", collection, margin, -FAR)

    def _largest(self, margins: list[Node]) -> Node:
        first, *others = dict.fromkeys(margins)
        for other in others:
            first = self.ranges.plain.op("max", first, other)
        return first

    def _margin(self, node: Node, positive: bool) -> Node:
        name = node.name if isinstance(node, Op) else ""
        if name in COMPARISONS and not positive:
            name = OPPOSITE.get(name, "eq")
        match name:
            case "lt" | "le":
                return self._distance(node, 1, 0)
            case "gt" | "ge":
                return self._distance(node, 0, 1)
        p = self.ranges.plain
        holds = self.ranges.surely(node) if positive else p.op("not", self.ranges.possibly(node))
        return p.op("if", holds, p.number(1), p.number(0))

    def _distance(self, node: Node, larger: int, smaller: int) -> Node:
        assert isinstance(node, Op)
        least, most = self.ranges.surely(node.args[larger]), self.ranges.possibly(node.args[smaller])
        if isinstance(node.args[0].type, DateType):
            return lower(self.ranges.plain, "days_between", most, least)
        return self.ranges.plain.op("sub", least, most)


def _atoms(node: Node, collection: str | None, positive: bool) -> Iterator[tuple[Node, bool, str | None]]:
    match node:
        case Op(name="not", args=(inner,)):
            yield from _atoms(inner, collection, not positive)
        case Op(name="and" | "or" | "if", type=BooleanType(), args=args):
            for arg in args:
                yield from _atoms(arg, collection, positive)
        case Named(type=BooleanType(), body=body):
            yield from _atoms(body, collection, positive)
        case Aggregate(kind="any" | "all"):
            yield from _atoms(node.where, node.collection, positive if node.kind == "any" else not positive)
            yield from _atoms(node.body, node.collection, positive)
        case Op() | Fact() | In():
            yield node, positive, collection
        case _:
            pass
