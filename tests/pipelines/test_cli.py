"""The command line: sentences, exit codes, and nothing changed that should not be (contract §1, details S3–S6)."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from assets.catalog import TABLES
from pipelines.cli import exit_code
from resources.home import Home
from resources.lake import published
from resources.lock import locked
from tests.homes import AS_OF, run, small_home

BOXES = set("╭╮╰╯│─┌┐└┘")
COMMANDS = ("init", "demo", "run", "inspect", "explain", "whatif", "decide", "serve", "verify")

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home after a run; nobody changes it."""
    home = small_home(tmp_path_factory.mktemp("brand") / "home")
    run(home)
    return home.path


def copy_of(home: Path, folder: Path) -> Path:
    shutil.copytree(home, folder, symlinks=True)
    return folder


def below(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_help_names_every_command_and_needs_nothing_heavy() -> None:
    code = (
        "import sys; from pipelines.cli import exit_code; exit_code(['--help']);"
        "print(sorted({'dagster', 'duckdb', 'pandera', 'polars', 'pydantic', 'rich'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    for command in COMMANDS:
        assert f"\n  {command} " in done.stdout
    assert done.stdout.endswith("[]\n")
    assert not BOXES & set(done.stdout)


def test_without_a_command_the_help_is_shown(capsys: Capture) -> None:
    assert exit_code([]) == 0
    assert capsys.readouterr().out.startswith("Usage: milaan")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["rum"], "No such command 'rum'. Did you mean 'run'?"),
        (["run"], "Missing argument 'HOME'"),
        (["run", "HOME", "extra"], "Got unexpected extra argument(s) (extra)"),
        (["run", "HOME", "--asof", "x"], "No such option: --asof (Possible options: --as-of)"),
        (
            ["run", "HOME", "--fail-on", "x"],
            "Invalid value for '--fail-on': 'x' is not one of 'none', 'mismatch'",
        ),
        (
            ["run", "HOME", "--as-of", "2026-10-01"],
            "--as-of must be an instant like 2026-10-01T08:00:00+05:30",
        ),
        (["run", "HOME", "--as-of", "2026-10-01T08:00:00"], "--as-of must be an instant like"),
        (["run", "HOME"], "is no brand home: it has no brand.yaml; `milaan init` makes one"),
        (["verify", "HOME"], "has no published snapshot; `milaan run` makes one"),
        (["verify", "HOME/nowhere"], "does not exist; `milaan init` makes a home"),
        (["explain", "HOME", "5101"], "has no published snapshot; `milaan run` makes one"),
        (["init", "HOME"], "is not empty; name a new folder"),
        (["demo", "HOME"], "is not empty; name a new folder"),
        (["demo", "HOME", "--orders", "0"], "Invalid value for '--orders'"),
        (["inspect", "HOME/nowhere.csv"], "is no file"),
        (["inspect", "HOME"], "is no file"),
        (["inspect"], "Missing argument 'FILE…'"),
    ],
)
def test_a_mistake_of_a_person_is_one_sentence_and_changes_nothing(
    tmp_path: Path, capsys: Capture, arguments: list[str], sentence: str
) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    small = ["--orders", "5"] if arguments == ["demo", "HOME"] else []
    assert exit_code([*(word.replace("HOME", str(tmp_path)) for word in arguments), *small]) == 2
    said = capsys.readouterr()
    assert sentence in said.err
    assert "Traceback" not in said.err
    assert len([line for line in said.err.splitlines() if not line.startswith("simulating")]) <= 3
    assert not BOXES & set(said.err)
    assert below(tmp_path) == {"mine.txt": b"mine"}


def test_a_run_says_the_answer_and_where_everything_is(tmp_path: Path, capsys: Capture) -> None:
    home = small_home(tmp_path / "home").path
    assert exit_code(["run", str(home), "--as-of", AS_OF, "--fail-on", "incomplete"]) == 0
    said = capsys.readouterr()
    answer, tables, reports = said.out.splitlines()
    assert answer.startswith("₹20.50 over-granted on 1 order, ₹4.90 owed to 1 customer")
    assert tables == f"tables   {home}/lake"
    assert reports == f"reports  {home}/reports"
    assert "mart_reconciliation: " in said.err
    assert exit_code(["run", str(home), "--as-of", AS_OF, "--fail-on", "mismatch"]) == 1


