"""`fanpin explain`: one household's result, and why."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from fanpin import grade, load_pack, sample
from fanpin.i18n import LANGUAGES, Language
from fanpin.tables import households_of, read_county
from tests.cli.conftest import Ran, Run, python

OPTIONS = ("--members", "members.csv", "--pack", "example", "--on", "2024-06-30")


def unfolded(text: str) -> str:
    """The text as one line, since a screen folds it."""
    return "".join(line.strip() for line in text.splitlines())


@pytest.mark.usefixtures("county")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_says_every_sentence_of_what_holds_and_what_is_open(language: str, run: Run) -> None:
    pack = load_pack("example")
    table = read_county(sample.HOUSEHOLDS, sample.MEMBERS, model=pack.model)
    (household,) = [h for h in households_of(table) if h.household_id == "H007"]
    assessment = grade(household, pack=pack, on=sample.DAY)
    ran = run("explain", "households.csv", "H007", *OPTIONS, "--lang", language)
    assert ran.code == 0
    said = unfolded(ran.out).replace(" ", "")
    for finding in assessment.findings:
        sentence = finding.sentence("zh" if language == "zh" else "en").replace(" ", "")
        assert (sentence in said) == (finding.state != "clear"), finding.risk
    for question in assessment.to_ask:
        assert question.text("zh" if language == "zh" else "en").replace(" ", "") in said
    for threshold in assessment.finding("illness").thresholds:
        assert threshold.source is not None
        assert threshold.source.replace(" ", "") in said
    assert assessment.pack_hash[:8] in said


@pytest.mark.usefixtures("county")
def test_with_all_it_says_also_why_the_others_do_not_hold(run: Run) -> None:
    short = run("explain", "households.csv", "H003", *OPTIONS)
    everything = run("explain", "households.csv", "H003", *OPTIONS, "--all")
    assert "lack of labour" in short.out
    assert "lack of labour: does not hold." not in short.out
    assert "lack of labour: does not hold." in everything.out


@pytest.mark.usefixtures("county")
def test_what_could_not_be_read_of_it_is_said_too(run: Run) -> None:
    ran = run("explain", "households.csv", "H014", *OPTIONS)
    assert ran.code == 1
    assert "row 44 出生日期" in ran.out


@pytest.mark.usefixtures("county")
def test_a_household_whose_rows_are_bad_is_answered_with_why(run: Run) -> None:
    ran = run("explain", "households.csv", "H023", *OPTIONS)
    assert (ran.code, ran.out) == (1, "")
    assert "rows 24 and 31 bear the same household id" in ran.err


@pytest.mark.usefixtures("county")
def test_an_unknown_household_is_answered_with_the_nearest(run: Run) -> None:
    ran = run("explain", "households.csv", "H0077", *OPTIONS)
    assert ran.code == 2
    assert ran.err.startswith("households.csv: none of the 38 households of the table bears this id\n  → did you mean ")


@pytest.mark.usefixtures("county")
def test_no_id_number_is_suggested(run: Run) -> None:
    Path("ids.csv").write_text("户编号\n990000195603090159\n", encoding="utf-8")
    ran = run("explain", "ids.csv", "990000195603090150", "--pack", "example", "--on", "2024-06-30")
    assert ran.code == 2
    assert "9900" not in ran.err


@pytest.mark.usefixtures("county")
def test_a_missing_parameter_is_named_with_the_rows_to_paste(run: Run) -> None:
    ran = run("explain", "households.csv", "H007", "--pack", "zhalaite", "--on", "2024-06-30")
    assert (ran.code, ran.out) == (1, "")
    assert "  net_income_line:\n    values:\n      - {from: 2024-01-01" in ran.err


# Results beside the grade

GRANTS = Path(__file__).parents[1] / "packs" / "grants"
PAID = {
    "户编号": "1", "家庭人口": "2", "救助对象类别": "低保", "合规费用": "20000", "此前费用": "8000", "房间": "4",
    "租地": "否", "拟发": "60000",
}  # fmt: skip


def explained(run: Run, *words: object, **changed: str) -> Ran:
    facts = {**PAID, **changed}
    Path("h.csv").write_text(f"{','.join(facts)}\n{','.join(facts.values())}\n", encoding="utf-8")
    Path("m.csv").write_text("户编号,姓名,出生日期\n1,甲,2015-01-01\n1,乙,1980-01-01\n", encoding="utf-8")
    return run("explain", "h.csv", "1", "-m", "m.csv", "-p", GRANTS, "--on", "2024-05-01", *words)


def household() -> Any:
    members = [{"name": "甲", "birth_date": date(2015, 1, 1)}, {"name": "乙", "birth_date": date(1980, 1, 1)}]
    facts = {"size": 2, "aid_class": "minimum", "bill": 20_000, "paid_before": 8_000, "rooms": 4, "rents": False}
    return load_pack(GRANTS).household({"household_id": "1", **facts, "proposed": 60_000, "members": members})


@pytest.mark.parametrize("language", LANGUAGES)
def test_results_are_worked_out_line_by_line(language: Language, run: Run) -> None:
    ran = explained(run, "--lang", language)
    assert (ran.code, ran.err) == (0, "")
    pack, said = load_pack(GRANTS), unfolded(ran.out).replace(" ", "")
    numbers = said.rpartition("规则读取的标准" if language == "zh" else "Numbersthattherulesread")[2]
    outcomes = grade(household(), pack=pack, on=date(2024, 5, 1)).results
    assert len(outcomes) == 7
    for outcome in outcomes:
        for line in outcome.explain(language).splitlines():
            assert line.replace(" ", "") in said
        for threshold in outcome.thresholds:
            assert threshold.label.text(language).replace(" ", "") in numbers
            assert f"{threshold.value:,.0f}" in numbers
    assert max(cell_len(line) for line in ran.out.splitlines()) <= 80


def test_the_steps_of_a_result_are_set_in_and_so_is_what_is_wrapped_of_them(run: Run) -> None:
    lines = [line.rstrip() for line in explained(run, "--lang", "en").out.splitlines()]
    at = lines.index("Results")
    assert lines[at + 1] == "- medical aid: 13,800 yuan a year"
    assert all(line.startswith("  ") for line in lines[at + 2 : lines.index("- class grant: 500 yuan a year")])
    assert "  · from 8,000 yuan a year to 10,000 yuan a year: 2,000 yuan a year × 60% =" in lines
    assert "    1,200 yuan a year" in lines
    assert "- no. 1 of the members: child grant: 3,000 yuan a year" in lines
    assert "- no. 2 of the members: child grant: 0 yuan a year" in lines


def test_a_value_of_a_table_among_the_numbers_says_for_which_keys(run: Run) -> None:
    said = unfolded(explained(run, "--lang", "zh").out)
    assert "- 类别标准（救助对象类别：低保或其他；房间：0至5）：500 元/年" in said
    said = " ".join(explained(run, "--lang", "en").out.split())
    assert "- amount of the class (class of aid: minimum or other; rooms: 0 to 5): 500 CNY/year" in said


def test_what_a_result_hangs_on_is_asked(run: Run) -> None:
    asked = explained(run, "--lang", "en", 此前费用="").out.partition("Still to ask\n")[2]
    assert "- bills before\n" in asked.replace(" \n", "\n").replace("  ", "").partition("\n\n")[0] + "\n"


def test_a_pack_without_grades_says_nothing_of_them(run: Run) -> None:
    Path("p").mkdir()
    Path("p/pack.yaml").write_text('name: p\nlabel: {zh: 包, en: p}\nversion: "1"\n', encoding="utf-8")
    result = "results:\n  few: {label: {zh: 人少, en: few}, when: {few: size < 3}}\n"
    Path("p/results.yaml").write_text(result, encoding="utf-8")
    Path("h.csv").write_text("户编号,家庭人口\n1,2\n", encoding="utf-8")
    ran = run("explain", "h.csv", "1", "-p", "p", "--on", "2024-05-01", "--lang", "en")
    assert ran.code == 0
    assert "grade:" not in ran.out
    assert "category:" not in ran.out
    assert "- few: eligible" in ran.out


def test_results_are_shown_on_a_screen_in_gbk(run: Run) -> None:
    explained(run)
    words = ("explain", "h.csv", "1", "-m", "m.csv", "-p", str(GRANTS), "--on", "2024-05-01", "--lang", "zh")
    ran = python("-m", "fanpin", *words, PYTHONIOENCODING="gbk")
    assert ran.returncode == 0
    assert "13,800元/年" in ran.stdout.decode("gbk")


@pytest.mark.parametrize(("language", "words"), [("zh", ("从未", "不限")), ("en", ("never", "no limit"))])
def test_what_stands_for_none_is_said_by_its_word(language: str, words: tuple[str, str], run: Run) -> None:
    Path("p").mkdir()
    for name, text in {
        "pack": 'name: p\nlabel: {zh: 包, en: p}\nversion: "1"\n',
        "facts": "facts:\n"
        "  last_aid: {label: {zh: 上次救助, en: last aid}, type: date, none: never}\n"
        "  lent: {label: {zh: 借期, en: term}, type: whole, unit: month, at_most: 600, none: no_limit}\n"
        "  told: {label: {zh: 上次走访, en: last visit}, type: date, none: never, applies: gas}\n"
        "  gas: {label: {zh: 通气, en: has gas}, type: yes_no}\n"
        "  rent: {label: {zh: 地租, en: rent}, type: money, unit: CNY, none: '0'}\n",
        "results": "results:\n  new:\n    label: {zh: 新, en: new}\n    when:\n"
        "      long_ago: last_aid < on - months(12)\n      seen: told < on - months(12)\n"
        "      lent: lent > 12\n      rent: rent <= 2 * rent\n",
    }.items():
        Path(f"p/{name}.yaml").write_text(text, encoding="utf-8")
    head = "户编号,家庭人口,上次救助,借期,上次走访,通气,地租\n"
    Path("h.csv").write_text(f"{head}1,2,无,无,,否,无\n2,2,2020-05-01,24,2020-01-01,是,5\n", encoding="utf-8")
    said = "".join(run("explain", "h.csv", "1", "-p", "p", "--on", "2024-05-01", "--lang", language).out.split())
    never, no_limit = ("".join(word.split()) for word in words)
    assert said.count(f"（{never}）" if language == "zh" else f"({never})") == 2
    assert (f"（{no_limit}）" if language == "zh" else f"({no_limit})") in said
    assert ("（0元）" if language == "zh" else "(0yuan)") in said
    of_other = run("explain", "h.csv", "2", "-p", "p", "--on", "2024-05-01", "--lang", language).out
    assert not any(word in of_other for word in words)
