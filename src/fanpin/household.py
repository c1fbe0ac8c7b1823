"""The household and its members as typed, frozen values; ranges; and the care that no error shows a personal value.

Each fact stands once, at its field: type, bounds, unit, labels, sensitivity, and the headers it bears in exports of
the national system. `facts.py` reads the table of facts off these classes, and adds what a pack declares. Facts may
be missing (None) and, if a number or a day, known only as a range (`Between`).
"""

import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from numbers import Real
from typing import TYPE_CHECKING, Annotated, Any, Generic, Literal, Self, TypeVar, get_args

from attrs import frozen
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError
from pydantic_core import core_schema as core

from fanpin.errors import DataError, Place, Problem, did_you_mean
from fanpin.expressions.scope import MAX_ROWS
from fanpin.i18n import Label, number
from fanpin.id_numbers import (
    DISABILITY_GRADES,
    IdNumberError,
    check_id_number,
    normal_form,
)

Sensitivity = Literal["public", "personal", "secret"]
MASK = "***"
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2100, 12, 31)
_LONGEST_TEXT = 200

# ── ranges ─────────────────────────────────────────────────────────────────────────────────────────────────────────

_T = TypeVar("_T", bound=float | date, covariant=True)


@frozen(repr=False)
class Between(Generic[_T]):
    """A number or a day that is known only as a range; both ends belong to it.

    As a field of a pydantic model it takes a `Between` or the mapping `{"lo": …, "hi": …}`, and is written as that
    mapping. Raises ValueError where the low end is above the high end.

    >>> Between(5000, 6000)
    Between(5000, 6000)
    """

    lo: _T
    hi: _T

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
    ctx = {name: value for name, value in problem.details.items() if isinstance(value, int | float | str)}
    schema = core.union_schema(
        [*ways],
        mode="left_to_right",
        custom_error_type=problem.code,
        custom_error_message=problem.sentence("en"),
        custom_error_context=ctx,
    )
    return schema if required else core.nullable_schema(schema)


def _by_function(read: Callable[[Any], Any], then: core.CoreSchema) -> core.CoreSchema:
    """Read by a function of ours, then check; None from the function needs a `then` that takes it."""

    def apply(value: Any) -> Any:
        if type(value).__module__ == "numpy" and hasattr(value, "item"):
            value = value.item()
        if _is_missing(value):
            return None
        try:
            return read(value)
        except (TypeError, ArithmeticError):  # of a foreign type; pydantic takes a ValueError only
            raise ValueError from None

    return core.chain_schema([core.no_info_plain_validator_function(apply), then])


