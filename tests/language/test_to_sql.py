"""Plain trees as a query: whatever the tables look like, and on every database that is offered."""

from collections import Counter
from datetime import date, datetime
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from fanpin.expressions.evaluate import Evaluator, Reading
from fanpin.expressions.layout import Layout
from fanpin.expressions.nodes import Fold, Node, Nodes
from fanpin.expressions.parse import parse
from fanpin.expressions.ranges import Ranges
from fanpin.expressions.scope import Scope, Source
from fanpin.expressions.to_sql import MAX_NESTING, Table, to_sql
from fanpin.expressions.types import BOOLEAN, NumberType
from tests.language.agreement import COLLECTIONS, by_evaluator, frames, parsed, plain_values, scope
from tests.language.flaws import flaws
from tests.language.laws import draw
from tests.language.learning import drawn
from tests.language.sql_engines import answers, load

ID = "household_id"
SAME_ENGINE = settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(params=["duckdb", "postgres"])
def engine(request: pytest.FixtureRequest, require: Any) -> Any:
    """A database of each kind on which queries are offered."""
    return require(request.param)


def outputs_of(names: Scope, text: str) -> dict[str, Node]:
    (tree,) = parsed([text], names)
    ranges = Ranges(names.nodes, COLLECTIONS)
    return {"lo": ranges.surely(tree), "hi": ranges.possibly(tree)}


def run(engine: Any, text: str, households: Any, types: Any = None, **rows: Any) -> list[tuple[Any, ...]]:
    """Both ends for each household, over tables with just the columns that are given."""
    frame = pl.DataFrame(households).with_row_index(ID)
    tables: dict[str | None, Table] = {None: load(engine, "households", frame, types)}
    for name, listed in rows.items():
        tables[name] = load(engine, name, pl.DataFrame(listed), types)
    return list(answers(engine, to_sql(tables, plain_values(), outputs_of(scope(), text), (), engine.dialect)))


# The tables


def test_a_fact_is_one_column_or_the_pair_of_its_ends(engine: Any) -> None:
    wanted = [(True, True), (False, True), (False, False)]
    assert run(engine, "wage > large", {"wage": [30000.0, None, 1.0]}) == wanted
    assert run(engine, "wage > large", {"wage__lo": [30000.0, None, 1.0], "wage__hi": [30000.0, None, 2.0]}) == wanted


@pytest.mark.parametrize("kind", ["SMALLINT", "INTEGER", "BIGINT", "REAL", "DOUBLE PRECISION", "DECIMAL(12, 2)"])
def test_a_number_may_be_of_any_type(engine: Any, kind: str) -> None:
    said = run(engine, "rooms / 2 > 1", {"rooms": [3, None, 2]}, {"rooms": kind})
    assert said == [(True, True), (False, True), (False, False)]


def test_fen_of_a_decimal_are_those_of_a_double(engine: Any) -> None:
    amounts = [0.29, 0.57, 0.58, 1.13, 1.15, 2.01, 4.35, 8.2, 16.4, 1_000_000_000.0, 999_999_999.99]
    for kind in ("DOUBLE PRECISION", "DECIMAL(18, 2)", "DECIMAL(18, 4)"):
        for amount in amounts:
            text = f"wage == {amount} * {{}}"
            names = scope()
            (tree,) = parsed(["wage"], names)
            table = load(engine, "households", pl.DataFrame({ID: [1], "wage": [amount]}), {"wage": kind})
            query = to_sql({None: table}, {}, {"fen": Ranges(names.nodes).surely(tree)}, (), engine.dialect)
            assert list(answers(engine, query)) == [(round(amount * 100),)], (kind, text)


def test_a_column_that_is_not_there_is_a_fact_that_nobody_knows(engine: Any) -> None:
    texts = ("wage > large", "poor", "food in {'met'}", "moved > on", "any(m.in_school for m in members)")
    for text in texts:
        assert run(engine, text, {"other": [1]}) == [(False, True)], text
        assert run(engine, text, {"other": [1]}, members={ID: [0]}) == [(False, True)], text
    assert run(engine, "sum(m.paid for m in members) >= 0 * wage", {"wage": [0.0], "size": [1]}, members={ID: [0]}) == [
        (True, True)
    ]


def test_a_day_may_be_a_date_or_a_time(engine: Any) -> None:
    assert run(engine, "moved > on", {"moved": [date(2024, 3, 1), None]}) == [(True, True), (False, True)]
    assert run(engine, "moved <= on", {"moved": [datetime(2024, 2, 29, 23, 59)]}) == [(True, True)]