def test_a_new_home_runs_as_it_stands(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MILAAN_KEY")
    home = tmp_path / "home"
    assert exit_code(["init", str(home), "--name", "Mithai & Co"]) == 0
    assert f"milaan run {home}" in capsys.readouterr().out
    assert exit_code(["run", str(home), "--as-of", AS_OF, "--fail-on", "mismatch"]) == 0
    assert capsys.readouterr().out.startswith("Nothing to compare: the inbox holds no GoKwik order export")


def test_a_demo_ends_with_the_folder_of_its_reports(tmp_path: Path, capsys: Capture) -> None:
    home = tmp_path / "demo"
    for seed in ("3", "4"):
        assert exit_code(["demo", str(home), "--orders", "60", "--seed", seed]) == 0
        *_, planted, reports = capsys.readouterr().out.splitlines()
        assert planted.endswith("planted.csv lists them. Reports:")
        assert reports == str(home / "reports")
    assert (home / "reports" / "reconciliation.html").is_file()
    assert len(list(Home(home).releases.iterdir())) == 2


def test_verify_tells_a_whole_snapshot_from_a_damaged_one(
    finished: Path, tmp_path: Path, capsys: Capture
) -> None:
    home = copy_of(finished, tmp_path / "home")
    assert exit_code(["verify", str(home)]) == 0
    assert capsys.readouterr().out.startswith(f"whole: {len(TABLES) + 1} files as published")
    with (home / "lake" / "mart_metrics.parquet").open("ab") as file:
        file.write(b"\0")
    assert exit_code(["verify", str(home)]) == 3
    assert "mart_metrics.parquet is not the file that was published" in capsys.readouterr().err
    shutil.rmtree(home / "releases")
    assert exit_code(["verify", str(home)]) == 3


@pytest.mark.parametrize("order", ["5101", "#5101", " 5101.0 "])
def test_explain_shows_one_order_step_by_step(finished: Path, capsys: Capture, order: str) -> None:
    assert exit_code(["explain", str(finished), order]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Order 5101\n")
    for step in ("= base", "= at most", "= should earn", "mismatch earn_missing"):
        assert step in said


@pytest.mark.parametrize(
    ("order", "sentence"),
    [
        ("5104", "No discount, no coins, nothing due: no row to judge."),
        ("5105", "No rule covers this order: no verdict."),
    ],
)
def test_explain_has_words_for_an_order_that_nothing_is_said_of(
    finished: Path, capsys: Capture, order: str, sentence: str
) -> None:
    assert exit_code(["explain", str(finished), order]) == 0
    assert sentence in capsys.readouterr().out


def test_explain_knows_what_it_does_not_know(finished: Path, tmp_path: Path, capsys: Capture) -> None:
    assert exit_code(["explain", str(finished), "9999"]) == 2
    assert "no order 9999 in the snapshot as of 2026-09-30" in capsys.readouterr().err
    home = copy_of(finished, tmp_path / "home")
    rules = home / "rules" / "first.yaml"
    rules.write_text(rules.read_text().replace("coins: 5", "coins: 6"))
    assert exit_code(["explain", str(home), "5101"]) == 2
    assert "rules has changed since the last run" in capsys.readouterr().err


def member_of(home: Path, entry_id: str) -> str:
    release = published(Home(home))
    entry = release.read("stg_entries").filter(pl.col("entry_id") == entry_id)
    people = release.read("stg_member_keys").join(entry, on="member_no", how="semi")
    return str(people["member_id"].item())


@pytest.mark.parametrize("length", [6, 8, None])
def test_explain_shows_what_a_member_holds(finished: Path, capsys: Capture, length: int | None) -> None:
    member = member_of(finished, "w1")
    assert exit_code(["explain", str(finished), "--member", member[:length]]) == 0
    said = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert said[0] == f"Member {member}"
    assert "= balance 200 coins" in said
    assert "2 Apr 2026, 10:00 am redeemed -100 coins → 200 coins entry w2, order 5101" in said
    assert any(line.startswith("earn_missing: Order 5101 should have earned 49 coins") for line in said)


def test_explain_knows_a_balance_at_any_instant(finished: Path, capsys: Capture) -> None:
    asked = ["explain", str(finished), "--member", member_of(finished, "w1"), "--at"]
    for instant, coins in (
        ("2026-04-01T08:59:59+05:30", 0),
        ("2026-04-01T09:00:00+05:30", 300),
        ("2026-04-02T04:30:00Z", 200),
        (AS_OF, 200),
    ):
        assert exit_code([*asked, instant]) == 0
        said = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
        assert f"= balance {coins} coins" in said


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "name one thing to explain: an ORDER, or a member with --member KEY"),
        (["5101", "--member", "abcdef"], "name one thing to explain"),
        (["5101", "--at", AS_OF], "--at goes with --member"),
        (["--member", "abcde"], "--member needs at least 6 characters of a member_id, not 'abcde'"),
        (["--member", "nobody"], "no member nobody in the snapshot as of 2026-09-30"),
        (["--member", "nobody", "--at", "2026-05-01"], "--at must be an instant like"),
        (["--member", "MEMBER", "--at", "2026-10-01T00:00:00Z"], "knows nothing after 2026-09-30"),
    ],
)
def test_explain_says_what_is_wrong_with_the_question(
    finished: Path, capsys: Capture, arguments: list[str], sentence: str
) -> None:
    named = [member_of(finished, "w1") if word == "MEMBER" else word for word in arguments]
    assert exit_code(["explain", str(finished), *named]) == 2
    assert sentence in capsys.readouterr().err


