"""What every test may count on: no home, key or scheduler of this machine leaks in, and no clock hurries."""

import json
import os
from collections.abc import Callable

import pytest
from hypothesis import settings

from tests import reliability
from tests.scorecard import read, table

os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")

settings.register_profile("milaan", deadline=None, derandomize=True)
settings.load_profile("milaan")

SAID_AT_THE_END = "said at the end"
"""A property of a test that is printed after the run, whichever worker ran it."""
SCORED = "scored"
"""What a test found in a simulated world, against what was planted there; added up and printed after the run."""

BAR = "bar"
"""What a test tells docs/reliability.md (see `tests.reliability`); also the mark of such tests."""

KEY = "a key of the tests, at least 32 characters long"


@pytest.fixture(autouse=True)
def house_key(monkeypatch: pytest.MonkeyPatch) -> str:
    """A key for pseudonyms, and nothing else from the machine's own environment."""
    for name in ("DAGSTER_HOME", "MILAAN_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MILAAN_KEY", KEY)
    return KEY


@pytest.fixture
def bar(record_property: Callable[[str, object], None]) -> reliability.Tell:
    """Tells docs/reliability.md what was tried; `make reliability` runs every test that asks for it."""

    def tell(name: str, tried: str, *, times: int, lost: int = 0) -> None:
        record_property(BAR, json.dumps(reliability.Bar(name, tried, times, lost)))

    return tell


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option of `make reliability`."""
    parser.addoption("--reliability", action="store_true", help="write the table of docs/reliability.md")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that tell a bar, so that ``-m bar`` runs them all."""
    for item in items:
        if BAR in getattr(item, "fixturenames", ()):
            item.add_marker(BAR)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Write the table when every bar held; with xdist only the process that has all reports does."""
    terminal = session.config.pluginmanager.getplugin("terminalreporter")
    if (
        session.config.getoption("--reliability")
        and exitstatus == pytest.ExitCode.OK
        and terminal is not None
    ):
        reliability.rewrite(reliability.PAPER, map(reliability.told, _said(terminal, BAR)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests measured, in order of name: golden rows compared; then precision and recall of all worlds."""
    sections = {
        "measured": sorted(_said(terminalreporter, SAID_AT_THE_END)),
        "planted in worlds and found": table([read(text) for text in _said(terminalreporter, SCORED)]),
    }
    for title, lines in sections.items():
        if lines:
            terminalreporter.section(title)
            for line in lines:
                terminalreporter.write_line(line)


def _said(terminalreporter: pytest.TerminalReporter, name: str) -> list[str]:
    """What tests, passed and failed, recorded under a name."""
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    return [str(said) for report in reports for key, said in report.user_properties if key == name]
