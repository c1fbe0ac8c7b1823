"""Messages are text that people read: a refused pack's whole message is the expectation, in both languages.

`FANPIN_UPDATE=1 pytest tests/test_messages.py` writes the expectations anew; read them before you commit.
"""

import ast
import os
import re
import string
from pathlib import Path

import pytest

import fanpin
from fanpin import PackError, load_pack
from fanpin.expressions.to_words import Words
from fanpin.i18n import LANGUAGES, Language
from fanpin.messages import MESSAGES
from fanpin.observing import KINDS
from fanpin.packs.trees import MAX_BYTES
from fanpin.sentences import PackVocabulary

HERE = Path(__file__).parent / "messages"
CASES = sorted(path for path in (HERE / "bad").iterdir() if path.is_dir())
GOOD = sorted(path for path in (HERE / "good").iterdir() if path.is_dir())
SOURCE = Path(fanpin.__file__).parent


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_a_bad_pack_is_refused_in_these_words(case: Path, language: Language) -> None:
    with pytest.raises(PackError) as refused:
        load_pack(case)
    _compare(case / f"expected.{language}.txt", refused.value.text(language) + "\n")


def _compare(expected: Path, text: str) -> None:
    if os.environ.get("FANPIN_UPDATE"):
        expected.write_text(text, encoding="utf-8", newline="\n")
    assert text == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", GOOD, ids=lambda path: path.name)
def test_a_good_pack_is_taken_and_means_these_words(case: Path, language: Language) -> None:
    rules = load_pack(case).rules
    words = Words(PackVocabulary(rules.spec), language)
    text = "".join(f"{name}: {words.text(tree)}\n" for name, tree in rules.risks.items())
    _compare(case / f"expected.{language}.txt", text)


def test_every_problem_in_the_source_has_a_message() -> None:
    """A code without its sentences would show itself to a user, as a KeyError."""
    assert {code for code in _codes_raised() if code not in MESSAGES} == set()
    assert len(_codes_raised()) > 100


RAISE = {"Problem", "Refused", "refuse", "_refuse", "_refused", "_note", "Fault", "Unreadable", "PydanticCustomError"}
A_CODE = re.compile("[a-z]+(-[a-z0-9]+)+|cycle|syntax|forbidden|stored")


def _codes_raised() -> set[str]:
    """The codes that stand, as they are, among the first arguments of what notes or raises a problem."""
    found: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in RAISE:
                texts = [a.value for a in node.args[:2] if isinstance(a, ast.Constant) and isinstance(a.value, str)]
                found.update(text for text in texts[:1] if A_CODE.fullmatch(text))
    return found


def test_what_can_be_wrong_in_a_pack_has_a_case() -> None:
    """Every code that reading a pack can raise is among the cases, with its whole text."""
    shown = set()
    for case in CASES:
        with pytest.raises(PackError) as refused:
            load_pack(case)
        shown |= {problem.code for problem in refused.value.problems}
    assert set(MESSAGES) - shown == ELSEWHERE | OF_STEPS


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_text("# " + "x" * MAX_BYTES, encoding="utf-8")
    with pytest.raises(PackError) as refused:
        load_pack(tmp_path)
    assert [problem.code for problem in refused.value.problems] == ["file-too-large"]


OF_STEPS = {f"step-{kind.replace('_', '-')}" for kind in KINDS}  # told by tests/test_telling.py

