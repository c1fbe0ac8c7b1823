"""`fanpin new-pack` makes a project whose pack is sound and whose cases come out, on top of any pack; or says why not.

That it can be built, installed and tested as a stranger's is what `scripts/stranger.py` tries.
"""

import ast
import tomllib
from pathlib import Path

import pytest
import yaml

from fanpin import DataError, PackError, PluginManager, hookimpl, load_pack
from fanpin.scaffold import DAY, TO_DO, new_project
from fanpin.testing import coverage, read_cases, run_case, run_cases
from tests.cli.conftest import Run, run  # noqa: F401  # a fixture

SHIPPED = ("national", "zhalaite", "danfeng", "example")


@pytest.mark.parametrize("base", SHIPPED)
def test_the_pack_is_sound_and_its_cases_come_out(base: str, tmp_path: Path) -> None:
    new_project("our_county", tmp_path, extends=base)
    folder = tmp_path / "our_county/src/our_county"
    pack = load_pack(folder)
    assert [remark for remark in pack.remarks if (remark.place.file or "").startswith("our_county")] == []
    assert pack.rules.spec.parameters.in_force(pack.parameters_read, DAY, pack.region)
    assert [str(difference) for difference in run_cases(pack, folder / "cases.yaml")] == []
    assert set(pack.rules.spec.risks) == {*load_pack(base).rules.spec.risks, "heating"}


def test_its_own_rules_have_cases_on_either_side(tmp_path: Path) -> None:
    new_project("our_county", tmp_path)
    folder = tmp_path / "our_county/src/our_county"
    pack = load_pack(folder)
    ran = [run_case(pack, case) for case in read_cases(folder / "cases.yaml")]
    left = {(one.kind, one.name.partition(":")[0]) for one in coverage(pack, ran).untested if one.own}
    written = {"heating", *pack.rules.spec.grades}
    assert {name for _, name in left} & written == set()
    assert {kind for kind, _ in left} == {"boundary"}  # of the base's rules, with numbers to be filled in


def test_every_file_is_filled_in_and_well_formed(tmp_path: Path) -> None:
    files = new_project("our_county", tmp_path)
    assert {file.name for file in files} >= {"pyproject.toml", "README.md", ".gitignore", "test.yml", "test_pack.py"}
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert "#if" not in text
        assert not [word for word in ("@name@", "@base@", "@risk@", "@todo@", "@day@", "@version@") if word in text]
        match file.suffix:
            case ".py":
                ast.parse(text)
            case ".toml":
                assert tomllib.loads(text)["project"]["entry-points"]["fanpin"] == {"our_county": "our_county"}
            case ".yaml" | ".yml":
                assert yaml.safe_load(text)
    assert TO_DO in (tmp_path / "our_county/src/our_county/parameters.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Our-County", "project-name"),
        ("our county", "project-name"),
        ("我县", "project-name"),
        ("../out", "project-name"),
        ("class", "project-name"),
        ("a" * 61, "project-name"),
        ("national", "project-name-taken"),
        ("json", "project-name-module"),
        ("yaml", "project-name-module"),
    ],
)
def test_a_name_that_can_not_be_is_refused_and_nothing_is_written(name: str, code: str, tmp_path: Path) -> None:
    with pytest.raises(DataError) as refused:
        new_project(name, tmp_path)
    assert [problem.code for problem in refused.value.problems] == [code]
    assert [*tmp_path.iterdir()] == []


def test_a_folder_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "our_county").mkdir()
    with pytest.raises(DataError) as refused:
        new_project("our_county", tmp_path)
    assert [problem.code for problem in refused.value.problems] == ["project-exists"]
    assert [*(tmp_path / "our_county").iterdir()] == []


def test_a_pack_that_there_is_not_can_not_be_extended(tmp_path: Path) -> None:
    with pytest.raises(PackError) as refused:
        new_project("our_county", tmp_path, extends="nationl")
    assert refused.value.problems[0].suggestions == ("national",)
    assert [*tmp_path.iterdir()] == []


def test_it_may_build_on_anybodys_pack_that_has_such_a_risk_already(tmp_path: Path) -> None:
    heyuan = Path(__file__).parents[1] / "examples/county_pack"

    class Plugin:
        @staticmethod
        @hookimpl
        def fanpin_packs() -> dict[str, Path]:
            return {"heyuan": heyuan}

    manager = PluginManager.with_shipped()
    manager.register(Plugin, "theirs")
    new_project("our_county", tmp_path, extends="heyuan", plugins=manager)
    folder = tmp_path / "our_county/src/our_county"
    pack = load_pack(folder, plugins=manager)
    assert run_cases(pack, folder / "cases.yaml") == ()
    assert "our_county_heating" in pack.rules.spec.risks


# The command


def test_the_command_says_what_it_made_and_what_comes_next(run: Run, tmp_path: Path) -> None:  # noqa: F811  # the fixture
    ran = run("new-pack", "our_county", "--in", tmp_path, "--lang", "en")
    assert (ran.code, ran.err) == (0, "")
    assert "src/our_county/cases.yaml" in ran.out
    assert "fanpin pack test our_county --coverage" in ran.out
    again = run("new-pack", "our_county", "--in", tmp_path, "--lang", "zh")
    assert again.code == 2
    assert "这个文件夹已经有了" in again.err
