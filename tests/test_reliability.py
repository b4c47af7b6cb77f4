"""The table of docs/reliability.md is written by the tests."""

import json
import re
from pathlib import Path

import pytest

from tests.reliability import BEGIN, END, PAPER, Bar, Tell, rewrite, table, told


def test_what_several_tests_tell_of_one_thing_adds_up_in_order_of_name() -> None:
    bars = [Bar("B", "shuffles", 3, 0), Bar("A", "files", 1_000, 1), Bar("B", "shuffles", 4, 2)]
    assert table(bars).splitlines()[2:] == ["| A | files | 1,000 | 1 |", "| B | shuffles | 7 | 2 |"]
    assert table(bars) == table(bars[::-1])


def test_a_table_is_written_between_its_marks_again_and_again(tmp_path: Path) -> None:
    paper = tmp_path / "paper.md"
    paper.write_text(f"before\n\n{BEGIN}\nold\n{END}\n\nafter\n")
    for _ in range(2):
        rewrite(paper, [Bar("A", "files", 1, 0)])
        assert (
            paper.read_text()
            == f"before\n\n{BEGIN}\n\n{table([Bar('A', 'files', 1, 0)])}\n\n{END}\n\nafter\n"
        )


def test_a_paper_without_its_marks_is_not_overwritten(tmp_path: Path) -> None:
    paper = tmp_path / "paper.md"
    paper.write_text("before")
    with pytest.raises(AssertionError, match=r"paper\.md has lost the marks"):
        rewrite(paper, [])
    assert paper.read_text() == "before"


def test_what_a_test_tells_survives_being_recorded_as_text() -> None:
    assert told(json.dumps(Bar("A", "files", 2, 1))) == Bar("A", "files", 2, 1)


def test_whoever_asks_for_a_bar_is_run_for_the_table(bar: Tell, request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("bar")


def test_nothing_that_the_paper_tells_of_was_lost() -> None:
    rows = re.findall(r"^\| (.+) \| (.+) \| ([\d,]+) \| ([\d,]+) \|$", PAPER.read_text(), re.MULTILINE)
    assert rows
    assert [row for row in rows if row[3] != "0" or row[2] == "0"] == []
