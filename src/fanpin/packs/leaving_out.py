"""What goes with a part of its base that a pack leaves out: what only named it.

A pack that leaves out a step or a risk need not go through the base for every place that names it. What would loosen a
demand is not dropped, but told: a step that `needs` the one that is gone.
"""

from fanpin.packs.trees import Rows, Table, Text, Tree, at, plain, without

_LISTS_OF_STEPS = frozenset({"line", "lines", "clears", "blocks", "until", "after"})


def without_what_named(base: Table, kept: Table, over: Table) -> Table:
    """What is kept of a base, less what only named the risks and steps that are gone and `over` does not bring back."""
    risks = _names(base, "risks") - _names(kept, "risks") - _names(over, "risks")
    steps = _steps(base) - _steps(kept) - _steps(over)
    kept = _without_notices(kept, steps, _names(over, "notices"))
    kept = _without_steps(kept, steps)
    return _without_answers(kept, risks, _names(over, "measures"))


def _names(tree: Table, section: str) -> set[str]:
    entries = tree.entries.get(section)
    return set(entries.entries) if isinstance(entries, Table) else set()


def _steps(tree: Table) -> set[tuple[str, str]]:
    """The steps of each procedure."""
    workflows = tree.entries.get("workflows")
    found = workflows.entries.items() if isinstance(workflows, Table) else ()
    return {(name, step) for name, below in found if isinstance(below, Table) for step in _names(below, "steps")}


def _without_notices(tree: Table, steps: set[tuple[str, str]], restated: set[str]) -> Table:
    """The tree less the notices of steps that are gone, save those of which the pack says what becomes of them."""
    notices = tree.entries.get("notices")
    for name, notice in notices.entries.items() if steps and isinstance(notices, Table) else ():
        step = tuple(plain(below) for key in ("workflow", "step") for _, below in at(notice, (key,)))
        if step in steps and name not in restated:
            tree = without(tree, ("notices", name)) or tree
    return tree


def _without_steps(tree: Table, steps: set[tuple[str, str]]) -> Table:
    """The tree less steps that are gone, in the lines and among the effects of their procedures."""
    workflows = tree.entries.get("workflows")
    if not (steps and isinstance(workflows, Table)):
        return tree
    less = {
        name: _less(below, {step for of, step in steps if of == name}, _LISTS_OF_STEPS)
        for name, below in workflows.entries.items()
    }
    return _with(tree, "workflows", less)


def _without_answers(tree: Table, risks: set[str], restated: set[str]) -> Table:
    """The tree less risks that measures answer; a measure that answered nothing else goes, if it is not restated."""
    measures = tree.entries.get("measures")
    if not (risks and isinstance(measures, Table)):
        return tree
    found: dict[str, Tree] = {}
    for name, measure in measures.entries.items():
        less = _less(measure, risks, frozenset({"answers"}))
        if _answers(less) or not _answers(measure) or name in restated:
            found[name] = less
    return _with(tree, "measures", found)


def _answers(measure: Tree) -> tuple[Tree, ...]:
    answers = measure.entries.get("answers") if isinstance(measure, Table) else None
    return answers.items if isinstance(answers, Rows) else ()


def _less(tree: Tree, words: set[str], keys: frozenset[str], listed: bool = False) -> Tree:
    """The tree less words in the lists that stand under some keys, and less lists within them that had nothing else."""
    match tree:
        case Table(entries=entries):
            less = {key: _less(below, words, keys, listed or key in keys) for key, below in entries.items()}
            if _is_empty(less.get("blocks")):  # what blocks nothing any more has no end
                less.pop("until", None)
            return Table(less, tree.keys, tree.place)
        case Rows(items=items, place=place) if listed:
            kept = (_less(item, words, keys, True) for item in items if not _is_one_of(item, words))
            return Rows(tuple(item for item in kept if not _is_empty(item)), place)
    return tree


def _is_one_of(item: Tree, words: set[str]) -> bool:
    return isinstance(item, Text) and item.text in words


def _is_empty(tree: Tree | None) -> bool:
    return isinstance(tree, Rows) and not tree.items


def _with(tree: Table, section: str, entries: dict[str, Tree]) -> Table:
    below = tree.entries[section]
    assert isinstance(below, Table)
    return Table({**tree.entries, section: Table(entries, below.keys, below.place)}, tree.keys, tree.place)
