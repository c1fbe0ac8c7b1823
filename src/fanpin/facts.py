"""The table of facts: read off the models, extended by packs.

Each fact has its type with bounds and unit, its labels, its sensitivity, and the headers it bears in tables of
others.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Annotated, Any, Optional

from attrs import Factory, evolve, frozen
from pydantic import Field, create_model

from fanpin.expressions.types import BooleanType, ChoiceType, DateType, NumberType, TextType, Type
from fanpin.household import Household
from fanpin.i18n import Label
from fanpin.kinds import About, Between, Kind, Number, OnDay, OneOf, Sensitivity, Words, YesOrNo
from fanpin.records import Record, row_model
from fanpin.units import Unit


@frozen
class FactSpec:
    """One fact: name, label, type, sensitivity, headers, and the words of a choice's values."""

    name: str
    label: Label
    type: Type
    sensitivity: Sensitivity = "personal"
    headers: tuple[str, ...] = ()
    values: Mapping[str, Label] = Factory(dict)
    collection: str | None = None
    read: bool = True  # whether rules may read it
    source: str | None = None


@frozen
class CollectionSpec:
    """Rows that hang on the household; `row_unit` is what a row counts as."""

    name: str
    label: Label
    max_rows: int
    row_unit: str
    facts: Mapping[str, FactSpec]


@frozen
class FactTable:
    """The facts of households and of the rows of each collection.

    >>> FactTable.of(Household).by_header("工资性收入(元)").name
    'wage_income'
    """

    household: Mapping[str, FactSpec]
    collections: Mapping[str, CollectionSpec] = Factory(dict)

    @classmethod
    def of(cls, model: type[Household]) -> "FactTable":
        """The table of a model: of `Household`, or of a typed subclass of it."""
        return _table_of(model)

    def extended(
        self,
        household: Mapping[str, FactSpec],
        members: Mapping[str, FactSpec],
        collections: Mapping[str, CollectionSpec],
    ) -> "FactTable":
        """The table with a pack's facts."""
        own = self.collections["members"]
        with_members = evolve(own, facts={**own.facts, **members})
        return FactTable({**self.household, **household}, {**self.collections, "members": with_members, **collections})

    def facts_of(self, collection: str | None) -> Mapping[str, FactSpec]:
        """The facts of the household (None) or of a collection's rows."""
        return self.household if collection is None else self.collections[collection].facts

    def by_header(self, text: str, collection: str | None = None) -> FactSpec | None:
        """The fact that a column's heading means: its name, a label, or a header of an export."""
        return _by_header(self, collection).get(_normal(text))

    def model(self, base: type[Household] = Household) -> type[Household]:
        """The model with the facts that it has not yet, so that they are checked like its own."""
        added = {n: _field(f) for n, f in self.household.items() if n not in base.model_fields}
        for name, collection in self.collections.items():
            known = row_model(base.model_fields[name].annotation) if name in base.model_fields else Record
            assert known is not None
            fields = {n: _field(f) for n, f in collection.facts.items() if n not in known.model_fields}
            if fields or name not in base.model_fields:
                row = create_model(name.title(), __base__=known, **fields)  # type: ignore[call-overload]
                about = About(collection.label, row_unit=collection.row_unit, read=False)
                field = Field(None, title=collection.label.zh, json_schema_extra=about)
                limited = Annotated[tuple[row, ...], Field(max_length=collection.max_rows)]
                added[name] = (Optional[limited], field)  # noqa: UP045  # an annotation made at run time
        if not added:
            return base
        made: type[Household] = create_model(base.__name__, __base__=base, **added)  # type: ignore[call-overload]
        return made


@lru_cache(maxsize=32)
def _table_of(model: type[Household]) -> FactTable:
    household = {spec.name: spec for spec in _specs(model, None)}
    collections = {}
    for name, field in model.model_fields.items():
        row = row_model(field.annotation)
        about = field.json_schema_extra
        if row is not None and isinstance(about, About):
            most = next((m.max_length for m in _metadata(field.annotation) if hasattr(m, "max_length")), 50)
            facts = {spec.name: spec for spec in _specs(row, name)}
            collections[name] = CollectionSpec(name, about.label, most, about.row_unit, facts)
    return FactTable(household, collections)


def _metadata(annotation: Any) -> Iterator[Any]:
    yield from getattr(annotation, "__metadata__", ())
    for part in getattr(annotation, "__args__", ()):
        for item in _metadata(part):
            yield from getattr(item, "metadata", (item,))


def _specs(model: type[Record], collection: str | None) -> Iterator[FactSpec]:
    for name, field in model.model_fields.items():
        about = field.json_schema_extra
        if not isinstance(about, About) or row_model(field.annotation) is not None:
            continue
        kind = next((m for m in field.metadata if isinstance(m, Kind)), None)
        of = kind.of(field.annotation) if isinstance(kind, OneOf) else kind
        yield FactSpec(
            name, about.label, BooleanType() if field.annotation is bool else _type(of, about.unit),
            about.sensitivity, about.headers, about.values or {},
            collection, about.read, about.source,
        )  # fmt: skip


def _type(kind: Kind | None, unit: str) -> Type:
    match kind:
        case Number(lo=lo, hi=hi, decimals=decimals):
            scale = 10**decimals
            return NumberType(Unit.parse(unit), decimals, round(lo * scale), round(hi * scale))
        case YesOrNo():
            return BooleanType()
        case OnDay(lo=lo, hi=hi):
            return DateType(lo, hi)
        case OneOf(values=values, other=other):
            return ChoiceType(values, other)
    return TextType()


def _field(spec: FactSpec) -> tuple[Any, Any]:
    """A pydantic field for a fact that a pack declares."""
    about = About(
        spec.label, _unit(spec.type), spec.sensitivity, spec.headers, spec.values or None, spec.source, read=spec.read
    )
    return _annotation(spec.type), Field(None, title=spec.label.zh, json_schema_extra=about)


def _unit(kind: Type) -> str:
    return str(kind.unit) if isinstance(kind, NumberType) and not kind.unit.is_plain else ""


def _annotation(kind: Type) -> Any:
    match kind:
        case NumberType(decimals=decimals):
            scale = 10**decimals
            held = float if decimals else int
            number = Number(kind.lo / scale, kind.hi / scale, decimals)
            return Annotated[Optional[held | Between[held]], number]  # type: ignore[valid-type]  # noqa: UP045
        case BooleanType():
            return Annotated[bool | None, YesOrNo()]
        case DateType(lo=lo, hi=hi):
            return Annotated[Any, OnDay(lo, hi)]
        case ChoiceType(values=values, other=other):
            return Annotated[str | None, OneOf(values, other)]
        case TextType():
            return Annotated[str | None, Words()]


def _by_header(table: FactTable, collection: str | None) -> Mapping[str, FactSpec]:
    found: dict[str, FactSpec] = {}
    for spec in table.facts_of(collection).values():
        for text in (spec.name, spec.label.zh, spec.label.en, *spec.headers):
            found.setdefault(_normal(text), spec)
    return found


def _normal(text: str) -> str:
    """A heading without blanks, full-width forms, case, and a unit in brackets at its end."""
    plain = unicodedata.normalize("NFKC", text).lower()
    plain = re.sub(r"[(\[][^()\[\]]*[)\]]\s*$", "", plain) or plain
    return re.sub(r"[\s_]+", "", plain)
