"""What a pack's definitions and results say, in lines that a reader can hold beside the paper they come from.

Bands stand band by band, a table row by row, a score card item by item, a result with its conditions, each in words.
"""

from collections.abc import Iterator, Mapping

from attrs import frozen
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from fanpin.cli.prose import Prose
from fanpin.cli.screen import bullets, heading, plain_table, read, say
from fanpin.expressions.nodes import Bands, Literal, Node, Op
from fanpin.expressions.scope import Source
from fanpin.expressions.to_words import Words
from fanpin.expressions.types import BOOLEAN, NumberType
from fanpin.facts import FactSpec
from fanpin.forms import BandsForm, Cell, Extra, Group, Row, ScoreForm, TableForm
from fanpin.i18n import Label, current_language, listing, number
from fanpin.packs import Pack
from fanpin.parameters import Multiple, Parameter, ParameterRow, region_code
from fanpin.results import ABOVE, BELOW, Result, ResultTrees
from fanpin.rules import HANDLERS, Definition, RuleSpec
from fanpin.sentences import PackVocabulary
from fanpin.units import Unit

_IN = (0, 0, 0, 4)  # how far below its label something is set in


@frozen
class Contents:
    """Shows the definitions and the results of a pack."""

    pack: Pack

    def words(self, node: Node) -> str:
        """A tree in the reader's language."""
        return Words(PackVocabulary(self.pack.rules.spec), current_language()).text(node)

    def show_definitions(self, console: Console) -> None:
        """Each with its label, its formula as written or its form, and its source."""
        spec = self.pack.rules.spec
        if spec.definitions:
            console.print(heading(say("定义", "Definitions")))
        for definition in spec.definitions.values():
            console.print(entry(f"{read(definition.label)}{_of_rows(spec, definition.of)}", definition.name))
            self._show_form(console, definition)
            if definition.source:
                console.print(Padding(Prose(definition.source, style="dim"), _IN))

    def show_counted(self, console: Console) -> None:
        """The collections that are some rows of another."""
        spec = self.pack.rules.spec
        if spec.filtered:
            console.print(heading(say("计入谁", "Who counts")))
        for filtered in spec.filtered.values():
            console.print(entry(f"{read(filtered.label)}{_of_rows(spec, filtered.of)}", filtered.name))
            console.print(Padding(Prose(_written(filtered.where), style="cyan"), _IN))

    def show_results(self, console: Console) -> None:
        """Each with what it is, and on what it hangs."""
        spec = self.pack.rules.spec
        if spec.results:
            console.print(heading(say("结果", "Results")))
        for trees in self.pack.rules.results.values():
            result = trees.result
            console.print(entry(f"{read(result.label)}{_of_rows(spec, result.of)}", result.name))
            console.print(Padding(bullets(self._of_result(trees), style="cyan"), _IN))
            if result.source:
                console.print(Padding(Prose(result.source, style="dim"), _IN))

    # Definitions

    def _show_form(self, console: Console, definition: Definition) -> None:
        match definition.text:
            case Source() as text:
                console.print(Padding(Prose(_written(text), style="cyan"), _IN))
            case BandsForm() as form:
                tree = self.pack.rules.definitions[definition.name]
                assert isinstance(tree, Bands)
                console.print(Padding(bullets(self._of_bands(form, tree), style="cyan"), _IN))
            case TableForm() as form:
                console.print(Padding(self._rows(form), _IN))
                for source in dict.fromkeys(row.source for row in self._values(form) if row.source):
                    console.print(Padding(Prose(source, style="dim"), _IN))
            case ScoreForm() as form:
                for key, group in form.groups.items():
                    console.print(Padding(Prose(f"{read(group.label)}{_counts(group)}"), _IN))
                    items = self._of_group(definition.name, key, group)
                    console.print(Padding(bullets(items, style="cyan"), _IN))

    def _of_bands(self, form: BandsForm, tree: Bands) -> Iterator[str]:
        if form.whole:
            yield say("{of}，全额按所在档次的比例", "{of}, all of it at the rate of its band", of=self.words(tree.of))
        else:
            yield say("{of}，各段按各自的比例", "{of}, each slice at its own rate", of=self.words(tree.of))
        rates, extras = self._rates(form, tree)
        for limit, closed, rate in zip(tree.limits, tree.closed, rates, strict=False):
            text = (
                Label("不超过{u}：{rate}", "up to {u}: {rate}")
                if closed
                else Label("低于{u}：{rate}", "below {u}: {rate}")
            )
            yield text.say(current_language(), u=self.words(limit), rate=rate)
        if len(form.bands) > len(tree.limits):
            last = say("其余：{rate}", "above that: {rate}", rate=rates[-1])
            yield last if tree.limits else say("一律{rate}", "{rate} of all", rate=rates[-1])
        else:
            yield say("再往上不计", "nothing above that")
        yield from extras
        for text, part in zip(_BESIDE, tree.beside(), strict=True):
            if part is not None:
                yield text.say(current_language(), x=self.words(part))

    def _rates(self, form: BandsForm, tree: Bands) -> tuple[list[str], list[str]]:
        """The rate of each band, and what is added to every one; where they can't be told apart, both in one."""
        apart = [_without(rate, form.extra) for rate in tree.rates[: len(form.bands)]]
        if None in apart:
            return [self._share(rate) for rate in tree.rates], []
        found = [parts for parts in apart if parts is not None]
        more = Label("{when}：每段加{points}", "{points} more in every band: {when}")
        added = [
            more.say(current_language(), when=self.words(when), points=self._points(points))
            for when, points in found[0][1]
        ]
        return [self._share(rate) for rate, _ in found], added

    def _share(self, rate: Node) -> str:
        """A rate; a plain number as a percentage."""
        share = _percent(rate)
        return self.words(rate) if share is None else f"{share}%"

    def _points(self, points: Node) -> str:
        share = _percent(points)
        return self.words(points) if share is None else say("{n}个百分点", "{n} percentage points", n=share)

    def _values(self, form: TableForm) -> Iterator[ParameterRow]:
        parameters = self.pack.rules.spec.parameters.parameters
        for row in form.rows:
            yield from sorted(parameters[row.parameter].rows, key=lambda r: (region_code(r.region), r.since))

    def _rows(self, form: TableForm) -> Table:
        """A row for every value: what the keys are, the value, when, and where."""
        spec, has_regions = self.pack.rules.spec, any(row.region for row in self._values(form))
        headings = [read(key_label(spec, key)) for key in form.keys]
        table = plain_table(*headings, say("值", "value"), say("何时", "when"))
        if has_regions:
            table.add_column(say("地区", "region"), overflow="fold")
        for row in form.rows:
            keys = [cell_text(spec, key, cell) for key, cell in zip(form.keys, row.cells, strict=True)]
            parameter = spec.parameters.parameters[row.parameter]
            for value in sorted(parameter.rows, key=lambda r: (region_code(r.region), r.since)):
                where = [value.region or ""] if has_regions else []
                table.add_row(*map(Prose, (*keys, value_text(parameter, value), _when(value), *where)))
                keys = ["" for _ in keys]
        return table

    def _of_group(self, name: str, key: str, group: Group) -> Iterator[str]:
        ranked = [name for name, _ in group.ranked()]
        for at, item in group.items.items():
            tree = self.pack.rules.items[name][key, at]
            if group.counts != "several":
                tree = _after(tree, ranked.index(at))
            yield say(
                "{label}，{points}分：{when}", "{label}, {points} points: {when}",
                label=item.label, points=f"{item.points:f}", when=self.words(tree),
            )  # fmt: skip

    # Results

    def _of_result(self, trees: ResultTrees) -> Iterator[str]:
        result = trees.result
        if trees.amount is not None:
            yield say("金额：{a}", "amount: {a}", a=self.words(trees.amount))
        elif result.limits is not None:
            yield from self._limits(trees)
        elif result.kinds:
            yield from self._kinds(trees)
        else:
            yield say("是否符合条件", "whether one is eligible")
        for name, tree in trees.conditions.items():
            yield self._condition(result, name, tree)
        for who, tree in trees.left.items():
            yield say("由{who}决定：{when}", "left to the {who}: {when}", who=HANDLERS[who], when=self.words(tree))

    def _limits(self, trees: ResultTrees) -> Iterator[str]:
        compared = {kind: _own(trees, kind) for kind in (BELOW, ABOVE) if kind in trees.kinds}
        ends = {kind: tree.args for kind, tree in compared.items() if isinstance(tree, Op)}
        of = self.words(next(iter(ends.values()))[0])
        texts = {BELOW: Label("不低于{x}", "at least {x}"), ABOVE: Label("不超过{x}", "at most {x}")}
        said = [texts[kind].say(current_language(), x=self.words(args[1])) for kind, args in ends.items()]
        line = say("{of}应当{ends}", "{of} has to be {ends}", of=of, ends=say("，", " and ").join(said))
        assert trees.result.limits is not None
        yield line + (say("，否则写明理由", ", else a reason is given") if trees.result.limits.soft else "")

    def _kinds(self, trees: ResultTrees) -> Iterator[str]:
        degrees = trees.result.ordered
        yield (
            say("程度，重的在前", "degrees, the highest first") if degrees else say("依次判断", "the first that holds")
        )
        for kind, of in trees.result.kinds.items():
            yield say("{label}：{when}", "{label}: {when}", label=of.label, when=self.words(_own(trees, kind)))

    def _condition(self, result: Result, name: str, tree: Node) -> str:
        """A condition, or what bars, and what lifts the bar."""
        parts = tree.args if isinstance(tree, Op) and tree.name == "or" and name in result.barred else (tree,)
        free = parts[0]
        if name not in result.barred or not (isinstance(free, Op) and free.name == "not"):
            return say("条件：{c}", "condition: {c}", c=self.words(tree))
        said = say("除外：{c}", "barred: {c}", c=self.words(free.args[0]))
        if result.barred[name].unless is None:
            return said
        return said + say("；但不除外：{c}", "; but not: {c}", c=self.words(parts[-1]))


