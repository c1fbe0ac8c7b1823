"""What a county may write in notices.yaml, key by key."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from fanpin.packs.basic_shapes import LabelShape, Name, Shape


def _length(text: str) -> str:
    if not (text.isidentifier() or (text.isascii() and text.isdecimal() and 0 < int(text) <= 366)):
        raise PydanticCustomError("notice-length", "a parameter or a number of days")
    return text


Length = Annotated[str, AfterValidator(_length), Field(description="参数名或天数 / a parameter or a number of days")]
Reason = Annotated[str, Field(min_length=1, description="依据 / why, and by which text")]


class NoticeShape(Shape):
    """A notice: which step puts it up, for how long, what it lists, and its texts."""

    label: LabelShape
    workflow: Name
    step: Name
    at_least: Length
    days: Literal["calendar", "working"] = "calendar"
    fields: tuple[Name, ...] = Field(min_length=1)
    risks: tuple[Name, ...] = ()
    names: Literal["张某某", "张某", "张**", "张*"] = "张某某"
    before: LabelShape
    after: LabelShape
    source: str | None = None
    note: str | None = None
