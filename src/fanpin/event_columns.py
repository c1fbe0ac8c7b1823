"""The columns of an event log: which means what, and what their cells say, as columns again."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType

import polars as pl
import yaml
from attrs import frozen

from fanpin.errors import DataError, Place, Problem, did_you_mean
from fanpin.event_words import EventWords, plain
from fanpin.i18n import Label
from fanpin.masks import shown_word

FIELDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "case": ("case_id", "办件", "办件编号", "案件编号", "事项编号", "线索编号"),
        "step": ("activity", "环节", "环节名称", "步骤", "步骤名称", "办理环节", "流程环节"),
        "at": ("time", "timestamp", "date", "时间", "日期", "办理时间", "办理日期", "完成时间", "发生时间", "操作时间"),
        "actor": ("resource", "经办人", "办理人", "操作人", "经办人编号"),
        "role": ("角色", "经办角色", "岗位", "经办人角色"),
        "level": ("层级", "办理层级", "级别"),
        "evidence": ("papers", "材料", "佐证材料", "附件", "证明材料"),
        "of": ("分项", "分项编号", "措施编号"),
        "id": ("event_id", "编号", "事件编号", "记录编号"),
        "sequence": ("序号", "顺序", "顺序号", "次序"),
        "household": ("household_id", "户编号"),
        "region": ("行政区划", "行政区划代码", "区划代码"),
        "village": ("村", "行政村", "嘎查村", "村名"),
        "township": ("乡镇", "苏木乡镇", "乡", "镇"),
    }
)
NEEDED = ("case", "step", "at")
_NAMES = MappingProxyType({"case": "办件编号", "step": "环节", "at": "时间"})  # of what is needed, for readers
PLACES = ("village", "township")
NUMBER = "__row"  # of a row of the log, counted from 1
_NAMELESS = re.compile(r"(#\d+)?")  # a column without a heading
_WIDE_COLON = re.compile(r"^(\w+)\uff1a *", re.MULTILINE)  # as a Chinese keyboard gives it
_ORDINAL_OF_1970 = date(1970, 1, 1).toordinal()


@frozen
class EventColumns:
    """Where the fields of events stand in a frame, and the values that they declare: names of columns by field."""

    fields: Mapping[str, str]
    values: Mapping[str, str]

    def unused(self, headings: Iterable[str]) -> Iterator[Problem]:
        """A note of the headings that mean nothing here, where there are any."""
        used = {*self.fields.values(), *self.values.values()}
        left = [heading for heading in headings if heading not in used and not _NAMELESS.fullmatch(heading)]
        if left:
            yield Problem("log-columns-left", Place(), {"headings": _listed(left)})


def column_map(path: str | os.PathLike[str]) -> Mapping[str, str]:
    """A map of columns in a YAML file: `case: 单号`, one line a field or declared value."""
    try:
        found = yaml.safe_load(_WIDE_COLON.sub(r"\1: ", Path(path).read_text(encoding="utf-8-sig")))
    except FileNotFoundError:
        raise DataError(Problem("file-not-found", Place(str(path)))) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        raise DataError(Problem("column-map-unreadable", Place(Path(path).name))) from None
    if not isinstance(found, dict) or not all(isinstance(x, str) for pair in found.items() for x in pair):
        raise DataError(Problem("column-map-unreadable", Place(Path(path).name)))
    return found


def event_columns(headings: Iterable[str], words: EventWords, given: Mapping[str, str]) -> EventColumns:
    """Which column is which: as the map says, else by its heading. `DataError` names all that is missing or unknown."""
    headings = list(headings)
    problems = list(_of_map(headings, words, given))
    by_word = {plain(heading): heading for heading in reversed(headings)}
    values: dict[str, str] = {}
    for heading in headings:
        name = words.value_name(heading)
        if name is not None and heading not in given.values():
            values.setdefault(name, heading)
    fields: dict[str, str] = {}
    for name, others in FIELDS.items():
        found = [by_word[plain(word)] for word in (name, *others) if plain(word) in by_word]
        if found and found[0] not in values.values():
            fields[name] = found[0]
    has = headings if fields or values else []  # else they may be no headings, but somebody's name
    for name, heading in given.items():
        (fields if name in FIELDS else values)[name] = heading
    lacking = [name for name in NEEDED if name not in fields]
    problems += [_missing(name, has if name == lacking[-1] else ()) for name in lacking]  # they are listed once
    if problems:
        raise DataError(*problems)
    return EventColumns(fields, values)


def _of_map(headings: list[str], words: EventWords, given: Mapping[str, str]) -> Iterator[Problem]:
    known = [*FIELDS, *words.workflow.vocabulary.values]
    if given and not any(name in known for name in given) and any(heading in known for heading in given.values()):
        yield Problem("column-map-reversed")
        return
    for name, heading in given.items():
        if name not in known:
            details = {"name": name, "kind": Label("事件的栏目", "field of events")}
            yield Problem("unknown-name", Place(), details, did_you_mean(name, known))
        elif heading not in headings:
            yield Problem("log-column-missing", Place(field=name), {"heading": heading, "name": name},
                          did_you_mean(heading, headings))  # fmt: skip


def _missing(name: str, has: Iterable[str]) -> Problem:
    listed = _listed(heading for heading in has if not _NAMELESS.fullmatch(heading))
    details = {
        "name": Label(f"{_NAMES[name]}（{name}）", name),
        "headings": _listed((name, *FIELDS[name])),
        "has": _HAS.fill(headings=listed) if listed.zh else listed,
    }
    return Problem("log-without", Place(field=name), details)


_HAS = Label("；表里的表头是：{headings}", "; those of the table are {headings}")


def _listed(words: Iterable[str]) -> Label:
    shown = [shown_word(word) for word in words]
    return Label("、".join(shown), ", ".join(shown))


def places(heading: str) -> pl.Expr:
    """The places of events in their cases: the numbers of a column, missing where a cell is none."""
    text = pl.col(heading).cast(pl.String).str.strip_chars()
    return text.cast(pl.Float64, strict=False).fill_nan(None)


def numbered(log: pl.LazyFrame, where: EventColumns, first: int = 1) -> pl.LazyFrame:
    """The log with the number of each row, of which the first may be another, and its cases as texts."""
    case = pl.col(where.fields["case"]).cast(pl.String).str.strip_chars()
    return log.with_row_index(NUMBER, offset=first).with_columns(case)


# ── times ──────────────────────────────────────────────────────────────────────────────────────────────────────────

_DAYS = ("%Y-%m-%d", "%Y%m%d")
_TIMES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S%.f")
_ZONED = ("%Y-%m-%d %H:%M:%S%:z", "%Y-%m-%d %H:%M:%S%.f%:z", "%Y-%m-%d %H:%M%:z")


def times(at: pl.Series, zone: str) -> tuple[pl.Series, pl.Series]:
    """The day of each moment in a zone, as `date.toordinal` numbers it, and its instant in microseconds of UTC.

    An instant is missing where only the day is known, and both are where nothing can be read.
    """
    kind = at.dtype
    if kind == pl.Date:
        return _ordinals(at), _nothing(at)
    if isinstance(kind, pl.Datetime):
        return _of_datetimes(at if kind.time_zone else at.dt.replace_time_zone(zone, ambiguous="earliest"), zone)
    return _of_each_text(at.cast(pl.String, strict=False), zone)


def _of_each_text(at: pl.Series, zone: str) -> tuple[pl.Series, pl.Series]:
    """As `_of_texts`, which reads each different text once."""
    different = at.unique()
    days, instants = _of_texts(different, zone)
    read = pl.DataFrame({"at": different, "day": days, "instant": instants})
    found = pl.DataFrame({"at": at}).join(read, on="at", how="left", maintain_order="left", nulls_equal=True)
    return found["day"], found["instant"]


def _of_datetimes(at: pl.Series, zone: str) -> tuple[pl.Series, pl.Series]:
    there = at.dt.convert_time_zone(zone)
    return _ordinals(there.dt.date()), at.dt.epoch("us")


def _ordinals(days: pl.Series) -> pl.Series:
    return days.cast(pl.Int32) + _ORDINAL_OF_1970


def _nothing(at: pl.Series) -> pl.Series:
    return pl.Series([None], dtype=pl.Int64).new_from_index(0, len(at))


def _of_texts(at: pl.Series, zone: str) -> tuple[pl.Series, pl.Series]:
    text = pl.col("at")
    tidy = text.str.strip_chars().str.replace(r"^(\d{4})[-年/.](\d{1,2})[-月/.](\d{1,2})日?", "${1}-${2}-${3}")
    tidy = tidy.str.replace("[Tt]", " ").str.replace("Z$", "+00:00").str.strip_chars()
    frame = pl.DataFrame({"at": at}).select(at=tidy)
    days, instants = _nothing(at).cast(pl.Date), _nothing(at)
    left = frame["at"].is_not_null()
    with_time = frame["at"].str.contains(":", literal=True).fill_null(False)
    with_zone = frame["at"].str.contains(r"[+-]\d\d:?\d\d$").fill_null(False) & with_time
    for chosen, formats, zoned in (
        (left & ~with_time, _DAYS, None), (with_time & ~with_zone, _TIMES, False), (with_zone, _ZONED, True)
    ):  # fmt: skip
        for form in formats:
            rows = chosen & days.is_null()
            if not rows.any():
                break
            read = frame["at"].set(~rows, None)
            if zoned is None:
                found = read.str.strptime(pl.Date, form, strict=False)
                days = days.zip_with(found.is_null(), found)
                continue
            kind = pl.Datetime("us", "UTC") if zoned else pl.Datetime("us")
            stamps = read.str.strptime(kind, form, strict=False)
            stamps = stamps if zoned else stamps.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
            ordinals, micros = _of_datetimes(stamps, zone)
            days = days.zip_with(ordinals.is_null(), (ordinals - _ORDINAL_OF_1970).cast(pl.Date))
            instants = instants.zip_with(micros.is_null(), micros)
    return _ordinals(days), instants