_BESIDE = (
    Label("此前已计入：{x}", "counted before: {x}"),
    Label("达到{x}才算", "counted from {x} on"),
    Label("扣除：{x}", "less: {x}"),
    Label("封顶：{x}", "at most: {x}"),
)


def entry(label: str, name: str, style: str = "") -> Text:
    """A label, and the name by which it is known in files."""
    return Text.assemble((label, style), (f"  {name}", "dim"))


def _written(text: Source) -> str:
    return " ".join(text.text.split())


def _of_rows(spec: RuleSpec, of: str | None) -> str:
    """Whose it is, where it is not the household's."""
    return "" if of is None else say("（{of}）", " ({of})", of=spec.facts.collections[of].label)


def _counts(group: Group) -> str:
    ways = {
        "one": say("（只计一项）", " (one of them)"),
        "highest": say("（计最高的一项）", " (the highest of them)"),
        "several": say("（可计多项）", " (all that hold)"),
    }
    return ways[group.counts]


# Parts of trees, as `forms.py` and `results.py` put them together


def _bare(node: Node) -> Node:
    return node.args[0] if isinstance(node, Op) and node.name == "rescale" else node


def _without(rate: Node, extra: Mapping[str, Extra]) -> tuple[Node, list[tuple[Node, Node]]] | None:
    """A rate without its extra points, and these: when, and how many."""
    added: list[tuple[Node, Node]] = []
    for _ in extra:
        match _bare(rate):
            case Op(name="add", args=(rate, more)):
                pass
            case _:
                return None
        match _bare(more):
            case Op(name="if", args=(when, points, _)):
                added.append((when, _bare(points)))
            case _:
                return None
    return _bare(rate), added[::-1]


