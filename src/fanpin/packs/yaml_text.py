"""A pack's tree as YAML that people like to read: labels and short rows on one line, long texts in blocks."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from fanpin.packs.cell_forms import Plain
from fanpin.packs.shapes import FILES

_WIDTH = 118
_TEXTS = frozenset(
    {"region", "version", "none", "unit", "source", "zh", "en", "note", "basis", "extends"}
)  # even if digits
_ON_ONE_LINE = frozenset(  # sections whose entries are short
    {"facts", "members", "values", "roles", "papers", "standings", "tracks", "decided_by", "forbidden", "days_off"}
)
_IN_BLOCKS = frozenset(
    {
        "values",
        "rows",
        "bands",
        "items",
        "groups",
        "steps",
        "gaps",
        "also",
        "one_of",
        "facts",
        "when",
        "barred",
        "left_to",
    }
)
_LABELS = frozenset({"label", "note"})
_FLAT_TAG, _ROWS_TAG, _TABLE_TAG = (f"tag:yaml.org,2002:{name}" for name in ("str", "seq", "map"))


def files_of(own: Mapping[str, Plain]) -> Iterator[tuple[str, str]]:
    """The name and the text of each file of a pack that has something to say."""
    for name, keys in FILES.items():
        sections = [_section(key, own[key]) for key in keys if key in own]
        if sections:
            yield name, ("" if name == "pack.yaml" else "\n").join(sections)


def block(entry: Plain) -> str:
    """A part of a pack as YAML, for a cell."""
    return _text(_node(entry, depth=0, name="", indent=0)).rstrip("\n")


def _section(key: str, part: Plain) -> str:
    return _text(
        MappingNode(_TABLE_TAG, [(_scalar(key), _node(part, 0, key, 0, key in _ON_ONE_LINE))], flow_style=False)
    )


def _text(node: Node) -> str:
    dumped: Any = yaml.serialize(node, Dumper=_Dumper, allow_unicode=True, width=_WIDTH if _is_block(node) else 10_000)
    return str(dumped)


def _is_block(node: Node) -> bool:
    return not getattr(node, "flow_style", False)


class _Dumper(yaml.SafeDumper):
    """Every scalar is text, and needs no mark for it; lists stand within the key that they belong to."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> str:
        del value, implicit
        return {ScalarNode: _FLAT_TAG, SequenceNode: _ROWS_TAG, MappingNode: _TABLE_TAG}[kind]

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:
        del indentless
        return super().increase_indent(flow, False)


def _node(part: Plain, depth: int, name: str, indent: int, is_short: bool = False) -> Node:
    """`depth` counts from the section (0) over its entries (1); `is_short` where entries may stand on one line."""
    if isinstance(part, str):
        return _scalar(part, name, indent)
    if _may_be_flat(part, depth, name, is_short) and _fits(part, name, indent):
        return _flat(part)
    inner = indent + 2
    if isinstance(part, list):
        return SequenceNode(_ROWS_TAG, [_node(item, depth + 1, "", inner, is_short) for item in part], flow_style=False)
    pairs = [(_scalar(key), _node(below, depth + 1, key, inner, is_short)) for key, below in part.items()]
    return MappingNode(_TABLE_TAG, pairs, flow_style=False)


def _may_be_flat(part: Plain, depth: int, name: str, is_short: bool) -> bool:
    if not part or (isinstance(part, list) and all(isinstance(item, str) for item in part)):
        return True
    return name not in _IN_BLOCKS and (depth > 1 or name in _LABELS or (depth == 1 and is_short))


def _fits(part: Plain, name: str, indent: int) -> bool:
    written = _text(_flat(part)).rstrip("\n")
    return "\n" not in written and indent + len(name) + 2 + len(written) <= _WIDTH


def _flat(part: Plain, name: str = "") -> Node:
    if isinstance(part, str):
        return _scalar(part, name, is_flat=True)
    if isinstance(part, list):
        return SequenceNode(_ROWS_TAG, [_flat(item) for item in part], flow_style=True)
    return MappingNode(_TABLE_TAG, [(_scalar(key), _flat(below, key)) for key, below in part.items()], flow_style=True)


_PLAIN: Any = yaml.resolver.Resolver()
_SIGNS = re.compile(r"[,\[\]{}]|: | #")


def _scalar(text: str, name: str = "", indent: int = 0, is_flat: bool = False) -> ScalarNode:
    style = None
    if not _is_printed(text) or (name in _TEXTS and not _looks_like_text(text)) or (is_flat and _SIGNS.search(text)):
        style = '"'
    elif "\n" in text.strip("\n"):
        style = "|"
    elif " " in text and indent + len(name) + 2 + len(text) > _WIDTH and not is_flat:
        style = ">"
    return ScalarNode(_FLAT_TAG, text, style=style)


def _is_printed(text: str) -> bool:
    return all(character.isprintable() or character in "\n\u3000" for character in text)


def _looks_like_text(text: str) -> bool:
    """Whether other readers of YAML would take it for text too, and not for a number, a day, or yes or no."""
    return bool(_PLAIN.resolve(ScalarNode, text, (True, False)) == _FLAT_TAG)
