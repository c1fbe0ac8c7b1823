"""A pack is told what it seldom means, and taken all the same."""

from pathlib import Path

import pytest

from fanpin import load_pack
from fanpin.packs import Pack

BANDS = (
    "definitions: {{paid: {{label: {{zh: 甲, en: a}}, bands: {{of: rigid_spending, rate_of: {how}, bands: {bands}}}}}}}"
)


def written(folder: Path, rules: str, lines: tuple[int, int] = (3000, 8000)) -> Pack:
    parameters = [
        f"  {name}: {{label: {{zh: {name}, en: {name}}}, unit: CNY/year, "
        f"values: [{{from: 2024-01-01, until: replaced, value: {line}, source: a test}}]}}"
        for name, line in zip(("first", "second"), lines, strict=True)
    ]
    files = {
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
