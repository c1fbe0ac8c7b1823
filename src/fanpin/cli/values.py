"""How the numbers of a pack read: a value with its unit, its days, and the keys under which it stands in a table."""

from collections.abc import Iterator, Mapping

from fanpin.cli.screen import read, say
from fanpin.expressions.scope import Source
from fanpin.facts import FactSpec
from fanpin.forms import Cell, TableForm
from fanpin.i18n import Label, current_language, listing, number
from fanpin.parameters import Multiple, Parameter, ParameterRow
from fanpin.rules import RuleSpec
from fanpin.units import Unit


def value_text(parameter: Parameter, row: ParameterRow) -> str:
    """A value with its unit, or the parameter of which it is so many times."""
    value = row.value
    if isinstance(value, Multiple):
        return say("{of} 的 {times} 倍", "{times} times {of}", times=f"{value.times.normalize():f}", of=value.of)
    return amount_text(float(value), parameter.unit)


def amount_text(value: float, unit: Unit) -> str:
    """A number with its unit: 1 day, 5 days."""
    said = unit_text(unit)
    if said in ("day", "month", "year") and value != 1:
        said += "s"
    return f"{number(value, 4)} {said}".strip()


def unit_text(unit: Unit) -> str:
    """A unit, as it follows a number; of a plain number nothing."""
    if unit.is_plain:
        return ""
    return unit.zh() if current_language() == "zh" else str(unit)


def days_text(row: ParameterRow) -> str:
    """From when, and until when."""
    until = say("至 {d}", "to {d}", d=row.until) if row.until else say("起", "on, until replaced")
    return say("{since} {until}", "from {since} {until}", since=row.since, until=until)


# Keys of tables


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
    row = next(row for row in form.rows if row.parameter == parameter)
    said = [
        say("{k}：{v}", "{k}: {v}", k=key_label(spec, key), v=cell_text(spec, key, cell))
        for key, cell in zip(form.keys, row.cells, strict=True)
    ]
    return say("（{keys}）", " ({keys})", keys=say("；", "; ").join(said))
