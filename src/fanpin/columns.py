"""What grading adds to a table of households, as trees: the same for every engine that reads tables.

Risks, grades and categories are those of the rules; besides, what is to be asked, what is wrong with the data, and why
a household can't be graded at all. `in_polars.py` and `in_sql.py` work the trees out and write them as columns. Of a
table of rows, such as members, the trees are those of the results that rows have.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import pairwise

from attrs import Factory, evolve, field, frozen

from fanpin.cells import words_of
from fanpin.errors import did_you_mean
from fanpin.expressions.asking import asked
from fanpin.expressions.layout import Ends, Layout
from fanpin.expressions.nodes import Aggregate, Fact, Flaw, FlawKind, In, Leaf, Node, Risk, Side, facts_read, walk
from fanpin.expressions.plain import Plain, ymd
from fanpin.expressions.ranges import BOTH, FactKey, Ranges
from fanpin.expressions.types import BOOLEAN, BooleanType, ChoiceType, DateType, NumberType
from fanpin.facts import FactSpec
from fanpin.forms import has_value
from fanpin.in_force import dated_fact, is_dated
from fanpin.live import Rules
from fanpin.margins import FAR, margins
from fanpin.results import NONE, RESULT_STATES, ResultTrees, first_of, result_ends
from fanpin.rules import RuleSet

NAMES = (
    "household_id", "status", "grade", "possible_grade", "category", "possible_categories", "risks", "unknown_risks",
    "to_ask", "handled_by", "faults",
)  # fmt: skip
OF_ROWS = ("to_ask", "faults")
STATES = tuple(RESULT_STATES)  # of results, by their numbers: the first two have something to show
ID = "household_id"
ROW = "row"  # of a row: its number within its household
ID_NUMBER = "id_number"  # what a row may have as an id of its own
AS_OF = "as_of"
REGION = "region"
OLD = f"facts-too-old:{AS_OF}"
LATER = f"facts-after-day:{AS_OF}"
DOUBLED, NAMELESS = f"row-id-twice:{ID}", f"row-without-id:{ID}"  # seen over all rows, so by the engines themselves
STRAY = f"member-without-household:{ID}"


@frozen
class Facts:
    """What is known beforehand of the tables: which facts stand in them, and which are never missing.

    `proved` was seen to be so; `promised` is somebody's word, and checked row by row. `(collection, "*")` says that
    every row of a collection is listed. `sound` facts were seen to lie within their bounds wherever they are given.
    """

    given: frozenset[FactKey] = frozenset()
    proved: frozenset[FactKey] = frozenset()
    promised: frozenset[FactKey] = frozenset()
    sound: frozenset[FactKey] = frozenset()


@frozen
class Rulings:
    """What persons' verdicts are about: risks that some are confirmed or rejected, and parts of rules that were seen.

    A verdict comes as facts of the household: `<risk>:confirmed`, `<risk>:rejected` and `<risk>:seen:<part>`, and
    `grade:set`, `grade:seen` for one on the grade.
    """

    risks: tuple[str, ...] = ()
    seen: tuple[tuple[str, str], ...] = ()  # (risk, part)
    grade: bool = False

    def __bool__(self) -> bool:
        return bool(self.risks) or self.grade


@frozen
class Shown:
    """How one result stands in a table, as trees.

    `state` is the number of one of `STATES`. An amount has its `ends`, in its unit; of kinds, `kind` is the number of
    the one that is sure, past the last of them while none is, and `possible` says which may be.
    """

    name: str
    columns: tuple[str, ...]
    state: Node
    ends: tuple[Node, Node] | None = None
    kind: Node | None = None
    possible: Mapping[str, Node] = Factory(dict)

    def trees(self) -> Iterator[tuple[str, Node]]:
        """Every tree, by the name of its column."""
        yield self.column("state"), self.state
        if self.kind is not None:
            yield self.column("kind"), self.kind
        for what, tree in zip(("lo", "hi"), self.ends or (), strict=False):
            yield self.column(what), tree
        for kind, tree in self.possible.items():
            yield self.may_be(kind), tree

    def column(self, what: str) -> str:
        """The column of the `state`, of the `kind`, or of an end."""
        return column("result", f"{self.name}:{what}")

    def may_be(self, kind: str) -> str:
        """The column that says whether a kind is possible."""
        return column("may", f"{self.name}:{kind}")


@frozen
class Columns:
    """The trees of one grading of tables: of households, or of the rows of the collection `of`.

    `risks` and `categories` as (name, surely, possibly), `grades` the numbers of the sure and of the gravest possible
    grade; `asked`, `faults` and `refused` by what they say, `fact` or `code:field`. Rows have no grade or category of
    their own, and are refused where their household is.
    """

    rules: RuleSet
    risks: tuple[tuple[str, Node, Node], ...]
    asked: Mapping[str, Node]
    faults: Mapping[str, Node]
    refused: Mapping[str, Node]
    results: tuple[Shown, ...]
    of: str | None = None
    grades: tuple[Node, ...] = ()
    categories: tuple[tuple[str, Node, Node], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The columns of the table of results, after those that say whose they are."""
        own = NAMES[1:] if self.of is None else OF_ROWS
        return (*own, *(name for result in self.results for name in result.columns))

    def outputs(self) -> Mapping[str, Node]:
        """Every tree but those of the risks, by the name of its column; see `column`."""
        named: dict[str, Mapping[str, Node]] = {
            "grade": dict(zip(("lo", "hi"), self.grades, strict=False)),
            "sure": {name: lo for name, lo, _ in self.categories},
            "possible": {name: hi for name, _, hi in self.categories},
            "ask": self.asked,
            "fault": self.faults,
            "refused": self.refused,
        }
        found = {column(kind, name): tree for kind, trees in named.items() for name, tree in trees.items()}
        return {**found, **dict(pair for result in self.results for pair in result.trees())}

    def values(self) -> Mapping[str, tuple[str, ...]]:
        """What may stand in the columns of which every value is known beforehand."""
        rules = self.rules
        grades = tuple(rules.spec.grades)
        risks = tuple(rules.risks)
        known = {
            "status": ("clear", "graded", "unknown", "refused"),
            "grade": grades,
            "possible_grade": grades,
            "category": rules.category_names,
            "possible_categories": rules.category_names,
            "risks": risks,
            "unknown_risks": risks,
            "to_ask": tuple(self.asked),
            "handled_by": tuple(dict.fromkeys(who for of_grade in rules.handlers for who in of_grade)),
            **dict.fromkeys((result.columns[-1] for result in self.results), STATES),
            **{name: (*r.possible,) for r in self.results if r.possible for name in r.columns[:2]},
        }
        return {name: values for name, values in known.items() if name in self.names}


