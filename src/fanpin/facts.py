"""The table of facts: read off the models, extended by packs.

Each fact has its type with bounds and unit, its labels, its sensitivity, and the headers it bears in tables of
others.
"""

import keyword
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property, lru_cache
from typing import Annotated, Any, Literal, Optional, TypeVar, get_args, get_origin

from attrs import evolve, field, frozen
from pydantic import Field, create_model
from pydantic.fields import FieldInfo

from fanpin.errors import PackError, Place, Problem
from fanpin.expressions.scope import Source
from fanpin.expressions.types import BooleanType, ChoiceType, DateType, NumberType, TextType, Type
from fanpin.household import Household, Member
from fanpin.i18n import Label
from fanpin.kinds import About, Between, Kind, Number, OnDay, OneOf, Sensitivity, Words, YesOrNo
from fanpin.records import Record, max_rows, row_model
from fanpin.units import Unit


def _content(mapping: Mapping[str, Any]) -> frozenset[tuple[str, Any]]:
    """What makes two mappings equal, in a form that has a hash: tables of equal facts give one and the same model."""
    return frozenset(mapping.items())


_R = TypeVar("_R", bound=Record)


@frozen
class FactSpec:
    """One fact: name, label, type, sensitivity, headers, and the words of a choice's values."""

    name: str
    label: Label
    type: Type
    sensitivity: Sensitivity = "personal"
    headers: tuple[str, ...] = ()
    values: Mapping[str, Label] = field(factory=dict, eq=_content)
    collection: str | None = None
    read: bool = True  # whether rules may read it
    source: str | None = None
    none: float | bool | date | str | None = None  # the value that "none" stands for
    none_marks: tuple[str, ...] = ()  # what means none in a column
    applies: Source | None = None  # when the fact applies at all; where it surely does not, it is none


@frozen
class CollectionSpec:
    """Rows that hang on the household; `row_unit` is what a row counts as."""

    name: str
    label: Label
    max_rows: int
    row_unit: str
    facts: Mapping[str, FactSpec] = field(eq=_content)


@frozen
class FactTable:
    """The facts of households and of the rows of each collection.

    >>> FactTable.of(Household).by_header("工资性收入(元)").name
    'wage_income'
    """

    household: Mapping[str, FactSpec] = field(eq=_content)
    collections: Mapping[str, CollectionSpec] = field(factory=dict, eq=_content)

    @classmethod
    def of(cls, model: type[Household]) -> "FactTable":
        """The table of a model: of `Household`, or of a typed subclass of it.

        Raises TypeError where a fact of a subclass has a type that no fact has, or words for other values than its
        own.
        """
        return _table_of(model)

    def extended(
        self,
        household: Mapping[str, FactSpec],
        members: Mapping[str, FactSpec],
        collections: Mapping[str, CollectionSpec],
    ) -> "FactTable":
        """The table with a pack's facts. Raises `PackError` with every name that a fact can't bear."""
        refused = {name: name_refused(name, Household, self.collections) for name in household}
        refused |= {name: name_refused(name, Household, [*self.household, *household]) for name in collections}
        refused |= {f"members.{name}": name_refused(name, Member) for name in members}
        for rows in collections.values():
            refused |= {f"{rows.name}.{name}": name_refused(name, Record) for name in rows.facts}
        if problems := [found.at(Place(field=way)) for way, found in refused.items() if found]:
            raise PackError(*problems)
        own = self.collections["members"]
        with_members = evolve(own, facts={**own.facts, **members})
        return FactTable({**self.household, **household}, {**self.collections, "members": with_members, **collections})

    def facts_of(self, collection: str | None) -> Mapping[str, FactSpec]:
        """The facts of the household (None) or of a collection's rows."""
        return self.household if collection is None else self.collections[collection].facts

    def by_header(self, text: str, collection: str | None = None) -> FactSpec | None:
        """The fact that a column's heading means: its name, a label, or a header of an export."""
        return self._by_header[collection].get(_normal(text))

    @cached_property
    def _by_header(self) -> Mapping[str | None, Mapping[str, FactSpec]]:
        return {collection: _headers(self.facts_of(collection)) for collection in (None, *self.collections)}

    def model(self, base: type[Household] = Household) -> type[Household]:
        """The model with the facts that it has not yet, so that they are checked like its own.

        Equal tables give the same model, and its households pickle.
        """
        known = FactTable.of(base)
        household = {name: spec for name, spec in self.household.items() if name not in known.household}
        collections = {}
        for name, rows in self.collections.items():
            own = known.collections[name].facts if name in known.collections else {}
            facts = {n: spec for n, spec in rows.facts.items() if n not in own}
            if facts or name not in known.collections:
                collections[name] = evolve(rows, facts=facts)
        return _made(base, FactTable(household, collections)) if household or collections else base


# Names


def name_refused(name: str, model: type[Record], taken: Iterable[str] = ()) -> Problem | None:
    """Why no fact of a model can be called so: it is a word of Python's, rules' or tables', or something else already.

    >>> name_refused("net_income", Household).code
    'fact-name'
    """
    fits = name.isidentifier() and not keyword.iskeyword(name) and not name.startswith(("model_", "_"))
    if fits and not hasattr(model, name) and name not in {*_RESERVED, *taken} and not name.endswith(_ENDS):
        return None
    return Problem("fact-name", details={"name": name})


_RESERVED = frozenset({"on", "risks", "row", "household_id"})
_ENDS = ("__lo", "__hi")  # the two columns of a fact that is a range


