"""A pack is told what it seldom means, and taken all the same."""

from pathlib import Path

import pytest

from fanpin import load_pack
from fanpin.packs import Pack

BANDS = (
    "definitions: {{paid: {{label: {{zh: 甲, en: a}}, bands: {{of: rigid_spending, rate_of: {how}, bands: {bands}}}}}}}"
)

FACTS = """facts:
  fuel: {label: {zh: 燃料, en: fuel}, type: choice, values: {coal: {zh: 煤, en: coal}, wood: {zh: 柴, en: wood}}}
  stove: {label: {zh: 炉, en: stove}, type: choice, other: allowed, values: {iron: {zh: 铁, en: iron}}}
  far: {label: {zh: 偏远, en: far}, type: yes_no}
  rooms: {label: {zh: 房间, en: rooms}, type: whole}
  proposed: {label: {zh: 拟发, en: proposed}, type: money, unit: CNY/year}
"""


def written(folder: Path, rules: str, lines: tuple[int, int] = (3000, 8000)) -> Pack:
    parameters = [
        f"  {name}: {{label: {{zh: {name}, en: {name}}}, unit: CNY/year, "
        f"values: [{{from: 2024-01-01, until: replaced, value: {line}, source: a test}}]}}"
        for name, line in zip(("first", "second"), lines, strict=True)
    ]
    files = {
        "facts.yaml": FACTS,
        "pack.yaml": 'name: remarked\nlabel: {zh: 例, en: case}\nversion: "1"\n',
        "parameters.yaml": "parameters:\n" + "\n".join(parameters),
        "rules.yaml": "risks: {some: {label: {zh: 有, en: some}, when: size > 1}}\n"
        "grades: {blue: {label: {zh: 蓝, en: blue}, when: some, handled_by: [village]}}\n" + rules,
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return load_pack(folder)


def codes(pack: Pack) -> list[str]:
    for remark in pack.remarks:
        assert remark.text("zh")
        assert remark.text("en")
    return [remark.code for remark in pack.remarks]


FALLING = "[{up_to: first, rate: 0.6}, {rate: 0.5}]"
PER_CENT = "[{up_to: first, rate: 50}, {rate: 0.6}]"
RISING = "[{up_to: first, rate: 0.5}, {up_to: second, rate: 0.6}, {rate: 0.7}]"


@pytest.mark.parametrize(
    ("how", "bands", "expected"),
    [
        ("whole", FALLING, ["less-for-more"]),
        ("slice", FALLING, []),
        ("whole", RISING, []),
        ("slice", PER_CENT, ["rate-over-all"]),
    ],
)
def test_a_band_that_pays_less_for_more(tmp_path: Path, how: str, bands: str, expected: list[str]) -> None:
    assert codes(written(tmp_path, BANDS.format(how=how, bands=bands))) == expected


@pytest.mark.parametrize(("lines", "expected"), [((3000, 8000), []), ((8000, 3000), ["limits-fall"])])
def test_limits_that_do_not_rise(tmp_path: Path, lines: tuple[int, int], expected: list[str]) -> None:
    assert codes(written(tmp_path, BANDS.format(how="slice", bands=RISING), lines)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sum(m.out_of_pocket for m in members) / size", []),
        ("sum(m.out_of_pocket for m in members if m.in_school) / size", ["unlike-rows"]),
        ("sum(m.out_of_pocket for m in members) / max(count(m for m in members if m.in_school), 1)", ["unlike-rows"]),
        ("sum(m.out_of_pocket for m in pupils) / max(count(pupils), 1)", []),
    ],
)
def test_an_average_over_other_rows_than_are_counted(tmp_path: Path, text: str, expected: list[str]) -> None:
    counted = "counted: {pupils: {label: {zh: 学生, en: pupils}, of: members, where: m.in_school}}\n"
    definition = "{label: {zh: 均, en: average}, is: " + repr(text) + "}"
    assert codes(written(tmp_path, counted + "definitions: {average: " + definition + "}")) == expected


@pytest.mark.parametrize(
    ("keys", "cells", "gaps"),
    [
        (["fuel"], ["coal", "wood"], None),
        (["fuel"], ["[coal, wood]"], None),
        (["fuel"], ["coal"], "{fuel: wood}"),
        (["housing"], ["met"], "{housing: [at_risk, not_met]}"),
        (["stove"], ["iron"], None),  # no closed list: whoever has another stove is told as a fault
        (["rooms"], ["1..2"], None),
        (["far"], ["no"], "{far: yes}"),
        (["fuel", "rooms", "far"], ["coal;1..2;yes", "coal;1..2;no", "wood;1..;no"],
            "{fuel: wood, rooms: 1.., far: yes}"),
        (["fuel", "far"], ["[coal, wood];yes"], "{fuel: [coal, wood], far: no}"),
        (["water", "housing"], ["met;met", "at_risk;met", "not_met;met"], "{water: met, housing: [at_risk, not_met]}; "
            "{water: at_risk, housing: [at_risk, not_met]}; {water: not_met, housing: [at_risk, not_met]}"),
        (["food", "far"], ["met;yes"], "{food: [at_risk, not_met]}; {food: met, far: no}"),
    ],
)  # fmt: skip
def test_a_table_with_gaps(tmp_path: Path, keys: list[str], cells: list[str], gaps: str | None) -> None:
    rows = [", ".join(f"{key}: {cell}" for key, cell in zip(keys, row.split(";"), strict=True)) for row in cells]
    written_rows = "".join(f"\n        - {{at: {{{row}}}, for: 2024, value: 1, source: a test}}" for row in rows)
    table = f"\n      keys: [{', '.join(keys)}]\n      rows:{written_rows}\n"
    pack = written(tmp_path, "definitions:\n  of_class:\n    label: {zh: 表, en: table}\n    table:" + table)
    assert codes(pack) == ([] if gaps is None else ["table-has-gaps"])
    assert [remark.details["gaps"] for remark in pack.remarks] == ([] if gaps is None else [gaps])


def test_of_many_gaps_the_first_are_named(tmp_path: Path) -> None:
    rows = "".join(f"{{at: {{size: {n}, far: yes}}, for: 2024, value: 1, source: a}}, " for n in range(1, 6))
    definition = f"definitions: {{t: {{label: {{zh: 表, en: t}}, table: {{keys: [size, far], rows: [{rows}]}}}}}}\n"
    (remark,) = written(tmp_path, definition).remarks
    assert remark.details["gaps"] == "{size: 1, far: no}; {size: 2, far: no}; {size: 3, far: no}; …"


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ("at_least: first, at_most: second", []),
        ("at_least: first, at_most: first", []),  # just this number
        ("at_least: second, at_most: first", ["limits-of-no-number"]),
        ("at_least: 2 * first, at_most: first", ["limits-of-no-number"]),
        ("at_least: first if far else second, at_most: first", []),  # of some households there is one
        ("at_least: second", []),
    ],
)
def test_limits_that_no_number_meets(tmp_path: Path, limits: str, expected: list[str]) -> None:
    result = f"results: {{aid: {{label: {{zh: 补, en: aid}}, limits: {{of: proposed, {limits}}}}}}}"
    (tmp_path / "results.yaml").write_text(result, encoding="utf-8")
    assert codes(written(tmp_path, "")) == expected
