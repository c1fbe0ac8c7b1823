"""What a county may write in notices.yaml, key by key."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from fanpin.packs.basic_shapes import LabelShape, Name, Shape


def is_length(text: str) -> bool:
    """Whether a text is a parameter's name or a number of days."""
    return text.isascii() and (text.isidentifier() or (text.isdecimal() and 0 < int(text) <= 366))


def _length(text: str) -> str:
    if not is_length(text):
        raise PydanticCustomError("notice-length", "a parameter or a number of days")
    return text


Length = Annotated[str, AfterValidator(_length), Field(description="参数名或天数 / a parameter or a number of days")]
Reason = Annotated[str, Field(min_length=1, description="依据 / why, and by which text")]


class NoticeShape(Shape):
    """A notice: which step puts it up, for how long, what it lists, and its texts.

    Where `at_least` is not said, it hangs for as long as the procedure has the next step wait.
    """

    label: LabelShape
    workflow: Name
    step: Name
    at_least: Length | None = None
    days: Literal["calendar", "working"] | None = None
    fields: tuple[Name, ...] = Field(min_length=1)
    risks: tuple[Name, ...] = ()
    names: Literal["张某某", "张某", "张**", "张*"] = "张某某"
    before: LabelShape
    after: LabelShape
    source: str | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _says_nothing_idle(self) -> "NoticeShape":
        if self.days is not None and self.at_least is None:
            raise PydanticCustomError("idle-key", "days without at_least", {"key": "days", "other": "at_least"})
        return self