def test_a_choice_may_be_text_of_any_kind(engine: Any) -> None:
    foods = {"food": ["met", None, "not_met", ""]}
    wanted = [(True, True), (False, True), (False, False), (False, True)]
    for kind in ("TEXT", "VARCHAR(20)", "CHAR(10)"):
        assert run(engine, "food == 'met'", foods, {"food": kind}) == wanted
    engine.run("DROP TYPE IF EXISTS foods CASCADE")
    engine.run("CREATE TYPE foods AS ENUM ('met', 'not_met')")
    assert run(engine, "food == 'met'", {"food": foods["food"][:3]}, {"food": "foods"}) == wanted[:3]


def test_every_text_that_stands_for_a_code_is_read(engine: Any) -> None:
    table = load(engine, "households", pl.DataFrame({ID: [1, 2, 3, 4], "三餐": ["有保障", "met", "没有'保障'", "?"]}))
    layout = Layout(
        {"food": ("三餐", "三餐")}, {"food": {"met": frozenset({"有保障"}), "not_met": frozenset({"没有'保障'"})}}
    )
    outputs = outputs_of(scope(), "food == 'met'")
    query = to_sql({None: Table(table.name, layout)}, {}, outputs, (), engine.dialect)
    assert list(answers(engine, query)) == [(True, True), (True, True), (False, False), (False, True)]


def test_completeness_that_nobody_states_is_not_there(engine: Any) -> None:
    members = {ID: [0, 1, 2], "in_school": [False, False, False]}
    said = {"members_complete": [True, None, False]}
    wanted = [(False, False), (False, True), (False, True)]
    assert run(engine, "any(m.in_school for m in members)", said, members=members) == wanted


def test_more_truths_of_rows_than_a_number_has_bits(engine: Any) -> None:
    names, lines = scope(), range(70)
    trees = parsed([f"any(m.paid > {line} * large for m in members)" for line in lines], names)
    ranges = Ranges(names.nodes, COLLECTIONS)
    households = pl.DataFrame({ID: [0, 1, 2], "members_complete": [True] * 3})
    members = pl.DataFrame({ID: [0, 1, 1], "paid": [700_001.0, 620_001.0, 10.0]})
    tables = {None: load(engine, "households", households), "members": load(engine, "members", members)}
    outputs = {f"o{line}": ranges.surely(tree) for line, tree in zip(lines, trees, strict=True)}
    query = to_sql(tables, plain_values(), outputs, (), engine.dialect)
    wanted = [tuple(line * 20_000 < most for line in lines) for most in (700_001, 620_001, 0)]
    assert list(answers(engine, query)) == wanted


def test_rows_are_of_their_household_and_others_are_nobodys(engine: Any) -> None:
    members = {ID: [2, 0, 2, 0, 7, None], "paid": [1.0, 5.0, 30000.0, 6.0, 1e6, 1e6]}
    said = {"size": [2, 1, 2], "members_complete": [True] * 3}
    assert run(engine, "sum(m.paid for m in members) > large", said, members=members) == [
        (False, False), (False, True), (True, True),
    ]  # fmt: skip


def test_names_in_chinese_in_capitals_and_of_the_language_itself(engine: Any) -> None:
    engine.run('CREATE SCHEMA IF NOT EXISTS "监测"')
    engine.run('DROP TABLE IF EXISTS "监测"."户"')
    engine.run('CREATE TABLE "监测"."户" ("户 编号" BIGINT, "Select" DOUBLE PRECISION, "纯""收入" DOUBLE PRECISION)')
    engine.run('INSERT INTO "监测"."户" VALUES (1, 1, 5), (2, 1, NULL)')
    table = Table("户", Layout({"wage": ("Select", "Select"), "net": ('纯"收入',) * 2}), "户 编号", "监测")
    outputs = outputs_of(scope(), "wage > large or net > 0")
    assert list(answers(engine, to_sql({None: table}, plain_values(), outputs, (), engine.dialect))) == [
        (True, True), (False, True),
    ]  # fmt: skip


def test_a_table_may_be_called_as_a_step_would_be(engine: Any) -> None:
    frame = pl.DataFrame({ID: [1], "wage": [30000.0]})
    for name in ("household", "household_2", "Household"):
        table = load(engine, name, frame)
        query = to_sql({None: table}, plain_values(), outputs_of(scope(), "wage > large"), (), engine.dialect)
        assert list(answers(engine, query)) == [(True, True)]


# What can't be (see `flaws.py` for more)


