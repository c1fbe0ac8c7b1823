"""Mutated packs: whatever a pack's bytes are, it is a pack or a `PackError`, soon, and never a traceback."""

import shutil
import time
from pathlib import Path
from random import Random

import pytest

from fanpin import PackError, load_pack
from fanpin.i18n import LANGUAGES
from fanpin.plugins.shipped import PACKS, fanpin_packs

SHIPPED = fanpin_packs()
MUTANTS = 300


def _cut(random: Random, data: bytes) -> bytes:
    at = random.randrange(len(data))
    return data[:at] + data[at + random.randint(1, 60) :]


def _swapped(random: Random, data: bytes) -> bytes:
    a, b = sorted(random.sample(range(len(data)), 2))
    return data[:a] + data[b : b + 1] + data[a + 1 : b] + data[a : a + 1] + data[b + 1 :]


def _retyped(random: Random, data: bytes) -> bytes:
    at = random.randrange(len(data))
    marks = [b"\x00", b"\xff", b"\t", b":", b"- ", b"[", b"}", b"&a", b"*a", b"'", b"\r", "\uff08".encode()]
    new = random.choice([*marks, b"9" * 400, b"1e999"])
    return data[:at] + new + data[at + 1 :]


def _lines(random: Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    at = random.randrange(len(lines))
    match random.randrange(4):
        case 0:
            lines.insert(at, lines[random.randrange(len(lines))])
        case 1:
            del lines[at]
        case 2:
            lines[at] = b"  " * random.randint(1, 3) + lines[at]
        case _:
            lines[at] = lines[at].lstrip()
    return b"".join(lines)


def _nested(random: Random, data: bytes) -> bytes:
    at = data.find(b"when: ", random.randrange(len(data)))
    deep = random.choice([b"not " * 900, b"(" * 300, b"-" * 1500, b"size + " * 500, b"[" * 200, b"a if b else " * 300])
    return data if at < 0 else data[: at + 6] + deep + data[at + 6 :]


def _other_encoding(_: Random, data: bytes) -> bytes:
    return data.decode("utf-8", errors="replace").encode("gbk", errors="replace")


WAYS = (_cut, _swapped, _retyped, _retyped, _lines, _lines, _nested, _other_encoding)


def _refused(folder: Path) -> list[str]:
    """What is said of a pack that is refused, in both languages; nothing of one that is taken."""
    try:
        load_pack(folder)
    except PackError as error:
        return [error.text(language) for language in LANGUAGES]
    return []


@pytest.mark.parametrize("block", range(10))
def test_a_mutated_pack_is_a_pack_or_a_refusal(block: int, tmp_path: Path) -> None:
    refused = 0
    for number in range(block * MUTANTS // 10, (block + 1) * MUTANTS // 10):
        random = Random(number)
        folder = tmp_path / f"pack{number}"
        shutil.copytree(SHIPPED[random.choice(PACKS)], folder)
        file = random.choice(sorted(folder.glob("*.yaml")))
        for _ in range(random.randint(1, 3)):
            file.write_bytes(random.choice(WAYS)(random, file.read_bytes() or b"-"))
        start = time.perf_counter()
        texts = _refused(folder)
        refused += bool(texts)
        assert all(texts)
        assert time.perf_counter() - start < 10, number
    assert refused > MUTANTS // 10 // 3


def test_a_pack_that_is_no_folder_of_yaml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    with pytest.raises(PackError):
        load_pack(tmp_path)


def test_a_folder_with_the_name_of_a_file_is_no_file(tmp_path: Path) -> None:
    shutil.copytree(SHIPPED["national"], tmp_path / "pack")
    (tmp_path / "pack" / "facts.yaml").mkdir()
    assert load_pack(tmp_path / "pack").name == "national"
    (tmp_path / "pack" / "pack.yaml").unlink()
    (tmp_path / "pack" / "pack.yaml").mkdir()
    assert _refused(tmp_path / "pack")


@pytest.mark.parametrize("separator", ["\r", "\x85", "\u2028", "\u3000", "\ufeff", "\x0c", "\x1e", "\t", "　\r\n"])
def test_odd_spaces_within_a_rule_are_read_or_refused(separator: str, tmp_path: Path) -> None:
    """Each of these ends a line for somebody: for YAML, for Python, for an editor."""
    shutil.copytree(SHIPPED["national"], tmp_path / "pack")
    rules = tmp_path / "pack" / "rules.yaml"
    for style in ('when: "size >{} wagee"', "when: size >{} wagee", "when: |\n      size >{} wagee\n"):
        text = style.format(separator)
        rules.write_text(f"risks:\n  odd:\n    label: {{zh: 怪, en: odd}}\n    {text}\n", encoding="utf-8", newline="")
        assert all(_refused(tmp_path / "pack"))