def _after(tree: Node, before: int) -> Node:
    """The condition of an item that counts only where none of those before it does."""
    if not before or not isinstance(tree, Op):
        return tree
    own = tree.args[before:]
    return own[0] if len(own) == 1 else Op("and", own, BOOLEAN)


def _own(trees: ResultTrees, kind: str) -> Node:
    """The condition of a kind, without those of the result."""
    tree = trees.kinds[kind]
    if isinstance(tree, Op) and tree.name == "and" and len(tree.args) == 2 and tree.args[0] is trees.eligible:
        return tree.args[1]
    return tree


def _percent(rate: Node) -> str | None:
    """A number without unit as so many of a hundred."""
    if isinstance(rate, Literal) and isinstance(rate.type, NumberType) and rate.type.unit.is_plain:
        return number(float(rate.value) / 10**rate.type.decimals * 100, 6)  # type: ignore[arg-type]  # a number
    return None


# Tables


def _when(row: ParameterRow) -> str:
    """When a value of a table is in force; a whole year by its number."""
    first, last = row.since, row.until
    if last is None:
        return say("{d}起", "from {d} on", d=first)
    if (first.month, first.day, last.month, last.day, last.year) == (1, 1, 12, 31, first.year):
        return say("{y}年", "{y}", y=first.year)
    return say("{a}至{b}", "{a} to {b}", a=first, b=last)


