"""A missing service is a skip, and a failure where FANPIN_REQUIRE asks for it."""

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

ASKING = """
def test_asking(require):
    require("nowhere")
"""


@pytest.fixture
def inner(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A small suite under our own conftest, with one more service, which is away."""
    monkeypatch.delenv("FANPIN_REQUIRE", raising=False)
    ours = Path(__file__).with_name("conftest.py").read_text(encoding="utf-8")
    away = 'SERVICES["nowhere"] = partial(import_module, "no_such_module_anywhere")\n'
    pytester.makeconftest(ours + away)
    pytester.makepyfile(ASKING)
    return pytester


def test_a_missing_service_is_a_skip_that_says_why(inner: pytest.Pytester) -> None:
    result = inner.runpytest("-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*nowhere is missing: No module named 'no_such_module_anywhere'*"])


@pytest.mark.parametrize("required", ["nowhere", "polars, nowhere", "all"])
def test_a_missing_service_that_is_required_is_a_failure(
    inner: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, required: str
) -> None:
    monkeypatch.setenv("FANPIN_REQUIRE", required)
    result = inner.runpytest()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*FANPIN_REQUIRE names nowhere, and it is missing*"])


def test_a_missing_service_that_others_require_stays_a_skip(
    inner: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FANPIN_REQUIRE", "polars")
    inner.runpytest().assert_outcomes(skipped=1)


def test_a_misspelt_service_is_refused(inner: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANPIN_REQUIRE", "polar")
    result = inner.runpytest()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*FANPIN_REQUIRE names polar; known are all, duckdb*"])
