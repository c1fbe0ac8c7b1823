"""From the shapes of bands, tables, score cards and results to typed objects."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from attrs import frozen

from fanpin.errors import Place, Problem, did_you_mean
from fanpin.expressions.scope import Source
from fanpin.forms import Band, BandsForm, Cell, Extra, Form, Group, Item, Row, ScoreForm, TableForm
from fanpin.i18n import Label
from fanpin.packs.basic_shapes import as_label
from fanpin.packs.shapes import BandsShape, DefinitionShape, ResultShape, ScoreShape, TableRowShape, TableShape
from fanpin.parameters import Parameter, ParameterRow
from fanpin.results import Bar, KindOf, Limits, Result, Rounding
from fanpin.units import Unit

Path = tuple[str | int, ...]
_SPAN = re.compile(r"(-?\d+)?\s*(\.\.)\s*(-?\d+)?")


@frozen
class Forms:
    """Makes the forms and results of one pack; the values of tables join its parameters, as `<table>@0`."""

    text: Callable[[Path, str], Source]
    place: Callable[..., Place]
    parameters: dict[str, Parameter]
    problems: list[Problem]

    def form(self, name: str, shape: DefinitionShape) -> Form:
        """A definition that is no formula."""
        if shape.bands is not None:
            return self._bands(("definitions", name, "bands"), shape.bands)
        if shape.table is not None:
            return self._table(name, shape, shape.table)
        assert shape.score is not None
        return self._score(("definitions", name, "score"), shape.score)

    def _bands(self, path: Path, shape: BandsShape) -> BandsForm:
        bands = tuple(
            Band(
                self.text((*path, "bands", i, "rate"), band.rate),
                None if band.up_to is None else self.text((*path, "bands", i, "up_to"), band.up_to),
                band.included,
            )
            for i, band in enumerate(shape.bands)
        )
        said = {key: getattr(shape, key) for key in ("used", "entry", "deductible", "cap")}
        extra = {
            name: Extra(
                self.text((*path, "extra", name, "when"), points.when),
                self.text((*path, "extra", name, "points"), points.points),
            )
            for name, points in shape.extra.items()
        }
        beside = {key: self.text((*path, key), text) for key, text in said.items() if text not in (None, "none")}
        return BandsForm(
            self.text((*path, "of"), shape.of), bands, shape.rate_of == "whole", beside, extra, self.place(*path)
        )  # fmt: skip

    def _score(self, path: Path, shape: ScoreShape) -> ScoreForm:
        groups = {}
        for key, group in shape.groups.items():
            items = {
                name: Item(
                    as_label(item.label),
                    self.text((*path, "groups", key, "items", name, "when"), item.when),
                    item.points,
                )
                for name, item in group.items.items()
            }
            groups[key] = Group(as_label(group.label), group.counts, items)
        return ScoreForm(groups, self.place(*path))

    # Tables

    def _table(self, name: str, definition: DefinitionShape, shape: TableShape) -> TableForm:
        path: Path = ("definitions", name, "table")
        keys = tuple(self.text((*path, "keys", i), key) for i, key in enumerate(shape.keys))
        unit, held = Unit.parse(definition.unit or ""), dict[tuple[Cell, ...], list[ParameterRow]]()
        for i, row in enumerate(shape.rows):
            cells = self._cells((*path, "rows", i), shape, row)
            if cells is not None:
                held.setdefault(cells, []).append(self._row((*path, "rows", i), row))
        rows: list[Row] = []
        for cells, values in held.items():
            parameter = f"{name}@{len(rows)}"
            self.parameters[parameter] = Parameter(
                parameter, as_label(definition.label), unit, tuple(values), wider=shape.wider, place=self.place(*path)
            )
            rows.append(Row(cells, parameter, values[0].place))
        return TableForm(keys, tuple(rows), self.place(*path))

    def _row(self, path: Path, row: TableRowShape) -> ParameterRow:
        since, until = row.since, row.until if isinstance(row.until, date) else None
        if row.year is not None:
            since, until = date(row.year, 1, 1), date(row.year, 12, 31)
        assert since is not None, "a row's shape has a day or a year"
        if not isinstance(row.value, Decimal):
            self.problems.append(Problem("table-value", self.place(*path, "value")))
            return ParameterRow(since, until, Decimal(0), row.region, row.source, row.certainty, self.place(*path))
        return ParameterRow(since, until, row.value, row.region, row.source, row.certainty, self.place(*path))

    def _cells(self, path: Path, shape: TableShape, row: TableRowShape) -> tuple[Cell, ...] | None:
        """A cell a key, in the order of the keys; None after noting what is missing or too much."""
        for key in row.at:
            if key not in shape.keys:
                details = {"name": key, "kind": Label("键", "key")}
                place = self.place(*path, "at", key)
                self.problems.append(Problem("unknown-name", place, details, did_you_mean(key, shape.keys)))
        for key in shape.keys:
            if key not in row.at:
                self.problems.append(Problem("missing-key", self.place(*path, "at"), {"key": key}))
        if set(row.at) != set(shape.keys):
            return None
        return tuple(_cell(row.at[key]) for key in shape.keys)

    # Results

    def result(self, name: str, label: Label, shape: ResultShape) -> Result:
        """A result as written."""
        path: Path = ("results", name)

        def said(*way: str | int, text: str | None) -> Source | None:
            return None if text is None else self.text((*path, *way), text)

        limits = shape.limits
        return Result(
            name,
            label,
            of=shape.of,
            amount=said("amount", text=shape.amount),
            rounding=None
            if shape.round is None
            else Rounding(f"round_{shape.round.how}", shape.round.to, self.place(*path, "round", "to")),
            kinds={
                kind: KindOf(as_label(of.label), self.text((*path, "one_of", kind, "when"), of.when))
                for kind, of in shape.one_of.items()
            },
            ordered=shape.ordered,
            limits=None
            if limits is None
            else Limits(
                self.text((*path, "limits", "of"), limits.of),
                said("limits", "at_least", text=limits.at_least),
                said("limits", "at_most", text=limits.at_most),
                limits.soft,
            ),
            when={key: self.text((*path, "when", key), text) for key, text in shape.when.items()},
            barred={
                key: Bar(
                    self.text((*path, "barred", key, "if"), bar.when),
                    said("barred", key, "unless", text=bar.unless),
                )
                for key, bar in shape.barred.items()
            },
            left_to={who: self.text((*path, "left_to", who), text) for who, text in shape.left_to.items()},
            source=shape.source,
        )


def _cell(said: str | tuple[str, ...]) -> Cell:
    """What a key is in a row: yes or no, whole numbers such as `3`, `3..5`, `6..`, or values of a choice.

    >>> _cell("3..5"), _cell("6.."), _cell("yes"), sorted(_cell(("a", "b")))
    ((3, 5), (6, None), True, ['a', 'b'])
    """
    if not isinstance(said, str):
        return frozenset(said)
    text = said.strip()
    if text.lower() in _YES_NO:
        return _YES_NO[text.lower()]
    if text.lstrip("-").isdecimal():
        return int(text), int(text)
    span = _SPAN.fullmatch(text)
    if span and (span[1] or span[3]):
        return int(span[1]) if span[1] else None, int(span[3]) if span[3] else None
    return frozenset([text])


_YES_NO = {"yes": True, "no": False, "true": True, "false": False, "是": True, "否": False}
