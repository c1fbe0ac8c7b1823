"""What a county may write in a pack, key by key: the shapes of its files, from which the JSON Schema is made too."""

from datetime import date
from typing import Any, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from fanpin.packs.basic_shapes import FactShape, LabelShape, Name, Number, Rule, Shape, UnitText, YesNo
from fanpin.packs.notice_shapes import NoticeShape, Reason
from fanpin.packs.workflow_shapes import DaysOffShape, MeasureShape, NamedShape, ValueShape, WorkflowShape

Level = Literal["village", "township", "county", "departments"]


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


class BandShape(Shape):
    """One band: up to where, and its rate."""

    up_to: Rule | None = None
    included: YesNo = True
    rate: Rule


class ExtraShape(Shape):
    """Points added to every rate where a condition holds."""

    when: Rule
    points: Rule


class BandsShape(Shape):
    """An amount by bands."""

    of: Rule
    rate_of: Literal["slice", "whole"]
    bands: tuple[BandShape, ...] = Field(min_length=1)
    entry: Rule | None = None
    deductible: Rule | None = None
    used: Rule | None = None
    cap: Rule | None = None
    extra: dict[Name, ExtraShape] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _says_rate_of(cls, value: Any) -> Any:
        if isinstance(value, dict) and "bands" in value and "rate_of" not in value:
            raise PydanticCustomError("rate-of-missing", "slice or whole")
        return value

    @model_validator(mode="after")
    def _ends(self) -> "BandsShape":
        if any(band.up_to is None for band in self.bands[:-1]):
            raise PydanticCustomError("band-without-end", "only the last band may go on for ever")
        if self.rate_of == "whole" and self.bands[-1].up_to is not None:
            raise PydanticCustomError("bands-without-end", "what of more than the last limit")
        return self


class TableRowShape(RowShape):
    """One row of a table: the values of its keys, and its value from a day on."""

    at: dict[str, str | tuple[str, ...]] = Field(min_length=1)


class TableShape(Shape):
    """Values by several keys."""

    keys: tuple[Rule, ...] = Field(min_length=1, max_length=6)
    rows: tuple[TableRowShape, ...] = Field(min_length=1)
    wider: YesNo = False


class ItemShape(Shape):
    """An item of a score card."""

    label: LabelShape
    when: Rule
    points: Number


class GroupShape(Shape):
    """Items of a score card of which one counts, the highest, or several."""

    label: LabelShape
    counts: Literal["one", "highest", "several"]
    items: dict[Name, ItemShape] = Field(min_length=1)


class ScoreShape(Shape):
    """A score card."""

    groups: dict[Name, GroupShape] = Field(min_length=1)


class DefinitionShape(Shape):
    """A name for a part of rules: a formula, an amount by bands, a table or a score card."""

    label: LabelShape
    of: Name | None = None
    text: Rule | None = Field(None, alias="is")
    bands: BandsShape | None = None
    table: TableShape | None = None
    score: ScoreShape | None = None
    unit: UnitText | None = None
    source: str | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _is_one_thing(self) -> "DefinitionShape":
        if sum(form is not None for form in (self.text, self.bands, self.table, self.score)) != 1:
            raise PydanticCustomError("one-form", "is, bands, table or score")
        return self


class CountedShape(Shape):
    """A collection that is some rows of another: who counts."""

    label: LabelShape
    of: Name
    where: Rule
    source: str | None = None
    note: str | None = None


class RoundShape(Shape):
    """How an amount is rounded."""

    to: Literal["yuan", "jiao", "fen", "whole", "tenth", "hundredth"]
    how: Literal["half_up", "up", "down"]

    @model_validator(mode="before")
    @classmethod
    def _says_both(cls, value: Any) -> Any:
        if not isinstance(value, dict) or not {"to", "how"} & set(value):
            raise PydanticCustomError("round-not-said", "to what, and how")
        return value


class BarShape(Shape):
    """What excludes, and what lifts the exclusion."""

    when: Rule = Field(alias="if")
    unless: Rule | None = None


class KindShape(Shape):
    """One of several kinds or levels."""

    label: LabelShape
    when: Rule


class LimitsShape(Shape):
    """Between which numbers one that somebody proposes must lie."""

    of: Rule
    at_least: Rule | None = None
    at_most: Rule | None = None
    soft: YesNo = False

    @model_validator(mode="after")
    def _limits_something(self) -> "LimitsShape":
        if self.at_least is None and self.at_most is None:
            raise PydanticCustomError("limits-of-nothing", "at_least or at_most")
        return self


class ResultShape(Shape):
    """What is paid, who is admitted, as what, within which limits."""

    label: LabelShape
    of: Name | None = None
    amount: Rule | None = None
    round: RoundShape | None = None
    one_of: dict[Name, KindShape] = Field(default_factory=dict)
    ordered: YesNo = False
    limits: LimitsShape | None = None
    when: dict[Name, Rule] = Field(default_factory=dict)
    barred: dict[Name, BarShape] = Field(default_factory=dict)
    left_to: dict[Level, Rule] = Field(default_factory=dict)
    source: str | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _is_one_thing(self) -> "ResultShape":
        if (self.amount is not None) + bool(self.one_of) + (self.limits is not None) > 1:
            raise PydanticCustomError("one-result", "amount, one_of or limits")
        if (self.amount is None) != (self.round is None):
            raise PydanticCustomError("amount-and-round", "an amount says how it is rounded")
        if twice := set(self.when) & set(self.barred):
            raise PydanticCustomError("condition-twice", "when and barred", {"name": min(twice)})
        if self.amount is None and not (self.one_of or self.limits or self.when or self.barred):
            raise PydanticCustomError("result-of-nothing", "amount, one_of, limits or conditions")
        return self


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
    counted: dict[Name, CountedShape] = Field(default_factory=dict)
    results: dict[Name, ResultShape] = Field(default_factory=dict)
    roles: dict[Name, NamedShape] = Field(default_factory=dict)
    papers: dict[Name, NamedShape] = Field(default_factory=dict)
    standings: dict[Name, NamedShape] = Field(default_factory=dict)
    tracks: dict[Name, NamedShape] = Field(default_factory=dict)
    values: dict[Name, ValueShape] = Field(default_factory=dict)
    days_off: tuple[DaysOffShape, ...] = ()
    workflows: dict[Name, WorkflowShape] = Field(default_factory=dict)
    measures: dict[Name, MeasureShape] = Field(default_factory=dict)
    forbidden: dict[Name, Reason] = Field(default_factory=dict)
    notices: dict[Name, NoticeShape] = Field(default_factory=dict)


FILES: dict[str, tuple[str, ...]] = {
    "pack.yaml": ("name", "label", "version", "extends", "region", "note", "facts_valid_months", "without"),
    "facts.yaml": ("facts", "members", "collections", "decided_by"),
    "parameters.yaml": ("parameters",),
    "rules.yaml": ("counted", "definitions", "risks", "categories", "grades"),
    "results.yaml": ("results",),
    "workflow.yaml": ("roles", "papers", "standings", "tracks", "values", "days_off", "workflows"),
    "measures.yaml": ("measures",),
    "notices.yaml": ("forbidden", "notices"),
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
