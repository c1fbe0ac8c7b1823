"""Reads a pack's folder over those that it extends, and says every mistake with file and line."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import define, field
from pydantic import BaseModel, ValidationError

from fanpin.errors import Place, Problem, did_you_mean, unique
from fanpin.i18n import Label, listing
from fanpin.packs.basic_shapes import NAME
from fanpin.packs.leaving_out import without_what_named
from fanpin.packs.shapes import FILES, PackShape
from fanpin.packs.trees import Rows, Table, Text, Tree, at, merged, place_of, plain, read_yaml, without

Find = Callable[[str], Path | None]  # the folder of a pack by name
MOST_BASES = 20
CASES = "cases.yaml"  # beside the pack: households and what comes of them, for `fanpin.testing.run_cases`


@define
class PackFiles:
    """The merged tree of a pack, its shape where it has one, and every problem."""

    tree: Table
    shape: PackShape | None
    problems: list[Problem]
    left_out: frozenset[str] = frozenset()  # names of what is too broken to be read further


def own_tree(folder: Path) -> tuple[Table, list[Problem]]:
    """What a pack's own files say, without what it extends."""
    reader = _Reader(lambda _: None, {})
    return reader.own(folder), reader.problems


def read_pack(folder: Path, find: Find, known: Mapping[str, Path], own: Table | None = None) -> PackFiles:
    """A pack with what it extends; `find` gives the folder of a pack that is extended by name.

    With `own` its own tree is that one, and the folder is only where it will be.
    """
    reader = _Reader(find, known)
    tree = reader.read(folder, ()) if own is None else reader.based(own, folder, ())
    if any(problem.code not in _READ_ON for problem in reader.problems):
        return PackFiles(tree, None, reader.problems)
    files = shaped(tree)
    return PackFiles(tree, files.shape, [*reader.problems, *files.problems], files.left_out | reader.left_out)


_READ_ON = frozenset(
    {"key-twice", "key-not-text", "unknown-key", "nothing-to-leave-out", "forbidden-only-grows"}
)  # the rest is as meant


@define
class _Reader:
    find: Find
    known: Mapping[str, Path]
    problems: list[Problem] = field(factory=list)
    left_out: frozenset[str] = frozenset()

    def read(self, folder: Path, over: tuple[Path, ...]) -> Table:
        return self.based(self.own(folder), folder, over)

    def based(self, tree: Table, folder: Path, over: tuple[Path, ...]) -> Table:
        """A pack's own tree over what it extends."""
        extends = tree.entries.get("extends")
        if not isinstance(extends, Text):
            return tree
        base = self._base(extends, folder)
        if base is None:
            return tree
        if base in (*over, folder) or len(over) > MOST_BASES:
            self.problems.append(Problem("extends-cycle", extends.place, {"name": extends.text}))
            return tree
        below = self.read(base, (*over, folder))
        return self._over(below, tree)

    def own(self, folder: Path) -> Table:
        """What the files of a folder say."""
        tree = Table({}, {}, Place(_shown(folder, "pack.yaml")))
        found = folder.glob("*.y*ml") if folder.is_dir() else ()
        files = sorted(path for path in found if path.is_file() and path.name != CASES)
        if not any(path.name == "pack.yaml" for path in files):
            self.problems.append(Problem("no-pack", Place(folder.name)))
        for path in sorted(files, key=lambda p: list(FILES).index(p.name) if p.name in FILES else 99):
            shown = _shown(folder, path.name)
            if path.name not in FILES:
                near = did_you_mean(path.name, FILES)
                self.problems.append(Problem("unknown-file", Place(shown), {"known": ", ".join(FILES)}, near))
                continue
            part, problems = read_yaml(path, shown)
            self.problems.extend(problems)
            if part is not None:
                tree = self._with_file(tree, part, path.name)
        return tree

    def _with_file(self, tree: Table, part: Table, name: str) -> Table:
        for key in part.entries:
            if key not in FILES[name]:
                home = next((file for file, keys in FILES.items() if key in keys), None)
                code = "key-of-other-file" if home else "unknown-key"
                details = {"key": key, "file": home or name, "known": ", ".join(FILES[name])}
                self.problems.append(Problem(code, part.keys[key], details, did_you_mean(key, FILES[name])))
                self.left_out |= frozenset(getattr(part.entries[key], "entries", ()))
        entries = {key: below for key, below in part.entries.items() if key in FILES[name]}
        place = part.place if name == "pack.yaml" else tree.place
        return Table(tree.entries | entries, tree.keys | part.keys, place)

    def _base(self, extends: Text, folder: Path) -> Path | None:
        name = extends.text
        base = (folder / name).resolve() if name.startswith(".") else self.find(name)
        if base is None or not base.is_dir():
            near = did_you_mean(name, self.known)
            details = {"name": name, "known": ", ".join(sorted(self.known))}
            self.problems.append(Problem("unknown-pack", extends.place, details, near))
            return None
        return base

    def _over(self, base: Table, tree: Table) -> Table:
        """The pack over its base: what it leaves out is gone, what it names is its own, the rest is the base's."""
        own = ("name", "version", "extends", "region", "without", "note")
        kept = Table({k: v for k, v in base.entries.items() if k not in own}, base.keys, base.place)
        left_out = tree.entries.get("without")
        for item in getattr(left_out, "items", ()):
            path = item.text.split(".") if isinstance(item, Text) else []
            if path[:1] == ["forbidden"]:
                self.problems.append(Problem("forbidden-only-grows", item.place))
                continue
            less = without(kept, path) if path else None
            if less is None:
                self.problems.append(Problem("nothing-to-leave-out", item.place, {"path": plain(item)}))
            else:
                kept = less
        return merged(without_what_named(base, kept, tree), tree)