def column(kind: str, name: str) -> str:
    """The column of a tree; no fact is called so."""
    return f"{kind}:{name}"


def facts_of_rules(rules: RuleSet) -> tuple[FactKey, ...]:
    """The facts that some rule reads, and the size, which is held against the members that are listed."""
    read = facts_read(*rules.trees, *rules.checks.values())
    counted: list[FactKey] = [(None, s.size_fact) for s in rules.collections.values() if s.size_fact is not None]
    return tuple(key for key in dict.fromkeys([*read, *counted]) if not is_dated(key[1]))


@lru_cache(maxsize=32)
def columns(rules: RuleSet, facts: Facts, verdicts: Rulings = Rulings(), of: str | None = None) -> Columns:
    """The trees for tables of which so much is known beforehand: of households (None), or of a collection's rows."""
    return _Writer(rules, facts, verdicts, of).columns()


@frozen
class _Writer:
    rules: RuleSet
    facts: Facts
    rulings: Rulings
    of: str | None
    ranges: Ranges = field(init=False)

    def __attrs_post_init__(self) -> None:
        complete = self.facts.proved | self.facts.promised
        object.__setattr__(self, "ranges", Ranges(self.rules.nodes, self.rules.collections, complete))

    @property
    def plain(self) -> Plain:
        return self.ranges.plain

    def columns(self) -> Columns:
        rules, ranges = self.rules, self.ranges
        found = Columns(
            rules,
            tuple((name, *self._ruled(name, tree)) for name, tree in rules.risks.items()),
            self._asked(),
            dict(self._faults()),
            dict(self._refused()),
            tuple(self._shown(trees) for trees in self._results()),
            self.of,
        )
        if self.of is not None:
            return found
        ends = [(ranges.surely(tree), ranges.possibly(tree)) for tree in rules.categories.values()]
        categories = tuple(first_of(self.plain, list(rules.categories), ends))
        return evolve(found, grades=self._grades(), categories=categories)

    # Verdicts

    def _ruled(self, name: str, tree: Node) -> tuple[Node, Node]:
        """Surely and possibly of a risk, after a person's verdict on it."""
        p, ends = self.plain, (self.ranges.surely(tree), self.ranges.possibly(tree))
        if name not in self.rulings.risks:
            return ends
        rejected = p.op("and", self._said(f"{name}:rejected"), p.op("not", self._is_stale(name, tree)))
        confirmed = self._said(f"{name}:confirmed")
        lo, hi = (p.op("and", p.op("or", end, confirmed), p.op("not", rejected)) for end in ends)
        return lo, hi

    def _is_stale(self, name: str, tree: Node) -> Node:
        """Whether some part of the rule is further on the side of the risk than when the verdict was given."""
        now = margins(self.ranges, tree, self.rules)
        parts = [part for risk, part in self.rulings.seen if risk == name and part in now]
        return self.plain.op("or", *(self._is_more(now[part], f"{name}:seen:{part}") for part in parts))

    def _is_more(self, now: Node, seen: str) -> Node:
        """Whether a number is more than what was seen; never where nothing was."""
        return self.plain.op("gt", now, self._leaf(seen, NumberType(lo=-FAR, hi=FAR), "hi"))

    def _grades(self) -> tuple[Node, Node]:
        p, rules = self.plain, self.rules
        sure, possible = (self.ranges.over_risks(rules.grade, side) for side in BOTH)
        if not self.rulings.grade:
            return sure, possible
        none = len(rules.spec.grades) + 1  # a number that no grade has
        given = self._leaf("grade:set", NumberType(hi=none), "hi")
        stale = self._is_more(p.op("neg", sure), "grade:seen")
        counts = p.op("and", p.op("lt", given, p.number(none)), p.op("not", stale))
        return p.op("if", counts, given, sure), p.op("if", counts, p.op("min", given, possible), possible)

    def _said(self, name: str) -> Node:
        return self._leaf(name, BOOLEAN, "lo")

    def _leaf(self, name: str, kind: NumberType | BooleanType, side: Side) -> Node:
        return self.rules.nodes.make(Leaf, self.rules.nodes.make(Fact, name, None, kind), side, kind)

    # Results

    def _results(self) -> list[ResultTrees]:
        return [trees for trees in self.rules.results.values() if trees.result.of == self.of]

    def _shown(self, trees: ResultTrees) -> Shown:
        p, names = self.plain, trees.result.columns
        ends = result_ends(self.ranges, trees, self.rules.no_rows)
        kinds = (*trees.kinds, NONE)
        if trees.paid is None:
            known = p.op("or", *(ends[f"{kind}:lo"] for kind in kinds))
        else:
            known = p.op("not", p.op("lt", ends["lo"], ends["hi"]))
        known = p.op("and", known, p.op("not", ends["left:hi"]))  # whatever a table would say
        state = self._first([(ends["left:lo"], 3), (known, 0), (ends["refused"], 2)], 1)
        if trees.paid is not None:
            assert isinstance(trees.paid.type, NumberType)
            scale = p.number(10**trees.paid.type.decimals)
            lo, hi = (p.op("div", ends[end], scale) for end in ("lo", "hi"))
            return Shown(trees.result.name, names, state, (lo, hi))
        sure = self._first([(ends[f"{kind}:lo"], at) for at, kind in enumerate(kinds)], len(kinds))
        sure = p.op("if", p.op("lt", state, p.number(1)), sure, p.number(len(kinds)))
        return Shown(trees.result.name, names, state, None, sure, {kind: ends[f"{kind}:hi"] for kind in kinds})

    def _first(self, numbers: list[tuple[Node, int]], otherwise: int) -> Node:
        """The number of the first that holds."""
        p = self.plain
        found: Node = p.number(otherwise)
        for holds, number in reversed(numbers):
            found = p.op("if", holds, p.number(number), found)
        return found

    # What to ask

    def _asked(self) -> Mapping[str, Node]:
        """In the order in which the pack knows its facts; a risk that a verdict decided asks nothing."""
        found: dict[FactKey, list[Node]] = {}
        for key, tree in (*(self._asked_by_risks() if self.of is None else ()), *self._asked_by_results()):
            found.setdefault(key, []).append(tree)
        order = {key: at for at, key in enumerate(self._all_facts())}
        return {field_name(key): self.plain.op("or", *found[key]) for key in sorted(found, key=lambda k: order[k])}

    def _asked_by_risks(self) -> Iterator[tuple[FactKey, Node]]:
        groups = [[name] for name in self.rules.risks] if self.rulings else [list(self.rules.risks)]
        for names in groups:
            for key, tree in asked(self.ranges, [self.rules.risks[name] for name in names]).items():
                if not is_dated(key[1]):
                    open_ = [self._is_open(names[0])] if self.rulings else []
                    yield key, self.plain.op("and", tree, *open_)

    def _asked_by_results(self) -> Iterator[tuple[FactKey, Node]]:
        """What a result hangs on where it can't be said yet; of risks that it reads, what these ask."""
        p, one = self.plain, self.plain.number(1)
        for trees in self._results():
            state = self._shown(trees).state
            unknown = p.op("and", p.op("ge", state, one), p.op("le", state, one))
            read = dict.fromkeys(node.name for node in walk(*trees.open()) if isinstance(node, Risk))
            for key, tree in asked(self.ranges, trees.open()).items():
                if not is_dated(key[1]):
                    yield key, p.op("and", tree, unknown)
            for risk in read:
                for key, tree in asked(self.ranges, [self.rules.risks[risk]]).items():
                    if not is_dated(key[1]):
                        yield key, p.op("and", tree, unknown, self._is_open(risk))

    def _is_open(self, risk: str) -> Node:
        lo, hi = (self.rules.nodes.make(Leaf, self.rules.nodes.make(Risk, risk), side, BOOLEAN) for side in BOTH)
        return self.plain.op("and", hi, self.plain.op("not", lo))

    def _all_facts(self) -> Iterator[FactKey]:
        table = self.rules.spec.facts
        yield from ((None, name) for name in table.household)
        for name, collection in table.collections.items():
            yield name, name
            yield from ((name, fact) for fact in collection.facts)

    # What is wrong

    def _faults(self) -> Iterator[tuple[str, Node]]:
        """Of the household and of all its rows; or of one row, what is wrong with it alone."""
        decimals = {(collection, name) for collection, name, _ in self.rules.fractions_read}
        for key in facts_of_rules(self.rules):
            spec = self._spec(key)
            if key in self.facts.given and self.of in (None, key[0]) and (code := _code(spec)) is not None:
                if key not in self.facts.sound:
                    yield f"{code}:{field_name(key)}", self._flaw(key, spec, "outside")
                if key in decimals:
                    yield f"too-many-decimals:{field_name(key)}", self._flaw(key, spec, "finer")
        yield from self._size_fault() if self.of is None else ()
        for (code, name), check in self.rules.checks.items():
            if self.of is None:
                yield f"{code}:{name}", self.ranges.surely(check)
            elif isinstance(check, Aggregate) and check.collection == self.of:  # whether some row is so
                yield f"{code}:{name}", self.ranges.surely(check.body)

    def _spec(self, key: FactKey) -> FactSpec:
        return self.rules.spec.facts.facts_of(key[0])[key[1]]

    def _flaw(self, key: FactKey, spec: FactSpec, kind: FlawKind) -> Node:
        flaw = self.rules.nodes.make(Flaw, key[1], key[0], kind, spec.type)
        return flaw if key[0] in (None, self.of) else self.plain.fold("any", key[0], flaw, False)

    def _size_fault(self) -> Iterator[tuple[str, Node]]:
        """More rows than the size, or fewer where all are said to be listed."""
        p, scope = self.plain, self.rules.collections.get("members")
        if scope is None or scope.size_fact is None or (None, scope.size_fact) not in self.facts.given:
            return
        size = self.rules.nodes.make(Fact, scope.size_fact, None, scope.size_type)
        lo, hi = (self.rules.nodes.make(Leaf, size, side, size.type) for side in BOTH)
        listed = p.listed("members")
        fewer = p.op("and", self.ranges.whole("members"), p.op("lt", listed, lo))
        yield f"size-differs:{scope.size_fact}", p.op("or", p.op("gt", listed, hi), fewer)

    # What can't be graded

    def _refused(self) -> Iterator[tuple[str, Node]]:
        for name, scope in self.rules.collections.items():
            if (name, "*") in self.facts.given:
                most = self.plain.number(scope.max_rows)
                yield f"rows-too-many:{name}", self.plain.op("gt", self.plain.listed(name), most)
        for key in sorted(self.facts.promised, key=str):
            if key[1] != "*":
                yield f"not-complete:{field_name(key)}", self._is_missing(key)
        yield from self._undated()

    def _is_missing(self, key: FactKey) -> Node:
        """Whether a fact is not there, though somebody said that it is everywhere."""
        missing = Ranges(self.rules.nodes, self.rules.collections).unknown(self._node(key))
        return missing if key[0] is None else self.plain.fold("any", key[0], missing, False)

    def _node(self, key: FactKey) -> Fact | In:
        kind, nodes = self._spec(key).type, self.rules.nodes
        if isinstance(kind, ChoiceType):
            return nodes.make(In, key[1], key[0], frozenset(kind.values[:1]), kind)
        return nodes.make(Fact, key[1], key[0], kind)

    def _undated(self) -> Iterator[tuple[str, Node]]:
        """A parameter read at a day of the household's on which it surely has no value."""
        p = self.plain
        for name, day in self.rules.dated:
            lo, hi = self.ranges.surely(day), self.ranges.possibly(day)
            changes = self.rules.spec.parameters.changes(name)
            within = [self._has(name, None, lo, hi, (None, changes[0] if changes else None))]
            within += [self._has(name, since, lo, hi, (since, until)) for since, until in pairwise([*changes, None])]
            nowhere = p.op("not", p.op("or", *within))
            collection = next((c for c, _ in facts_read(day) if c is not None), None)
            yield (
                f"missing-parameter:{name}",
                nowhere if collection is None else p.fold("any", collection, nowhere, False),
            )

    def _has(self, name: str, since: object, lo: Node, hi: Node, days: tuple[object, object]) -> Node:
        """Whether the parameter has a value from a day on, and the household's day may lie there."""
        p = self.plain
        has = self._said(has_value(dated_fact(name, since)))  # type: ignore[arg-type]
        first, end = days
        after = [] if first is None else [p.op("ge", hi, p.number(ymd(first)))]  # type: ignore[arg-type]
        before = [] if end is None else [p.op("lt", lo, p.number(ymd(end)))]  # type: ignore[arg-type]
        return p.op("and", has, *after, *before)


