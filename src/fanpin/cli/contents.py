"""What a pack's definitions and results say, in lines that a reader can hold beside the paper they come from.

Bands stand band by band, a table row by row, a score card item by item, a result with its conditions, each in words.
"""

from collections.abc import Iterable, Iterator

from attrs import frozen
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from fanpin.cli.prose import Prose
from fanpin.cli.screen import bullets, heading, plain_table, read, say
from fanpin.cli.values import cell_text, key_label, value_text
from fanpin.expressions.nodes import Literal, Node
from fanpin.expressions.scope import Source
from fanpin.expressions.to_words import Words
from fanpin.expressions.types import NumberType
from fanpin.forms import Band, BandsForm, Group, Row, ScoreForm, TableForm
from fanpin.i18n import Label, current_language, number
from fanpin.packs import Pack
from fanpin.parameters import ParameterRow, region_code
from fanpin.results import Limits, ResultTrees
from fanpin.rules import HANDLERS, Definition, RuleSpec
from fanpin.sentences import PackVocabulary
from fanpin.step_words import any_of

_IN = (0, 0, 0, 4)  # how far below its label something is set in


@frozen
class Contents:
    """Shows the definitions and results, the procedures, measures and notices of a pack."""

    pack: Pack

    def _words(self, text: Source) -> str:
        """A text of the pack in the reader's language."""
        return self._in_words(self.pack.rules.texts[text])

    def _in_words(self, node: Node) -> str:
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
                _line(console, definition.source, "dim")

    def show_counted(self, console: Console) -> None:
        """The collections that are some rows of another."""
        spec = self.pack.rules.spec
        if spec.filtered:
            console.print(heading(say("计入谁", "Who counts")))
        for filtered in spec.filtered.values():
            console.print(entry(f"{read(filtered.label)}{_of_rows(spec, filtered.of)}", filtered.name))
            _line(console, _written(filtered.where), "cyan")

    def show_results(self, console: Console) -> None:
        """Each with what it is, and on what it hangs."""
        spec = self.pack.rules.spec
        if spec.results:
            console.print(heading(say("结果", "Results")))
        for trees in self.pack.rules.results.values():
            result = trees.result
            console.print(entry(f"{read(result.label)}{_of_rows(spec, result.of)}", result.name))
            _lines(console, self._of_result(trees))
            if result.source:
                _line(console, result.source, "dim")

    # Procedures

    def show_procedures(self, console: Console) -> None:
        """Each with its lines and the number of its steps; `fanpin workflow show` tells of every step."""
        if self.pack.workflows:
            console.print(heading(say("工作流程", "Procedures")))
        for workflow in self.pack.workflows.values():
            spec = workflow.spec
            console.print(entry(read(spec.label), spec.name))
            _line(console, say("环节 {n} 个", "{n} steps", n=len(spec.steps)))
            places = ([any_of(spec.steps[name].label for name in place) for place in line] for line in spec.lines)
            _lines(console, (" → ".join(map(read, labels)) for labels in places))
            if spec.source:
                _line(console, spec.source, "dim")

    def show_measures(self, console: Console) -> None:
        """Of each risk, the measures that answer it."""
        measures = self.pack.measures
        if not measures:
            return
        console.print(heading(say("帮扶措施（{n} 项）", "Measures ({n})", n=len(measures))))
        table = plain_table(say("风险", "risk"), say("对应的措施", "measures that answer it"))
        for risk, found in measures.matrix(self.pack.rules.risk_names).items():
            labels = say("、", ", ").join(read(measures[name].label) for name in found)
            table.add_row(Prose(read(self.pack.rules.spec.risks[risk].label)), Prose(labels))
        console.print(Padding(table, _IN))

    def show_notices(self, console: Console) -> None:
        """Each with the step that puts it up, and what it lists of a household."""
        if self.pack.notices:
            console.print(heading(say("公示", "Notices")))
        for form in self.pack.notices.values():
            step = self.pack.workflows[form.workflow].spec.steps[form.step].label
            listed = say("、", ", ").join(read(column.fact.label) for column in form.columns)
            console.print(entry(read(form.label), form.name))
            _line(console, say("{step}：{listed}", "{step}: {listed}", step=step, listed=listed), "cyan")
            if form.source:
                _line(console, form.source, "dim")

    # Definitions

    def _show_form(self, console: Console, definition: Definition) -> None:
        match definition.text:
            case Source() as text:
                _line(console, _written(text), "cyan")
            case BandsForm() as form:
                _lines(console, self._of_bands(form))
            case TableForm() as form:
                console.print(Padding(self._rows(form), _IN))
                for source in dict.fromkeys(value.source for _, value in self._values(form) if value.source):
                    _line(console, source, "dim")
            case ScoreForm() as form:
                for group in form.groups.values():
                    _line(console, f"{read(group.label)}{_counts(group)}")
                    _lines(console, self._of_group(group))

    def _of_bands(self, form: BandsForm) -> Iterator[str]:
        yield _say(_WHOLE if form.whole else _BY_SLICE, of=self._words(form.of))
        for band in form.bands:
            yield self._of_band(band, alone=len(form.bands) == 1)
        if form.bands[-1].up_to is not None:
            yield say("再往上不计", "nothing above that")
        for extra in form.extra.values():
            when, points = self._words(extra.when), self._points(extra.points)
            yield say("{when}：每段加{points}", "{points} more in every band: {when}", when=when, points=points)
        for name, label in _BESIDE.items():
            if name in form.beside:
                yield _say(label, x=self._words(form.beside[name]))

    def _of_band(self, band: Band, alone: bool) -> str:
        percent = self._percent(band.rate)
        rate = self._words(band.rate) if percent is None else f"{percent}%"
        if band.up_to is None:
            return _say(_ALONE if alone else _ABOVE, rate=rate)
        return _say(_UP_TO if band.included else _BELOW, u=self._words(band.up_to), rate=rate)

    def _points(self, points: Source) -> str:
        percent = self._percent(points)
        return self._words(points) if percent is None else say("{n}个百分点", "{n} percentage points", n=percent)

    def _percent(self, rate: Source) -> str | None:
        """A number without unit as so many of a hundred."""
        tree = self.pack.rules.texts[rate]
        if isinstance(tree, Literal) and isinstance(tree.type, NumberType) and tree.type.unit.is_plain:
            return number(float(tree.value) / 10**tree.type.decimals * 100, 6)  # type: ignore[arg-type]  # a number
        return None

    def _values(self, form: TableForm) -> Iterator[tuple[Row, ParameterRow]]:
        for row in form.rows:
            values = self.pack.rules.spec.parameters.parameters[row.parameter].rows
            yield from ((row, value) for value in sorted(values, key=lambda v: (region_code(v.region), v.since)))

    def _rows(self, form: TableForm) -> Table:
        """A row for every value: what the keys are, the value, when, and where."""
        spec, has_regions = self.pack.rules.spec, any(value.region for _, value in self._values(form))
        headings = [read(key_label(spec, key)) for key in form.keys]
        table = plain_table(*headings, say("值", "value"), say("何时", "when"))
        if has_regions:
            table.add_column(say("地区", "region"), overflow="fold")
        above = None
        for row, value in self._values(form):
            keys = [cell_text(spec, *key) for key in zip(form.keys, row.cells, strict=True)]
            shown = ["" for _ in keys] if row is above else keys
            where = [value.region or ""] if has_regions else []
            said = value_text(spec.parameters.parameters[row.parameter], value)
            table.add_row(*map(Prose, (*shown, said, _when(value), *where)))
            above = row
        return table

    def _of_group(self, group: Group) -> Iterator[str]:
        for item in group.items.values():
            yield say(
                "{label}，{points}分：{when}", "{label}, {points} points: {when}",
                label=item.label, points=f"{item.points:f}", when=self._words(item.when),
            )  # fmt: skip

    # Results

    def _of_result(self, trees: ResultTrees) -> Iterator[str]:
        result = trees.result
        if trees.amount is not None:
            yield say("金额：{a}", "amount: {a}", a=self._in_words(trees.amount))
        elif result.limits is not None:
            yield self._limits(result.limits)
        elif result.kinds:
            yield _say(_DEGREES if result.ordered else _FIRST)
            for kind in result.kinds.values():
                yield say("{label}：{when}", "{label}: {when}", label=kind.label, when=self._words(kind.when))
        else:
            yield say("是否符合条件", "whether one is eligible")
        for text in result.when.values():
            yield say("条件：{c}", "condition: {c}", c=self._words(text))
        for bar in result.barred.values():
            lifted = "" if bar.unless is None else say("；但不除外：{c}", "; but not: {c}", c=self._words(bar.unless))
            yield say("除外：{c}", "barred: {c}", c=self._words(bar.when)) + lifted
        for who, text in result.left_to.items():
            yield say("由{who}决定：{when}", "left to the {who}: {when}", who=HANDLERS[who], when=self._words(text))

    def _limits(self, limits: Limits) -> str:
        ends = {_AT_LEAST: limits.at_least, _AT_MOST: limits.at_most}
        said = say("，", " and ").join(_say(label, x=self._words(end)) for label, end in ends.items() if end)
        line = say("{of}应当{ends}", "{of} has to be {ends}", of=self._words(limits.of), ends=said)
        return line + (say("，否则写明理由", ", else a reason is given") if limits.soft else "")


