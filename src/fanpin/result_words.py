"""What a table of results says, in words: headings and values in either language, and back."""

import string
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

import polars as pl
from attrs import Factory, frozen

from fanpin.errors import DataError, Place, Problem
from fanpin.expressions.types import NumberType
from fanpin.forms import ScoreForm
from fanpin.i18n import LANGUAGES, Label, Language, same
from fanpin.messages import MESSAGES
from fanpin.results import NONE, RESULT_STATES
from fanpin.rules import HANDLERS, RuleSet, RuleSpec
from fanpin.units import Unit

COLUMNS: Mapping[str, Label] = MappingProxyType(
    {
        "household_id": Label("户编号", "household id"),
        "village": Label("村", "village"),
        "grid": Label("网格", "grid"),
        "persons": Label("人数", "persons"),
        "status": Label("研判状态", "status"),
        "grade": Label("风险等级", "grade"),
        "possible_grade": Label("最高可能等级", "gravest possible grade"),
        "change": Label("变化", "change"),
        "category": Label("监测对象类别", "category"),
        "possible_categories": Label("可能的类别", "possible categories"),
        "risks": Label("成立的风险", "risks that hold"),
        "unknown_risks": Label("待定的风险", "open risks"),
        "to_ask": Label("还需了解", "still to ask"),
        "handled_by": Label("由谁办理", "handled by"),
        "faults": Label("数据问题", "faults in the data"),
        "unread": Label("读不了的格", "cells not read"),
        "on": Label("研判日期", "day of grading"),
        "pack": Label("规则包", "pack"),
        "pack_hash": Label("规则包指纹", "hash of the pack"),
    }
)
OF_MEMBERS: Mapping[str, Label] = MappingProxyType(  # what else tables of members say
    {
        "row": Label("户内序号（从 0 起）", "number within the household, from 0"),
        "id_number": Label("证件号码", "ID number"),
        "name": Label("姓名", "name"),
        "table_row": Label("成员表的行", "row of the table of members"),
    }
)
STATUSES: Mapping[str, Label] = MappingProxyType(
    {
        "graded": Label("有风险", "at risk"),
        "unknown": Label("待定", "open"),
        "clear": Label("无风险", "no risk"),
        "refused": Label("未研判", "not graded"),
    }
)
CHANGES: Mapping[str, Label] = MappingProxyType(
    {
        "worse": Label("加重", "worse"),
        "newly_unknown": Label("转为待定", "newly open"),
        "new": Label("新增", "new"),
        "better": Label("减轻", "better"),
        "gone": Label("不再列入", "gone"),
        "same": Label("不变", "same"),
    }
)
NO_GRADE, NO_CATEGORY = Label("无", "none"), Label("不纳入", "not monitored")
NOT_SURE = STATUSES["unknown"]  # one word for it, wherever it stands
# What is wrong, in a few words, where the whole sentence needs more than a row of results holds.
_FAULTS: Mapping[str, Label] = MappingProxyType(
    {
        "fact-number": Label("不在可能的范围内", "outside its bounds"),
        "fact-whole-number": Label("不是范围内的整数", "no whole number within its bounds"),
        "fact-day": Label("不在可能的日期内", "outside its days"),
        "fact-choice": Label("不是可选的值", "none of its values"),
        "size-differs": Label("与列出的成员人数不符", "differs from the members listed"),
        "too-many-decimals": Label("小数位数太多，已取近似", "too many decimals, taken to the nearest"),
        "facts-too-old": Label("情况太旧，按未知处理", "facts too old, taken as unknown"),
        "missing-parameter": Label("这一天、这个地区没有值", "no value for the day and region"),
        "row-id-twice": Label("同一编号有几行", "the same in several rows"),
        "row-without-id": Label("没有填", "not given"),
        "not-complete": Label("说是都有，这里却没有", "said to be known, and missing here"),
        "table-no-row": Label("没有与已知情况对应的行", "no row for what is known"),
        "score-twice": Label("只计一项的有两项同时成立", "two items of which one counts"),
        "does-not-apply": Label("不适用，却填了值", "does not apply, and is given a value"),
        "rows-too-many": Label("成员太多，按缺失处理", "too many members, taken as missing"),
    }
)