def test_an_endless_day_is_no_day(engine: Any) -> None:
    engine.run("DROP TABLE IF EXISTS households")
    engine.run("CREATE TEMP TABLE households (household_id BIGINT, moved DATE)")
    engine.run("INSERT INTO households VALUES (1, 'infinity'), (2, '-infinity')")
    table = Table("households", Layout.of([ID, "moved"]))
    outputs = {**outputs_of(scope(), "moved > on"), **flaws("moved")}
    found = list(answers(engine, to_sql({None: table}, plain_values(), outputs, (), engine.dialect)))
    assert found == [(False, True, True)] * 2


def test_a_flaw_of_one_of_the_rows_is_found(engine: Any) -> None:
    frame = pl.DataFrame({ID: [1, 2]})
    members = pl.DataFrame({ID: [1, 2, 2], "paid": [5.0, 5.0, -5.0]})
    tables = {None: load(engine, "households", frame), "members": load(engine, "members", members)}
    some = Nodes().make(Fold, "any", "members", flaws("paid", "members")["outside"], False, BOOLEAN)
    assert list(answers(engine, to_sql(tables, {}, {"o": some}, (), engine.dialect))) == [(False,), (True,)]


def test_no_bounds_are_looked_at_where_facts_are_sound(engine: Any) -> None:
    outputs = outputs_of(scope(), "wage > large and poor and food == 'met' and moved < on")
    said = {"wage": [30000.0, None], "poor": [True, True], "food": ["met"] * 2, "moved": [date(2020, 1, 1)] * 2}
    table = load(engine, "households", pl.DataFrame({ID: [1, 2], **said}))
    sound = Table(table.name, Layout(table.layout.facts, {}, frozenset(said)))
    query = to_sql({None: sound}, plain_values(), outputs, (), engine.dialect)
    assert list(answers(engine, query)) == [(True, True), (False, True)]
    assert not list(query.find_all(exp.Between))
    assert list(to_sql({None: table}, plain_values(), outputs, (), engine.dialect).find_all(exp.Between))


# Households, parameters, risks


@pytest.mark.parametrize("count", [1, 2, 9])
def test_any_number_of_households(engine: Any, count: int) -> None:
    names, random = scope(), Random(count)
    texts = [
        "rooms / 10 * 10 > rooms",
        "net / size < line",
        "wage / 0.7 >= 10 * spent / 7",
        "max(b.amount for b in bills) / 3 > large",
        "any(m.paid * size > net for m in members if m.paid > sum(b.amount for b in bills))",
    ]
    trees = parsed(texts, names)
    households = [drawn(random) for _ in range(count)]
    ranges = Ranges(names.nodes, COLLECTIONS)
    outputs = {f"{i}{s}": ranges.end(tree, s) for i, tree in enumerate(trees) for s in ("lo", "hi")}
    wanted = [tuple(end for pair in by_evaluator(trees, known) for end in pair) for known in households]
    query = to_sql(tables_of(engine, households), plain_values(), outputs, (), engine.dialect)
    assert list(answers(engine, query)) == wanted


def tables_of(engine: Any, households: Any) -> dict[str | None, Table]:
    frame, rows = frames(households)
    held = {"households": frame, **rows}
    made = {name: load(engine, name, f.collect().rename({"__row": ID})) for name, f in held.items()}
    return {None if name == "households" else name: table for name, table in made.items()}


def test_no_household_is_no_row(engine: Any) -> None:
    assert run(engine, "any(m.in_school for m in members)", {"poor": pl.Series([], dtype=pl.Boolean)}) == []


def test_a_parameter_may_differ_by_household(engine: Any) -> None:
    frame = pl.DataFrame({ID: [0, 1], "wage": [20000.0, 20000.0], "region": ["11", "12"]})
    table = load(engine, "households", frame)
    here = exp.EQ(this=exp.column("region", quoted=True), expression=exp.Literal.string("11"))
    large = exp.Case(ifs=[exp.If(this=here, true=exp.Literal.number(1000000))], default=exp.Literal.number(3000000))
    outputs = outputs_of(scope(), "wage > large")
    query = to_sql({None: table}, {**plain_values(), "large": large}, outputs, (), engine.dialect)
    assert list(answers(engine, query)) == [(True, True), (False, False)]


RISKS = {name: {"name": name, "has_need": name == "c", "kind": None} for name in "abc"}
OVER_RISKS = [
    "count(risks) >= 2", "any(r.has_need for r in risks)", "a and not b", "all(r.has_need for r in risks)",
    "c if a else b",
    "count(risks) == 1 and poor", "count(r for r in risks if r.has_need) + count(risks) > 1",
]  # fmt: skip


