"""The kinds of facts: what a field takes, and what is said of it at the field.

A fact may be missing (None) and, if a number or a day, known only as a range (`Between`).
"""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from numbers import Real
from typing import Annotated, Any, Generic, Literal, TypeVar, get_args

from attrs import frozen
from pydantic import (
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
)
from pydantic_core import PydanticCustomError
from pydantic_core import core_schema as core

from fanpin.errors import Problem
from fanpin.expressions.scope import MAX_ROWS
from fanpin.i18n import Label, number
from fanpin.id_numbers import (
    DISABILITY_GRADES,
    IdNumberError,
    check_id_number,
    normal_form,
)
from fanpin.units import Unit

Sensitivity = Literal["public", "personal", "secret"]
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2100, 12, 31)
_LONGEST_TEXT = 200

_T_co = TypeVar("_T_co", bound=float | date, covariant=True)


@frozen(repr=False)
class Between(Generic[_T_co]):
    """A number or a day that is known only as a range; both ends belong to it.

    As a field of a pydantic model it takes a `Between` or the mapping `{"lo": …, "hi": …}`, and is written as that
    mapping. Raises ValueError where the low end is above the high end.

    >>> Between(5000, 6000)
    Between(5000, 6000)
    """

    lo: _T_co
    hi: _T_co

    def __attrs_post_init__(self) -> None:
        lo: Any = self.lo
        if not lo <= self.hi:  # so written, not-a-number is refused too
            raise ValueError(Problem("range-reversed").sentence("en"))

    def __repr__(self) -> str:
        return f"Between({self.lo!r}, {self.hi!r})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core.CoreSchema:
        """A range whose ends are of the type in the brackets."""
        ends = get_args(source)
        return _between(handler.generate_schema(ends[0]) if ends else core.any_schema())

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: core.CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """An object with both ends."""
        ends: Any = schema
        return _between_json(handler(ends["steps"][1]["fields"]["lo"]["schema"]))


def _between(end: core.CoreSchema) -> core.CoreSchema:
    ends = core.typed_dict_schema(
        {"lo": core.typed_dict_field(end), "hi": core.typed_dict_field(end)}, extra_behavior="forbid"
    )
    return core.chain_schema(
        [
            core.no_info_plain_validator_function(_as_mapping),
            ends,
            core.no_info_plain_validator_function(_from_ends),
        ],
        serialization=core.plain_serializer_function_ser_schema(_as_mapping),
    )


def _as_mapping(value: Any) -> Any:
    return {"lo": value.lo, "hi": value.hi} if isinstance(value, Between) else value


def _from_ends(ends: dict[str, Any]) -> "Between[Any]":
    return Between(ends["lo"], ends["hi"])


def _between_json(end: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"lo": {**end, "title": "最少"}, "hi": {**end, "title": "最多"}},
        "required": ["lo", "hi"],
        "additionalProperties": False,
    }


# ── kinds of facts: what a field takes ─────────────────────────────────────────────────────────────────────────────
#
# A kind is the annotation of a field. Its schema is a list of ways to read a value, tried from left to right: first
# what a program gives (a float), then what a file gives (text), last a function of ours for the rest. So the usual
# value costs no Python call, and whatever fails gives one error that says what the field needs.


def _one_of_ways(ways: Sequence[core.CoreSchema], problem: Problem, required: bool = False) -> core.CoreSchema:
    ctx = {name: value for name, value in problem.details.items() if isinstance(value, int | str)}
    schema = core.union_schema(
        [*ways],
        mode="left_to_right",
        custom_error_type=problem.code,
        custom_error_message=problem.sentence("en"),
        custom_error_context=ctx,
    )
    return schema if required else core.nullable_schema(schema)


def _by_function(read: Callable[[Any], Any], then: core.CoreSchema, missing: Any = None) -> core.CoreSchema:
    """Read by a function of ours, then check; where a value is missing, `then` must take `missing`."""

    def apply(value: Any) -> Any:
        if type(value).__module__ == "numpy" and hasattr(value, "item"):
            value = value.item()
        if _is_missing(value):
            return missing
        try:
            return read(value)
        except (TypeError, ArithmeticError):  # of a foreign type; pydantic takes a ValueError only
            raise ValueError from None

    return core.chain_schema([core.no_info_plain_validator_function(apply), then])


def _is_missing(value: Any) -> bool:
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, float | Decimal):
        return value.is_nan() if isinstance(value, Decimal) else math.isnan(value)
    return value is None or type(value).__name__ in ("NAType", "NaTType")  # pandas' own


