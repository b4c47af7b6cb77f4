"""decisions.csv is read as people leave it, added to in one piece, and every line is logged."""

import datetime as dt
import json
from pathlib import Path

import pytest

from loyalty.values.errors import UserError
from resources.decision_file import Decision, add_decisions, read_decisions
from resources.home import Home

HEADER = "mismatch_id,decision,reason,owner,decided_at,expires_at\n"
NOON = dt.datetime(2026, 4, 1, 12, tzinfo=dt.UTC)
ONE = Decision("a" * 16, "wont_fix", 'said "no",\nand again', "asha", NOON, None)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_a_home_without_the_file_has_no_decisions(home: Home) -> None:
    assert read_decisions(home).is_empty()


def test_columns_may_stand_in_any_order_and_blank_lines_between(home: Home) -> None:
    home.decisions.write_text(
        "\ufeffOwner,reason,decision,mismatch_id,expires_at,decided_at\n\nasha, ,reopen,x,,t\n,,,,,\n"
    )
    [row] = read_decisions(home).to_dicts()
    assert row == {
        "line": 3, "mismatch_id": "x", "decision": "reopen", "reason": None, "owner": "asha",
        "decided_at": "t", "expires_at": None, "torn": False,
    }  # fmt: skip


@pytest.mark.parametrize("line", ["a,b\n", "a,b,c,d,e,f,g\n"])
def test_a_line_of_other_width_is_torn(home: Home, line: str) -> None:
    home.decisions.write_text(HEADER + line)
    assert read_decisions(home)["torn"].to_list() == [True]


@pytest.mark.parametrize(
    "header", ["", "mismatch_id,decision\n", HEADER.replace("owner", "person"), "owner," + HEADER]
)
def test_a_bad_header_is_a_persons_to_fix(home: Home, header: str) -> None:
    home.decisions.write_text(header)
    with pytest.raises(
        UserError, match=r"decisions.csv, line 1: the header must be mismatch_id,decision,reason,"
    ):
        read_decisions(home)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", HEADER.encode() + b'"a,b'])
def test_what_is_no_csv_is_a_persons_to_fix(home: Home, content: bytes) -> None:
    home.decisions.write_bytes(content)
    with pytest.raises(UserError, match="cannot be read as UTF-8 CSV"):
        read_decisions(home)


def test_decisions_are_added_below_what_people_wrote(home: Home) -> None:
    home.decisions.write_text(
        "owner,mismatch_id,decision,reason,decided_at,expires_at\nravi,old,reopen,why,t,\n"
    )
    add_decisions(home, [ONE])
    rows = read_decisions(home).to_dicts()
    assert [row["mismatch_id"] for row in rows] == ["old", "a" * 16]
    assert (rows[1]["reason"], rows[1]["decided_at"]) == (ONE.reason, "2026-04-01T12:00:00+00:00")
    assert home.decisions.read_text().startswith("owner,mismatch_id,")


def test_the_log_keeps_every_decision_even_when_the_file_is_emptied(home: Home) -> None:
    add_decisions(home, [ONE])
    home.decisions.unlink()
    add_decisions(home, [ONE._replace(decision="reopen", expires_at=NOON)])
    logged = [json.loads(line) for line in (home.logs / "decisions.jsonl").read_text().splitlines()]
    assert [line["decision"] for line in logged] == ["wont_fix", "reopen"]
    assert logged[1]["expires_at"] == "2026-04-01T12:00:00+00:00"
    assert read_decisions(home)["decision"].to_list() == ["reopen"]
