"""Every golden home, end to end, against an independent calculation of the contract.

The rows of `expected.jsonl` were computed row by row by other code. Both ways: a missing row, an
extra row and a different value are all failures.
"""

import json
import shutil
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.cli import exit_code
from tests.conftest import SAID_AT_THE_END

GOLDEN = Path(__file__).parent / "golden"
HOMES = sorted(folder.name for folder in GOLDEN.iterdir() if (folder / "expected.jsonl").is_file())
LEGS_OF_ORDERS = ("redemption", "earn", "reversal", "restore")
COMPARED = (
    "status",
    "kind",
    "expected_coins",
    "recorded_coins",
    "expected_paise",
    "recorded_paise",
    "effect_paise",
    "entry_ids",
    "rule_version",
    "causes",
    "cause",
)
"""What is compared where a golden home gives it: causes are given by the `cause-*` homes."""

GROUP_CAUSES = {
    "cause-base": ("redemption", "base=subtotal", 39),
    "cause-delay": ("earn", "delay_days=0", 46),
    "cause-earn-base": ("earn", "base=subtotal", 44),
    "cause-rate": ("redemption", "rate=1:12", 54),
    "cause-stale-rule": ("redemption", "rule_version=2026-01-01", 34),
    "cause-tier": ("earn", "tier=platinum", 16),
}
"""The one wrong setting of each `cause-*` home, and its mismatches: all that there are."""

Row = dict[str, Any]
Key = tuple[str, str, str]


def test_there_are_golden_homes() -> None:
    assert len(HOMES) == 15


@pytest.mark.parametrize("name", HOMES)
def test_a_golden_home_agrees_with_the_independent_calculation(
    name: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    about = json.loads((GOLDEN / name / "about.json").read_text())
    lines = (GOLDEN / name / "expected.jsonl").read_text().splitlines()
    expected = [json.loads(line) for line in lines]
    assert len(expected) == about["rows"] > 0

    recorded = run(GOLDEN / name / "home", tmp_path / "home", about["as_of"])

    if name in GROUP_CAUSES:
        assert group_causes(tmp_path / "home") == [(*GROUP_CAUSES[name], "identified")]
    wrong = differences(expected, recorded)
    record_property(SAID_AT_THE_END, f"{name}: {len(expected)} rows compared, {len(wrong)} wrong")
    assert not wrong, f"{len(wrong)} of {len(expected)} rows of {name}:\n" + "\n".join(wrong[:20])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda rows: rows[1:], "missing: earn A"),
        (lambda rows: [*rows, {**rows[0], "order_id": "Z"}], "extra: earn Z"),
        (lambda rows: [{**rows[0], "effect_paise": 1}, *rows[1:]], "different: earn A effect_paise 0 is 1"),
        (lambda rows: [{**rows[0], "entry_ids": []}, *rows[1:]], "different: earn A entry_ids ['e1'] is []"),
    ],
)
def test_the_comparison_sees_every_kind_of_disagreement(change: Any, sentence: str) -> None:
    rows = [{**dict.fromkeys(COMPARED), "leg": "earn", "order_id": order, "entry_ids": ["e1"], "effect_paise": 0}
            for order in "AB"]  # fmt: skip
    assert differences(rows, rows) == []
    assert differences(rows, change(rows)) == [sentence]


def run(source: Path, home: Path, as_of: str) -> list[Row]:
    """Rows of mart_reconciliation after `milaan run` on a copy of a home."""
    shutil.copytree(source, home)
    assert exit_code(["run", str(home), "--as-of", as_of]) == 0
    return pl.read_parquet(home / "lake" / "mart_reconciliation.parquet").to_dicts()


def group_causes(home: Path) -> list[tuple[Any, ...]]:
    """Leg, cause, mismatches and verdict of every row of mart_causes."""
    table = pl.read_parquet(home / "lake" / "mart_causes.parquet")
    return table.select("leg", "cause", "mismatches", "verdict").rows()


def key_of(row: Row) -> Key:
    if row["order_id"] is not None and row["leg"] in LEGS_OF_ORDERS:
        return row["leg"], row["order_id"], ""
    return row["leg"], "", row["entry_ids"][0]


def by_key(rows: list[Row], columns: Sequence[str]) -> dict[Key, list[Row]]:
    """Rows under their key, in one order: a sweep over several batches gives one key several rows."""
    groups: dict[Key, list[Row]] = defaultdict(list)
    for row in rows:
        groups[key_of(row)].append({column: row[column] for column in columns})
    return {key: sorted(group, key=repr) for key, group in groups.items()}


def differences(expected: list[Row], recorded: list[Row]) -> list[str]:
    """One sentence for every row that is missing, extra or different."""
    columns = [column for column in COMPARED if column in expected[0]]
    wanted, found = by_key(expected, columns), by_key(recorded, columns)
    sentences = []
    for key in sorted(wanted.keys() | found.keys()):
        name = " ".join(part for part in key if part)
        ours, theirs = found.get(key, []), wanted.get(key, [])
        sentences += [f"missing: {name}"] * max(0, len(theirs) - len(ours))
        sentences += [f"extra: {name}"] * max(0, len(ours) - len(theirs))
        for their, our in zip(theirs, ours, strict=False):
            unlike = [
                f"{column} {their[column]} is {our[column]}"
                for column in columns
                if their[column] != our[column]
            ]
            if unlike:
                sentences.append(f"different: {name} {', '.join(unlike)}")
    return sentences
