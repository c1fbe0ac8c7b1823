"""`fanpin explain`: one household's result, and why."""

from pathlib import Path

import pytest

from fanpin import grade, load_pack, sample
from fanpin.tables import households_of, read_county
from tests.cli.conftest import Run

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
