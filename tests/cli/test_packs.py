"""`fanpin packs` and `fanpin pack …`: what is installed, what it says, and whether it is whole."""

import json
from pathlib import Path

import pytest
import yaml

from fanpin import load_pack
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
    for part in (spec.risks, spec.categories, spec.grades, spec.definitions, spec.parameters.parameters):
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


def test_a_well_formed_pack_is_said_to_be_so(run: Run) -> None:
    ran = run("pack", "check", "zhalaite")
    assert ran.code == 0
    assert ran.out.startswith("Zhalaite Banner: well formed.")


def test_check_lists_every_missing_parameter_row_to_paste_and_pasting_them_helps(run: Run, tmp_path: Path) -> None:
    mine = a_pack(tmp_path / "mine")
    ran = run("pack", "check", mine, "--on", "2024-06-30", "--lang", "en")
    assert ran.code == 1
    read = load_pack(mine).rules.parameters_read
    assert f"{len(read)} parameters have no value on 2024-06-30 for region 152223" in ran.out
    pasted = ran.out[ran.out.index("parameters:\n") :]
    assert set(yaml.safe_load(pasted)["parameters"]) == set(read)
    filled = pasted.replace("value: …", "value: 0.5").replace('"…"', '"our own"')
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
