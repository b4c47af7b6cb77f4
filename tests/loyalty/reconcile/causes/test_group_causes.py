"""What mart_causes says of a checkout that went wrong."""

import datetime as dt
from typing import Any

import polars as pl
import pytest

from loyalty.reconcile.causes.group_causes import UNEXPLAINED
from tests.builders import DAY, HOUR, NOON, Thing, a_law, an_entry, an_order
from tests.loyalty.reconcile.causes.stories import causes_of, checkout, checkouts

RIGHT, WRONG = 170, 200
"""A fifth of ₹850 total payable; a fifth of the ₹1,000 subtotal."""
GOOD, BAD = range(4), range(4, 10)


def only(found: pl.DataFrame) -> dict[str, Any]:
    [row] = found.to_dicts()
    return row


def hour(at: dt.datetime | None) -> int | None:
    return None if at is None else (at - NOON) // HOUR


# --- one cause ------------------------------------------------------------------------------------


def test_a_wrong_base_is_one_row_with_what_it_cost_whom_since_when_and_what_to_change() -> None:
    row = only(causes_of(*checkouts(GOOD, RIGHT), *checkouts(BAD, WRONG)))
    assert (row["leg"], row["surface"], row["rule_version"]) == ("redemption", "gokwik", "2026-01-01")
    assert (row["cause"], row["verdict"], row["other_causes"]) == ("base=subtotal", "identified", [])
    assert (row["mismatches"], row["reproduced"], row["contradicted"], row["orders"]) == (6, 6, 0, 6)
    assert (row["coins"], row["effect_paise"]) == (-6 * 300, 6 * 3000)
    assert (row["merchant_paise"], row["customer_paise"]) == (6 * 3000, 0)
    assert (hour(row["first_at"]), hour(row["last_at"])) == (4, 9)
    assert (hour(row["began_after_at"]), hour(row["began_by_at"])) == (1, 4)
    assert (row["ended_after_at"], row["ended_by_at"], row["episodes"]) == (None, None, 1)
    assert (row["share_explained"], row["rank"], row["money_share_cumulative"]) == (1.0, 1, 1.0)
    assert row["kinds"] == ["over_cap"]
    assert row["fix"] == (
        "GoKwik admin → Quick Checkout → Settings → Integration → Loyalty Points → Total payable amount, "
        "taking in the prepaid discount, shipping and tax"
    )
    assert row["sentence"] == (
        "GoKwik computes the discount on the subtotal before any coupon, since some time between "
        "10 Apr 2026, 1:00 pm and 10 Apr 2026, 4:00 pm: 6 orders, ₹180 over-granted."
    )
    assert (row["lifecycle"], len(row["mismatch_ids"])) == ("new", 6)


def test_what_customers_were_owed_is_never_netted_with_what_the_merchant_lost() -> None:
    dear = {"subtotal": 1000, "coupon": 0, "shipping": 200}
    row = only(causes_of(*checkouts(range(4), WRONG), *checkouts(range(4, 8), 200, **dear)))
    assert (row["cause"], row["effect_paise"]) == ("base=subtotal", 4 * 3000 - 4 * 4000)
    assert (row["merchant_paise"], row["customer_paise"]) == (4 * 3000, -4 * 4000)


def test_a_customer_who_took_less_than_was_offered_belongs_to_the_cause_without_being_reproduced() -> None:
    by_hand = a_law({"redeem": {"gokwik": {"cap_percent": "20", "apply": "manual"}}})
    row = only(causes_of(*checkouts(range(5), WRONG), *checkout(5, 190), rules=by_hand))
    assert (row["cause"], row["mismatches"], row["reproduced"]) == ("base=subtotal", 6, 5)


def test_two_orders_are_too_few_to_be_sure_and_say_nothing_of_when_it_began() -> None:
    row = only(causes_of(*checkouts(GOOD, RIGHT), *checkouts(range(4, 6), WRONG)))
    assert (row["cause"], row["verdict"], row["began_by_at"]) == ("base=subtotal", "too_few", None)
    assert "too few orders to be sure" in row["sentence"]


def test_settings_that_explain_the_same_orders_are_said_with_a_cart_that_tells_them_apart() -> None:
    plain = {"shipping": 0}
    row = only(causes_of(*checkouts(GOOD, 160, **plain), *checkouts(BAD, 200, **plain)))
    assert (row["cause"], row["verdict"]) == ("base=subtotal", "ambiguous")
    assert row["other_causes"] == ["coupon_order"]
    assert row["tell_apart"] == (
        "A cart of ₹1 with ₹49 shipping, by a member with coins enough: base=subtotal gives ₹0, "
        "coupon_order gives ₹10"
    )


def test_the_balance_of_before_a_concurrent_debit_is_named() -> None:
    poor = a_law({"redeem": {"gokwik": {"apply": "auto"}}})
    things: list[Thing] = []
    for pair in range(6):
        member, at = f"member {pair}", NOON + pair * DAY
        things += [
            an_entry("import cr", 500, at - DAY, member=member, entry_id=f"gift {pair}", tokens=("gift",)),
            an_order(f"first {pair}", member=member, subtotal=900, loyalty=30, placed=at),
            an_order(f"second {pair}", member=member, subtotal=900, loyalty=50, placed=at + HOUR / 12),
            an_entry("redeem dr", 300, at, member=member, order=f"first {pair}", entry_id=f"a {pair}"),
            an_entry("redeem dr", 500, at + HOUR / 12, member=member, order=f"second {pair}", entry_id=f"b {pair}"),
        ]  # fmt: skip
    found = causes_of(*things, rules=poor).filter(pl.col("leg") == "redemption")
    assert dict(found.select("cause", "verdict").iter_rows())["balance_at"] == "identified"