@given(number=st.integers(0, 10**6))
@SAME_ENGINE
def test_what_reads_risks_agrees_with_the_evaluator(engine: Any, number: int) -> None:
    random = Random(number)
    batch = draw(random, 8, 4, Counter())
    risks = dict(zip("abc", batch.trees[:3], strict=True))
    names = Scope(batch.nodes, {"poor": scope().facts["poor"]}, risks=RISKS)
    readers = [parse(Source(text), names)[0] for text in OVER_RISKS]
    ranges = Ranges(batch.nodes, COLLECTIONS)
    ends = [(name, ranges.surely(tree), ranges.possibly(tree)) for name, tree in risks.items()]
    outputs = {f"{i}{side}": ranges.end(tree, side) for i, tree in enumerate(readers) if tree for side in ("lo", "hi")}
    query = to_sql(tables_of(engine, batch.households), plain_values(), outputs, ends, engine.dialect)
    for known, row in zip(batch.households, answers(engine, query), strict=True):
        found = by_evaluator(list(risks.values()), known)
        evaluator = Evaluator(Reading(known.household, risks=dict(zip(risks, found, strict=True))))
        said = [evaluator.range(tree) for tree in readers if tree is not None]
        assert row == tuple(end for pair in (*found, *said) for end in pair)


def test_risks_that_nothing_decides_are_constants(engine: Any) -> None:
    nodes = scope().nodes
    names = Scope(nodes, {}, risks=RISKS)
    (tree,) = parsed(["count(risks) >= 2"], names)
    ranges = Ranges(nodes)
    no, yes = ranges.plain.truth(False), ranges.plain.truth(True)
    ends = [("a", no, yes), ("b", yes, yes), ("c", no, no)]
    table = load(engine, "households", pl.DataFrame({ID: [1]}))
    outputs = {"lo": ranges.surely(tree), "hi": ranges.possibly(tree)}
    query = to_sql({None: table}, {}, outputs, ends, engine.dialect)
    assert list(answers(engine, query)) == [(False, True, True, True, False, False, False, True)]


# The query


FORMS = {
    "Add", "Alias", "Abs", "And", "Between", "BitwiseAnd", "BitwiseOrAgg", "Boolean",
    "CTE", "Case", "Cast", "Coalesce", "Column", "Count",
    "DataType", "Div", "EQ", "Extract", "Floor", "From", "GT", "GTE", "Greatest", "Group", "Identifier", "If",
    "In", "Is", "Join", "LT", "LTE", "Least", "Literal", "Max", "Min", "Mul", "NEQ", "Neg", "Not",
    "Null", "Nullif", "Offset", "Or", "Paren", "Select", "Star", "Sub", "Sum", "Table", "Var", "With",
}  # fmt: skip


def test_a_query_is_made_of_the_closed_list_of_forms() -> None:
    batch = draw(Random(3), 200, 0, Counter())
    ranges = Ranges(batch.nodes, COLLECTIONS)
    outputs = {f"o{i}": ranges.surely(tree) for i, tree in enumerate(batch.trees)}
    outputs |= {f"{fact}_{k}": flaw for fact in ("wage", "food", "moved") for k, flaw in flaws(fact).items()}
    frame, rows = frames([drawn(Random(1))])
    shown: dict[str | None, pl.LazyFrame] = {None: frame}
    shown.update(rows)
    tables = {
        name: Table(name or "households", Layout.of(f.collect_schema().names()), "__row") for name, f in shown.items()
    }
    single = Table("households", Layout.of(["moved", "food"]), "__row")
    queries = [
        to_sql(tables, plain_values(), outputs, (), "postgres"),
        to_sql({None: single}, plain_values(), outputs_of(scope(), "moved < on"), (), "postgres"),
    ]
    used = {type(node).__name__ for query in queries for node in query.walk()}
    assert used == FORMS


def test_a_dialect_on_which_nothing_was_run_is_refused() -> None:
    with pytest.raises(ValueError, match="no query was ever run on spark; queries were run on duckdb, postgres"):
        to_sql({}, {}, {}, (), "spark")  # type: ignore[arg-type]


def test_names_that_postgres_would_cut_and_columns_that_it_would_not_take_are_refused() -> None:
    nodes, outputs = scope().nodes, outputs_of(scope(), "wage > large")
    table = Table("households", Layout.of(["wage"]))
    with pytest.raises(ValueError, match="longer name than PostgreSQL keeps"):
        to_sql({None: table}, plain_values(), {"很" * 22: outputs["lo"]}, (), "postgres")
    facts = {f"fact_{i}": NumberType(hi=9) for i in range(900)}
    trees = parsed(list(facts), Scope(nodes, facts))
    ends = {f"{i}{side}": Ranges(nodes).end(tree, side) for i, tree in enumerate(trees) for side in ("lo", "hi")}
    wide = Table("households", Layout.of(facts))
    with pytest.raises(ValueError, match="columns in one step are more than PostgreSQL takes"):
        to_sql({None: wide}, {}, ends, (), "postgres")


