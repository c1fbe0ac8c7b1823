"""Records: frozen models that show no personal value, in a repr or in any form of an error."""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    ValidationError,
)
from pydantic.fields import FieldInfo
from pydantic_core import InitErrorDetails, PydanticCustomError
from pydantic_core import core_schema as core

from fanpin.errors import DataError, Place, Problem, did_you_mean
from fanpin.expressions.scope import MAX_ROWS
from fanpin.id_numbers import (
    check_id_number,
)
from fanpin.kinds import About, Sensitivity

MASK = "***"

# ── privacy ────────────────────────────────────────────────────────────────────────────────────────────────────────

ALWAYS_SECRET = frozenset({"id_number", "phone", "bank_account", "health", "disability_class", "disability_grade"})


def mask(name: str, value: object, sensitivity: Sensitivity) -> str:
    """A value as a report may show it.

    A public one stays. A personal one shows its shape, so that a stray letter in a number can be found: each digit
    becomes #, each letter or character *, at most twelve of them. Of a secret one nothing is left, not its length.
    Numbers of documents, phones and accounts, health and disability are secret whatever a pack says.

    >>> mask("wage_income", "1200O元", "personal"), mask("phone", "13900000000", "public")
    ('####**', '***')
    """
    if sensitivity == "secret" or name in ALWAYS_SECRET:
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
        known["type"] = PydanticCustomError("fact-unfit", Problem("fact-unfit").sentence("en"))
    return known


def _shown(part: int | str) -> int | str:
    """A step of the way to a value. Keys come from the input too: one with a long number, or endless, is masked."""
    if isinstance(part, str) and (len(part) > 60 or _LONG_NUMBER.search(part)):
        return MASK
    return part


def _mask_errors(data: Any, read: core.ValidatorFunctionWrapHandler, info: core.ValidationInfo) -> Any:
    try:
        return read(data)
    except ValidationError as error:
        refused = masked(error, "json" if info.mode == "json" else "python")
    raise refused


class Record(BaseModel):
    """The base of `Household`, `Member`, and of the rows of any collection that a pack declares.

    Frozen; unknown names are refused; not-a-number and empty text are missing, infinity is refused. Its repr shows
    no fact, and its ValidationError holds no value in any form, so that both can be logged.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core.CoreSchema:
        """The model's own way of reading, checks of a subclass included, with the values taken out of its errors.

        A wrap validator of the model would not do: the checks of subclasses run outside of it.
        """
        reference = handler(source)
        schema: Any = handler.resolve_ref_schema(reference)
        if schema.get("function", {}).get("function") is not _mask_errors:  # pydantic asks again for each use
            own = dict(schema)
            around = core.with_info_wrap_validator_function(_mask_errors, own, ref=own.pop("ref", None))
            schema.clear()  # changed where it is, so that others go on referring to it
            schema.update(around)
        return reference

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
    if code not in ("fact-unknown", "fact-rows"):
        return Problem(code, place, line.get("ctx", {}))
    fields = _model_at(model, loc[:-1]).model_fields
    name = str(loc[-1])
    if code == "fact-unknown":
        return Problem(code, place, {"name": name}, did_you_mean(name, fields))
    return Problem(code, place, {"most": max_rows(fields[name])})


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


def max_rows(field: FieldInfo) -> int:
    """How many rows a collection may have, from the `max_length` at its field."""
    said = (*field.metadata, *_metadata(field.annotation))
    return next((int(part.max_length) for part in said if hasattr(part, "max_length")), MAX_ROWS)


def _metadata(annotation: Any) -> Iterator[Any]:
    for said in getattr(annotation, "__metadata__", ()):
        yield from getattr(said, "metadata", (said,))
    for part in get_args(annotation):
        yield from _metadata(part)


_R = TypeVar("_R", bound=Record)


def salvage(model: type[_R], data: Mapping[str, Any]) -> tuple[_R, tuple[Problem, ...]]:
    """Read what can be read: a value that is refused counts as missing, and is reported.

    A row that is no mapping stays as a row of whom nothing is known, so that nobody is lost. Raises `DataError` where
    nothing can be saved: a required fact is missing.

    >>> from fanpin import Household
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
            kept = _without(data, ways)
            if "members" not in kept:  # a list that is not there is not complete
                kept.pop("members_complete", None)
            return model.model_validate(kept), problems
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
