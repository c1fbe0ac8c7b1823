"""A county's run on the screen: counts by village, kind and grade, what changed, and the households to look at."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import polars as pl
from rich.console import Console
from rich.table import Table
from rich.text import Text

from fanpin.cli.prose import Prose
from fanpin.cli.results import (
    ALL,
    Run,
    another_pack,
    bucket_label,
    faults_counted,
    kind_label,
    sum_label,
    village_label,
)
from fanpin.cli.screen import SHOWN_AT_ONCE, bullets, grade_style, heading, plain_table, read, say
from fanpin.cli.values import unit_text
from fanpin.i18n import number
from fanpin.monthly import ID, MAY_RISE, SETTLED, Count, Sums, changes_counted
from fanpin.records import shown_id
from fanpin.result_words import CHANGES, NO_GRADE, NOT_SURE
from fanpin.results import NONE

SHOWN_VILLAGES = 20


def show_counts(console: Console, run: Run) -> None:
    """Households and persons by village and grade, and by kind and grade."""
    villages = _gravest_first(run)
    shown = villages[:SHOWN_VILLAGES]
    names = [(village_label(village), {"village": village}) for village in shown]
    console.print(_count_table(run, say("村", "village"), names, with_total=len(villages) != 1))
    if len(villages) > len(shown):
        more = say(
            "……还有 {n} 个村，这里是有风险等级的户最多的；Excel 结果的“汇总”里都有",
            "... and {n} more villages, here are those with most graded households; all are on the sheet 'summary' of "
            "an Excel result",
            n=len(villages) - len(shown),
        )
        console.print(Prose(more, style="bold"))
    console.print()
    kinds = [(read(kind_label(run, kind)), {"kind": kind}) for kind in run.counts.kinds]
    console.print(_count_table(run, say("类别", "kind"), kinds, with_total=False))
    console.print(Prose(_legend(run), style="dim"))


def _gravest_first(run: Run) -> Sequence[str]:
    """The villages by name; where there are too many to show, by how many households of each grade they have."""
    counts, grades = run.counts, run.pack.rules.spec.grades
    if len(counts.villages) <= SHOWN_VILLAGES:
        return counts.villages
    return sorted(counts.villages, key=lambda village: [-counts.of(village, bucket=g).households for g in grades])


def _count_table(run: Run, title: str, rows: Iterable[tuple[str, Mapping[str, Any]]], *, with_total: bool) -> Table:
    buckets = [*run.counts.buckets, None]
    table = plain_table(title)
    for bucket in buckets:
        style = grade_style(bucket)
        table.add_column(Prose(_bucket_text(run, bucket), style=style), justify="right", overflow="fold")
    for name, key in rows:
        table.add_row(name, *(_count(run.counts.of(**key, bucket=bucket)) for bucket in buckets))
    if with_total:
        table.add_section()
        table.add_row(read(ALL), *(_count(run.counts.of(bucket=bucket)) for bucket in buckets), style="bold")
    return table


def _bucket_text(run: Run, bucket: str | None) -> str:
    return read(ALL if bucket is None else bucket_label(run, bucket))


def _count(count: Count) -> str:
    return f"{number(count.households)}/{number(count.persons)}" if count.households else "-"


def _legend(run: Run) -> str:
    said = say("户数/人数", "households/persons")
    if MAY_RISE in run.counts.buckets:
        said += say(
            "；可能更重：缺的情况补上以后，等级可能更重",
            "; may rise: once the missing facts are known, the grade may be graver",
        )
    if run.counts.unsized:
        said += say(
            "；{n} 户的人数不详，没有计入人数", "; households whose persons are not known, and not counted: {n}",
            n=number(run.counts.unsized),
        )  # fmt: skip
    return said


# Results beside the grade


def show_sums(console: Console, run: Run) -> None:
    """How each result came out and how often, those of members too; of amounts, what they are in all."""
    for sums, head in (
        (run.sums, say("各项结果（户数）", "Results (households)")),
        (run.sums_of_members, say("成员的各项结果（人数）", "Results of members (persons)")),
    ):
        if sums.buckets:
            console.print(heading(head))
            console.print(bullets(_sums(run, sums, result) for result in sums.buckets))


def _sums(run: Run, sums: Sums, result: str) -> str:
    said = [_sum(run, sums, result, bucket) for bucket in sums.buckets[result]]
    label = run.pack.rules.spec.results[result].label
    return say("{label}：{said}", "{label}: {said}", label=label, said=say("；", "; ").join(said))


def _sum(run: Run, sums: Sums, result: str, bucket: str) -> str:
    of, unit = sums.of(result, bucket), run.words.units.get(result)
    said = f"{read(sum_label(run, result, bucket))} {number(of.count)}"
    if unit is None or not of.count:
        return said
    who = say("户", "") if sums is run.sums else say("人", "")
    parts = {"who": who, "some": number(of.some), "lo": f"{of.lo:,.2f}", "unit": unit_text(unit)}
    if bucket == SETTLED:
        return said + say("（{some} {who}大于零，共 {lo} {unit}）", " ({some} above zero, {lo} {unit} in all)", **parts)
    if bucket != ":unknown":
        return said
    if of.hi is None:
        return said + say("（共不少于 {lo} {unit}）", " (at least {lo} {unit} in all)", **parts)
    return said + say("（共 {lo} 至 {hi} {unit}）", " ({lo} to {hi} {unit} in all)", hi=f"{of.hi:,.2f}", **parts)


def show_absent(console: Console, run: Run) -> None:
    """That there are no households, or no members, where the rules would know of them."""
    if run.month.rows.is_empty():
        said = say("户表里一户也没有", "there is no household in the table of households")
        console.print(Prose(said, style="yellow"))
    if run.lacks_members:
        said = say(
            "没有成员表，或里面没有这些户的成员，凡是要看成员的都待定；用 -m 写上成员表",
            "no members are given, so whatever hangs on them is open; name their table with -m",
        )
        console.print(Prose(said, style="yellow"))


# Since last month


def show_changes(console: Console, run: Run) -> None:
    """How many changed how, by which packs, and who is gone."""
    if run.comparison is None:
        return
    console.print(heading(say("与上月比较", "Since last month")))
    if run.is_by_another_pack:
        console.print(Prose(another_pack(run), style="yellow"))
    counts = changes_counted(run.comparison)
    table = plain_table(*(read(CHANGES[change]) for change in counts))
    table.add_row(*map(_count, counts.values()))
    console.print(table)
    gone = run.comparison.changes.filter(pl.col("change") == "gone")[ID]
    if len(gone):
        shown = say("、", ", ").join(map(shown_id, gone.head(SHOWN_AT_ONCE)))
        said = say("不再列入的：{ids}", "gone: {ids}", ids=shown)
        if len(gone) > SHOWN_AT_ONCE:
            said += say("，还有 {n} 户", " and {n} more", n=number(len(gone) - SHOWN_AT_ONCE))
        console.print(Prose(said))


# Households


def show_households(console: Console, run: Run) -> None:
    """The households with something to say; those without any risk are only counted."""
    said = run.month.rows.filter(pl.col("status").is_in(["graded", "unknown"]))
    titles = [("户编号", "id"), ("等级", "grade"), ("类别", "category"), ("风险", "risks"), ("还需了解", "to ask")]
    table = plain_table(*(say(*title) for title in titles))
    for row in said.head(SHOWN_AT_ONCE).iter_rows(named=True):
        table.add_row(*_household(run, row))
    console.print(table)
    if len(said) > SHOWN_AT_ONCE:
        more = say(
            "……还有 {n} 户；用 -o 写成文件",
            "... and {n} more; write them to a file with -o",
            n=number(len(said) - SHOWN_AT_ONCE),
        )
        console.print(Prose(more, style="bold"))
    console.print()


def _household(run: Run, row: Mapping[str, Any]) -> Iterator[Prose]:
    def words(column: str, values: Iterable[str]) -> list[str]:
        return [read(run.words.label(column, value)) for value in values]

    glue = say("、", ", ")
    yield Prose(row[ID])
    yield Prose(_grades(run, row["grade"], row["possible_grade"]))
    possible = [name for name in row["possible_categories"] if name != NONE]
    sure = [] if row["category"] is None else words("category", [row["category"]])
    kinds = say("或", " or ").join(words("category", possible))
    yield Prose(sure[0] if sure else say("可能是{c}", "may be {c}", c=kinds))
    risks = words("risks", row["risks"]) + [f"{risk}?" for risk in words("risks", row["unknown_risks"])]
    yield Prose(glue.join(risks))
    asked = words("to_ask", row["to_ask"])
    more = [say("等 {n} 项", "{n} in all", n=len(asked))] if len(asked) > 2 else []
    yield Prose(glue.join([*asked[:2], *more]))


def _grades(run: Run, sure: str | None, possible: str | None) -> Text:
    def word(grade: str | None) -> str:
        return read(NO_GRADE if grade is None else run.words.label("grade", grade))

    if sure == possible:
        return Text(word(sure), style=grade_style(sure))
    text = Text(read(NOT_SURE) if sure is None else word(sure), style=grade_style(sure))
    text.append(say("，可能", ", up to "))
    return text.append(word(possible), style=grade_style(possible))


# What is wrong


def show_faults(console: Console, run: Run) -> None:
    """What contradicts itself in the facts, or was not taken as it stood, and of how many households."""
    told = {read(run.words.label("faults", fault)): count for fault, count in faults_counted(run).items()}
    if told:
        console.print(heading(say("各户数据里的问题（户数）", "Faults in the households' data (how many have it)")))
        lines = [say("{what}：{n}", "{what}: {n}", what=what, n=number(count)) for what, count in told.items()]
        console.print(bullets(lines[:SHOWN_AT_ONCE]))