def _is_missing(value: Any) -> bool:
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, float | Decimal):
        return value != value
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
    if isinstance(value, bool) or not isinstance(value, Real | Decimal):
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
    """Yes or no. Besides true and false it takes 1 and 0, yes and no, 是 and 否."""

    def core_schema(self) -> core.CoreSchema:
        """The fast way for pydantic's booleans, then Chinese."""
        native = core.bool_schema()
        problem = Problem("fact-yes-no")
        return _one_of_ways([native, _by_function(_read_yes_no, core.nullable_schema(native))], problem)

    def json_schema(self) -> dict[str, Any]:
        """A boolean."""
        return _json_or_none({"type": "boolean"})


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
    if value != int(value) or abs(value) >= 2**53:  # a float beyond that has lost digits
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
    raise PydanticCustomError(problem.code, problem.sentence("en"), dict(problem.details))  # type: ignore[arg-type]  # its texts need not be literals


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

    def __call__(self, schema: dict[str, Any]) -> None:
        """Say it in the field's JSON Schema, for forms: English label, unit, sensitivity, words of the values."""
        schema["x-label-en"] = self.label.en
        schema["x-sensitivity"] = self.sensitivity
        if self.unit:
            schema["x-unit"] = self.unit
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
    of a choice in Chinese and English; `read=False` marks what rules don't read, such as an address.

    >>> class County(Household):
    ...     hay: Money = fact("储草量", "hay in store", unit="mu", headers=["饲草储备"])
    """
    values = {code: Label(*words) for code, words in labels.items()} if labels else None
    about = About(Label(zh, en), unit, sensitivity, tuple(headers), values, source, read=read)
    return Field(default=None, title=zh, json_schema_extra=about)


def rows(zh: str, en: str, *, row_unit: str = "") -> Any:
    """The field of a collection of rows, not given by default; `row_unit` is what a row counts as."""
    return Field(default=None, title=zh, json_schema_extra=About(Label(zh, en), row_unit=row_unit, read=False))


# ── privacy ────────────────────────────────────────────────────────────────────────────────────────────────────────

_ALWAYS_SECRET = frozenset({"id_number", "phone", "bank_account", "health", "disability_class", "disability_grade"})


def mask(name: str, value: object, sensitivity: Sensitivity) -> str:
    """A value as a report may show it.

    A public one stays. A personal one shows its shape, so that a stray letter in a number can be found: each digit
    becomes #, each letter or character *, at most twelve of them. Of a secret one nothing is left, not its length.
    Numbers of documents, phones and accounts, health and disability are secret whatever a pack says.

    >>> mask("wage_income", "1200O元", "personal"), mask("phone", "13900000000", "public")
    ('####**', '***')
    """
    if sensitivity == "secret" or name in _ALWAYS_SECRET:
        return MASK
    text = str(value)
    if sensitivity == "public":
        return text
    shape = "".join("#" if c.isnumeric() else "*" if c.isalpha() else c for c in text[:12])
    return shape + "…" if len(text) > 12 else shape


# The kinds of pydantic's errors whose details come from the model and never from the input.
_OF_THE_MODEL = frozenset(
    [
        "missing",
        "extra_forbidden",
        "invalid_key",
        "frozen_field",
        "frozen_instance",
        "model_type",
        "model_attributes_type",
        "dict_type",
        "list_type",
        "tuple_type",
        "set_type",
        "iterable_type",
        "too_long",
        "too_short",
        "none_required",
        "bool_type",
        "bool_parsing",
        "int_type",
        "int_parsing",
        "int_parsing_size",
        "int_from_float",
        "float_type",
        "float_parsing",
        "finite_number",
        "greater_than",
        "greater_than_equal",
        "less_than",
        "less_than_equal",
        "multiple_of",
        "string_type",
        "string_too_short",
        "string_too_long",
        "string_pattern_mismatch",
        "literal_error",
        "enum",
        "date_type",
        "date_from_datetime_inexact",
        "datetime_type",
        "decimal_type",
        "decimal_parsing",
        "decimal_max_digits",
        "decimal_max_places",
        "decimal_whole_digits",
        "json_invalid",
        "recursion_loop",
    ]
)
_OURS = frozenset(
    [
        "fact-number",
        "fact-whole-number",
        "fact-day",
        "fact-choice",
        "fact-yes-no",
        "fact-text",
        "fact-code",
        "id-length",
        "id-characters",
        "id-check-digit",
        "id-birth-date",
        "id-disability",
    ]
)
_LONG_NUMBER = re.compile(r"[0-9]{5}")


def masked(error: ValidationError, mode: Literal["python", "json"] = "python") -> ValidationError:
    """The same error with no value of the input in it: not in its text, its details, its JSON, nor its causes.

    Raise it outside the `except` block, else it keeps the first one as its context.
    """
    lines = [_masked_line(line) for line in error.errors(include_url=False, include_input=False)]
    return ValidationError.from_exception_data(error.title, lines, input_type=mode, hide_input=True)


def _masked_line(line: Any) -> InitErrorDetails:
    kind, ctx = line["type"], line.get("ctx", {})
    known: InitErrorDetails = {
        "type": kind,
        "loc": tuple(map(_shown, line["loc"])),
        "input": MASK,
        "ctx": ctx,
    }
    if kind in _OURS:
        known["type"] = PydanticCustomError(kind, line["msg"], ctx)
    elif kind not in _OF_THE_MODEL:  # a check of a plugin's; its words may hold anything
        known["type"] = PydanticCustomError("fact-unfit", Problem("fact-unfit").sentence("en"))  # type: ignore[arg-type]
    return known


def _shown(part: int | str) -> int | str:
    """A step of the way to a value. Keys come from the input too: one with a long number, or endless, is masked."""
    if isinstance(part, str) and (len(part) > 60 or _LONG_NUMBER.search(part)):
        return MASK
    return part


class Record(BaseModel):
    """The base of `Household`, `Member`, and of the rows of any collection that a pack declares.

    Frozen; unknown names are refused; not-a-number and empty text are missing, infinity is refused. Its repr shows
    no fact, and its ValidationError holds no value in any form, so that both can be logged.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True)

    @model_validator(mode="wrap")
    @classmethod
    def _mask_errors(cls, data: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        try:
            return handler(data)
        except ValidationError as error:
            refused = masked(error, "json" if info.mode == "json" else "python")
        raise refused

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **options: Any) -> Self:
        """Read JSON; text that is no JSON is not shown in the error either."""
        try:
            return super().model_validate_json(json_data, **options)
        except ValidationError as error:
            refused = masked(error, "json")
        raise refused

    if not TYPE_CHECKING:  # a type checker should go on refusing assignments

        def __setattr__(self, name: str, value: object) -> None:
            try:
                return super().__setattr__(name, value)
            except ValidationError as error:
                refused = masked(error)
            raise refused

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """What pydantic, rich and others show: the household's id, and how many facts are known."""
        values = self.__dict__
        if "household_id" in values:
            yield "household_id", shown_id(values["household_id"])
        facts = [name for name, info in type(self).model_fields.items() if _is_fact(info.json_schema_extra)]
        yield "known", sum(values.get(name) is not None for name in facts)


