"""The command line (extra `cli`): grade tables, explain a household, look at packs and procedures, check event logs.

How a command ends: 0 all is well; 1 done, but some rows or cells could not be read, parameters are missing, there was
no household, or something did not keep to its procedure; 2 it could not run: a pack, a file or the command itself is
wrong.
"""

import codecs
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import TextIO

from fanpin.errors import missing_extra
from fanpin.i18n import LANGUAGES, Label, Language, current_language, speaking

__all__ = ["FAILED", "OK", "PARTLY", "main"]

OK, PARTLY, FAILED = 0, 1, 2
_FIRST_WIDE = 0x2E80  # from here on characters mostly take two columns, and so do the signs written instead
_PLAIN = {
    "→": ">", "—": "-", "–": "-", "−": "-", "×": "x", "≥": ">=", "≤": "<=", "…": "...", "·": "-",
    "“": '"', "”": '"', "‘": "'", "’": "'",
    "，": ", ", "。": ". ", "：": ": ", "；": "; ", "（": " (", "）": ") ", "、": ", ",
}  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command, by default that of the process; the exit code. Never raises for what a user did."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    _prepare_streams()
    asked, words = _language_asked(words)
    if asked is not None and asked not in LANGUAGES:
        said = Label("--lang 只能是 zh 或 en", "--lang is zh or en")
        print(said.text(current_language()), file=sys.stderr)
        return FAILED
    if asked == "zh":
        _let_chinese_out()
    language = asked or _language_of_screen()
    with speaking(language):
        ended = _run(words)
    _flush()
    return ended


def _run(words: Sequence[str]) -> int:
    try:
        from fanpin.cli.app import run

        return run(words)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("typer", "rich", "polars"):
            raise
        print(missing_extra(Label("命令行", "the command line"), "cli").text(), file=sys.stderr)
        return FAILED


# Language


def _language_asked(words: Sequence[str]) -> tuple[str | None, list[str]]:
    """The language of `--lang`, which may stand anywhere, and the other words.

    >>> _language_asked(["packs", "--lang", "zh"]), _language_asked(["--lang=en", "packs"])
    (('zh', ['packs']), ('en', ['packs']))
    """
    asked, kept = None, list[str]()
    rest = iter(words)
    for word in rest:
        if word == "--":
            kept += [word, *rest]
        elif word == "--lang":
            asked = next(rest, "")
        elif word.startswith("--lang="):
            asked = word.removeprefix("--lang=")
        else:
            kept.append(word)
    return asked, kept


def _language_of_screen() -> Language:
    """The reader's language, unless the screen can't show it."""
    language = current_language()
    return "en" if language == "zh" and not _takes_chinese(sys.stdout) else language


def _takes_chinese(stream: TextIO) -> bool:
    try:
        "中文".encode(getattr(stream, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _let_chinese_out() -> None:
    """Chinese that was asked for is written, and in UTF-8 where the screen says that it takes none.

    Question marks would help nobody, and whether it is a screen at all, or a file, can't be told from what it says.
    """
    strange = [stream for stream in (sys.stdout, sys.stderr) if not _takes_chinese(stream)]
    if strange:
        print(
            f"--lang zh: this screen takes no Chinese ({strange[0].encoding}); it is written in UTF-8", file=sys.stderr
        )
    for stream in strange:
        with suppress(AttributeError, ValueError):
            stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # as below


# Streams


def _prepare_streams() -> None:
    """What a screen can't show is written in plain signs, or as a question mark: never a crash."""
    codecs.register_error("fanpin", _plainly)
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError):  # one that somebody else put there, or that is closed
            stream.reconfigure(errors="fanpin")  # type: ignore[union-attr]


def _plainly(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    written = [_PLAIN.get(c) or ("??" if ord(c) >= _FIRST_WIDE else "?") for c in error.object[error.start : error.end]]
    return "".join(written), error.end


def _flush() -> None:
    """Write what is left. A reader that has gone away, such as `head`, is no mistake."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError):
            try:
                stream.flush()
            except BrokenPipeError:  # point it elsewhere, else the interpreter complains when it ends
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