# --- several, and none ----------------------------------------------------------------------------


def test_what_no_setting_explains_stands_in_a_row_of_its_own() -> None:
    unpaid = [an_order(f"unpaid {day}", loyalty=100, placed=NOON - day * DAY) for day in range(1, 4)]
    found = causes_of(*checkouts(GOOD, RIGHT), *checkouts(BAD, WRONG), *unpaid)
    assert found.select("cause", "verdict", "mismatches", "rank").rows() == [
        ("base=subtotal", "identified", 6, 1),
        (UNEXPLAINED, UNEXPLAINED, 3, None),
    ]
    rest = found.row(1, named=True)
    assert (rest["fix"], rest["share_explained"], rest["kinds"]) == (None, 0.0, ["discount_without_debit"])
    assert rest["sentence"].startswith("No setting explains 3 mismatches of the redemption leg on GoKwik")
    assert found["share_explained"][0] == 6 / 9
    assert found["money_share_cumulative"][0] == 18_000 / (18_000 + 30_000)


def test_causes_are_ranked_by_money_whoever_has_it() -> None:
    law = a_law(
        {"redeem": {"gokwik": {"cap_percent": "20", "apply": "auto"}, "widget": {"same_as": "gokwik"}}}
    )
    dear = {"surface": "widget", "coupon": 2000, "subtotal": 3000, "shipping": 50}
    found = causes_of(*checkouts(range(6), WRONG), *checkouts(range(6, 12), 600, **dear), rules=law)
    ranked = found.sort("rank").select("surface", "rank", "money_share_cumulative").rows()
    assert [(surface, rank) for surface, rank, _ in ranked] == [("widget", 1), ("gokwik", 2)]
    assert [share for *_, share in ranked] == pytest.approx([234_000 / 252_000, 1.0])


def test_nothing_wrong_is_no_row() -> None:
    assert causes_of(*checkouts(GOOD, RIGHT)).is_empty()


# --- its life -------------------------------------------------------------------------------------

WEEK = [*checkouts(range(5), RIGHT), *checkouts(range(5, 19), WRONG)]
PUT_RIGHT = [*checkouts(range(19, 29), RIGHT)]
BACK = [*checkouts(range(29, 42), WRONG)]


def life(*things: Any, before: pl.DataFrame | None = None) -> tuple[str, int, pl.DataFrame]:
    found = causes_of(*things, before=before)
    row = only(found)
    return row["lifecycle"], row["episodes"], found


def test_a_cause_is_new_then_persists_then_is_put_right_and_regresses_when_it_returns() -> None:
    state, episodes, table = life(*WEEK)
    assert (state, episodes) == ("new", 1)
    state, episodes, table = life(*WEEK, before=table)
    assert (state, episodes) == ("persisting", 1)
    state, episodes, table = life(*WEEK, *PUT_RIGHT, before=table)
    assert (state, episodes) == ("resolved", 1)
    assert (hour(table["ended_after_at"][0]), hour(table["ended_by_at"][0])) == (18, 19)
    state, episodes, table = life(*WEEK, *PUT_RIGHT, *BACK, before=table)
    assert (state, episodes) == ("regressed", 2)
    assert (hour(table["began_after_at"][0]), hour(table["began_by_at"][0])) == (28, 29)
    assert "again since" in table["sentence"][0]
    assert life(*WEEK, *PUT_RIGHT, *BACK, before=table)[:2] == ("persisting", 2)


def test_a_cause_that_was_fixed_and_returned_between_two_runs_has_regressed() -> None:
    _, _, table = life(*WEEK)
    assert life(*WEEK, *PUT_RIGHT, *BACK, before=table)[:2] == ("regressed", 2)


def test_a_cause_whose_mismatches_are_gone_stays_as_resolved_without_figures() -> None:
    _, _, table = life(*WEEK)
    row = only(causes_of(*PUT_RIGHT, before=table))
    assert (row["lifecycle"], row["cause"], row["mismatches"], row["effect_paise"]) == (
        "resolved", "base=subtotal", 0, 0,
    )  # fmt: skip
    assert (row["rank"], row["mismatch_ids"]) == (None, [])
    assert life(*WEEK, before=causes_of(*PUT_RIGHT, before=table))[0] == "regressed"


def test_a_cause_ends_with_its_law_unless_the_next_law_has_it_too() -> None:
    rules: list[dict[str, Any]] = [
        {"redeem": {"gokwik": {"cap_percent": "20", "apply": "auto"}}},
        {
            "version": "2026-04-11", "effective_from": "2026-04-11T06:00:00+05:30",
            "redeem": {"gokwik": {"cap_percent": "20", "apply": "auto"}},
        },
    ]  # fmt: skip
    law = a_law(*rules)
    over = causes_of(*checkouts(range(14), WRONG), *checkouts(range(20, 24), RIGHT), rules=law)
    assert over.select("rule_version", "lifecycle").rows() == [("2026-01-01", "resolved")]
    assert hour(over["ended_by_at"][0]) == 18
    both = causes_of(*checkouts(range(14), WRONG), *checkouts(range(20, 34), WRONG), rules=law)
    assert both.select("rule_version", "lifecycle").rows() == [("2026-01-01", "new"), ("2026-04-11", "new")]