@frozen
class ResultWords:
    """The words of a pack for tables of results; `units` are those of its results that are amounts."""

    spec: RuleSpec
    units: Mapping[str, Unit] = Factory(dict)

    @classmethod
    def of(cls, rules: RuleSet) -> "ResultWords":
        """The words of a pack's rules."""
        paid = {name: trees.paid.type for name, trees in rules.results.items() if trees.paid is not None}
        return cls(rules.spec, {name: kind.unit for name, kind in paid.items() if isinstance(kind, NumberType)})

    def label(self, column: str, value: str) -> Label:
        """Of a value of a column."""
        return self._labels().get(column, same)(value)

    def _labels(self) -> Mapping[str, Callable[[str], Label]]:
        return {
            "status": lambda name: STATUSES[name],
            "change": lambda name: CHANGES[name],
            "grade": self._grade,
            "possible_grade": self._grade,
            "category": self._category,
            "possible_categories": self._category,
            "risks": lambda name: self.spec.risks[name].label,
            "unknown_risks": lambda name: self.spec.risks[name].label,
            "to_ask": self._question,
            "handled_by": lambda name: HANDLERS.get(name, same(name)),
            "faults": self._fault,
            **self._of_results(),
        }

    def _of_results(self) -> Mapping[str, Callable[[str], Label]]:
        """The labels of states, as texts of `ResultState`, and of kinds."""
        found: dict[str, Callable[[str], Label]] = {}
        for result in self.spec.results.values():
            found |= dict.fromkeys(result.columns[:2] if result.amount is None else (), result.kind_labels.__getitem__)
            found[result.columns[-1]] = RESULT_STATES.__getitem__
        return found

    def heading(self, column: str) -> Label:
        """The label of a column, those of results included."""
        if column.endswith(_BEFORE):
            return _LAST_MONTH.fill(c=self.heading(column.removesuffix(_BEFORE)))
        for result in self.spec.results.values():
            if column == result.name and column in result.columns:
                return result.label
            end = column.removeprefix(f"{result.name}__")
            if column in result.columns:
                label = _OF_RESULTS[end].fill(r=result.label)
                return self.with_unit(label, result.name) if end in ("lo", "hi") else label
        return heading(column)

    def with_unit(self, label: Label, result: str) -> Label:
        """The label of an amount, followed by its unit."""
        unit = self.units.get(result)
        if unit is None or unit.is_plain:
            return label
        return Label("{label}（{unit}）", "{label} ({unit})").fill(label=label, unit=Label(unit.zh(), str(unit)))

    def headings(self, columns: Iterable[str], language: Language) -> dict[str, str]:
        """The headings of columns; of two that would be alike, the later one is followed by its name."""
        found: dict[str, str] = {}
        for column in columns:
            text = self.heading(column).text(language)
            found[column] = f"{text} ({column})" if text in found.values() else text
        return found

    def _grade(self, name: str) -> Label:
        return self.spec.grades[name].label

    def _category(self, name: str) -> Label:
        return NO_CATEGORY if name == NONE else self.spec.categories[name].label

    def _question(self, way: str) -> Label:
        """A fact that is asked for, and who settles it where that is not done at the door."""
        label = self.fact(way)
        who = self.spec.decided_by.get(way)
        if who is None:
            return label
        return Label("{f}（由{who}认定）", "{f} (for the {who} to settle)").fill(f=label, who=HANDLERS[who])

    def fact(self, way: str) -> Label:
        """Of a fact as results name it: `wage_income`, `members.in_school`, or `members`, the list itself."""
        facts = self.spec.facts
        collection, _, name = way.rpartition(".")
        definition = self.spec.definitions.get(collection or name)
        if definition is not None:
            group = definition.text.groups.get(name) if isinstance(definition.text, ScoreForm) else None
            label = definition.label
            return label if group is None else Label("{d}（{g}）", "{d} ({g})").fill(d=label, g=group.label)
        if way in facts.collections:
            return Label("{c}名单", "the list of {c}").fill(c=facts.collections[way].label)
        if not collection:
            return facts.household[name].label if name in facts.household else self._parameter(name)
        if collection in facts.collections and name in facts.facts_of(collection):
            of, label = facts.collections[collection].label, facts.facts_of(collection)[name].label
            return Label("{of}的{f}", "{of}: {f}").fill(of=of, f=label)
        return same(way)

    def _parameter(self, name: str) -> Label:
        parameters = self.spec.parameters.parameters
        return parameters[name].label if name in parameters else same(name)

    def _fault(self, fault: str) -> Label:
        code, _, way = fault.partition(":")
        return Label("{f}：{what}", "{f}: {what}").fill(f=self.fact(way), what=fault_label(code))

    # Whole tables

    def shown(self, rows: pl.DataFrame, language: Language) -> pl.DataFrame:
        """The table with headings and values in words.

        Where there is no grade, it is said whether there surely is none. Columns that end in `_before` are those of
        last month.
        """
        told = [self._told(rows, name, language) for name in rows.columns]
        return pl.DataFrame(told).rename(self.headings(rows.columns, language))

    def _told(self, rows: pl.DataFrame, name: str, language: Language) -> pl.Series:
        column, of = rows[name], name.removesuffix(_BEFORE)
        label = self._labels().get(of)
        if label is not None and isinstance(column.dtype, pl.List):
            words = {value: label(value).text(language) for value in column.explode().drop_nulls().unique()}
            return column.list.eval(pl.element().replace_strict(words, return_dtype=pl.String)) if words else column
        if label is not None:
            words = {value: label(value).text(language) for value in column.drop_nulls().unique()}
            told = pl.col(name).replace_strict(words, return_dtype=pl.String).fill_null(absent(name, language))
            return rows.select(told).to_series()
        if any(result.amount is not None and name == result.columns[1] for result in self.spec.results.values()):
            return rows.select(known_end(name)).to_series()
        return column

    def coded(self, rows: pl.DataFrame, place: Place) -> pl.DataFrame:
        """A table of texts by its codes again, whichever way they were written; unknown columns are left out.

        `DataError` where a value of a column that is compared is none of this pack's.
        """
        codes = {word: code for code, label in COLUMNS.items() for word in (code, label.zh, label.en)}
        known = {codes[name]: rows[name].alias(codes[name]) for name in reversed(rows.columns) if name in codes}
        grades = _codes(self.spec.grades, self._grade, NO_GRADE, NOT_SURE)
        spoken = {
            "status": _codes(STATUSES, STATUSES.__getitem__),
            "grade": grades,
            "possible_grade": grades,
            "category": _codes([*self.spec.categories, NONE], self._category, NOT_SURE),
        }
        for name, words in spoken.items():
            if name in known:
                if not set(known[name].drop_nulls().unique()) <= words.keys():
                    raise DataError(Problem("previous-value", place, {"column": COLUMNS[name]}))
                known[name] = known[name].replace_strict(words, return_dtype=pl.String)
        return pl.DataFrame(list(known.values()))