def _json_or_none(schema: dict[str, Any], required: bool = False) -> dict[str, Any]:
    return schema if required else {"anyOf": [schema, {"type": "null"}]}


class Kind:
    """The base of the kinds: the annotation that says what a field takes."""

    def core_schema(self) -> core.CoreSchema:
        """How a value is read."""
        raise NotImplementedError

    def json_schema(self) -> dict[str, Any]:
        """What a form should know."""
        raise NotImplementedError

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core.CoreSchema:
        return self.core_schema()

    def __get_pydantic_json_schema__(self, schema: core.CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return self.json_schema()


@frozen
class Number(Kind):
    """A number, or a range of it, within bounds that belong to it.

    With `decimals` 0 it is a whole number. More decimals than `decimals` are no error here: grading reports them.
    Numeric text is taken, thousands separators and full-width digits too; yes and no are not numbers.
    """

    lo: float
    hi: float
    decimals: int = 2

    def core_schema(self) -> core.CoreSchema:
        """The fast way for a number of the right type, then text, the rest, and ranges."""
        strict, lax = self._schema(strict=True), self._schema(strict=False)
        ways = [strict, core.chain_schema([core.str_schema(strict=True), lax])]
        end = _one_of_ways([*ways, _by_function(_read_number, lax)], self._problem(), required=True)
        ways += [_by_function(_read_number, core.nullable_schema(lax)), _between(end)]
        return _one_of_ways(ways, self._problem())

    def _schema(self, strict: bool) -> core.CoreSchema:
        if self.decimals == 0:
            return core.int_schema(strict=strict, ge=int(self.lo), le=int(self.hi))
        return core.float_schema(strict=strict, ge=self.lo, le=self.hi, allow_inf_nan=False)

    def _problem(self) -> Problem:
        code = "fact-number" if self.decimals else "fact-whole-number"
        return Problem(code, details={"lo": number(self.lo, 6), "hi": number(self.hi, 6)})

    def json_schema(self) -> dict[str, Any]:
        """A number or integer with its bounds, or a range of it."""
        kind = {"type": "number" if self.decimals else "integer", "minimum": self.lo, "maximum": self.hi}
        return {"anyOf": [kind, _between_json(kind), {"type": "null"}]}


_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?")


def _read_number(value: Any) -> float | int | str | None:
    if isinstance(value, str):
        text = unicodedata.normalize("NFKC", value).strip()
        if text.lower() == "nan":
            return None
        return text.replace(",", "") if _THOUSANDS.fullmatch(text) else text
    if isinstance(value, bool) or not isinstance(value, int | Real | Decimal):
        raise ValueError
    return value if isinstance(value, int) else float(value)


@frozen
class OnDay(Kind):
    """A day, or a range of days, within bounds that belong to it.

    Besides a date it takes text, of a day or of a month, which counts from its first day: 2024-03-05, 2024/3/5,
    20240305, 2024年3月5日, 2024-03, 202403.
    """

    lo: date = FIRST_DAY
    hi: date = LAST_DAY
    ranges: bool = True

    def core_schema(self) -> core.CoreSchema:
        """The fast way for a date or ISO text, then the rest, and ranges."""
        within = core.date_schema(strict=True, ge=self.lo, le=self.hi)
        # pydantic reads other digits as seconds since 1970, so only text that looks like a day goes to it
        iso = core.chain_schema(
            [
                core.str_schema(strict=True, pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
                core.date_schema(ge=self.lo, le=self.hi),
            ]
        )
        ways: list[core.CoreSchema] = [core.json_or_python_schema(json_schema=iso, python_schema=within), iso]
        end = _one_of_ways([*ways, _by_function(_read_day, within)], self._problem(), required=True)
        ways.append(_by_function(_read_day, core.nullable_schema(within)))
        return _one_of_ways([*ways, _between(end)] if self.ranges else ways, self._problem())

    def _problem(self) -> Problem:
        return Problem("fact-day", details={"lo": self.lo.isoformat(), "hi": self.hi.isoformat()})

    def json_schema(self) -> dict[str, Any]:
        """A date, or a range of dates."""
        kind = {"type": "string", "format": "date", "x-minimum": f"{self.lo}", "x-maximum": f"{self.hi}"}
        return {"anyOf": [kind, *([_between_json(kind)] if self.ranges else []), {"type": "null"}]}


_DAY = re.compile(
    r"(?P<y>[0-9]{4})(?:(?P<m>[0-9]{2})(?P<d>[0-9]{2})?"
    r"|[-/.年](?P<m2>[0-9]{1,2})(?:[-/.月](?P<d2>[0-9]{1,2})日?|月)?)(?:[T ]00:00(?::00(?:\.0+)?)?)?"
)


def _read_day(value: Any) -> date:
    if isinstance(value, datetime):
        if value.tzinfo is not None or value != datetime(value.year, value.month, value.day):
            raise ValueError
        return value.date()
    if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
        raise ValueError
    text = f"{int(value)}" if isinstance(value, int | float) else value
    found = _DAY.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if not found:
        raise ValueError
    return date(int(found["y"]), int(found["m"] or found["m2"]), int(found["d"] or found["d2"] or 1))


@frozen
class OneOf(Kind):
    """One of some values, given by code; with `other`, a code outside the list is a known value too."""

    values: tuple[str, ...] = ()  # empty: those of the field's Literal
    other: bool = False

    def core_schema(self) -> core.CoreSchema:
        """The values, then text with blanks around it."""
        native = self._native()
        return _one_of_ways([native, _by_function(_read_text, core.nullable_schema(native))], self._problem())

    def _native(self) -> core.CoreSchema:
        if self.other:
            return core.str_schema(strict=True, strip_whitespace=True, min_length=1, max_length=_LONGEST_TEXT)
        return core.literal_schema([*self.values])

    def _problem(self) -> Problem:
        return Problem("fact-choice", details={"known": ", ".join(self.values)})

    def json_schema(self) -> dict[str, Any]:
        """The list of values, or text where others are allowed."""
        known: dict[str, Any] = {"type": "string", "enum": [*self.values]}
        return _json_or_none({"anyOf": [known, {"type": "string", "minLength": 1}]} if self.other else known)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core.CoreSchema:
        return self.of(source).core_schema()

    def of(self, annotation: Any) -> "OneOf":
        """The kind with the values of the field's `Literal[…] | None`."""
        return self if self.values else OneOf(_literal_values(annotation), self.other)

    def __get_pydantic_json_schema__(self, schema: core.CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        union: Any = schema
        return (
            self.json_schema() if self.values else OneOf(tuple(union["schema"]["choices"][0]["expected"])).json_schema()
        )


def _literal_values(annotation: Any) -> tuple[str, ...]:
    """The texts of `Literal[…] | None`."""
    values = []
    for part in get_args(annotation):
        if isinstance(part, str):
            values.append(part)
        elif part is not type(None):
            values += _literal_values(part)
    return tuple(values)


@frozen
class YesOrNo(Kind):
    """Yes or no. Besides true and false it takes 1 and 0, yes and no, 是 and 否; `missing` is what a gap means."""

    missing: bool | None = None

    def core_schema(self) -> core.CoreSchema:
        """The fast way for pydantic's booleans, then Chinese."""
        native = core.bool_schema()
        required = self.missing is not None
        rest = _by_function(_read_yes_no, native if required else core.nullable_schema(native), self.missing)
        return _one_of_ways([native, rest], Problem("fact-yes-no"), required)

    def json_schema(self) -> dict[str, Any]:
        """A boolean."""
        return _json_or_none({"type": "boolean"}, required=self.missing is not None)


def _read_yes_no(value: Any) -> Any:
    if isinstance(value, str):
        return {"是": True, "否": False}.get(value.strip(), value)
    return value


@frozen
class Words(Kind):
    """Text, without the blanks around it; a whole number is taken as text, since spreadsheets make numbers of codes."""

    pattern: str | None = None
    form: str = ""  # the pattern in words
    most: int = _LONGEST_TEXT
    required: bool = False

    def core_schema(self) -> core.CoreSchema:
        """The fast way for text, then numbers."""
        native = core.str_schema(
            strict=True, strip_whitespace=True, min_length=1, max_length=self.most, pattern=self.pattern
        )
        rest = native if self.required else core.nullable_schema(native)
        return _one_of_ways([native, _by_function(_read_text, rest)], self._problem(), self.required)

    def _problem(self) -> Problem:
        if self.pattern:
            return Problem("fact-code", details={"form": self.form})
        return Problem("fact-text", details={"most": self.most})

    def json_schema(self) -> dict[str, Any]:
        """Text with its length and pattern."""
        schema: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": self.most}
        return _json_or_none(schema | ({"pattern": self.pattern} if self.pattern else {}), self.required)


def _read_text(value: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError
    if isinstance(value, float) and (not value.is_integer() or abs(value) >= 2**53):  # beyond, digits are lost
        raise ValueError
    return str(int(value))


@frozen
class IdNumberWords(Words):
    """The number of an identity document, checked; it is kept without blanks and with a capital X."""

    def core_schema(self) -> core.CoreSchema:
        """Text whose digits agree."""
        return core.no_info_after_validator_function(_checked_id_number, super().core_schema())

    def json_schema(self) -> dict[str, Any]:
        """Text of 18 to 22 characters."""
        return _json_or_none({"type": "string", "minLength": 18, "maxLength": 22})


def _checked_id_number(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        check_id_number(text)
    except IdNumberError as error:
        problem = error.problem
    else:
        return normal_form(text)
    raise PydanticCustomError(problem.code, problem.sentence("en"), dict(problem.details))


Money = Annotated[float | Between[float] | None, Number(0, 1e9)]
SignedMoney = Annotated[float | Between[float] | None, Number(-1e9, 1e9)]
Area = Annotated[float | Between[float] | None, Number(0, 1e6)]
Distance = Annotated[float | Between[float] | None, Number(0, 1e4)]
Count = Annotated[int | Between[int] | None, Number(0, 1_000_000, decimals=0)]
Size = Annotated[int | Between[int] | None, Number(1, MAX_ROWS, decimals=0)]
Months = Annotated[int | Between[int] | None, Number(0, 12, decimals=0)]
Grade = Annotated[int | Between[int] | None, Number(DISABILITY_GRADES[0], DISABILITY_GRADES[-1], decimals=0)]
Day = Annotated[date | Between[date] | None, OnDay()]
ExactDay = Annotated[date | None, OnDay(ranges=False)]
YesNo = Annotated[bool | None, YesOrNo()]
_V = TypeVar("_V")
Choice = Annotated[_V | None, OneOf()]  # Choice[Literal["a", "b"]]
Listed = Annotated[bool, YesOrNo(missing=False)]  # nobody said that all are listed
Text = Annotated[str | None, Words()]
RequiredText = Annotated[str, Words(required=True)]
IdNumberText = Annotated[str | None, IdNumberWords()]
Region = Annotated[
    str | None,
    Words("^(?:[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})$", form="152223 (2, 4, 6, 9 / 12)", most=12),
]


# ── what a field says of its fact ──────────────────────────────────────────────────────────────────────────────────


@frozen
class About:
    """What is said of a fact at its field, besides its type. It stands in the field's `json_schema_extra`."""

    label: Label
    unit: str = ""
    sensitivity: Sensitivity = "personal"
    headers: tuple[str, ...] = ()
    values: Mapping[str, Label] | None = None
    source: str | None = None
    row_unit: str = ""
    read: bool = True
    none: Any = None  # the value that "none" stands for
    none_marks: tuple[str, ...] = ()

    def __call__(self, schema: dict[str, Any]) -> None:
        """Say it in the field's JSON Schema, for forms: English label, unit, sensitivity, words of the values."""
        schema["x-label-en"] = self.label.en
        schema["x-sensitivity"] = self.sensitivity
        if self.unit:
            schema["x-unit"] = self.unit
            schema["x-unit-zh"] = Unit.parse(self.unit).zh()
        if self.values:
            schema["x-values"] = {code: {"zh": word.zh, "en": word.en} for code, word in self.values.items()}
        if self.source:
            schema["x-source"] = self.source


def fact(  # noqa: PLR0913  # each is one thing that a fact has
    zh: str,
    en: str,
    *,
    unit: str = "",
    sensitivity: Sensitivity = "personal",
    headers: Sequence[str] = (),
    labels: Mapping[str, tuple[str, str]] | None = None,
    source: str | None = None,
    read: bool = True,
) -> Any:
    """A fact's field, missing by default.

    `unit` is as in `CNY/year`; `headers` are the column names it bears in tables of others; `labels` gives each code
    of a choice in Chinese and English; `read=False` marks what rules don't read, such as an address. Raises
    ValueError for a unit that there is none of.

    >>> from fanpin import Household
    >>> class County(Household):
    ...     hay: Money = fact("储草量", "hay in store", unit="mu", headers=["饲草储备"])
    """
    Unit.parse(unit)  # refused here, where it is written, rather than at its first use
    values = {code: Label(*words) for code, words in labels.items()} if labels else None
    about = About(Label(zh, en), unit, sensitivity, tuple(headers), values, source, read=read)
    return Field(default=None, title=zh, json_schema_extra=about)


def rows(zh: str, en: str, *, row_unit: str = "") -> Any:
    """The field of a collection of rows, not given by default; `row_unit` is what a row counts as."""
    return Field(default=None, title=zh, json_schema_extra=About(Label(zh, en), row_unit=row_unit, read=False))