def _code(spec: FactSpec) -> str | None:
    """The message for a value that the fact can't have; a yes-or-no has no other."""
    match spec.type:
        case NumberType(decimals=decimals):
            return "fact-number" if decimals else "fact-whole-number"
        case DateType():
            return "fact-day"
        case ChoiceType(other=False):
            return "fact-choice"
    return None


def field_name(key: FactKey) -> str:
    """A fact as results name it: `wage_income`, `members.birth_date`; who else belongs to a collection: `members`."""
    collection, name = key
    return name if collection is None or collection == name else f"{collection}.{name}"


# What tables are said to hold


def promised(complete: Iterable[str], pack: Rules) -> frozenset[FactKey]:
    """What somebody says is never missing: facts, such as `size` and `members.birth_date`, and whole collections."""
    facts, found = pack.rules.spec.facts, set[FactKey]()
    for name in complete:
        collection, _, fact = name.rpartition(".")
        if name in facts.collections:
            found.add((name, "*"))
        elif (not collection or collection in facts.collections) and fact in facts.facts_of(collection or None):
            found.add((collection or None, fact))
        else:
            of_rows = [f"{rows}.{fact}" for rows, spec in facts.collections.items() for fact in spec.facts]
            known = [*facts.household, *facts.collections, *of_rows]
            raise ValueError(f"`complete` names {name!r}, which is no fact of {pack.name!r}" + _meant(name, known))
    return frozenset(found)


def _meant(name: str, known: Iterable[str]) -> str:
    near = did_you_mean(name, known)
    return f"; did you mean {near[0]!r}?" if near else ""


def layout(columns: Mapping[str, Ends], names: Iterable[str], facts: Mapping[str, FactSpec]) -> Layout:
    """The layout of a table for the facts that are read."""
    known = {name: columns[name] for name in names if name in columns}
    choices = [(name, spec.type) for name in known if (spec := facts.get(name)) and isinstance(spec.type, ChoiceType)]
    return Layout(known, {name: _by_code(words_of(facts[name], kind)) for name, kind in choices})


def _by_code(words: Mapping[str, str]) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for word, code in words.items():
        found.setdefault(code, set()).add(word)
    return {code: frozenset(texts) for code, texts in found.items()}
