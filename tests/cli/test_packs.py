"""`fanpin packs` and `fanpin pack …`: what is installed, what it says, and whether it is whole."""

import json
from pathlib import Path

import pytest
import yaml

from fanpin import load_pack
from fanpin.forms import ScoreForm, TableForm
from fanpin.packs.shapes import FILES
from fanpin.plugins import PluginManager, hookimpl
from tests.cli.conftest import Run


def a_pack(folder: Path, **files: str) -> Path:
    folder.mkdir()
    head = 'name: mine\nlabel: {zh: 我的, en: mine}\nversion: "1"\nextends: zhalaite\nregion: "152223"\n'
    (folder / "pack.yaml").write_text(head, encoding="utf-8")
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def test_the_shipped_packs_are_listed_with_what_readers_must_know(run: Run) -> None:
    ran = run("packs")
    assert ran.code == 0
    assert [line.split()[0] for line in ran.out.splitlines() if line[:1].isalpha()][1:] == [
        "danfeng",
        "example",
        "national",
        "zhalaite",
    ]
    assert "restated from press" in ran.out
    assert "nobody's policy" in ran.out


def test_a_broken_pack_of_a_plugins_is_named_and_the_others_are_listed(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = a_pack(tmp_path / "mine", rules="risks: 3\n")

    class Plugin:
        @staticmethod
        @hookimpl
        def fanpin_packs() -> dict[str, Path]:
            return {"mine": mine}

    manager = PluginManager.with_shipped()
    manager.register(Plugin, "theirs")
    monkeypatch.setattr("fanpin.cli.packs.default_manager", lambda: manager)
    ran = run("packs")
    assert ran.code == 1
    assert "(broken)" in ran.out
    assert "zhalaite" in ran.out
    assert "mine/rules.yaml:1" in ran.err


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", ["national", "zhalaite", "danfeng", "example"])
def test_a_pack_is_shown_whole(name: str, language: str, run: Run) -> None:
    ran = run("pack", "show", name, "--lang", language)
    assert (ran.code, ran.err) == (0, "")
    pack = load_pack(name)
    shown = "".join(ran.out.split())
    spec = pack.rules.spec
    rules = (spec.risks, spec.categories, spec.grades, spec.definitions, spec.parameters.parameters)
    for part in (*rules, pack.workflows, pack.notices):
        for key, thing in part.items():
            assert f"{key}" in shown
            assert "".join(thing.label.text("zh" if language == "zh" else "en").split()) in shown
    for risk in spec.risks.values():
        assert "".join(risk.when.text.split()) in shown
        assert "".join((risk.source or "").split()) in shown
    for parameter in spec.parameters.parameters.values():
        for row in parameter.rows:
            assert "".join((row.source or "").split()) in shown
    assert pack.hash in shown


def test_a_pack_shows_the_way_of_its_procedures_its_measures_by_risk_and_what_notices_list(run: Run) -> None:
    shown = "".join(run("pack", "show", "zhalaite", "--lang", "zh").out.split())
    assert "环节8个-发现标注不实→入户核查→乡镇审核→县级审定→系统回退" in shown
    assert "帮扶措施（23项）" in shown
    assert "因残最低生活保障、特困供养、残疾人补贴、社会帮扶因学" in shown
    assert "第二次公示：户主姓名、村、监测对象类别" in shown


def test_numbers_agree_with_their_units(run: Run) -> None:
    shown = " ".join(run("pack", "show", "example", "--lang", "en").out.split())
    assert " 15 days, from 2020-03-20 on" in shown
    assert " 15 day," not in shown


def test_what_a_pack_does_not_have_is_not_shown(run: Run) -> None:
    shown = run("pack", "show", WORKED, "--lang", "en").out
    assert not any(title in shown for title in ("Procedures", "Measures", "Notices"))


def test_a_well_formed_pack_is_said_to_be_so(run: Run) -> None:
    ran = run("pack", "check", "zhalaite")
    assert ran.code == 0
    said = " ".join(ran.out.split())
    assert said.startswith("Zhalaite Banner: well formed. 22 risks,")
    assert "3 procedures, 23 measures, 4 notices." in said


def test_check_names_the_parameters_that_procedures_and_notices_miss(run: Run) -> None:
    pack = load_pack("national")
    ran = run("pack", "check", "national", "--on", "2019-06-30")
    assert ran.code == 1
    asked = set(yaml.safe_load(ran.out[ran.out.index("parameters:\n") :])["parameters"])
    assert asked == set(pack.parameters_read)
    assert {"notice_days", "announcement_days"} <= asked - set(pack.rules.parameters_read)


def test_check_lists_every_missing_parameter_row_to_paste_and_pasting_them_helps(run: Run, tmp_path: Path) -> None:
    mine = a_pack(tmp_path / "mine")
    ran = run("pack", "check", mine, "--on", "2024-06-30", "--lang", "en")
    assert ran.code == 1
    pack = load_pack(mine)
    read = {*pack.rules.parameters_read, "announcement_days", "second_notice_days"}  # the nation's have values
    assert f"{len(read)} parameters have no value on 2024-06-30 for region 152223" in ran.out
    pasted = ran.out[ran.out.index("parameters:\n") :]
    assert set(yaml.safe_load(pasted)["parameters"]) == read
    filled = pasted.replace("value: …", "value: 1").replace('"…"', '"our own"')
    (mine / "parameters.yaml").write_text(filled, encoding="utf-8")
    again = run("pack", "check", mine, "--on", "2024-06-30")
    assert (again.code, again.err) == (0, "")
    assert "Every parameter has a value on 30 June 2024 (region 152223)." in again.out


def test_check_looks_at_another_region_where_one_is_given(run: Run) -> None:
    assert run("pack", "check", "example", "--on", "2024-06-30").code == 0
    ran = run("pack", "check", "example", "--on", "2024-06-30", "--region", "410581")
    assert ran.code == 1
    assert "for region 410581" in ran.out


def test_a_pack_with_mistakes_cannot_run_and_every_mistake_is_said(run: Run, tmp_path: Path) -> None:
    rules = (
        "risks:\n  x:\n    label: {zh: 险, en: x}\n    when: wage_incme > net_income_line\n"
        "  y:\n    label: {zh: 险, en: y}\n    when: wage_income > 500\n"
    )
    mine = a_pack(tmp_path / "mine", rules=rules)
    for command in (("pack", "check", mine), ("pack", "show", mine)):
        ran = run(*command)
        assert (ran.code, ran.out) == (2, "")
        assert "mine/rules.yaml:4:11, risks.x.when: there is no name 'wage_incme' here" in ran.err
        assert "        when: wage_incme > net_income_line\n              ^\n" in ran.err
        assert "mine/rules.yaml:7" in ran.err


@pytest.mark.parametrize("file", FILES)
def test_the_schema_of_a_file_is_json(file: str, run: Run) -> None:
    ran = run("pack", "schema", file)
    assert ran.code == 0
    assert json.loads(ran.out)["title"] == f"fanpin {file}"


def test_the_schemas_of_all_files_are_one_json(run: Run) -> None:
    assert list(json.loads(run("pack", "schema").out)) == list(FILES)


def test_an_unknown_file_has_no_schema(run: Run) -> None:
    ran = run("pack", "schema", "rule.yaml")
    assert (ran.code, ran.out) == (2, "")
    assert "did you mean rules.yaml or results.yaml" in ran.err


@pytest.mark.parametrize("dialect", ["duckdb", "postgres"])
def test_a_pack_is_a_query(dialect: str, run: Run) -> None:
    ran = run("pack", "sql", "example", "--on", "2024-06-30", "--dialect", dialect, "--schema", "county")
    assert ran.code == 0
    assert ran.out.startswith('WITH "households_read" AS (')
    assert '"county"."members"' in ran.out


def test_a_database_on_which_nothing_was_run_is_not_offered(run: Run) -> None:
    ran = run("pack", "sql", "example", "--on", "2024-06-30", "--dialect", "oracle")
    assert ran.code == 2
    assert "oracle is not offered" in ran.err


# Results, bands, tables, score cards

GRANTS = Path(__file__).parents[1] / "packs" / "grants"
WORKED = Path(__file__).parents[2] / "examples" / "worked_county"
PAYING = """
results:
  aid: {label: {zh: 救助, en: aid}, amount: by_bands, round: {to: yuan, how: down}}
  bounds: {label: {zh: 幅度, en: bounds}, limits: {of: wage_income, at_least: low, at_most: 2 * low}}
  post:
    label: {zh: 岗位, en: post}
    when: {few: size < 3}
    barred: {one: {if: water == 'not_met'}, two: {if: size < 2, unless: wage_income < low}}
    left_to: {county: size == 2}
definitions:
  by_bands:
    label: {zh: 分段, en: bands}
    bands:
      of: wage_income
      rate_of: whole
      entry: low
      bands: [{up_to: low, included: no, rate: share}, {rate: 0.125}]
      extra: {poor: {when: size < 2, points: share}}
  sliced:
    label: {zh: 分层, en: slices}
    bands: {of: wage_income, rate_of: slice, bands: [{up_to: 2 * low, included: yes, rate: 0.075}]}
  score:
    label: {zh: 评分, en: score}
    score:
      groups:
        size:
          label: {zh: 人口, en: size}
          counts: highest
          items:
            few: {label: {zh: 人少, en: few}, when: size < 3 and size > 1, points: 5}
            one: {label: {zh: 一人, en: one}, when: size == 1, points: 10}
"""
NUMBERS = """
parameters:
  low:
    label: {zh: 低线, en: low}
    unit: CNY/year
    values: [{from: 2024-01-01, until: replaced, value: 100, source: s}]
  share: {label: {zh: 比例, en: share}, unit: "1", values: [{from: 2024-01-01, until: replaced, value: 0.5, source: s}]}
"""


def shown(run: Run, pack: Path, language: str) -> list[str]:
    ran = run("pack", "show", pack, "--lang", language)
    assert (ran.code, ran.err) == (0, "")
    return [line.strip() for line in ran.out.splitlines()]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("folder", [GRANTS, WORKED])
def test_results_and_forms_are_shown_whole(folder: Path, language: str, run: Run) -> None:
    spec, lines = load_pack(folder).rules.spec, shown(run, folder, language)
    for part in (spec.results, spec.filtered, spec.definitions):
        for name, thing in part.items():
            assert any(
                line.startswith(thing.label.text("zh" if language == "zh" else "en")) and line.endswith(f"  {name}")
                for line in lines
            )
    said = "".join("".join(lines).split())
    for definition in spec.definitions.values():
        if isinstance(definition.text, TableForm):
            rows = [value for row in definition.text.rows for value in spec.parameters.parameters[row.parameter].rows]
            assert all(any(f"{row.value:,} " in line for line in lines) for row in rows)
        if isinstance(definition.text, ScoreForm):
            for item in (item for group in definition.text.groups.values() for item in group.items.values()):
                zh, en = f"- {item.label.zh}，{item.points}分：", f"- {item.label.en}, {item.points} points: "
                assert "".join((zh if language == "zh" else en).split()) in said


def test_a_table_is_shown_row_by_row_with_its_keys(run: Run) -> None:
    lines = [" ".join(line.split()) for line in shown(run, WORKED, "en")]
    at = lines.index("class of aid persons at home value when region")
    assert lines[at + 2 : at + 6] == [
        "destitute or minimum 1 to 2 500 CNY/year 2023 990003",
        "living allowance",
        "600 CNY/year 2024 990003",
        "780 CNY/year 2024 990003201",
    ]
    lines = [" ".join(line.split()) for line in shown(run, GRANTS, "zh")]
    assert "低保或其他 0至5 500 元/年 2024-01-01起" in lines
    assert "特困 不少于3 800 元/年 2024-01-01起" in lines


def test_bands_cards_and_conditions_are_shown_in_words(run: Run, tmp_path: Path) -> None:
    mine = a_pack(tmp_path / "mine", results=PAYING.partition("definitions:")[0],
                  rules=PAYING[PAYING.index("definitions:") :], parameters=NUMBERS)  # fmt: skip
    lines = shown(run, mine, "en")
    for line in (
        "- amount: bands rounded down to yuan",
        "- wage income has to be at least low and at most 2 × low",
        "- condition: household size is below 3",
        "- barred: safe water is 'not met'",
        "- barred: household size is below 2; but not: wage income is below low",
        "- left to the county: household size equals 2",
        "- wage income, all of it at the rate of its band",
        "- below low: share",
        "- above that: 12.5%",
        "- share more in every band: household size is below 2",
        "- counted from low on",
        "- wage income, each slice at its own rate",
        "- up to 2 × low: 7.5%",
        "- nothing above that",
        "size (the highest of them)",
        "- few, 5 points: (household size is below 3) and (household size is above 1)",
        "- one, 10 points: household size equals 1",
    ):
        assert line in lines


def test_check_counts_what_there_is(run: Run) -> None:
    said = " ".join(run("pack", "check", WORKED).out.split())
    assert "well formed. 6 parameters, 6 results, 1 counted collections, 1 definitions by bands, 2 tables" in said
    assert "(7 values), 1 score cards." in said
    assert "results" not in run("pack", "check", "example").out


@pytest.mark.parametrize(("pack", "day"), [(GRANTS, "2023-05-01"), (WORKED, "2025-05-01")])
def test_check_says_which_values_of_tables_there_are_none_of(pack: Path, day: str, run: Run) -> None:
    ran = run("pack", "check", pack, "--on", day)
    assert (ran.code, ran.err) == (1, "")
    said = " ".join(ran.out.split())
    if pack is GRANTS:
        assert "- amount of the class (class of aid: minimum or other; rooms: 0 to 5)" in said
    else:
        assert "- heating grant (class of aid: monitored; persons at home: at least 1)" in said
        assert "- deductible" not in said
    assert "there are none of" not in run("pack", "check", pack, "--on", "2024-05-01").out
