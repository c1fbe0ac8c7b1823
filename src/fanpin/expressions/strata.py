"""In which order plain trees are worked out: what belongs to a row, what to the household, and which folds first."""

from collections.abc import Container, Iterator, Mapping

from fanpin.expressions.nodes import Flaw, Fold, Leaf, Listed, Literal, Node, Risk, children, walk


def below(node: Node) -> tuple[Node, ...]:
    """The nodes directly below that belong to the same loop: a fold's body belongs to the fold's own."""
    return () if isinstance(node, Fold) else children(node)


def row_nodes(*roots: Node) -> frozenset[Node]:
    """The nodes whose value differs from row to row."""
    found: set[Node] = set()
    for node in walk(*roots):
        own = _collection(node) is not None
        if own or any(child in found for child in below(node)):
            found.add(node)
    return frozenset(found)


def _collection(node: Node) -> str | None:
    match node:
        case Leaf(of=of):
            return of.collection
        case Flaw(collection=collection):
            return collection
    return None


def fold_levels(*roots: Node) -> Mapping[Fold, int]:
    """Each fold with the number of folds that stand within one another up to it."""
    levels: dict[Node, int] = {}
    for node in walk(*roots):
        level = max((levels[child] for child in children(node)), default=0)
        levels[node] = level + isinstance(node, Fold)
    return {node: level for node, level in levels.items() if isinstance(node, Fold)}


def folds_by_turn(*roots: Node) -> tuple[Mapping[Fold, int], Mapping[Fold, int]]:
    """The folds with their levels: those that are worked out before the risks, and those that read risks."""
    reading: set[Node] = set()
    for node in walk(*roots):
        own = isinstance(node, Leaf) and isinstance(node.of, Risk)
        if own or any(child in reading for child in children(node)):
            reading.add(node)
    first, then = dict[Fold, int](), dict[Fold, int]()
    for fold, level in fold_levels(*roots).items():
        (then if fold in reading else first)[fold] = level
    return first, then


def household_parts(body: Node, of_rows: frozenset[Node]) -> Iterator[Node]:
    """The largest parts of a fold's body that are the same for all rows."""
    stack, seen = [body], {body}
    while stack:
        node = stack.pop()
        if node not in of_rows:
            if not isinstance(node, Literal):
                yield node
            continue
        fresh = [child for child in below(node) if child not in seen]
        seen.update(fresh)
        stack.extend(fresh)


def walk_loop(root: Node, known: Container[object]) -> Iterator[Node]:
    """The nodes of one loop at or below a root, children first; folds are met, not entered, nor is what is known."""
    seen: set[Node] = set()
    stack: list[tuple[Node, bool]] = [(root, False)]
    while stack:
        node, done = stack.pop()
        if done:
            yield node
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            if node not in known:
                stack.extend((child, False) for child in reversed(below(node)))


def collections_read(*roots: Node) -> list[str]:
    """The collections that the trees look into."""
    return list(dict.fromkeys(n.collection for n in walk(*roots) if isinstance(n, Fold | Listed)))
