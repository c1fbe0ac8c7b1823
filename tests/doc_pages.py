"""The pages of the docs as things that run.

A page is read top to bottom in one folder and one namespace, as a reader would follow it:

- a `python` block runs; a `sh` block of `fanpin …` lines runs, each line in a process of its own;
- a `text`, `output` or `mermaid` block is what the block before it prints, if that ran; `...` stands for any text;
- what cannot run here says why in a comment just above: `<!-- not run: needs a server -->`;
- `<!-- file: mine/rules.yaml -->` puts the block below it into that file first;
- `<!-- exit: 1 -->` is how the last command of the block below it ends.
"""

import contextlib
import doctest
import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from attrs import define, field, frozen
from markdown_it import MarkdownIt

RUN = {"python", "sh"}
OUTPUT = {"mermaid", "output", "text"}
SHOWN = {"csv", "json", "toml", "yaml"}
_MARK = re.compile(r"<!--\s*(not run|file|exit):\s*(.+?)\s*-->\s*")


class PageError(AssertionError):
    """A page that does not do what it says."""


@frozen
class Block:
    """A fenced block: its language, its text, the line of its fence, and the comments just above it."""

    language: str
    text: str
    line: int
    marks: dict[str, str]


def blocks_of(markdown: str) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    marks: dict[str, str] = {}
    for token in MarkdownIt().parse(markdown):
        if token.type == "html_block" and (found := _MARK.fullmatch(token.content)):
            marks[found[1]] = found[2]
            continue
        if token.type == "fence" and token.map:
            yield Block(token.info.strip(), token.content, token.map[0] + 1, marks)
        marks = {}


def is_chinese(page: Path) -> bool:
    """Whether a page is written for Chinese readers, so that what it shows is in Chinese."""
    return "zh" in page.parts or page.name.endswith(".zh-CN.md")


def reader_environment(page: Path) -> dict[str, str]:
    """What the environment of the page's reader says of language and screen."""
    language = "zh_CN.UTF-8" if is_chinese(page) else "en_US.UTF-8"
    return {"LC_ALL": language, "PYTHONUTF8": "1", "COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}


@define
class PageRun:
    """Runs a page in a folder. The caller has made the folder and the environment the current ones."""

    page: Path
    folder: Path
    printed: str | None = field(default=None, init=False)  # by the block before, if it ran
    namespace: dict[str, object] = field(factory=lambda: {"__name__": "page"}, init=False)

    def run(self, markdown: str) -> int:
        """Run every block; how many ran. PageError names the first that does not do what it says."""
        return sum(self._block(block) for block in blocks_of(markdown))

    def _block(self, block: Block) -> bool:
        if "file" in block.marks:
            self._write(block)
        before, self.printed = self.printed, None
        if "not run" in block.marks:
            return False
        if block.language in OUTPUT:
            self._compare(block, before)
        elif block.language in RUN:
            self.printed = self._python(block) if block.language == "python" else self._commands(block)
        elif block.language not in SHOWN:
            known = ", ".join(sorted(RUN | OUTPUT | SHOWN))
            raise self._error(block, f"a block of '{block.language}' is not known here; known are {known}")
        return block.language in RUN

    def _write(self, block: Block) -> None:
        file = self.folder / block.marks["file"]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block.text, encoding="utf-8")

    def _python(self, block: Block) -> str:
        padded = "\n" * block.line + block.text  # so that a traceback shows the line of the page
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(compile(padded, str(self.page), "exec"), self.namespace)  # noqa: S102 - our own page
        return out.getvalue()

    def _commands(self, block: Block) -> str:
        lines = [line for line in block.text.replace("\\\n", " ").splitlines() if line.strip()]
        ends, out = 0, ""
        for line in lines:
            words = shlex.split(line, comments=True)
            if words[:1] != ["fanpin"] or {"|", ">", "<", "&&", ";"} & set(words):
                raise self._error(block, f"only plain `fanpin …` lines run here, and this is: {line}")
            if ends:
                raise self._error(block, f"the command before this one ends with {ends}: {line}")
            done = self._command(words[1:])
            ends, out = done.returncode, out + done.stdout
        if str(ends) != block.marks.get("exit", "0"):
            raise self._error(block, f"the last command ends with {ends}:\n{out}")
        return out

    def _command(self, arguments: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "fanpin", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            encoding="utf-8",
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )

    def _compare(self, block: Block, printed: str | None) -> None:
        if printed is None:
            if block.language != "output":
                return  # a drawing, not what something prints
            raise self._error(block, "this is the output of a block that does not run")
        if not doctest.OutputChecker().check_output(_tidy(block.text), _tidy(printed), doctest.ELLIPSIS):
            raise self._error(block, f"the block before prints something else:\n{printed}")

    def _error(self, block: Block, what: str) -> PageError:
        return PageError(f"{self.page}:{block.line}: {what}")


def _tidy(text: str) -> str:
    """Without spaces at the ends of lines, which no reader sees."""
    return "\n".join(line.rstrip() for line in text.splitlines()).rstrip("\n") + "\n"