def _shown(folder: Path, name: str) -> str:
    return f"{folder.name}/{name}"


def shaped(tree: Table) -> PackFiles:
    """The tree as the shape of a pack. Where something is not as it should be, the shape is that of the rest, so that
    the mistakes in the rest are found in the same pass.
    """
    try:
        return PackFiles(tree, PackShape.model_validate(plain(tree)), [])
    except ValidationError as error:
        errors = _one_a_place(tree, error.errors(include_url=False))
    problems = unique(_problem(tree, PackShape, e) for e in errors)
    left_out = set()
    for path in sorted({_broken_part(tree, e) for e in errors}, key=_later_rows_first):
        left_out |= {str(path[-1])} if len(path) == 2 or path[2:3] == ("steps",) else set()  # a whole entry
        tree = (without(tree, path) if path else None) or tree
    try:
        shape = PackShape.model_validate({**_STAND_INS, **plain(tree)})
    except ValidationError:
        shape = None
    return PackFiles(tree, shape, problems, frozenset(left_out))


_STAND_INS = {"name": "unnamed", "label": {"zh": "-", "en": "-"}, "version": "-"}


def _one_a_place(tree: Table, errors: Sequence[Any]) -> list[Any]:
    """The first error at each place: where a value may be one of several kinds, pydantic gives one error a kind."""
    first: dict[object, Any] = {}
    for error in errors:
        found = [tree, *(below for _, below in at(tree, error["loc"]))][-1]
        bad_item = error["type"] == "too_short" and isinstance(found, Rows) and len(found.items) > 0
        bad_multiple = error["type"].startswith("decimal") and isinstance(found, Table)
        if bad_item or bad_multiple:  # which another error says already
            continue
        missing = error["loc"] if error["type"] in ("missing", "extra_forbidden") else None
        first.setdefault((tuple(step for step, _ in at(tree, error["loc"])), missing), error)
    return list(first.values())


def _broken_part(tree: Table, error: Any) -> tuple[str | int, ...]:
    """What to leave out for a mistake: a key that is not known, a row of a parameter, else the whole entry."""
    path = tuple(step for step, _ in at(tree, error["loc"]))
    if error["type"] == "extra_forbidden":
        return path
    is_row = path[:1] == ("parameters",) and path[2:3] == ("values",) and len(path) > 3
    is_step = path[:1] == ("workflows",) and path[2:3] == ("steps",) and len(path) > 3
    return path[:4] if is_row or is_step else path[:2] if path[:1] and path[0] not in _STAND_INS else path[:1]


def _later_rows_first(path: tuple[str | int, ...]) -> tuple[int, int]:
    row = path[3] if len(path) > 3 and isinstance(path[3], int) else 0
    return -len(path), -row


_NAME = Label("名称（小写英文字母开头，只用小写字母、数字和下划线）",
              "a name (a lower-case letter first; lower-case letters, digits and _)")  # fmt: skip
_REGION = Label("行政区划代码（2、4、6、9 或 12 位数字）", "a region code (2, 4, 6, 9 or 12 digits)")
_EXPECTED: list[tuple[str, Label]] = [
    ("decimal", Label("数字", "a number")),
    ("int", Label("整数", "a whole number")),
    ("bool", Label("“是”或“否”", "yes or no")),
    ("date", Label("日期，如 2024-03-01", "a date such as 2024-03-01")),
    ("dict", Label("键和值", "keys with values")),
    ("model", Label("键和值", "keys with values")),
    ("tuple", Label("一列条目（每条以 - 开头）", "a list (each entry after a -)")),
    ("string_type", Label("一段文字", "a text")),
    ("too_short", Label("至少一项", "at least one entry")),
    ("string_too_short", Label("文字，不能为空", "some text")),
]  # fmt: skip


