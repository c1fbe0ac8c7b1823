"""Every page does what it says: its blocks run and print what stands below, its paths and links exist."""

import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token
from pydantic import BaseModel

from fanpin.event_columns import FIELDS
from fanpin.packs.workflow_shapes import (
    DaysOffShape,
    DrawnShape,
    EveryShape,
    FurtherShape,
    GapShape,
    MeasureShape,
    StepShape,
    WorkflowShape,
)
from tests.doc_pages import PageError, PageRun, blocks_of, reader_environment

ROOT = Path(__file__).parents[1]
READMES = sorted(ROOT.glob("README*.md"))
PAGES = [*READMES, *sorted(ROOT.glob("docs/**/*.md"))]
ALL_PAGES = [*PAGES, *sorted(ROOT.glob("C*.md"))]
Run = Callable[..., int]

_ROOMS = ("src/", "tests/", "docs/", "scripts/", "examples/", "benchmarks/", ".ci/")


def _name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def _read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, require: Callable[[str], object]) -> Run:
    """Runs a page's text in a fresh folder that holds the examples, as its reader would."""

    def run_page(markdown: str, page: Path = Path("page.md")) -> int:
        if any(block.language == "sh" for block in blocks_of(markdown)):
            require("typer")
        if (ROOT / "examples").is_dir():
            shutil.copytree(ROOT / "examples", tmp_path / "examples", dirs_exist_ok=True)
        monkeypatch.chdir(tmp_path)
        for name, value in reader_environment(page).items():
            monkeypatch.setenv(name, value)
        return PageRun(page, tmp_path).run(markdown)

    return run_page


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_block_of_a_page_does_what_it_says(page: Path, run: Run) -> None:
    run(_read(page), page.relative_to(ROOT))


# Links and paths


def _inline(markdown: str, *kinds: str) -> Iterator[Token]:
    inline = (child for token in MarkdownIt().parse(markdown) for child in token.children or ())
    return (child for child in inline if child.type in kinds)


@pytest.mark.parametrize("page", ALL_PAGES, ids=_name)
def test_every_link_within_the_project_leads_somewhere(page: Path) -> None:
    tokens = _inline(_read(page), "link_open", "image")
    links = [str(token.attrGet("href") or token.attrGet("src")) for token in tokens]
    within = [link.partition("#")[0] for link in links if not re.match(r"[a-z]+:|#", link)]
    assert not [link for link in within if not (page.parent / link).exists()]


@pytest.mark.parametrize("page", ALL_PAGES, ids=_name)
def test_every_path_that_a_page_names_exists(page: Path) -> None:
    named = [word for token in _inline(_read(page), "code_inline") for word in token.content.split()]
    paths = [word for word in named if word.startswith(_ROOMS) and not re.search(r"[*{<…]|[A-Z]{3}", word)]
    assert not [path for path in paths if not (ROOT / path.partition("::")[0]).exists()]


# The two commands of the README


def _commands(page: Path) -> list[str]:
    return [block.text for block in blocks_of(_read(page)) if block.language == "sh"][:2]


def test_both_readmes_open_with_the_same_two_commands() -> None:
    first, *others = map(_commands, READMES)
    assert len(first) == 2
    assert all(len(command.splitlines()) == 1 for command in first)
    assert others == [first]


def test_the_install_script_installs_what_the_readme_says() -> None:
    said = _commands(ROOT / "README.md")[1].split("&&")[1]
    script = _read(ROOT / "scripts/install.py")
    (done,) = re.findall(r"^PIP = \((.+)\)$", script, re.MULTILINE)
    assert shlex.split(said)[1:] == [word.strip().strip('"') for word in done.split(",")]


# Pages that list what there is


def _keys(shape: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in shape.model_fields.items()}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "shape",
    [DaysOffShape, DrawnShape, EveryShape, FurtherShape, GapShape, MeasureShape, StepShape, WorkflowShape],
)
def test_the_page_on_procedures_names_every_key(language: str, shape: type[BaseModel]) -> None:
    code = [
        token.content for token in _inline(_read(ROOT / f"docs/{language}/howto/write-a-procedure.md"), "code_inline")
    ]
    assert not _keys(shape) - set(re.findall(r"\w+", " ".join(code)))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_on_logs_names_every_column(language: str) -> None:
    code = {
        token.content
        for token in _inline(_read(ROOT / f"docs/{language}/howto/check-last-months-log.md"), "code_inline")
    }
    assert not set(FIELDS) - code