_BEFORE = "_before"
_LAST_MONTH = Label("上月{c}", "{c} last month")
_OF_RESULTS: Mapping[str, Label] = {
    "lo": Label("{r}下限", "{r}, at least"),
    "hi": Label("{r}上限", "{r}, at most"),
    "possible": Label("可能的{r}", "possible {r}"),
    "state": Label("{r}的状态", "state of {r}"),
}


_FARTHEST = 10_000_000  # in yuan


def known_end(column: str) -> pl.Expr:
    """The upper end of an amount, or null where nobody knows one.

    An open amount of so many millions comes of the bounds of facts, and says nothing of the household.
    """
    end, state = pl.col(column), pl.col(f"{column.removesuffix('__hi')}__state")
    return pl.when((state == "known") | (end < _FARTHEST)).then(end).alias(column)


def heading(column: str) -> Label:
    """The label of a column; one that is not known names itself."""
    if column.endswith(_BEFORE):
        return _LAST_MONTH.fill(c=heading(column.removesuffix(_BEFORE)))
    return COLUMNS.get(column) or OF_MEMBERS.get(column, same(column))


def absent(name: str, language: Language) -> pl.Expr:
    """What stands where there is no value: that there surely is none, that it can't be said, or nothing."""
    of = name.removesuffix(_BEFORE)
    before = name[len(of) :]
    not_sure, none = pl.lit(NOT_SURE.text(language)), pl.lit(NO_GRADE.text(language))
    graded = pl.when(pl.col(f"status{before}") != "refused")
    match of:
        case "grade":
            return graded.then(pl.when(pl.col(f"possible_grade{before}").is_null()).then(none).otherwise(not_sure))
        case "possible_grade":
            return graded.then(none)
        case "category":
            return graded.then(not_sure)
    return pl.lit(None, pl.String)


def fault_label(code: str) -> Label:
    """What is wrong, in a few words."""
    what = MESSAGES[code].what if code in MESSAGES else same(code)
    plain = not any(slot for _, slot, _, _ in string.Formatter().parse(what.zh))
    return _FAULTS.get(code, what if plain else same(code))


def _codes(names: Iterable[str], label: Callable[[str], Label], *absent: Label) -> dict[str, str | None]:
    """Every way to write a value, with its code; a code goes before a word that is the same."""
    words: dict[str, str | None] = {word.text(language): None for word in absent for language in LANGUAGES}
    listed = list(names)
    words |= {label(name).text(language): name for name in listed for language in LANGUAGES}
    return words | {name: name for name in listed}