def _is_fact(about: object) -> bool:
    return isinstance(about, About) and about.read


def shown_id(household_id: str) -> str:
    """The household's id; some counties take the head's ID number for it, and that is not shown."""
    try:
        check_id_number(household_id)
    except ValueError:
        return household_id
    return MASK


# ── the facts of a member ──────────────────────────────────────────────────────────────────────────────────────────

_PERSONAL_MONEY = "CNY/year"


class Member(Record):
    """A member of a household. Every fact may be missing; numbers and days may be ranges.

    Sums of money are those of the twelve months that the household's income is counted over.

    >>> Member(birth_date="1952-06", relation="head", out_of_pocket=5200)
    Member(known=3)
    """

    name: Text = fact("姓名", "name", headers=["成员姓名", "家庭成员姓名"], read=False)
    id_number: IdNumberText = fact(
        "证件号码",
        "ID number",
        sensitivity="secret",
        headers=["身份证号", "身份证号码", "公民身份号码"],
        read=False,
    )
    phone: Text = fact("联系电话", "phone", sensitivity="secret", headers=["手机号", "手机号码"], read=False)
    birth_date: Day = fact("出生日期", "birth date", headers=["出生年月"])
    sex: Choice[Literal["male", "female"]] = fact(
        "性别", "sex", labels={"male": ("男", "male"), "female": ("女", "female")}
    )
    relation: Choice[
        Literal[
            "head",
            "spouse",
            "son",
            "daughter",
            "son_in_law",
            "daughter_in_law",
            "grandchild",
            "parent",
            "parent_in_law",
            "grandparent",
            "sibling",
            "other",
        ]
    ] = fact(
        "与户主关系",
        "relation to the head",
        labels={
            "head": ("户主", "head"),
            "spouse": ("配偶", "spouse"),
            "son": ("儿子", "son"),
            "daughter": ("女儿", "daughter"),
            "son_in_law": ("女婿", "son-in-law"),
            "daughter_in_law": ("儿媳", "daughter-in-law"),
            "grandchild": ("孙辈", "grandchild"),
            "parent": ("父母", "parent"),
            "parent_in_law": ("公婆或岳父母", "parent-in-law"),
            "grandparent": ("祖辈", "grandparent"),
            "sibling": ("兄弟姐妹", "sibling"),
            "other": ("其他", "other"),
        },
    )
    labour: Choice[Literal["ordinary", "skilled", "weak", "lost", "none"]] = fact(
        "劳动技能",
        "labour class",
        labels={
            "ordinary": ("普通劳动力", "ordinary labour"),
            "skilled": ("技能劳动力", "skilled labour"),
            "weak": ("弱劳动力或半劳动力", "weak or half labour"),
            "lost": ("丧失劳动力", "labour lost"),
            "none": ("无劳动力", "no labour"),
        },
    )
    health: Choice[Literal["healthy", "chronic", "serious", "disabled"]] = fact(
        "健康状况",
        "health",
        sensitivity="secret",
        labels={
            "healthy": ("健康", "healthy"),
            "chronic": ("长期慢性病", "chronic illness"),
            "serious": ("大病", "serious illness"),
            "disabled": ("残疾", "disabled"),
        },
    )
    schooling: Choice[
        Literal[
            "not_in_school",
            "preschool",
            "primary",
            "junior",
            "senior",
            "vocational",
            "college",
            "university",
            "postgraduate",
        ]
    ] = fact(
        "在校生状况",
        "stage of schooling",
        labels={
            "not_in_school": ("非在校生", "not in school"),
            "preschool": ("学前", "preschool"),
            "primary": ("小学", "primary school"),
            "junior": ("初中", "junior middle school"),
            "senior": ("高中", "senior middle school"),
            "vocational": ("中职", "vocational school"),
            "college": ("高职", "vocational college"),
            "university": ("本科", "university"),
            "postgraduate": ("研究生", "postgraduate"),
        },
    )
    in_school: YesNo = fact("在校就读", "in school", headers=["是否在校", "是否在校生"])
    disability_class: Choice[
        Literal["vision", "hearing", "speech", "physical", "intellectual", "mental", "multiple"]
    ] = fact(
        "残疾类别",
        "class of disability",
        sensitivity="secret",
        headers=["残疾类型"],
        labels={
            "vision": ("视力", "vision"),
            "hearing": ("听力", "hearing"),
            "speech": ("言语", "speech"),
            "physical": ("肢体", "physical"),
            "intellectual": ("智力", "intellectual"),
            "mental": ("精神", "mental"),
            "multiple": ("多重", "multiple"),
        },
    )
    disability_grade: Grade = fact("残疾等级", "grade of disability", sensitivity="secret", headers=["残疾级别"])
    # The export has one column for residents' and one for employees' insurance, and either is enough: neither alone
    # is this fact, since a worker with the one is a "no" in the other. The same goes for pensions.
    basic_medical_insurance: YesNo = fact(
        "参加基本医疗保险",
        "basic medical insurance",
        headers=["是否参加基本医疗保险", "是否参加城乡居民(职工)基本医疗保险"],
    )
    serious_illness_insurance: YesNo = fact("参加大病保险", "serious illness insurance", headers=["是否参加大病保险"])
    pension_insurance: YesNo = fact(
        "参加养老保险", "pension insurance", headers=["是否参加养老保险", "是否参加基本养老保险"]
    )
    out_of_pocket: Money = fact(
        "个人合规自付支出", "compliant out-of-pocket spending of the member", unit=_PERSONAL_MONEY
    )
    school_cost: Money = fact(
        "净自付就学支出", "school cost net of aid", unit=_PERSONAL_MONEY, headers=["个人净自付就学支出"]
    )
    employed: YesNo = fact("务工就业", "employed", headers=["是否务工", "是否就业"])
    employed_months: Months = fact("务工时间", "months employed", unit="month", headers=["务工月数", "务工时间(月)"])
    minimum_living_allowance: YesNo = fact(
        "享受最低生活保障",
        "minimum living allowance",
        headers=["是否享受最低生活保障", "是否享受低保", "是否低保"],
    )
    extreme_poverty_support: YesNo = fact(
        "特困供养人员", "support for extreme poverty", headers=["是否特困供养人员", "是否特困供养"]
    )