def test_every_source_that_a_shipped_pack_names_is_listed() -> None:
    listed = _read(ROOT / "docs/sources.md").split("|---|---|")[1]
    numbers = set(re.findall(r"S\d+\w*", listed)) | {
        f"S{n}" for first, last in re.findall(r"S(\d+)–S(\d+)", listed) for n in range(int(first), int(last))
    }
    named = {n for file in ROOT.glob("src/fanpin/plugins/*/*.yaml") for n in re.findall(r"\bS\d+\w*", _read(file))}
    assert named - numbers == set()


# The runner itself

PRINTS = "```python\nprint('one')\n```\n"


def test_blocks_share_a_namespace_and_print_what_the_page_says(run: Run) -> None:
    page = "```python\na = 1\n```\n\nthen\n\n```python\nprint(a + 1)\n```\n\nprints\n\n```text\n2\n```\n"
    assert run(page) == 2


def test_dots_stand_for_any_text(run: Run) -> None:
    assert run("```python\nprint('in 0.123 s')\n```\n```output\nin ... s\n```\n") == 1


@pytest.mark.parametrize(
    ("page", "complaint"),
    [
        (PRINTS + "```text\ntwo\n```\n", r"page\.md:4: the block before prints something else:\none"),
        (PRINTS + "```output\none\ntwo\n```\n", r"page\.md:4: the block before prints something else"),
        (PRINTS + "```mermaid\nflowchart TD\n```\n", r"page\.md:4: the block before prints something else"),
        ("```output\none\n```\n", r"page\.md:1: this is the output of a block that does not run"),
        ("<!-- not run: why -->\n" + PRINTS + "```output\none\n```\n", r"page\.md:5: this is the output"),
        ("```bash\nfanpin demo\n```\n", r"page\.md:1: a block of 'bash' is not known here"),
        ("```\nfree\n```\n", r"page\.md:1: a block of '' is not known here"),
        ("```sh\npip install fanpin\n```\n", r"page\.md:1: only plain `fanpin …` lines run here"),
        ("```sh\nfanpin packs | sort\n```\n", r"page\.md:1: only plain `fanpin …` lines run here"),
    ],
)
def test_a_page_that_does_otherwise_fails(page: str, complaint: str, run: Run) -> None:
    with pytest.raises(PageError, match=complaint):
        run(page)


def test_a_block_that_raises_fails_at_its_line(run: Run) -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        run("# Title\n\n```python\n1 / 0\n```\n")
    assert caught.traceback[-1].frame.code.raw.co_filename == "page.md"
    assert caught.traceback[-1].lineno == 3  # counted from 0


def test_a_marked_block_does_not_run(run: Run) -> None:
    assert run("<!-- not run: slow -->\n```python\n1 / 0\n```\n<!-- not run: odd -->\n```sh\nls\n```\n") == 0


def test_a_mark_counts_for_the_block_just_below_only(run: Run) -> None:
    with pytest.raises(ZeroDivisionError):
        run("<!-- not run: needs a server -->\n\nProse.\n\n```python\n1 / 0\n```\n")


def test_a_file_block_is_there_for_the_blocks_after_it(run: Run) -> None:
    file = "<!-- file: mine/a.yaml -->\n```yaml\nname: 县\n```\n"
    reads = "```python\nimport pathlib\nprint(pathlib.Path('mine/a.yaml').read_text('utf-8'))\n```\n"
    assert run(f"{file}{reads}```text\nname: 县\n```\n") == 1


def test_a_command_that_fails_must_say_so(run: Run) -> None:
    with pytest.raises(PageError, match=r"page\.md:1: the last command ends with 2"):
        run("```sh\nfanpin no-such-command\n```\n")
    assert run("<!-- exit: 2 -->\n```sh\nfanpin no-such-command\n```\n") == 1


@pytest.mark.parametrize(
    ("page", "language"),
    [("docs/zh/a.md", "zh"), ("README.zh-CN.md", "zh"), ("docs/en/a.md", "en"), ("README.md", "en")],
)
def test_a_page_shows_what_its_readers_see(page: str, language: str, run: Run) -> None:
    asks = "```python\nfrom fanpin import i18n\nprint(i18n.current_language())\n```\n"
    assert run(f"{asks}```text\n{language}\n```\n", Path(page)) == 1