def key_label(spec: RuleSpec, key: Source) -> Label:
    """Of a key of a table: a fact, a definition, or else its text."""
    owner, _, name = key.text.rpartition(".")
    definition = spec.definitions.get(name)
    if definition is not None:
        return definition.label
    found = next((facts[name].label for facts in _facts(spec, owner) if name in facts), None)
    return found or Label(key.text, key.text)


def _facts(spec: RuleSpec, owner: str) -> Iterator[Mapping[str, FactSpec]]:
    """The facts among which a name may be: of the household, or of the rows that a collection's first letter means."""
    if not owner:
        yield spec.facts.household
    yield from (rows.facts for name, rows in spec.facts.collections.items() if owner == name[0])


def cell_text(spec: RuleSpec, key: Source, cell: Cell) -> str:
    """What a key is in a row of a table."""
    if isinstance(cell, bool):
        return say("是", "yes") if cell else say("否", "no")
    if isinstance(cell, frozenset):
        owner, _, name = key.text.rpartition(".")
        fact = next((facts[name] for facts in _facts(spec, owner) if name in facts), None)
        labels = {} if fact is None else fact.values
        order = [*[value for value in labels if value in cell], *sorted(cell - labels.keys())]
        return listing([read(labels.get(v, Label(v, v))) for v in order], current_language(), "or")
    lo, hi = cell
    if lo == hi:
        return f"{lo}"
    if lo is None:
        return say("不超过{n}", "at most {n}", n=hi)
    if hi is None:
        return say("不少于{n}", "at least {n}", n=lo)
    return say("{a}至{b}", "{a} to {b}", a=lo, b=hi)


def row_text(spec: RuleSpec, parameter: str) -> str:
    """A value of a table by its keys; of another parameter nothing."""
    definition = spec.definitions.get(parameter.partition("@")[0])
    if definition is None or not isinstance(definition.text, TableForm):
        return ""
    form = definition.text
    row: Row = next(row for row in form.rows if row.parameter == parameter)
    said = [
        say("{k}：{v}", "{k}: {v}", k=key_label(spec, key), v=cell_text(spec, key, cell))
        for key, cell in zip(form.keys, row.cells, strict=True)
    ]
    return say("（{keys}）", " ({keys})", keys=say("；", "; ").join(said))


# Values of parameters


def value_text(parameter: Parameter, row: ParameterRow) -> str:
    """A value with its unit, or the parameter of which it is so many times."""
    value = row.value
    if isinstance(value, Multiple):
        return say("{of} 的 {times} 倍", "{times} times {of}", times=f"{value.times.normalize():f}", of=value.of)
    return f"{number(float(value), 4)} {unit_text(parameter.unit)}".strip()


def unit_text(unit: Unit) -> str:
    """A unit, as it follows a number; of a plain number nothing."""
    if unit.is_plain:
        return ""
    return unit.zh() if current_language() == "zh" else str(unit)


def days_text(row: ParameterRow) -> str:
    """From when, and until when."""
    until = say("至 {d}", "to {d}", d=row.until) if row.until else say("起", "on, until replaced")
    return say("{since} {until}", "from {since} {until}", since=row.since, until=until)
