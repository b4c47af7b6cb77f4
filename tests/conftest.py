"""What every test may count on: no home, key or scheduler of this machine leaks in, and no clock hurries."""

import os

import pytest
from hypothesis import settings

os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")

settings.register_profile("milaan", deadline=None, derandomize=True)
settings.load_profile("milaan")

SAID_AT_THE_END = "said at the end"
"""A property of a test that is printed after the run, whichever worker ran it."""

KEY = "a key of the tests, at least 32 characters long"


@pytest.fixture(autouse=True)
def house_key(monkeypatch: pytest.MonkeyPatch) -> str:
    """A key for pseudonyms, and nothing else from the machine's own environment."""
    for name in ("DAGSTER_HOME", "MILAAN_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MILAAN_KEY", KEY)
    return KEY


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests measured, in order of name: golden rows compared, precision and recall."""
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    sentences = sorted(
        str(said) for report in reports for name, said in report.user_properties if name == SAID_AT_THE_END
    )
    if sentences:
        terminalreporter.section("measured")
        for sentence in sentences:
            terminalreporter.write_line(sentence)
