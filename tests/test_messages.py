"""Messages are text that people read: a refused pack's whole message is the expectation, in both languages.

`FANPIN_UPDATE=1 pytest tests/test_messages.py` writes the expectations anew; read them before you commit.
"""

import ast
import os
import string
from pathlib import Path

import pytest

import fanpin
from fanpin import PackError, load_pack
from fanpin.i18n import LANGUAGES, Language
from fanpin.messages import MESSAGES

HERE = Path(__file__).parent / "messages"
CASES = sorted(path for path in (HERE / "bad").iterdir() if path.is_dir())
SOURCE = Path(fanpin.__file__).parent


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_a_bad_pack_is_refused_in_these_words(case: Path, language: Language) -> None:
    with pytest.raises(PackError) as refused:
        load_pack(case)
    text = refused.value.text(language) + "\n"
    expected = HERE / "bad" / case.name / f"expected.{language}.txt"
    if os.environ.get("FANPIN_UPDATE"):
        expected.write_text(text, encoding="utf-8", newline="\n")
    assert text == expected.read_text(encoding="utf-8")


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
    assert set(MESSAGES) - _codes_in_source() == set()


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
