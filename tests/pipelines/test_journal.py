"""The log of a run holds names, counts and places, never a value out of an export."""

import contextlib
import json
from pathlib import Path

import pytest

from loyalty.values.errors import LawError
from pipelines.journal import Journal
from pipelines.masking import masked
from pipelines.progress import progress


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("could not convert '98765 43210' to a date", "could not convert … to a date"),
        ("row 1,234.50 of priya.r@example.in", "row … of …"),
        ('column "Customer Name" holds `Devyani`', "column … holds …"),
        ("nothing to hide", "nothing to hide"),
    ],
)
def test_a_foreign_text_is_masked(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_an_error_that_ends_the_run_is_the_last_line(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "run.jsonl"
    with contextlib.suppress(LawError), Journal(path, lambda _asset, _rows: None) as journal:
        journal.note("run", brand="mithai")
        raise LawError("mart_x.adds_up does not hold (2 rows)")
    first, last = (json.loads(line) for line in path.read_text().splitlines())
    assert (first["event"], first["brand"]) == ("run", "mithai")
    assert (last["event"], last["kind"]) == ("error", "LawError")
    assert last["text"] == "mart_x.adds_up does not hold (2 rows)"
    assert last["frames"][-1].startswith("test_journal.py:")


def test_progress_is_plain_lines_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(2) as listen:
        listen("stg_orders", 123456)
        listen("lake", None)
    assert capsys.readouterr().err == "stg_orders: 1,23,456 rows\nlake\n"


def test_progress_moves_on_a_terminal_and_leaves_nothing_behind(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    with progress(2) as listen:
        listen("stg_orders", 123456)
    said = capsys.readouterr()
    assert said.out == ""
    assert "rows" not in said.err