# ── the facts of a household ───────────────────────────────────────────────────────────────────────────────────────

_NEED = {"met": ("有保障", "met"), "at_risk": ("有风险", "at risk"), "not_met": ("未保障", "not met")}
Need = Choice[Literal["met", "at_risk", "not_met"]]


class Household(Record):
    """A household: who it is, its members, and what is known of it. Only the id is required.

    Sums of money are those of twelve whole months that end before the procedure, in yuan a year. `as_of` is the day
    on which the facts were collected. `members` is None where no list was given, and an empty list says that there is
    nobody; `members_complete` says that nobody is missing from it. A list as long as `size` is complete anyway.

    A plugin may declare facts of its own in a subclass; a pack written in YAML does it without Python.

    >>> Household(household_id="H-001", size=3, wage_income=Between(5000, 6000))
    Household(household_id='H-001', known=2)
    """

    household_id: Annotated[
        RequiredText,
        Field(
            title="户编号",
            json_schema_extra=About(
                Label("户编号", "household id"),
                sensitivity="public",
                headers=("户编码", "家庭编号", "户号"),
                read=False,
            ),
        ),
    ]
    region: Region = fact(
        "行政区划代码", "region code", sensitivity="public", headers=["区划代码", "行政区划"], read=False
    )
    village: Text = fact("村", "village", sensitivity="public", headers=["行政村", "嘎查村", "村(嘎查)"], read=False)
    head_name: Text = fact("户主姓名", "name of the head", headers=["户主"], read=False)
    address: Text = fact("家庭住址", "address", headers=["住址", "家庭地址"], read=False)
    phone: Text = fact("联系电话", "phone", sensitivity="secret", headers=["手机号", "手机号码"], read=False)
    bank_account: Text = fact(
        "银行账号", "bank account", sensitivity="secret", headers=["银行账户", "银行卡号"], read=False
    )
    as_of: ExactDay = fact(
        "采集日期", "day of collection", sensitivity="public", headers=["填表时间", "填表日期"], read=False
    )
    members: Annotated[tuple[Member, ...], Field(max_length=MAX_ROWS)] | None = rows(
        "家庭成员", "members", row_unit="person"
    )
    members_complete: bool = Field(
        default=False,
        title="成员已列全",
        json_schema_extra=About(Label("成员已列全", "all members are listed"), sensitivity="public", read=False),
    )

    # The export counts persons now (当前家庭人口数) and over the year (年度家庭人口数); provinces divide by either.
    # Only the first is taken by itself, since two columns can't be one fact.
    size: Size = fact("家庭人口数", "household size", unit="person", headers=["家庭人口", "当前家庭人口数", "家庭人数"])
    registered_poor: YesNo = fact("脱贫户", "registered poor", sensitivity="public", headers=["是否脱贫户"])
    monitored_as: Choice[Literal["unstable", "marginal", "sudden"]] = fact(
        "监测对象类别",
        "monitored as",
        sensitivity="public",
        headers=["检测对象类别"],  # so misspelt in some exports
        labels={
            "unstable": ("脱贫不稳定户", "unstable"),
            "marginal": ("边缘易致贫户", "marginal"),
            "sudden": ("突发严重困难户", "sudden hardship"),
        },
    )

    wage_income: Money = fact("工资性收入", "wage income", unit="CNY/year")
    business_income: Money = fact("生产经营性收入", "business income", unit="CNY/year", headers=["经营性收入"])
    property_income: Money = fact("财产性收入", "property income", unit="CNY/year")
    transfer_income: Money = fact("转移性收入", "transfer income", unit="CNY/year")
    business_expense: Money = fact("生产经营性支出", "business expense", unit="CNY/year", headers=["经营性支出"])
    insurance_payout: Money = fact("家庭理赔收入", "insurance payout", unit="CNY/year", headers=["理赔收入"])
    compliant_out_of_pocket: Money = fact(
        "合规自付支出",
        "compliant out-of-pocket spending",
        unit="CNY/year",
        headers=["家庭合规自付支出"],
    )
    previous_net_income_per_person: SignedMoney = fact(
        "上年人均纯收入",
        "net income per person of the year before",
        unit="CNY/person/year",
        headers=["上年度人均纯收入", "上年家庭人均纯收入", "上年度家庭人均纯收入"],
    )
    rigid_spending: Money = fact("刚性支出", "rigid spending", unit="CNY/year", headers=["家庭刚性支出"])
    school_spending: Money = fact("就学支出", "school spending", unit="CNY/year", headers=["家庭就学支出"])
    disaster_loss: Money = fact("因灾损失", "loss by disaster", unit="CNY/year", headers=["自然灾害损失"])
    disaster_kind: Choice[
        Literal["flood", "geological", "drought", "biological", "meteorological", "earthquake", "other"]
    ] = fact(
        "自然灾害类型",
        "kind of disaster",
        headers=["因自然灾害子项"],
        labels={
            "flood": ("洪涝", "flood"),
            "geological": ("地质", "geological"),
            "drought": ("旱", "drought"),
            "biological": ("生物", "biological"),
            "meteorological": ("气象", "meteorological"),
            "earthquake": ("地震", "earthquake"),
            "other": ("其他", "other"),
        },
    )
    accident_loss: Money = fact("意外事故损失", "loss by accident", unit="CNY/year")
    industry_loss: Money = fact("产业失败损失", "loss of a failed business", unit="CNY/year", headers=["产业损失"])

    # The form asks for needs as yes or no ("是否饮水出现安全问题"), which can't say "at risk" and turns the word round:
    # those columns are not these facts.
    food: Need = fact("不愁吃", "food", labels=_NEED)
    clothing: Need = fact("不愁穿", "clothing", labels=_NEED)
    education: Need = fact("义务教育", "compulsory education", headers=["义务教育保障"], labels=_NEED)
    medical: Need = fact("基本医疗", "basic medical care", headers=["基本医疗保障"], labels=_NEED)
    housing: Need = fact("住房安全", "safe housing", headers=["住房安全保障"], labels=_NEED)
    water: Need = fact("饮水安全", "safe water", headers=["饮水安全保障"], labels=_NEED)
    housing_grade: Choice[Literal["A", "B", "C", "D"]] = fact(
        "危房等级",
        "grade of the house",
        headers=["房屋等级", "住房鉴定等级"],
        labels={
            "A": ("A级", "grade A"),
            "B": ("B级", "grade B"),
            "C": ("C级", "grade C"),
            "D": ("D级", "grade D"),
        },
    )

    sudden_event: YesNo = fact("发生突发事件", "sudden event", headers=["是否发生突发事件"])
    basic_living_difficulty: YesNo = fact(
        "基本生活严重困难", "basic life in serious difficulty", headers=["是否基本生活严重困难"]
    )
    no_labour_backstop: YesNo = fact(
        "整户无劳动能力兜底保障户",
        "household without labour, kept by the safety net",
        headers=["是否整户无劳动能力兜底保障户"],
    )
    relocated: YesNo = fact(
        "易地扶贫搬迁户",
        "relocated",
        sensitivity="public",
        headers=["是否易地扶贫搬迁户", "是否易地扶贫搬迁"],
    )
    risk_eliminated: YesNo = fact("风险已消除", "risk eliminated", sensitivity="public", headers=["风险是否已消除"])
    identified_on: Day = fact("识别监测时间", "identified on", sensitivity="public", headers=["识别时间"])
    eliminated_on: Day = fact("消除监测时间", "eliminated on", sensitivity="public", headers=["风险消除时间"])

    arable_land: Area = fact("耕地面积", "arable land", unit="mu")
    grassland: Area = fact("牧草地面积", "grassland", unit="mu", headers=["草场面积"])
    forest_land: Area = fact("林地面积", "forest land", unit="mu")
    house_area: Area = fact("住房面积", "house area", unit="m2")
    distance_to_road: Distance = fact(
        "与村主干路距离", "distance to the village's main road", unit="km", headers=["与村主干道距离"]
    )
    cooperative_member: YesNo = fact(
        "加入农民专业合作组织",
        "member of a co-operative",
        headers=["是否加入农民专业合作组织", "是否加入农民专业合作社"],
    )
    has_toilet: YesNo = fact("有卫生厕所", "has a sanitary toilet", headers=["是否有卫生厕所"])
    public_post: YesNo = fact("有公益性岗位", "has a public post", headers=["是否有公益性岗位", "是否有公益岗"])
    applied: YesNo = fact("已提交申请", "has applied", headers=["是否提交申请"])
    authorised: YesNo = fact(
        "已签承诺授权书", "has signed the authorisation", headers=["是否签订承诺授权书", "承诺授权书"]
    )

    @property
    def net_income(self) -> float | None:
        """Net income in yuan a year, exact to the fen; None while a part is missing or a range.

        家庭纯收入 = 工资性收入 + 生产经营性收入 + 财产性收入 + 转移性收入 − 生产经营性支出 (aggregated guides and the
        fields of the 2023 form: DOMAIN 2.3, S40 S44 S46 S47).

        >>> parts = dict(business_income=18000, property_income=0, transfer_income=2400.2, business_expense=7000)
        >>> Household(household_id="1", wage_income=12000.1, **parts).net_income
        25400.3
        """
        income = (self.wage_income, self.business_income, self.property_income, self.transfer_income)
        fen = [_fen(part) for part in (*income, self.business_expense)]
        known = [part for part in fen if part is not None]
        return (sum(known[:-1]) - known[-1]) / 100 if len(known) == len(fen) else None

    @property
    def net_income_per_person(self) -> float | None:
        """`net_income` by `size`, in yuan a person and year, not rounded; None while a part is missing or a range.

        家庭人均纯收入 = 家庭纯收入 / 家庭人口 (as `net_income`).
        """
        income = self.net_income
        return income / self.size if income is not None and isinstance(self.size, int) else None