# Of households, tables, the command line, plugins and grading: tested with what makes them
ELSEWHERE = {
    "no-cases", "no-such-violation", "case-unfit",  # of a pack's cases
    "project-exists", "project-name", "project-name-taken", "project-name-module",
    "table-no-row", "score-twice", "does-not-apply", "facts-after-day",
    "risks-without-measure",
    "less-for-more", "limits-fall", "limits-of-no-number", "table-has-gaps", "rate-over-all", "unlike-rows",
    "cases-of-several-households", "cases-without-households",
    "step-beside-lines", "blocks-for-good", "block-with-a-hole", "other-than-itself", "value-never-asked",
    "clock-by-chance", "gap-of-no-day",
    "missing-extra", "other-row", "missing-parameter", "size-differs", "too-many-decimals", "facts-too-old",
    "stored", "file-too-large", "plugin-failed", "pack-twice", "fact-number", "fact-whole-number", "fact-day",
    "fact-choice", "fact-yes-no", "fact-text", "fact-code", "fact-rows", "fact-missing", "fact-unknown",
    "fact-name", "fact-unfit", "record-expected", "json-unreadable", "range-reversed", "id-length",
    "id-characters", "id-check-digit", "id-birth-date", "id-disability", "id-region-unknown",
    "id-birth-differs", "more-members-than-size", "cell-number", "cell-whole-number", "cell-vague",
    "cell-range-reversed", "cell-day", "cell-serial-day", "cell-choice", "cell-yes-no", "cells-disagree",
    "ends-reversed",
    "row-too-short", "row-too-long", "row-quote", "row-without-id", "row-id-twice", "row-id-disagrees",
    "member-without-household", "member-of-bad-row", "rows-too-many", "column-unknown", "column-nameless",
    "column-of-other-table", "column-kind", "column-doubled",
    "column-half", "column-heading", "column-unit", "column-twice", "rows-above-heading", "file-not-found",
    "file-unreadable", "file-is-folder", "file-unwritable", "file-busy", "folder-not-found", "file-not-text",
    "file-kind", "file-password", "file-damaged", "file-no-sheet", "file-without-sheets", "table-sheets-left",
    "cell-digits-lost", "row-garbled", "row-id-digits-lost", "table-empty", "table-without-id",
    "frame-without-id", "ids-unlike", "output-is-input",
    "cell-formula", "money-unit-noted", "table-for-both", "tables-swapped",
    "file-exists", "no-household", "output-suffix", "output-twice", "sheet-too-long", "cell-too-long",
    "column-map-unreadable", "log-column-missing", "log-without", "log-cell-empty", "log-not-a-time", "which-workflow",
    "log-columns-left", "column-map-reversed", "step-no-such-value",
    "dataset-source", "dataset-not-empty", "dataset-of-other", "dataset-needs-folder", "dataset-without-options",
    "log-not-a-number",
    "log-digits-lost", "events-unreadable", "event-key-unknown", "event-unfit", "which-case", "no-case", "no-workflow",
    "notice-of-nobody", "notice-twice", "notice-line-blank", "notice-other-household", "notice-other-workflow",
    "notice-out-of-turn", "notice-other-day", "notice-value-missing", "notice-tells-number", "notice-tells-name",
    "notice-end-unknown",
    "previous-unlike", "previous-value", "previous-not-before", "previous-of-others",
    "book-of-no-pack", "book-sheet", "book-no-headings", "book-heading", "book-heading-twice", "book-without-name",
    "book-name-twice", "book-said-twice", "book-word",
}  # fmt: skip


def _codes_in_source() -> set[str]:
    """Every text in the source that is a code of the catalogue, the catalogue itself left out."""
    found = set()
    for path in SOURCE.rglob("*.py"):
        if path.name == "messages.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found


def test_every_message_is_used() -> None:
    assert set(MESSAGES) - _codes_in_source() == OF_STEPS


def test_every_message_speaks_both_languages() -> None:
    for code, message in MESSAGES.items():
        assert message.what.zh, code
        assert message.what.en, code
        assert bool(message.help.zh) == bool(message.help.en), code
        for label in (message.what, message.help):
            assert _slots(label.zh) == _slots(label.en), code


def _slots(text: str) -> set[str]:
    return {part[1] for part in string.Formatter().parse(text) if part[1]}


def test_a_label_is_not_the_same_in_both_languages_by_mistake() -> None:
    assert all(m.what.zh != m.what.en for c, m in MESSAGES.items() if c != "stored")
