"""Planted faults: named breaks of the rewrite, of the evaluator and of each backend. The laws must catch each.

A row is a name, the file below `fanpin/expressions`, the text that stands there once, and what is put in its place.
`scripts/planted.py` plants them one after the other; `test_table.py` checks that each still finds its place.
"""

from collections.abc import Iterator

from attrs import frozen


@frozen
class Fault:
    """One break."""

    name: str
    file: str
    old: str
    new: str


def _in(file: str, *rows: tuple[str, str, str]) -> Iterator[Fault]:
    for name, old, new in rows:
        yield Fault(name, file, old, new)


FAULTS: tuple[Fault, ...] = (
    *_in(
        "ranges.py",
        ("a missing yes-or-no of an unlisted row is yes", 'self.plain.truth(side == "hi")', "self.plain.truth(True)"),
        ("a missing number of an unlisted row is its least", "getattr(fact.type, side)", "fact.type.lo"),
        ("ends of leaves swapped", "return self._leaf(fact, name, side)", "return self._leaf(fact, name, _OTHER[side])"),
        ("only the lower end is read", 'side = "lo" if (fact.collection, name) in self.complete', 'side = "lo" if True'),
        ("size is what was said", "(counted := self._counted_by(name)) is not None", "False"),
        ("said size beats the list", 'p.op("max", said_lo, listed)', "said_lo"),
        ("completeness ignored in the size", 'p.op("if", complete, listed, p.op(', 'p.op("if", p.truth(False), listed, p.op('),
        ("a longer list is no contradiction", 'return p.op("if", more_listed, said_lo, within)', "return within"),
        ("a longer list has no upper end", 'p.op("or", more_listed, all_there)', "all_there"),
        ("nobody is unlisted", "size = self._size(self._size_fact(collection), collection, side)", "return p.number(0)"),
        ("an unlisted bill is certain", "            return p.number(0)\n        rest", "            side = 'hi'\n        rest"),
        ("the greatest number of rows forgets the listed", 'p.op("sub", p.number(scope.max_rows), p.listed(collection))', "p.number(scope.max_rows)"),
        ("given rows may be more", 'p.op("if", self._complete(collection), p.number(0), rest)', "rest"),
        ("`all` is `any`", 'return self.plain.op("not", self._any(node.collection, some_not, _OTHER[side]))', "return self._any(node.collection, some_not, _OTHER[side])"),
        ("`all` keeps its side", "self._any(node.collection, some_not, _OTHER[side])", "self._any(node.collection, some_not, side)"),
        ("`all` forgets its filter", 'self._row("and", node.where, check.make(self.nodes, "not", node.body))', 'check.make(self.nodes, "not", node.body)'),
        ("`any` forgets its filter", 'return self._any(node.collection, self._row("and", node.where, node.body), side)', "return self._any(node.collection, node.body, side)"),
        ("`count` counts from two", "for n in (1, 0))", "for n in (2, 0))"),
        ("`sum` forgets its filter", 'self._row("if", node.where, node.body, zero)', "node.body"),
        ("an unlisted row never fires `any`", 'return p.op("or", listed, p.op("and", unlisted, self.end(row, side, collection)))', "return listed"),
        ("an unlisted row always fires `any`", 'p.op("and", unlisted, self.end(row, side, collection))', "unlisted"),
        ("unlisted rows add nothing", 'return p.op("add", listed, rest)', "return listed"),
        ("unlisted rows add the other count", "sides = (side,) if each.value >= 0", "sides = (_OTHER[side],) if each.value >= 0"),
        ("the least of nobody is the least", 'end = node.body.type.hi if kind == "min"', 'end = node.body.type.lo if kind == "min"'),
        ("inner and outer end of the least swapped", '"hi" if (kind == "min") == (side == "lo") else "lo"', '"lo" if (kind == "min") == (side == "lo") else "hi"'),
        ("unlisted rows are never the least", 'return p.op(kind, listed, p.op("if", there, self.end(row, side, node.collection), empty))', "return listed"),
        ("equal is at most", 'for name in ("le", "ge")]', 'for name in ("le", "le")]'),
        ("the size of a number may be negative", 'return check.make(self.nodes, "max", zero, larger)', "return larger"),
        ("the size of a number is itself", 'check.make(self.nodes, "max", a, check.make(self.nodes, "neg", a))', "a"),
        ("least and greatest of corners swapped", '"min" if side == "lo" else "max", first', '"max" if side == "lo" else "min", first'),
        ("falling arguments rise", "else (_OTHER[side],) for direction", "else (side,) for direction"),
        ("only one corner", "for args in product(*ends)])", "for args in list(product(*ends))[:1]])"),
        ("an unsure condition is untrue", "surely, possibly = (self.end(condition, s, absent) for s in BOTH)", "surely = possibly = self.end(condition, 'lo', absent)"),
        ("an unsure yes-or-no takes the other hull", '"and" if side == "lo" else "or", a, b', '"or" if side == "lo" else "and", a, b'),
        ("the outer branch by bounds is the inner one", 'ends[1 if side == "lo" else 0]', 'ends[0 if side == "lo" else 1]'),
        ("the deciding branch takes the other condition", "possibly if either is a else surely", "surely if either is a else possibly"),
        ("signs of a product ignored", 'return (b, a) if node.name == "mul" else (b, -a)', 'return (1, 1) if node.name == "mul" else (b, -a)'),
        ("a divisor works as a factor", "else (b, -a)", "else (b, a)"),
        ("every number is positive", "return 1 if node.type.lo >= 0 else -1 if", "return 1 if True else -1 if"),
        ("a choice of all values may be none", "fact.values >= set(fact.choice.values):", "fact.values > set(fact.choice.values):"),
        ("where every row is listed there is one more", "in self.complete:\n            return p.number(0)", "in self.complete:\n            return p.number(1)"),
        ("where every row is listed the size is what was said", "            return listed\n", "            return said_lo\n"),
    ),
    *_in(
        "lowering.py",
        ("an age a year too high", 'return _floor_div(p, p.op("sub", on, birth), 10000)', 'return _plus(p, _floor_div(p, p.op("sub", on, birth), 10000), 1)'),
        ("months by the calendar alone", "return p.op(\"sub\", d, _times(p, _year(p, d), 10000 - 1200))", 'return p.op("sub", _times(p, _floor_div(p, d, 100), 100), _times(p, _year(p, d), 10000 - 1200))'),
        ("the month begins on the second", "_times(p, _floor_div(p, d, 100), 100), 1)", "_times(p, _floor_div(p, d, 100), 100), 2)"),
        ("the year begins in February", "_times(p, _year(p, d), 10000), 101)", "_times(p, _year(p, d), 10000), 201)"),
        ("centuries are leap years", 'p.op("sub", divides(4), divides(100))', "divides(4)"),
        ("31 days have August and July reversed", "_floor_div(p, month, 8)", "_floor_div(p, month, 9)"),
        ("the end of the month is passed", 'day = p.op("min", _day(p, d), _days_in_month(p, year, month))', "day = _day(p, d)"),
        ("a month too far", "_month(p, d), -1, n)", "_month(p, d), n)"),
        ("day numbers off in January", "early = _floor_div(p, p.op(\"sub\", p.number(14), _month(p, d)), 12)", "early = _floor_div(p, p.op(\"sub\", p.number(13), _month(p, d)), 12)"),
        ("a day too many back", "_plus(p, j, 1401 - 38,", "_plus(p, j, 1401 - 37,"),
        ("days counted backwards", 'p.op("sub", _day_number(p, b), _day_number(p, a))', 'p.op("sub", _day_number(p, a), _day_number(p, b))'),
        ("rounding up rounds down", 'return p.op("neg", _round_down(p, p.op("neg", x), step))', "return _round_down(p, x, step)"),
        ("half is rounded down", "half = _floor_div(p, step, 2)", "half = _floor_div(p, step, 3)"),
        ("the scale is forgotten", 'lambda p, a, by: p.op("mul", a, by)', "lambda p, a, by: a"),
    ),
    *_in(
        "plain.py",
        ("`or` of nothing is yes", 'decides, ignored = self.truth(name == "or"), self.truth(name == "and")', 'decides, ignored = self.truth(name == "or"), self.truth(True)'),
        ("a deciding part is ignored", "            return decides\n", "            return ignored\n"),
        ("branches swapped", "return then if value else otherwise", "return otherwise if value else then"),
        ("not of not is not", "return inner.args[0]  #", "return inner  #"),
        ("times nothing is itself", "return self.number(0)\n", "return args[0]\n"),
        ("a choice of truths forgets the condition", 'self.op("or", self.op("and", condition, then), otherwise)', 'self.op("or", then, otherwise)'),
    ),
    *_in(
        "strata.py",
        ("folds within folds are worked out at once", "level + isinstance(node, Fold)", "int(isinstance(node, Fold))"),
    ),
    *_in(
        "ops.py",
        ("below is at most, in the evaluator too", '_op("lt", lambda a, b: a < b,', '_op("lt", lambda a, b: a <= b,'),
        ("a difference rises with both", '_op("sub", lambda a, b: a - b, (1, -1),', '_op("sub", lambda a, b: a - b, (1, 1),'),
        ("`not` keeps its direction", '_op("not", lambda a: not a, (-1,),', '_op("not", lambda a: not a, (1,),'),
        ("an age rises with the birth", '_op("age", _age, (-1, 1),', '_op("age", _age, (1, 1),'),
        ("an age counts the year only", "return on.year - birth.year - ((on.month", "return on.year - birth.year - 0 * ((on.month"),
        ("an overlap is not equal", "return False, a_lo <= b_hi and b_lo <= a_hi", "return False, a_lo == b_lo"),
        ("corners missed", "results = [apply(*corner) for corner in product(*args)]", "results = [apply(*(lo for lo, _ in args))]"),
        ("the hull of a choice is its first branch", "return min(then[0], otherwise[0]), max(then[1], otherwise[1])", "return then"),
    ),
    *_in(
        "evaluate.py",
        ("a missing yes-or-no is no", "return (raw is True, raw is not False)", "return (raw is True, raw is True)"),
        ("a missing choice is in no set", "return possible <= node.values, bool(possible & node.values)", "return False, False"),
        ("a code outside the list is impossible", "        return False, True\n    possible", "        return False, False\n    possible"),
        ("fen are cut off", "math.floor(value * float(10**decimals) + 0.5)", "math.floor(value * float(10**decimals))"),
        ("an unsure row counts in full", "return (min(lo, 0), max(hi, 0)) if possibly else (0, 0)", "return (lo, hi) if possibly else (0, 0)"),
        ("listed rows are all there are", "return max(lo - listed, 0), max(hi - listed, 0)", "return 0, 0"),
        ("an unlisted row is never the least", "possibly = listed + [absent] * (at_most >= 1)", "possibly = listed"),
        ("a filter that may hold, holds", "counting = [body for where, body in surely if where[0]]", "counting = [body for where, body in surely if where[1]]"),
        ("`all` is `any`", "    return not hi, not lo\n", "    return lo, hi\n"),
        ("who is not listed is not counted", "sum(hi for _, hi in held) + unlisted[1] * each[1],", "sum(hi for _, hi in held),"),
        ("a filter alone is enough", "return where_lo and body_lo, where_hi and body_hi", "return where_lo, where_hi"),
        ("a longer list is the size", "            return lo, listed\n", "            return listed, listed\n"),
    ),
    *_in(
        "to_python.py",
        ("ranges read at their lower end", "math.floor(raw.lo * factor + 0.5), math.floor(raw.hi * factor + 0.5)", "math.floor(raw.lo * factor + 0.5), math.floor(raw.lo * factor + 0.5)"),
        ("missing numbers are nothing", "    if raw is None:\n        return lo, hi\n    if isinstance(raw, int", "    if raw is None:\n        return 0, 0\n    if isinstance(raw, int"),
        ("missing days are the first", "    if raw is None:\n        return lo, hi\n    if hasattr", "    if raw is None:\n        return lo, lo\n    if hasattr"),
        ("at least is above", '"ge": "({} >= {})",', '"ge": "({} > {})",'),
        ("at most is below", '"le": "({} <= {})",', '"le": "({} < {})",'),
        ("division cuts off", '"div": "({} / {})",', '"div": "({} // {})",'),
        ("`and` is `or`", '_JOINED = {"and": " and ",', '_JOINED = {"and": " or ",'),
        ("a missing choice is elsewhere", "({raw} is None or {inside})", "({inside})"),
        ("`any` of the last row", "if {value}: {name} = True", "{name} = {value}"),
        ("`sum` of the last row", "{name} += {value}", "{name} = {value}"),
        ("the smaller is the larger", "return a if a <= b else b", "return b if a <= b else a"),
        ("cheap extremes swapped", "{'<=' if name == 'min' else '>='}", "{'>=' if name == 'min' else '<='}"),
        ("a floor is a ceiling", '"floor": "floor({})",', '"floor": "(-floor(-{}))",'),
        ("branches swapped", '"if": "({1} if {0} else {2})",', '"if": "({2} if {0} else {1})",'),
        ("a missing yes-or-no is no", "({raw} is not False)", "({raw} is True)"),
        ("fen are cut off", 'known = f"floor({raw} * {factor} + 0.5)" if', 'known = f"floor({raw} * {factor})" if'),
        ("nobody is nothing", "= {fold.empty!r}", "= 0"),
        ("complete is never said", 'f"complete[{collection!r}]"', '"False"'),
        ("a row too many", "len(rows.get({collection!r}) or ())", "len(rows.get({collection!r}) or ()) + 1"),
    ),
    *_in(
        "to_polars.py",
        ("division through the reciprocal", '"div": lambda a, b: a / (pl.col(ROW) * 0.0 + b),', '"div": lambda a, b: a * (1.0 / b),'),
        ("missing days are nothing", "return value.fill_null(missing)", "return value.fill_null(0.0)"),
        ("a missing choice is elsewhere", 'is_in(sorted(values)).fill_null(leaf.side == "hi")', "is_in(sorted(values)).fill_null(False)"),
        ("fen are cut off", "* 10**kind.decimals + 0.5).floor()", "* 10**kind.decimals).floor()"),
        ("days without months", "raw.dt.month().cast(pl.Int64) * 100 + raw", "raw.dt.month().cast(pl.Int64) * 0 + raw"),
        ("`any` is `all`", '"any": lambda e: e.any(ignore_nulls=False),', '"any": lambda e: e.all(ignore_nulls=False),'),
        ("below is at most", '"lt": lambda a, b: a < b,', '"lt": lambda a, b: a <= b,'),
        ("complete is never said", "pl.col(name).fill_null(value=False) if name in columns.schema", "pl.lit(value=False) if name in columns.schema"),
        ("no row is missing", "pl.col(f\"__listed_{name}\").fill_null(0.0)", "pl.col(f\"__listed_{name}\").fill_null(1.0)"),
        ("`or` is `and`", '"or": pl.any_horizontal,', '"or": pl.all_horizontal,'),
        ("the smaller is the larger", '"min": pl.min_horizontal,', '"min": pl.max_horizontal,'),
        ("a sum is its greatest part", '"sum": lambda e: e.sum(),', '"sum": lambda e: e.max(),'),
        ("the least is the greatest", '"min": lambda e: e.min(),', '"min": lambda e: e.max(),'),
        ("a missing yes-or-no is no", 'pl.col(name).fill_null(leaf.side == "hi")', "pl.col(name).fill_null(False)"),
        ("branches swapped", "pl.when(c).then(a).otherwise(b)", "pl.when(c).then(b).otherwise(a)"),
        ("a floor is a ceiling", '"floor": lambda a: a.floor(),', '"floor": lambda a: a.ceil(),'),
        ("no bill is one", "pl.col(name).fill_null(empty)", "pl.col(name).fill_null(empty + 1)"),
    ),
)  # fmt: skip
