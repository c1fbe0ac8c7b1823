"""What a county may write in a pack, key by key: the shapes of its files, from which the JSON Schema is made too."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from fanpin.units import Unit

NAME = r"^[a-z][a-z0-9_]*$"
Name = Annotated[str, Field(pattern=NAME, max_length=60)]
Rule = Annotated[str, Field(description="规则文本 / a rule's text")]
_WORDS = {"是": True, "否": False, "yes": True, "no": False, "true": True, "false": False}


def _yes_no(value: object) -> object:
    return _WORDS.get(value.strip().lower(), value) if isinstance(value, str) else value


def _unit(value: object) -> object:
    if isinstance(value, str):
        try:
            Unit.parse(value)
        except ValueError as error:
            raise PydanticCustomError("unknown-unit", "unknown unit", {"part": str(error)}) from None
    return value


Level = Literal["village", "township", "county", "departments"]
YesNo = Annotated[bool, BeforeValidator(_yes_no)]
UnitText = Annotated[str, BeforeValidator(_unit)]
Number = Annotated[Decimal, Field(allow_inf_nan=False, max_digits=15, decimal_places=6)]


class Shape(BaseModel):
    """A table of a pack."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, populate_by_name=True)


class LabelShape(Shape):
    """A name in both languages."""

    zh: str = Field(min_length=1, description="正式中文名称")
    en: str = Field(min_length=1, description="name in English")


class FactShape(Shape):
    """A fact that the pack adds."""

    label: LabelShape
    type: Literal["money", "number", "whole", "yes_no", "date", "choice", "text"]
    unit: UnitText = ""
    decimals: int | None = Field(None, ge=0, le=4)
    at_least: Number | None = None
    at_most: Number | None = None
    since: date | None = None
    until: date | None = None
    values: dict[Name, LabelShape] = Field(default_factory=dict)
    other: Literal["allowed"] | None = None
    sensitivity: Literal["public", "personal", "secret"] = "personal"
    headers: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> "FactShape":
        if (self.type == "choice") != bool(self.values):
            raise PydanticCustomError("choice-values", "values go with a choice")
        return self


class CollectionShape(Shape):
    """Rows that hang on the household, such as bills."""

    label: LabelShape
    max_rows: int = Field(50, ge=1, le=1000)
    facts: dict[Name, FactShape] = Field(min_length=1)


class MultipleShape(Shape):
    """So many times another parameter."""

    times: Number
    of: Name


class RowShape(Shape):
    """One value of a parameter."""

    since: date | None = Field(None, alias="from")
    until: date | Literal["replaced"] | None = None
    year: int | None = Field(None, alias="for", ge=1990, le=2100)
    value: Number | MultipleShape
    region: str | None = Field(None, pattern=r"^\d{2}(\d{2}){0,2}(\d{3}){0,2}$")
    source: str = Field(min_length=1)
    certainty: Literal["A", "B", "C", "X", "M"] | None = None

    @model_validator(mode="after")
    def _has_days(self) -> "RowShape":
        if self.year is not None and (self.since is not None or self.until is not None):
            raise PydanticCustomError("year-and-days", "for a year, or from and until")
        if self.year is None and self.since is None:
            raise PydanticCustomError("row-without-from", "from is missing")
        if self.year is None and self.until is None:
            raise PydanticCustomError("row-without-until", "until is missing")
        return self


class ParameterShape(Shape):
    """A number that decides."""

    label: LabelShape
    unit: UnitText
    basis: str | None = None
    wider: YesNo = False
    at_least: Number | None = None
    at_most: Number | None = None
    values: tuple[RowShape, ...] = ()
    note: str | None = None


class DefinitionShape(Shape):
    """A name for a part of rules."""

    label: LabelShape
    text: Rule = Field(alias="is")
    unit: UnitText | None = None
    source: str | None = None
    note: str | None = None


class RiskShape(Shape):
    """A risk."""

    label: LabelShape
    when: Rule
    need: Literal["food", "clothing", "education", "medical", "housing", "water"] | None = None
    kind: Name | None = None
    source: str | None = None
    note: str | None = None


class CategoryShape(Shape):
    """A category of monitored households."""

    label: LabelShape
    when: Rule
    source: str | None = None
    note: str | None = None


class GradeShape(Shape):
    """A grade."""

    label: LabelShape
    when: Rule
    handled_by: tuple[Level, ...] = Field(min_length=1)
    source: str | None = None
    note: str | None = None


class PackShape(Shape):
    """All of a pack, its files taken together."""

    name: Name
    label: LabelShape
    version: str = Field(min_length=1)
    extends: str | None = None
    region: str | None = Field(None, pattern=r"^\d{2}(\d{2}){0,2}(\d{3}){0,2}$")
    note: LabelShape | None = None
    facts_valid_months: int | None = Field(None, ge=1, le=120)
    without: tuple[str, ...] = ()
    decided_by: dict[str, Level] = Field(default_factory=dict)
    facts: dict[Name, FactShape] = Field(default_factory=dict)
    members: dict[Name, FactShape] = Field(default_factory=dict)
    collections: dict[Name, CollectionShape] = Field(default_factory=dict)
    parameters: dict[Name, ParameterShape] = Field(default_factory=dict)
    definitions: dict[Name, DefinitionShape] = Field(default_factory=dict)
    risks: dict[Name, RiskShape] = Field(default_factory=dict)
    categories: dict[Name, CategoryShape] = Field(default_factory=dict)
    grades: dict[Name, GradeShape] = Field(default_factory=dict)


FILES: dict[str, tuple[str, ...]] = {
    "pack.yaml": ("name", "label", "version", "extends", "region", "note", "facts_valid_months", "without"),
    "facts.yaml": ("facts", "members", "collections", "decided_by"),
    "parameters.yaml": ("parameters",),
    "rules.yaml": ("definitions", "risks", "categories", "grades"),
}


def json_schema(file: str) -> dict[str, Any]:
    """The JSON Schema of one file of a pack, for editors."""
    whole = PackShape.model_json_schema(by_alias=True)
    keys = FILES[file]
    return {
        **whole,
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"fanpin {file}",
        "properties": {key: whole["properties"][key] for key in keys},
        "required": [key for key in keys if key in whole.get("required", ())],
    }