# From a model to its table


@lru_cache(maxsize=32)
def _table_of(model: type[Household]) -> FactTable:
    household = {spec.name: spec for spec in _specs(model, None)}
    collections = {}
    for name, info in model.model_fields.items():
        row = row_model(info.annotation)
        about = info.json_schema_extra
        if row is not None and isinstance(about, About):
            facts = {spec.name: spec for spec in _specs(row, name)}
            collections[name] = CollectionSpec(name, about.label, max_rows(info), about.row_unit, facts)
    return FactTable(household, collections)


def _specs(model: type[Record], collection: str | None) -> Iterator[FactSpec]:
    for name, info in model.model_fields.items():
        about = info.json_schema_extra
        if isinstance(about, About) and row_model(info.annotation) is None:
            yield FactSpec(
                name=name,
                label=about.label,
                type=_type_of(f"{model.__name__}.{name}", info, about),
                sensitivity=about.sensitivity,
                headers=about.headers,
                values=about.values or {},
                collection=collection,
                read=about.read,
                source=about.source,
                none=about.none,
                none_marks=about.none_marks,
            )


def _type_of(where: str, info: FieldInfo, about: About) -> Type:
    kind = next((said for said in info.metadata if isinstance(said, Kind)), None) or _plain_kind(info.annotation)
    match kind:
        case Number(lo=lo, hi=hi, decimals=decimals):
            scale = 10**decimals
            return NumberType(Unit.parse(about.unit), decimals, round(lo * scale), round(hi * scale))
        case YesOrNo():
            return BooleanType()
        case OnDay(lo=lo, hi=hi):
            return DateType(lo, hi)
        case OneOf():
            of = kind.of(info.annotation)
            if about.values and set(about.values) != set(of.values):
                raise TypeError(f"{where}: `labels` must name its values, {', '.join(of.values)}")
            return ChoiceType(of.values, of.other)
        case Words():
            return TextType()
    raise TypeError(f"{where}: a fact's type is one of fanpin.household, such as Money, Day or YesNo")


def _plain_kind(annotation: Any) -> Kind | None:
    """What a field without one of our kinds takes. Numbers and days need one, for their bounds and ranges."""
    parts = [part for part in get_args(annotation) if part is not type(None)]
    match parts if get_origin(annotation) is not Literal else [annotation]:
        case [] if annotation in (bool, str):
            return YesOrNo() if annotation is bool else Words()
        case [one] if one in (bool, str):
            return YesOrNo() if one is bool else Words()
        case [one] if get_origin(one) is Literal:
            return OneOf()
    return None


# From a table to a model


class _Made:
    """A mixin of the models made here. Pickle can't find them by name, so it makes them again from their facts."""

    __slots__ = ()

    def __reduce_ex__(self, protocol: Any) -> Any:
        made_of = type(self).__dict__.get("__made_of__")
        if made_of is None:  # a subclass, which has a name
            return super().__reduce_ex__(protocol)
        return _blank, made_of, self.__getstate__()


def _blank(base: type[Household], added: FactTable, collection: str | None) -> Record:
    model: type[Record] = _made(base, added)
    if collection is not None:
        model = row_model(model.model_fields[collection].annotation) or model
    return model.__new__(model)


@lru_cache(maxsize=32)
def _made(base: type[Household], added: FactTable) -> type[Household]:
    fields = _fields(added.household)
    for name, collection in added.collections.items():
        own = row_model(base.model_fields[name].annotation) if name in base.model_fields else None
        title = own.__name__ if own else name.title().replace("_", "")
        row: Any = _model(title, own or Record, _fields(collection.facts), (base, added, name))
        about = About(collection.label, row_unit=collection.row_unit, read=False)
        limited: Any = Annotated[tuple[row, ...], Field(max_length=collection.max_rows)]
        fields[name] = (Optional[limited], Field(None, title=collection.label.zh, json_schema_extra=about))  # noqa: UP045
    return _model(base.__name__, base, fields, (base, added, None))


def _model(name: str, base: type[_R], fields: dict[str, Any], made_of: tuple[Any, ...]) -> type[_R]:
    create: Any = create_model  # its fields are known at run time only
    model: Any = create(name, __base__=(base, _Made), __module__=base.__module__, **fields)
    model.__made_of__ = made_of
    made: type[_R] = model
    return made


def _fields(facts: Mapping[str, FactSpec]) -> dict[str, Any]:
    return {name: _field(spec) for name, spec in facts.items()}


def _field(spec: FactSpec) -> tuple[Any, Any]:
    """A pydantic field for a fact that a pack declares."""
    about = About(
        spec.label, _unit(spec.type), spec.sensitivity, spec.headers, spec.values or None, spec.source, read=spec.read,
        none=spec.none, none_marks=spec.none_marks,
    )  # fmt: skip
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


def _headers(facts: Mapping[str, FactSpec]) -> Mapping[str, FactSpec]:
    found: dict[str, FactSpec] = {}
    for spec in facts.values():
        for text in (spec.name, spec.label.zh, spec.label.en, *spec.headers):
            found.setdefault(_normal(text), spec)
    return found


def _normal(text: str) -> str:
    """A heading without blanks, full-width forms, case, and a unit in brackets at its end."""
    plain = unicodedata.normalize("NFKC", text).lower()
    plain = re.sub(r"[(\[][^()\[\]]*[)\]]\s*$", "", plain) or plain
    return re.sub(r"[\s_]+", "", plain)