def _problem(tree: Table, shape: type[BaseModel], error: Any) -> Problem:
    path = tuple(step for step, _ in at(tree, error["loc"]))
    place = place_of(tree, path)
    kind, ctx = error["type"], error.get("ctx", {})
    name = ".".join(map(str, path))
    if error["loc"][-1:] == ("[key]",):
        expected = _one_of(ctx) if kind == "literal_error" else _expected(kind, ctx)
        key = _named(place_of(tree, path, of_key=True), name)
        return Problem("wrong-value", key, {"expected": expected, "got": path[-1]}, _named_so(tree, str(path[-1])))
    match kind:
        case "missing":
            return Problem("missing-key", _named(place, name), {"key": error["loc"][-1]}, _misspelt(tree, path))
        case "extra_forbidden":
            known = _known_keys(shape, error["loc"][:-1])
            details = {"key": error["loc"][-1], "file": "", "known": ", ".join(known)}
            return Problem(
                "unknown-key-of",
                place_of(tree, error["loc"], of_key=True),
                details,
                did_you_mean(str(error["loc"][-1]), known),
            )
        case "literal_error":
            return Problem(
                "wrong-value",
                _named(place, name),
                {"expected": _one_of(ctx), "got": _text(tree, path)},
                did_you_mean(str(_text(tree, path)), _options(ctx)),
            )
    if kind == "decimal_parsing":
        return Problem("wrong-number", _named(place, name), {"got": _text(tree, path)})
    if "-" in kind:  # our own codes
        return Problem(kind, _named(place, name), dict(ctx))
    details = {"expected": _expected(kind, ctx), "got": _text(tree, path)}
    return Problem("wrong-value", _named(place, name), details, _meant(tree, path, kind))


def _meant(tree: Table, path: tuple[str | int, ...], kind: str) -> tuple[str, ...]:
    """How a word is to be written where a list, a label or a name is expected."""
    word = _text(tree, path)
    if not isinstance(word, str):
        return ()
    if kind.startswith("tuple"):
        return (f"[{word}]",)
    if kind.startswith(("model", "dict")) and path[-1:] == ("label",):
        return (f"{{zh: {word}, en: …}}",)
    return _named_so(tree, word) if kind == "string_pattern_mismatch" else ()


_WORDS = ("roles", "papers", "standings", "tracks", "values")  # what procedures name


def _named_so(tree: Table, word: str) -> tuple[str, ...]:
    """The names of what is called by a word, such as that of a role or a paper."""
    groups = [plain(tree.entries[key]) for key in _WORDS if key in tree.entries]
    return tuple(
        str(name)
        for group in groups if isinstance(group, dict)
        for name, of in group.items() if isinstance(of, dict) and word in _called(of)
    )  # fmt: skip


def _called(of: dict[str, Any]) -> list[object]:
    label = of.get("label")
    return [*((label if isinstance(label, dict) else of).get(key) for key in ("zh", "en")), *(of.get("aliases") or ())]


def _options(ctx: Mapping[str, Any]) -> list[str]:
    return re.findall("'([^']*)'", str(ctx["expected"]))


def _one_of(ctx: Mapping[str, Any]) -> Label:
    options = _options(ctx)
    return Label(listing(options, "zh", "or"), listing(options, "en", "or"))


def _expected(kind: str, ctx: Mapping[str, Any]) -> Label:
    bound = next(iter(ctx.values()), "")
    if kind == "string_pattern_mismatch":
        return _NAME if bound == NAME else _REGION
    if "greater" in kind:
        return Label(f"不小于 {bound} 的数", f"a number of at least {bound}")
    if "less" in kind:
        return Label(f"不大于 {bound} 的数", f"a number of at most {bound}")
    if "max" in kind:
        return Label(f"更短的写法（最多 {bound}）", f"something shorter (at most {bound})")
    return next((label for prefix, label in _EXPECTED if kind.startswith(prefix)), Label("别的写法", "another form"))


def _misspelt(tree: Table, path: tuple[str | int, ...]) -> tuple[str, ...]:
    """Entries that one with parts missing may have meant: it then says only what it changes of them."""
    if len(path) != 2 or path[0] not in ("parameters", "risks", "definitions", "categories", "grades", "measures"):
        return ()
    others = dict(list(at(tree, path[:1])))[path[0]]
    return did_you_mean(str(path[1]), set(plain(others)) - {path[1]})


def _named(place: Place, name: str) -> Place:
    return Place(place.file, place.line, place.column, field=name or None, source=place.source)


def _text(tree: Tree, path: tuple[str | int, ...]) -> str | Label:
    found = [below for _, below in at(tree, path)]
    match found[-1] if found else tree:
        case Text(text=text):
            return text[:60] or Label("空的", "nothing")
        case Table(entries=entries):
            return Label("键和值", "keys with values") if entries else Label("空的", "nothing")
        case Rows(items=items):
            return Label("一列条目", "a list") if items else Label("空的", "nothing")


def _known_keys(shape: type[BaseModel], path: tuple[str | int, ...]) -> list[str]:
    """The keys of the table that a path leads to."""
    kind: Any = shape
    for step in path:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            fields = {f.alias or n: f for n, f in kind.model_fields.items()}
            if step not in fields:
                continue
            kind = next(_models(fields[str(step)].annotation), None)
    return [f.alias or n for n, f in kind.model_fields.items()] if kind is not None else []


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from _models(part)