def _fen(yuan: float | Between[float] | None) -> int | None:
    return None if yuan is None or isinstance(yuan, Between) else math.floor(yuan * 100 + 0.5)


# ── what is worth a note, and what was wrong ───────────────────────────────────────────────────────────────────────


def notes(household: Household) -> tuple[Problem, ...]:
    """What does not fit together in a household, and is still no error. No note holds a personal value.

    An ID number of no province, a birth date that is not that of the ID number, more members than the size says.
    """
    members = household.members or ()
    found = [note for at, member in enumerate(members, 1) for note in _notes_of_member(at, member)]
    size = household.size.hi if isinstance(household.size, Between) else household.size
    if size is not None and len(members) > size:
        found.append(Problem("more-members-than-size", Place(field="size"), {"members": len(members)}))
    return tuple(found)


def _notes_of_member(ordinal: int, member: Member) -> Iterator[Problem]:
    if member.id_number is None:
        return
    number_says = check_id_number(member.id_number)
    where = f"members[{ordinal}]"
    if not number_says.region_known:
        yield Problem("id-region-unknown", Place(field=f"{where}.id_number"), {"ordinal": ordinal})
    if _is_another_day(member.birth_date, number_says.birth_date):
        yield Problem("id-birth-differs", Place(field=f"{where}.birth_date"), {"ordinal": ordinal})


