"""Whatever is typed, the answer is one clear message in the reader's language, on any screen."""

import re
from pathlib import Path
from random import Random
from typing import Any

import pytest

import fanpin
from fanpin import sample
from tests.cli.conftest import Run, python

GRADE = ("grade", "households.csv", "--pack", "example", "--on", "2024-06-30")


# Languages


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LC_ALL": "zh_CN.UTF-8"}, "zh"),
        ({"LC_ALL": "en_GB.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LC_ALL": "", "LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LC_ALL": "", "LANG": "C.UTF-8"}, "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "", "LANG": ""}, "en"),
    ],
)
def test_the_language_is_that_of_the_system(
    environment: dict[str, str], language: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert ("名称" in run("packs").out) == (language == "zh")


@pytest.mark.parametrize(
    "words", [("--lang", "zh", "packs"), ("packs", "--lang", "zh"), ("--lang=zh", "packs"), ("packs", "--lang=zh")]
)
def test_the_language_asked_for_goes_before_it_wherever_it_stands(words: tuple[str, ...], run: Run) -> None:
    assert "名称" in run(*words).out


@pytest.mark.parametrize("words", [("--lang", "fr", "packs"), ("--lang=", "packs"), ("packs", "--lang")])
def test_another_language_is_refused(words: tuple[str, ...], run: Run) -> None:
    ran = run(*words)
    assert (ran.code, ran.out, ran.err) == (2, "", "--lang is zh or en\n")


HELPS = [
    (),
    ("demo",),
    ("sample",),
    ("grade",),
    ("explain",),
    ("packs",),
    ("pack",),
    ("pack", "show"),
    ("pack", "check"),
    ("pack", "schema"),
    ("pack", "sql"),
    ("pack", "to-excel"),
    ("pack", "from-excel"),
    ("workflow",),
    ("workflow", "show"),
    ("workflow", "diagram"),
    ("workflow", "check"),
    ("case",),
    ("check-log",),
    ("notice",),
]


@pytest.mark.parametrize("words", HELPS, ids=" ".join)
def test_the_help_is_in_one_language_throughout(words: tuple[str, ...], run: Run) -> None:
    zh, en = run(*words, "--help", "--lang", "zh"), run(*words, "--help", "--lang", "en")
    assert (zh.code, en.code, zh.err, en.err) == (0, 0, "", "")
    assert not re.search("[\u4e00-\u9fff]", en.out)
    known = "fanpin|demo|sample|grade|explain|packs?|show|check|schema|lang|help|version|zh|en|CSV|JSON|Schema|Excel"
    known += "|members|out|words|problems|all|on|region|yaml|rules|sql|dialect|duckdb|postgres"
    known += "|households|format|csv|xlsx|parquet|Parquet|sheet|complete|headers|code|label|previous"
    known += "|workflow|diagram|case|log|as|of|columns|by|time|processes|household|observe"
    known += "|Mermaid|YAML|json|mmd|md|identification|national"
    known += "|notice|posted|contact|issuer|first|txt|html"
    known += "|test|cases|coverage|inherited|to|from|excel|replace|new"
    english = [word for word in re.findall("[A-Za-z]{2,}", zh.out) if not re.fullmatch(known, word)]
    assert english == []
    assert "\x1f" not in zh.out + en.out


@pytest.mark.parametrize("width", ["60", "80", "100"])
@pytest.mark.parametrize("words", HELPS, ids=" ".join)
def test_nothing_of_the_help_is_cut(words: tuple[str, ...], width: str, run: Run, monkeypatch: Any) -> None:
    monkeypatch.setenv("COLUMNS", width)
    for language in ("zh", "en"):
        assert "…" not in run(*words, "--help", "--lang", language).out
    monkeypatch.setenv("COLUMNS", "80")
    assert "另一张工作表时不用写" in re.sub("[│\\s]", "", run("explain", "--help", "--lang", "zh").out)


def test_both_languages_in_one_process_do_not_mix(run: Run) -> None:
    first = run("grade", "--help", "--lang", "en").out
    run("grade", "--help", "--lang", "zh")
    assert run("grade", "--help", "--lang", "en").out == first


# Mistakes in the call


@pytest.mark.usefixtures("county")
@pytest.mark.parametrize(
    ("words", "zh", "en"),
    [
        (("grdae",), "没有命令 grdae；是不是想写 grade？", "there is no command grdae; did you mean grade?"),
        (("pack", "chekc"), "没有命令 chekc；是不是想写 check？", "there is no command chekc; did you mean check?"),
        (
            ("grade",),
            "缺少 户表（CSV、Excel（.xlsx）或 Parquet，一户一行）",
            "FILE (CSV, Excel (.xlsx) or Parquet, one row a household) is missing",
        ),
        (
            GRADE[:4],
            "缺少 --on（研判的日期，例如 2024-06-30）",
            "--on (the day of grading, such as 2024-06-30) is missing",
        ),
        ((*GRADE[:5], "30.6.2024"), "--on：应为日期，例如 2024-06-30", "--on: a day such as 2024-06-30 is needed"),
        ((*GRADE[:5], "20240630"), "--on：应为日期，例如 2024-06-30", "--on: a day such as 2024-06-30 is needed"),
        ((*GRADE[:5], "2024-W26-7"), "--on：应为日期，例如 2024-06-30", "--on: a day such as 2024-06-30 is needed"),
        (GRADE[:5], "选项 --on 后面要写一个值", "the option --on needs a value after it"),
        ((*GRADE, "--onn"), "没有选项 --onn；是不是想写 --on？", "there is no option --onn; did you mean --on?"),
        ((*GRADE, "more.csv"), "多余的参数：more.csv", "more arguments than expected: more.csv"),
        (
            ("pack", "sql", "example", "--on", "2024-06-30", "--dialect", "mysql"),
            "--dialect：查询只在 duckdb 和 postgres 上试过，不提供 mysql",
            "--dialect: queries were only run on duckdb and postgres; mysql is not offered",
        ),
        (("packs", "--qqq"), "没有选项 --qqq", "there is no option --qqq"),
        (
            ("grade", "no.csv", *GRADE[2:]),
            "no.csv: 没有这个文件",
            "no.csv: there is no such file",
        ),
        (
            (*GRADE[:3], "exampel", *GRADE[4:]),
            "找不到规则包“exampel”",
            "there is no pack 'exampel'",
        ),
        (
            (*GRADE, "-o", "no/where.csv"),
            "no/where.csv: 要写入的文件夹不存在",
            "no/where.csv: the folder to write into does not exist",
        ),
    ],
)
def test_a_mistake_is_said_in_one_sentence(words: tuple[str, ...], zh: str, en: str, run: Run) -> None:
    for language, said in (("zh", zh), ("en", en)):
        ran = run(*words, "--lang", language) if words[-1] != "--on" else run("--lang", language, *words)
        assert ran.code == 2
        assert ran.err.splitlines()[0] == said
        assert "Traceback" not in ran.err


@pytest.mark.parametrize("words", [(), ("pack",)])
def test_without_a_command_the_help_is_shown_once(words: tuple[str, ...], run: Run) -> None:
    ran = run(*words)
    assert (ran.code, ran.err) == (2, "")
    assert ran.out.strip() == run(*words, "--help").out.strip()


def test_the_version_is_the_packages(run: Run) -> None:
    assert run("--version").out == f"fanpin {fanpin.__version__}\n"


@pytest.mark.parametrize("seed", range(40))
def test_random_words_and_files_never_give_a_traceback(seed: int, run: Run, county: Path) -> None:
    random = Random(seed)
    files = ["households.csv", "members.csv", "no.csv", ".", "bad.csv", "empty.csv"]
    (county / "bad.csv").write_bytes(random.randbytes(300))
    (county / "empty.csv").write_bytes(b"")
    words = [random.choice(["grade", "explain", "pack", "packs", "sample", "--", "-h"]), random.choice(files)]
    words += random.choices(
        ["--on", "2024-06-30", "--pack", "example", "national", ".", "--members", "members.csv", "H007", "-o", "x.csv",
         "check", "show", "schema", "--lang", "zh", "--all", "--headers", "label", "[red]", "\udcff", ""],
        k=random.randint(0, 8),
    )  # fmt: skip
    ran = run(*words)
    assert ran.code in (0, 1, 2), words
    assert ran.code == 0 or ran.err or ran.out, words


# Screens


def demo_on(encoding: str, language: str) -> str:
    ended = python("-m", "fanpin", "demo", PYTHONIOENCODING=encoding, LC_ALL=language, PYTHONUTF8="0", NO_COLOR="1")
    assert (ended.returncode, ended.stderr) == (0, b"")
    return ended.stdout.decode(encoding)


def test_on_a_gbk_screen_all_is_there_in_chinese() -> None:
    shown = demo_on("gbk", "zh_CN.GBK")
    assert "虚构的小县" in shown
    assert "?" not in shown.replace("？", "")
    assert "---+---" in shown  # a GBK screen draws lines twice as wide


def test_on_an_ascii_screen_it_speaks_english_even_where_the_locale_is_chinese() -> None:
    shown = demo_on("ascii", "zh_CN.UTF-8")
    assert "An invented small county" in shown
    assert "> keep one row a household" in shown
    assert {len(line.rstrip()) <= 80 for line in shown.splitlines() if "fanpin grade" not in line} == {True}


def test_on_an_ascii_screen_chinese_that_was_asked_for_is_written_and_that_is_said() -> None:
    ended = python("-m", "fanpin", "--lang", "zh", "pack", "show", "example", PYTHONIOENCODING="ascii")
    assert ended.returncode == 0
    assert ended.stderr.decode("ascii").splitlines() == [
        "--lang zh: this screen takes no Chinese (ascii); it is written in UTF-8"
    ]
    assert "监测对象类别" in ended.stdout.decode("utf-8")
    assert b"??" not in ended.stdout
    ended = python("-m", "fanpin", "--lang", "zh", "grade", "no.csv", *GRADE[2:], PYTHONIOENCODING="ascii")
    assert "没有这个文件" in ended.stderr.decode("utf-8")


@pytest.mark.usefixtures("county")
def test_results_in_a_pipe_are_utf_8_whatever_the_screen_is() -> None:
    ended = python("-m", "fanpin", *GRADE, "--headers", "label", "--lang", "zh", PYTHONIOENCODING="ascii")
    assert ended.returncode == 1
    assert ended.stdout.decode("utf-8").startswith("户编号,村,人数,研判状态,风险等级")


@pytest.mark.usefixtures("county")
def test_in_a_pipe_there_are_no_colours() -> None:
    for words in (("demo",), GRADE, ("pack", "show", "example"), ("--help",)):
        ended = python("-m", "fanpin", *words, NO_COLOR="", TERM="xterm-256color")
        assert b"\x1b" not in ended.stdout + ended.stderr


@pytest.mark.usefixtures("county")
@pytest.mark.parametrize("words", [GRADE, ("--version",), ("pack", "schema"), ("demo",)], ids=lambda words: words[0])
def test_a_reader_that_goes_away_is_no_mistake(words: tuple[str, ...]) -> None:
    code = (
        "import subprocess, sys; pipe = subprocess.PIPE\n"
        f"p = subprocess.Popen([sys.executable, '-m', 'fanpin', *{words}], stdout=pipe, stderr=pipe)\n"
        "p.stdout.close(); print(p.stderr.read().decode('utf-8', 'replace'), p.wait())\n"
    )
    said = python("-c", code).stdout.decode()
    assert "Traceback" not in said
    assert "Broken" not in said


@pytest.mark.usefixtures("county")
def test_every_file_is_opened_with_its_encoding_named() -> None:
    flags = ("-X", "warn_default_encoding", "-W", "error::EncodingWarning", "-m", "fanpin")
    for words in (("demo",), (*GRADE, "-o", "out.csv", "--problems", "p.csv"), ("pack", "check", "example")):
        ended = python(*flags, *words)
        assert ended.returncode in (0, 1), ended.stderr.decode()
        assert b"EncodingWarning" not in ended.stderr


# Without the extra


@pytest.mark.parametrize("absent", ["typer", "rich"])
def test_without_the_extra_its_name_is_said(absent: str) -> None:
    code = f"import sys; sys.modules[{absent!r}] = None; from fanpin.cli import main; sys.exit(main(['demo']))"
    ended = python("-c", code, LC_ALL="en_US.UTF-8")
    assert ended.returncode == 2
    assert ended.stderr.decode().splitlines() == [
        "'the command line' needs an optional part that is not installed",
        "  → run: pip install 'fanpin[cli]'",
    ]


def test_another_module_that_is_missing_is_not_taken_for_the_extra() -> None:
    code = "import sys; sys.modules['fanpin.tables'] = None; from fanpin.cli import main; main(['demo'])"
    ended = python("-c", code)
    assert ended.returncode == 1
    assert b"ModuleNotFoundError: import of fanpin.tables halted" in ended.stderr


def test_the_module_runs_like_the_command() -> None:
    ended = python("-m", "fanpin", "--version")
    assert ended.returncode == 0
    assert ended.stdout.startswith(b"fanpin ")


def test_the_sample_is_found_from_any_folder(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("demo").code == 0
    assert sample.HOUSEHOLDS.is_absolute()
