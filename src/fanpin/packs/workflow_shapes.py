"""What a county may write in workflow.yaml and measures.yaml, key by key."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from fanpin.packs.basic_shapes import FactShape, LabelShape, Name, Rule, Shape, YesNo
from fanpin.steps import Days, Level, Which

Alternatives = Annotated[str, Field(description="一个环节，或几个之一：a or b / a step, or one of several: a or b")]
_LENGTH = {
    "anyOf": [{"type": "integer"}, {"type": "string"}],
    "description": "整数、参数名或规则文本 / a number, a parameter or a rule",
}
Length = Annotated[str, WithJsonSchema(_LENGTH)]
MeasureGroup = Literal[
    "industry", "employment", "finance", "public_posts", "housing", "water", "health", "compulsory_education",
    "other_education", "safety_net", "social_help", "relocation", "living_conditions", "infrastructure",
]  # fmt: skip


class NamedShape(LabelShape):
    """A word that procedures share, such as a role or a paper."""

    aliases: tuple[str, ...] = ()


class DrawnShape(Shape):
    """A value whose choices are what the pack has of a kind."""

    kind: Literal["grade", "category", "risk", "measure"] = Field(alias="is")
    label: LabelShape | None = None
    headers: tuple[str, ...] = ()


def _form(value: Any) -> str:
    is_drawn = "is" in value if isinstance(value, dict) else isinstance(value, DrawnShape)
    return "drawn" if is_drawn else "fact"


ValueShape = Annotated[
    Annotated[DrawnShape, Tag("drawn")] | Annotated[FactShape, Tag("fact")],
    Discriminator(_form),
]


class DaysOffShape(Shape):
    """Days off that a region gives itself."""

    since: date = Field(alias="from")
    until: date
    label: LabelShape
    region: str | None = Field(None, pattern=r"^\d{2}(\d{2}){0,2}(\d{3}){0,2}$")
    source: str = Field(min_length=1)


class GapShape(Shape):
    """A time since another step: how long at least, how long at most."""

    since: Name | tuple[Name, ...]
    which: Which = "latest"
    at_least: Length | None = None
    at_most: Length | None = None
    days: Days = "calendar"
    label: LabelShape | None = None
    source: str | None = None

    @model_validator(mode="after")
    def _has_a_length(self) -> "GapShape":
        if self.at_least is None and self.at_most is None:
            raise PydanticCustomError("gap-without-length", "at_least or at_most")
        return self


class EveryShape(Shape):
    """Nothing started without its end."""

    started: Name
    ended: Name


class DemandShape(Shape):
    """What a step demands."""

    by: dict[Name, Level | tuple[Level, ...]] = Field(default_factory=dict)
    evidence: tuple[Name, ...] = ()
    needs: tuple[Alternatives, ...] = ()
    right_after: tuple[Name, ...] = ()
    gaps: dict[Name, GapShape] = Field(default_factory=dict)
    other_person_than: tuple[Name, ...] = ()
    count: dict[Name, Length] = Field(default_factory=dict)
    every: tuple[EveryShape, ...] = ()
    says: tuple[Name, ...] = ()
    holds: tuple[Rule, ...] = ()
    source: str | None = None


class FurtherShape(DemandShape):
    """What a step demands beside, where a condition holds."""

    when: Rule


class StepShape(DemandShape):
    """A step of a procedure."""

    label: LabelShape
    aliases: tuple[str, ...] = ()
    also: dict[Name, FurtherShape] = Field(default_factory=dict)
    once: YesNo = False
    repeats: YesNo = False
    optional: YesNo = False
    per: Name | None = None
    clears: tuple[Name, ...] = ()
    back_to: Name | None = None
    blocks: tuple[Name, ...] = ()
    until: tuple[Name, ...] = ()
    ends: YesNo = False
    after: tuple[Name, ...] = ()
    standing: Name | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _says_nothing_idle(self) -> "StepShape":
        if self.until and not self.blocks:
            raise PydanticCustomError("idle-key", "until without blocks", {"key": "until", "other": "blocks"})
        if self.after and not self.ends:
            raise PydanticCustomError("idle-key", "after without ends", {"key": "after", "other": "ends"})
        if self.once and self.repeats:
            raise PydanticCustomError("once-and-repeats", "once or repeats")
        return self


Line = tuple[Alternatives | tuple[Name, ...], ...]


class WorkflowShape(Shape):
    """A procedure."""

    label: LabelShape
    zone: str = "Asia/Shanghai"
    due_soon: int = Field(3, ge=0, le=366)
    line: Line = ()
    lines: dict[Name, Line] = Field(default_factory=dict)
    steps: dict[Name, StepShape] = Field(min_length=1)
    source: str | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _has_one_way_to_say_lines(self) -> "WorkflowShape":
        if self.line and self.lines:
            raise PydanticCustomError("line-and-lines", "line or lines")
        return self


class MeasureShape(Shape):
    """A measure of help: which risks it answers, and whom it suits, as a rule or in words."""

    label: LabelShape
    aliases: tuple[str, ...] = ()
    group: MeasureGroup
    development: YesNo = False
    answers: tuple[Name, ...] = Field(min_length=1)
    suits: Rule | LabelShape | None = None
    source: str | None = None
    note: str | None = None