def _is_another_day(stated: date | Between[date] | None, found: date) -> bool:
    if isinstance(stated, Between):
        return not stated.lo <= found <= stated.hi
    return stated is not None and stated != found


_CODES = {
    "missing": "fact-missing",
    "extra_forbidden": "fact-unknown",
    "model_type": "record-expected",
    "model_attributes_type": "record-expected",
    "dict_type": "record-expected",
    "too_long": "fact-rows",
    "tuple_type": "fact-rows",
    "json_invalid": "json-unreadable",
}


def problems_of(error: ValidationError, model: type[Record]) -> tuple[Problem, ...]:
    """The mistakes of a validation, in both languages and with "did you mean".

    A place's field reads `members[2].birth_date`; rows count from 1.
    """
    return tuple(_problem(line, model) for line in error.errors(include_url=False, include_input=False))


def _problem(line: Any, model: type[Record]) -> Problem:
    loc = tuple(map(_shown, line["loc"]))
    code = _CODES.get(line["type"], line["type"] if line["type"] in _OURS else "fact-unfit")
    place = Place(field=_way(loc))
    if code != "fact-unknown":
        return Problem(code, place, {"most": MAX_ROWS, **line.get("ctx", {})})
    name = str(loc[-1])
    known = _model_at(model, loc[:-1]).model_fields
    return Problem(code, place, {"name": name}, did_you_mean(name, known))


