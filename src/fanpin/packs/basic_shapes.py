"""What the shapes of a pack's files are made of: names, numbers, labels, and a fact."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from fanpin.i18n import Label
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


def as_label(shape: LabelShape) -> Label:
    """The label that is written."""
    return Label(shape.zh, shape.en)


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
    none: str | None = None
    none_marks: tuple[str, ...] = ()
    applies: Rule | None = None

    @model_validator(mode="after")
    def _consistent(self) -> "FactShape":
        if (self.type == "choice") != bool(self.values):
            raise PydanticCustomError("choice-values", "values go with a choice")
        if self.none is None and (self.applies is not None or self.none_marks):
            raise PydanticCustomError("applies-without-none", "what does it mean not to apply")
        return self
