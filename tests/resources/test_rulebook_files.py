"""Rulebook files: the law with its lines, and no two laws for one instant (details S7, S9, S11)."""

from pathlib import Path

import pytest

from loyalty.values.errors import UserError
from resources.rulebook_files import read_rulebook, read_version

HEAD = "version: {0}\neffective_from: {0}T00:00:00+05:30\n"


def rules(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def test_versions_come_in_order_of_time_whatever_their_file_names(tmp_path: Path) -> None:
    folder = rules(tmp_path, a=HEAD.format("2026-04-01"), b=HEAD.format("2026-01-01"))
    assert [law.version for law in read_rulebook(folder).versions] == ["2026-01-01", "2026-04-01"]


def test_numbers_never_pass_through_a_float(tmp_path: Path) -> None:
    law = read_version(
        rules(
            tmp_path,
            a=HEAD.format("2026-01-01") + "redeem: {gokwik: {value_rupees: 0.29, cap_percent: 12.3}}\n",
        )
        / "a.yaml"
    )
    assert law.redeem["gokwik"].step_paise == 29
    assert str(law.redeem["gokwik"].cap_percent) == "123/10"


@pytest.mark.parametrize("key", ["version", "effective_from"])
def test_two_files_that_share_a_version_or_an_instant_are_both_named(tmp_path: Path, key: str) -> None:
    same = {"version": "version: one\neffective_from: 2026-01-0{}T00:00:00+05:30\n",
            "effective_from": "version: v{}\neffective_from: 2026-01-01T00:00:00+05:30\n"}[key]  # fmt: skip
    folder = rules(tmp_path, a=same.format(1), b=same.format(2))
    with pytest.raises(UserError, match=rf"b.yaml line \d: {key} .* is also that of .*a.yaml"):
        read_rulebook(folder)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("version: a\neffective_from: 2026-01-01T00:00:00\n", "line 2: effective_from needs a zone"),
        ("version: a\n", "line 1: effective_from is missing"),
        (HEAD + "earn:\n  coins: 5\n  coins: 6\n", "line 5: earn.coins stands twice"),
        (HEAD + "earn:\n  coinz: 5\n", "line 4: earn.coinz is not a known key; did you mean coins"),
        (HEAD + "earn:\n  per_rupees: 0\n", "line 4: earn.per_rupees must be greater than 0, not '0'"),
        (
            HEAD + "earn:\n  per_paise: 100\n",
            "line 4: earn.per_paise is not a known key; did you mean per_rupees",
        ),
        (HEAD + "earn:\n  coins: -5\n", "line 4: earn.coins must be a plain number of 0 or more, not '-5'"),
        (HEAD + "earn:\n  base: total\n", "line 4: earn.base must be one of 'subtotal'"),
        (
            HEAD + "redeem:\n  gokwik:\n    cap_percent: 101\n",
            "line 5: redeem.gokwik.cap_percent must be at most 100",
        ),
        (HEAD + "redeem:\n  restore_on: [lost]\n", "line 4: redeem.restore_on must be one of"),
        (
            HEAD + "redeem:\n  gokwik: {}\n  widget: {same_as: gokwik, coins: 5}\n",
            "redeem.widget differs in coins",
        ),
        (HEAD + "bonuses:\n  signup: {coins: [5, 1]}\n", "line 4: bonuses.signup coins runs backwards"),
    ],
)
def test_a_broken_rule_is_named_with_file_line_and_key(tmp_path: Path, text: str, sentence: str) -> None:
    folder = rules(tmp_path, a=text.replace("{0}", "2026-01-01"))
    with pytest.raises(UserError, match=f"a.yaml .*{sentence}"):
        read_rulebook(folder)


def test_no_expiry_may_be_said_in_one_word(tmp_path: Path) -> None:
    folder = rules(tmp_path, a=HEAD.format("2026-01-01") + "expiry: null\n")
    assert read_rulebook(folder).versions[0].expiry.months is None


def test_a_home_without_rules_says_so(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no rulebook version"):
        read_rulebook(tmp_path)


def test_a_rulebook_that_would_be_overlooked_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "later.yml").write_text(HEAD.format("2026-04-01"))
    with pytest.raises(UserError, match=r"later\.yml is not read; rename it to later\.yaml"):
        read_rulebook(rules(tmp_path, a=HEAD.format("2026-01-01")))