_BY_SLICE = Label("{of}，各段按各自的比例", "{of}, each slice at its own rate")
_WHOLE = Label("{of}，全额按所在档次的比例", "{of}, all of it at the rate of its band")
_UP_TO = Label("不超过{u}：{rate}", "up to {u}: {rate}")
_BELOW = Label("低于{u}：{rate}", "below {u}: {rate}")
_ABOVE = Label("其余：{rate}", "above that: {rate}")
_ALONE = Label("一律{rate}", "{rate} of all")
_AT_LEAST = Label("不低于{x}", "at least {x}")
_AT_MOST = Label("不超过{x}", "at most {x}")
_DEGREES = Label("程度，重的在前", "degrees, the highest first")
_FIRST = Label("依次判断", "the first that holds")
_BESIDE = {
    "used": Label("此前已计入：{x}", "counted before: {x}"),
    "entry": Label("达到{x}才算", "counted from {x} on"),
    "deductible": Label("扣除：{x}", "less: {x}"),
    "cap": Label("封顶：{x}", "at most: {x}"),
}


def entry(label: str, name: str, style: str = "") -> Text:
    """A label, and the name by which it is known in files."""
    return Text.assemble((label, style), (f"  {name}", "dim"))


def _say(label: Label, **parts: object) -> str:
    return label.say(current_language(), **parts)


def _line(console: Console, text: str, style: str = "") -> None:
    console.print(Padding(Prose(text, style=style), _IN))


def _lines(console: Console, texts: Iterable[str]) -> None:
    console.print(Padding(bullets(texts, style="cyan"), _IN))


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


def _when(row: ParameterRow) -> str:
    """When a value of a table is in force; a whole year by its number."""
    first, last = row.since, row.until
    if last is None:
        return say("{d}起", "from {d} on", d=first)
    if (first.month, first.day, last.month, last.day, last.year) == (1, 1, 12, 31, first.year):
        return say("{y}年", "{y}", y=first.year)
    return say("{a}至{b}", "{a} to {b}", a=first, b=last)