def _way(loc: tuple[int | str, ...]) -> str | None:
    text = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in loc)
    return text.removeprefix(".") or None


def _model_at(model: type[Record], loc: tuple[int | str, ...]) -> type[Record]:
    for part in loc:
        if isinstance(part, str) and part in model.model_fields:
            model = row_model(model.model_fields[part].annotation) or model
    return model


def row_model(annotation: Any) -> type[Record] | None:
    """The model of the rows of a collection, from its field's annotation; None for what is no collection."""
    if isinstance(annotation, type) and issubclass(annotation, Record):
        return annotation
    found = (row_model(part) for part in get_args(annotation))
    return next((model for model in found if model), None)


_R = TypeVar("_R", bound=Record)


def salvage(model: type[_R], data: Mapping[str, Any]) -> tuple[_R, tuple[Problem, ...]]:
    """Read what can be read: a value that is refused counts as missing, and is reported.

    A row that is no mapping stays as a row of whom nothing is known, so that nobody is lost. Raises `DataError` where
    nothing can be saved: a required fact is missing.

    >>> household, problems = salvage(Household, {"household_id": "1", "size": "three", "wage_income": "900"})
    >>> household.wage_income, household.size, problems[0].text("en").splitlines()[0]
    (900.0, None, 'size: a whole number from 1 to 50 is needed')
    """
    try:
        return model.model_validate(data), ()
    except ValidationError as error:
        lines, problems = error.errors(include_url=False, include_input=False), problems_of(error, model)
    ways = [line["loc"] for line in lines]
    try:
        if all(ways):  # else a check of a plugin's refuses the whole, and there is no value to leave out
            return model.model_validate(_without(data, ways)), problems
    except ValidationError:
        pass
    raise DataError(*problems)


def _without(data: Any, ways: list[tuple[int | str, ...]]) -> Any:
    """The data without what the ways lead to; a row is emptied, since taking it out would make the others fewer."""
    here = {way[0] for way in ways if len(way) == 1}
    below = {part: [way[1:] for way in ways if way[0] == part and len(way) > 1] for part in {way[0] for way in ways}}
    if isinstance(data, Mapping):
        return {key: _without(value, below.get(key, [])) for key, value in data.items() if key not in here}
    if isinstance(data, list | tuple):
        return [{} if at in here else _without(row, below.get(at, [])) for at, row in enumerate(data)]
    return data