def test_long_names_of_facts_are_kept_apart(engine: Any) -> None:
    facts = {"很" * 20 + end: NumberType(hi=9) for end in "甲乙"}
    nodes = Nodes()
    (tree,) = parsed([" > ".join(facts)], Scope(nodes, facts))
    table = load(engine, "households", pl.DataFrame({ID: [1], **dict(zip(facts, ([5], [4]), strict=True))}))
    query = to_sql({None: table}, {}, {"o": Ranges(nodes).surely(tree)}, (), engine.dialect)
    assert list(answers(engine, query)) == [(True,)]


def test_a_query_says_the_names_of_parameters_and_of_definitions() -> None:
    names = scope()
    both = parsed(["wage + spent > large", "wage + spent > net"], names)
    (total,) = parsed(["wage + spent"], names)
    ranges = Ranges(names.nodes, COLLECTIONS)
    outputs = {f"o{i}": ranges.surely(tree) for i, tree in enumerate(both)}
    table = Table("households", Layout.of(["wage", "spent", "net"]))
    text = to_sql(
        {None: table}, plain_values(), outputs, (), "postgres", {ranges.surely(total): "total__lo"}
    ).sql("postgres")  # fmt: skip
    assert '"wage__lo" + "spent__lo" AS "total__lo"' in text
    assert '"total__lo" > 2000000 /* large */ AS "o0"' in text


def test_what_is_shared_is_worked_out_once() -> None:
    names = scope()
    trees = parsed(["sum(m.paid for m in members) > large", "sum(m.paid for m in members) * 2 > wage"], names)
    ranges = Ranges(names.nodes, COLLECTIONS)
    outputs = {f"o{i}": ranges.surely(tree) for i, tree in enumerate(trees)}
    tables = {None: Table("h", Layout.of(["wage", "size"])), "members": Table("m", Layout.of(["paid"]))}
    query = to_sql(tables, plain_values(), outputs)
    assert len(list(query.find_all(exp.Group))) == 1, "rows are counted and folded in one pass"
    assert len(list(query.find_all(exp.Sum))) == 1


def test_a_step_that_is_read_twice_is_kept_and_a_table_is_read_again() -> None:
    names = scope()
    (tree,) = parsed(["any(m.paid > wage * 0.5 for m in members) or count(members) > 3"], names)
    ranges = Ranges(names.nodes, COLLECTIONS)
    tables = {None: Table("h", Layout.of(["wage", "size"])), "members": Table("m", Layout.of(["paid"]))}
    query = to_sql(tables, plain_values(), {"lo": ranges.surely(tree), "hi": ranges.possibly(tree)})
    kept = {cte.alias: cte.args.get("materialized") for cte in query.find_all(exp.CTE)}
    assert [name for name, said in kept.items() if said] == ["household_3"]


def test_deep_and_doubling_rules_stay_small_and_quick(engine: Any) -> None:
    """PostgreSQL would write each step into the next: thirty doublings were a text without end."""
    names = scope()
    deep = "(" * 3 * MAX_NESTING + "wage" + " / 3)" * 3 * MAX_NESTING + " > large"
    nodes = names.nodes
    ranges = Ranges(nodes, COLLECTIONS)
    (rooms,) = parsed(["rooms / 7"], names)
    node = ranges.surely(rooms)
    for _ in range(30):
        node = ranges.plain.op("min", ranges.plain.op("add", node, node), ranges.plain.op("mul", node, node))
    outputs = {**outputs_of(names, deep), "doubled": node}
    table = load(engine, "households", pl.DataFrame({ID: [1], "wage": [5.0], "rooms": [0]}))
    query = to_sql({None: table}, plain_values(), outputs, (), engine.dialect)
    assert len(query.sql(engine.dialect)) < 20_000
    assert list(answers(engine, query)) == [(False, False, 0)]


def test_rules_too_deep_for_postgres_are_refused() -> None:
    """Half an hour and ten gigabytes of planning would be an answer of a kind, and nobody's."""
    names = scope()
    (tree,) = parsed(["(" * 40 + "moved" + " + days(1))" * 40 + " > on"], names)
    tables: dict[str | None, Table] = {None: Table("households", Layout.of(["moved"]))}
    with pytest.raises(ValueError, match=r"too deep for PostgreSQL: [0-9]+ steps, at most 250"):
        to_sql(tables, plain_values(), {"o": Ranges(names.nodes, COLLECTIONS).surely(tree)}, (), "postgres")
