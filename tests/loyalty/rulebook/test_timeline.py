"""Versions on a line of time: half-open, each in force until the next."""

import datetime as dt

import polars as pl
import pytest

from loyalty.rulebook.models import Rulebook
from loyalty.rulebook.timeline import (
    bonus_rules,
    earning_rules,
    in_force,
    redemption_rules,
    tier_factors,
    versions,
    worth_at,
)
from loyalty.values.times import INSTANT
from tests.builders import DAY, MICROSECOND, NOON, a_law

JANUARY = dt.datetime(2025, 12, 31, 18, 30, tzinfo=dt.UTC)
TWO = a_law(
    {"version": "a", "redeem": {"widget": {"value_rupees": "3"}}},
    {
        "version": "b",
        "effective_from": "2026-04-10T12:00:00+05:30",
        "redeem": {"gokwik": {"value_rupees": "5"}},
    },
)


def at(*instants: dt.datetime | None) -> pl.DataFrame:
    return pl.DataFrame({"at": instants}, schema={"at": INSTANT})


@pytest.mark.parametrize(
    ("instant", "plain", "clamped"),
    [
        pytest.param(JANUARY - MICROSECOND, None, 0, id="before the first"),
        pytest.param(JANUARY, 0, 0, id="the first instant of the first"),
        pytest.param(NOON - MICROSECOND, 0, 0, id="the last instant of the first"),
        pytest.param(NOON, 1, 1, id="the first instant of the second"),
        pytest.param(NOON + 999 * DAY, 1, 1, id="the last version has no end"),
        pytest.param(None, None, None, id="no instant"),
    ],
)
def test_a_version_is_in_force_from_its_first_instant_until_the_next(
    instant: dt.datetime | None, plain: int | None, clamped: int | None
) -> None:
    assert in_force(at(instant), TWO, "at")["version_no"].to_list() == [plain]
    assert in_force(at(instant), TWO, "at", clamp=True)["version_no"].to_list() == [clamped]


def test_rows_keep_their_order() -> None:
    assert in_force(at(NOON, JANUARY, NOON), TWO, "at")["version_no"].to_list() == [1, 0, 1]


def test_without_versions_nothing_is_in_force() -> None:
    nothing = Rulebook.of([])
    assert in_force(at(NOON), nothing, "at", clamp=True)["version_no"].to_list() == [None]
    assert all(
        frame(nothing).is_empty()
        for frame in (versions, redemption_rules, earning_rules, tier_factors, bonus_rules)
    )


def test_versions_are_numbered_in_order_of_time() -> None:
    got = versions(TWO).select("version_no", "rule_version", "effective_from").rows()
    assert got == [(0, "a", JANUARY), (1, "b", NOON)]


def test_entries_tied_to_no_order_are_priced_by_the_home_surface_of_their_instant() -> None:
    priced = worth_at(at(JANUARY - DAY, NOON - MICROSECOND, NOON), TWO, "at")
    assert priced.select("worth_coins", "worth_paise").rows() == [(100, 300), (100, 300), (100, 500)]
    assert "version_no" not in priced.columns


def test_a_rulebook_without_blocks_values_coins_at_nothing() -> None:
    priced = worth_at(at(NOON), a_law({"redeem": {}}), "at")
    assert priced.select("worth_coins", "worth_paise").rows() == [(1, 0)]


def test_a_percent_block_is_priced_by_the_coin_value() -> None:
    law = a_law(
        {
            "coin_value": {"coins": "4", "rupees": "1"},
            "redeem": {
                "gokwik": {"kind": "percent_fixed", "value_percent": "2.5", "cap_percent": "12.5"},
                "pos": {},
            },
        }
    )
    columns = ("surface", "step_paise", "step_bps", "cap_num", "cap_den", "worth_coins", "worth_paise")
    assert redemption_rules(law).select(columns).rows() == [
        ("gokwik", None, 250, 25, 200, 4, 100),
        ("pos", 1000, None, None, None, 100, 1000),
    ]


def test_parts_and_gates_are_columns() -> None:
    law = a_law(
        {
            "earn": {"include": ["tax"], "base": "subtotal", "reverse_on": ["rto"], "tiers": {"gold": "6/5"}},
            "redeem": {
                "gokwik": {
                    "include": ["cod_fee"],
                    "with_coupon": "deny",
                    "tiers": ["gold"],
                    "enabled": "false",
                }
            },
            "bonuses": {"review": {"coins": ["10", "50"], "per_member": "3"}},
        }
    )
    block = redemption_rules(law).row(0, named=True)
    assert {part: block[f"with_{part}"] for part in ("shipping", "cod_fee", "tax", "prepaid_discount")} == {
        "shipping": False, "cod_fee": True, "tax": False, "prepaid_discount": False,
    }  # fmt: skip
    assert (block["denies_coupon"], block["tiers"], block["is_enabled"]) == (True, ["gold"], False)
    earn = earning_rules(law).row(0, named=True)
    assert (earn["with_shipping"], earn["with_cod_fee"], earn["with_tax"]) == (False, False, True)
    assert (earn["base"], earn["reverse_on"]) == ("subtotal", ["rto"])
    assert tier_factors(law).rows() == [(0, "gold", 6, 5)]
    assert bonus_rules(law).rows() == [(0, "review", 10, 50, 3)]
