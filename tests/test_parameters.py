"""Parameters: a value holds on its days, for its region, and nowhere else."""

from datetime import date
from decimal import Decimal

import pytest

from fanpin.errors import MissingParameter
from fanpin.i18n import Label
from fanpin.parameters import Multiple, Parameter, ParameterRow, ParameterTable, row_problems
from fanpin.units import Unit

LABEL = Label("监测收入参考线", "monitoring income line")


def row(since: str, until: str | None, value: str, region: str | None = None) -> ParameterRow:
    last = None if until is None else date.fromisoformat(until)
    return ParameterRow(date.fromisoformat(since), last, Decimal(value), region, source="a test")


def line(*rows: ParameterRow, wider: bool = False) -> Parameter:
    return Parameter("line", LABEL, Unit.parse("CNY/person/year"), rows, wider=wider)


def value(parameter: Parameter, day: str, region: str | None = None) -> str | None:
    found = parameter.on(date.fromisoformat(day), region)
    return None if found is None else str(found.value)


def test_a_value_holds_from_its_first_day_to_its_last() -> None:
    of_2024 = line(row("2024-03-14", "2024-12-31", "8800"))
    assert [value(of_2024, d) for d in ("2024-03-13", "2024-03-14", "2024-12-31", "2025-01-01")] == [
        None, "8800", "8800", None,
    ]  # fmt: skip


def test_a_value_until_replaced_holds_until_the_next_begins() -> None:
    both = line(row("2023-01-01", None, "7500"), row("2024-03-14", None, "8800"))
    assert [value(both, d) for d in ("2024-03-13", "2024-03-14", "2030-01-01")] == ["7500", "8800", "8800"]


def test_an_ended_row_does_not_fall_back_on_an_older_one() -> None:
    ended = line(row("2022-01-01", None, "7000"), row("2023-01-01", "2023-12-31", "7500"))
    assert value(ended, "2024-01-01") is None


def test_the_own_region_answers_and_a_neighbour_does_not() -> None:
    henan = line(row("2023-01-01", None, "7500", "41"))
    assert value(henan, "2023-05-01", "41") == "7500"
    assert value(henan, "2023-05-01", "410000") == "7500"
    assert value(henan, "2023-05-01", "42") is None
    assert value(henan, "2023-05-01", None) is None


def test_a_wider_region_answers_only_where_the_parameter_says_so() -> None:
    province = row("2023-01-01", None, "7500", "41")
    assert value(line(province), "2023-05-01", "410581") is None
    assert value(line(province, wider=True), "2023-05-01", "410581") == "7500"


def test_the_nearest_region_goes_before_a_wider_one() -> None:
    both = line(row("2023-01-01", None, "7500", "41"), row("2023-01-01", None, "7800", "410581"), wider=True)
    assert value(both, "2023-05-01", "410581") == "7800"
    assert value(both, "2023-05-01", "410582") == "7500"


def test_a_county_whose_own_row_has_ended_is_not_given_the_province() -> None:
    both = line(row("2023-01-01", None, "7500", "41"), row("2023-01-01", "2023-06-30", "7800", "410581"), wider=True)
    assert value(both, "2023-07-01", "410581") is None


def test_a_multiple_follows_its_base_in_fen() -> None:
    base = line(row("2023-01-01", "2023-12-31", "3218"))
    times = ParameterRow(date(2023, 1, 1), None, Multiple(Decimal("1.5"), "line"))
    table = ParameterTable({"line": base, "half_more": Parameter("half_more", LABEL, base.unit, (times,))})
    assert table.in_force(["half_more"], date(2023, 5, 1), None) == {"half_more": 482700}
    with pytest.raises(MissingParameter, match="half_more"):
        table.in_force(["half_more"], date(2024, 5, 1), None)


def test_a_refusal_names_every_missing_row_at_once_and_the_yaml_to_paste() -> None:
    other = Parameter("medical", Label("大额医疗支出线", "large medical bill"), Unit.parse("CNY/year"))
    table = ParameterTable({"line": line(), "medical": other})
    with pytest.raises(MissingParameter) as refused:
        table.in_force(["line", "medical"], date(2024, 5, 1), "152223")
    assert len(refused.value.problems) == 2
    text = refused.value.text("zh")
    assert "监测收入参考线" in text
    assert "大额医疗支出线" in text
    assert "2024-05-01" in text
    assert "152223" in text
    assert '- {from: 2024-01-01, until: 2024-12-31, region: "152223", value: …, source: "…"}' in text


def test_values_are_held_exactly_in_the_smallest_part() -> None:
    share = Parameter("share", LABEL, Unit(), (row("2023-01-01", None, "0.35"),))
    assert ParameterTable({"share": share}).in_force(["share"], date(2023, 1, 1), None) == {"share": 35}


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([row("2023-01-01", "2022-12-31", "1")], "row-ends-early"),
        ([row("2023-01-01", "2023-12-31", "1"), row("2023-12-31", None, "2")], "rows-overlap"),
        ([row("2023-01-01", None, "1"), row("2023-01-01", None, "2")], "rows-overlap"),
    ],
)
def test_rows_that_contradict_each_other_are_refused(rows: list[ParameterRow], code: str) -> None:
    assert [problem.code for problem in row_problems(line(*rows))] == [code]


def test_rows_of_two_regions_do_not_contradict_each_other() -> None:
    rows = [row("2023-01-01", None, "1", "41"), row("2023-01-01", None, "2", "42")]
    assert list(row_problems(line(*rows))) == []


def test_the_type_of_a_parameter_is_bounded_by_its_values() -> None:
    rows = row("2023-01-01", None, "7500"), row("2024-01-01", None, "8800.50")
    kind = ParameterTable({"line": line(*rows)}).types()["line"]
    assert (kind.lo, kind.hi, kind.decimals) == (750000, 880050, 2)


def test_the_days_on_which_a_value_changes() -> None:
    table = ParameterTable({"line": line(row("2023-01-01", "2023-12-31", "7500"), row("2025-01-01", None, "8000"))})
    assert table.changes("line") == [date(2023, 1, 1), date(2024, 1, 1), date(2025, 1, 1)]