def test_explain_asks_back_when_a_key_begins_several_members(
    finished: Path, tmp_path: Path, capsys: Capture
) -> None:
    home = copy_of(finished, tmp_path / "home")
    file = home / "lake" / "stg_member_keys.parquet"
    people = pl.read_parquet(file)
    alike = people.with_columns(member_id=pl.lit("abcdef") + pl.col("member_id"))
    first, second, *_ = alike["member_id"]
    alike.write_parquet(file)
    assert exit_code(["explain", str(home), "--member", "abcdef"]) == 2
    assert f"abcdef begins several member ids; say which: {first}, {second}" in capsys.readouterr().err
    assert exit_code(["explain", str(home), "--member", first]) == 0


def test_inspect_says_what_a_file_is(finished: Path, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "odd.csv").write_text("a,b\n1,2\n")
    before = below(finished / "inbox")
    files = [str(finished / "inbox" / "orders.csv"), str(tmp_path / "odd.csv")]
    assert exit_code(["inspect", *files]) == 0
    orders, odd = capsys.readouterr().out.split("\n\n")
    assert "kind       gokwik_orders" in orders
    assert "records    5" in orders
    assert "    Merchant Order ID\n" in orders
    assert "kind       not recognised" in odd
    assert below(finished / "inbox") == before


def test_a_second_run_is_told_that_another_is_at_work(
    finished: Path, tmp_path: Path, capsys: Capture
) -> None:
    home = Home(copy_of(finished, tmp_path / "home"))
    with locked(home):
        assert exit_code(["run", str(home.path), "--as-of", AS_OF]) == 2
    assert f"another run (process {os.getpid()}) is working on" in capsys.readouterr().err


def test_a_killed_run_leaves_the_last_snapshot_and_the_next_cleans_up(finished: Path, tmp_path: Path) -> None:
    home = Home(copy_of(finished, tmp_path / "home"))
    before = published(home).folder.name
    command = [sys.executable, "-m", "pipelines.cli", "run", str(home.path)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as killed:
        while not list(home.releases.glob(".build-*/snapshot/raw_files.parquet")):
            assert killed.poll() is None
            time.sleep(0.01)
        killed.send_signal(signal.SIGKILL)
    assert published(home).folder.name == before
    assert exit_code(["verify", str(home.path)]) == 0
    assert exit_code(["run", str(home.path), "--as-of", AS_OF]) == 0
    assert [path.name for path in home.releases.iterdir()] == [before]


def test_a_path_that_cannot_be_used_is_named(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "file").write_text("x")
    assert exit_code(["init", str(tmp_path / "file" / "home")]) == 2
    assert "file" in capsys.readouterr().err
