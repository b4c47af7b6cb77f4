"""Every name that a cause can have is read back, and the setting it names gives what was recorded."""

from collections.abc import Sequence
from typing import Any

import pytest

from loyalty.reconcile.under_cause import earning_under, redeeming_under, reversal_under
from loyalty.rulebook.models import Rulebook
from tests.builders import DAY, HOUR, NOON, Thing, a_law, a_member, a_refund, an_entry, an_order
from tests.loyalty.reconcile.cases import a_case

BLOCK = {"max_discount_rupees": "200", "cap_percent": "10", "min_cart_rupees": "500", "apply": "auto"}


def redeeming(**block: Any) -> Rulebook:
    """₹10 for 100 coins, at most ₹200 and a tenth of the total payable, applied by itself."""
    return a_law(
        {"redeem": {"gokwik": BLOCK | block, "widget": {"cap_percent": "30"}}},
        {
            "version": "2026-06-01",
            "effective_from": "2026-06-01T00:00:00+05:30",
            "redeem": {"gokwik": BLOCK | {"cap_percent": "15"}},
        },
    )


def paid(coins: int, **order: Any) -> list[Thing]:
    return [an_order("A", loyalty=coins // 10, **order), an_entry("redeem dr", coins, order="A")]


@pytest.mark.parametrize(
    ("cause", "rules", "things"),
    [
        ("base=subtotal", redeeming(), paid(1500, subtotal=1500, coupon=400)),
        ("base=after_coupon", redeeming(), paid(1500, subtotal=1500, shipping=200, has=1700)),
        (
            "base=total_payable(cod_fee,prepaid_discount,shipping,tax)",
            redeeming(max_discount_rupees=None),
            paid(1600, subtotal=1500, cod_fee=100),
        ),
        ("base=total_payable(prepaid_discount,tax)", redeeming(), paid(1500, subtotal=1500, shipping=200)),
        ("max_discount", redeeming(), paid(2500, subtotal=2500)),
        ("cap_percent", redeeming(), paid(2000, subtotal=1500)),
        ("min_cart", redeeming(), paid(400, subtotal=400)),
        ("min_payable", redeeming(cap_percent=None, min_payable_rupees="1900"), paid(2000, subtotal=2000)),
        ("coupon_order", redeeming(min_cart_rupees="0"), paid(1500, subtotal=1500, coupon=400)),
        ("rule_version=2026-06-01", redeeming(), paid(1800, subtotal=1200)),
        ("surface_rule=widget", redeeming(max_discount_rupees=None), paid(4500, subtotal=1500)),
        ("tier=gold", redeeming(tiers=["gold"]), paid(1500, subtotal=1500)),
    ],
)  # fmt: skip
def test_a_redemption_is_replayed_under_the_named_setting(
    cause: str, rules: Rulebook, things: Sequence[Thing]
) -> None:
    case, row = a_case(*things, rules=rules, leg="redemption")
    assert cause in row["causes"]
    found = redeeming_under(cause, case.ruled, rules, {})
    assert found is not None
    told = found.select("max_coins_due", "max_paise_due", "cap_paise", "room_paise").row(0)
    assert told[:2] == (-row["recorded_coins"], row["recorded_paise"])
    assert None not in told


def test_an_older_balance_replaces_what_could_be_spent() -> None:
    case, row = a_case(*paid(1500, subtotal=1500, has=200, on_paper=200), rules=redeeming(), leg="redemption")
    assert row["kind"] == "over_balance"
    found = redeeming_under("balance_at=e", case.ruled, case.rulebook, {"e": 1700})
    assert found is not None
    assert found.select("max_coins_due", "max_paise_due").row(0) == (1500, 15_000)


@pytest.mark.parametrize("cause", ["rate=100:2000", "units_x100"])
def test_a_cause_outside_the_formula_has_no_replay(cause: str) -> None:
    case, _ = a_case(*paid(100), rules=redeeming(), leg="redemption")
    assert redeeming_under(cause, case.ruled, case.rulebook, {}) is None


EARN = {"coins": "5", "base": "after_coupon_and_loyalty", "delay_days": "7", "tiers": {"gold": "3/2"}}


def earning(**earn: Any) -> Rulebook:
    """5 coins for ₹100 of what is left after coupon and loyalty, half as many again for gold."""
    first: dict[str, Any] = {"earn": EARN | earn, "redeem": {"gokwik": {}}}
    later = {"version": "2026-06-01", "effective_from": "2026-06-01T00:00:00+05:30"}
    return a_law(first, {**first, **later, "earn": EARN | {"coins": "9"}})


def earned(coins: int, *, refund: int = 0, days: int = 9, number: int = 1, **order: Any) -> list[Thing]:
    """Orders A, B, … delivered after two days, each credited so many coins so many days after it was placed."""
    things: list[Thing] = []
    for order_id in "ABCDE"[:number]:
        things.append(an_order(order_id, delivered=NOON + 2 * DAY, **order))
        things.append(an_entry("reward cr", coins, NOON + days * DAY + HOUR, order=order_id))
        if refund:
            things.append(a_refund(refund, NOON + 3 * DAY, order=order_id))
    return things


@pytest.mark.parametrize(
    ("cause", "rules", "things"),
    [
        ("base=subtotal", earning(), earned(75, subtotal=1500, coupon=400)),
        ("base=after_coupon_and_loyalty(tax)", earning(), earned(80, subtotal=1500, tax=100)),
        ("base=amount_paid", earning(), earned(85, subtotal=1500, shipping=200)),
        ("rounding=ceil", earning(), earned(76, subtotal=1501)),
        ("partial_refund=none", earning(), earned(75, subtotal=1500, refund=500)),
        ("tier=gold", earning(), earned(112, subtotal=1500)),
        ("tier=none", earning(), [*earned(75, subtotal=1500), a_member(tier="gold")]),
        ("rule_version=2026-06-01", earning(), earned(135, subtotal=1500)),
        ("rate=8/100", earning(), earned(120, subtotal=1500, number=5)),
    ],
)  # fmt: skip
def test_an_earning_is_replayed_under_the_named_setting(
    cause: str, rules: Rulebook, things: Sequence[Thing]
) -> None:
    case, row = a_case(*things, rules=rules, leg="earn")
    assert cause in row["causes"]
    found = earning_under(cause, case.earned, case.refunded, rules, case.as_of)
    assert found is not None
    assert found["due_coins"].item() == row["recorded_coins"]


@pytest.mark.parametrize(
    ("cause", "days"),
    [("delay_days=0", 2), ("delay_days=14", 16), ("trigger=placed", 7)],
)
def test_a_delay_or_a_trigger_moves_the_due_instant(cause: str, days: int) -> None:
    case, row = a_case(*earned(75, subtotal=1500, days=days), rules=earning(), leg="earn")
    assert cause in row["causes"]
    found = earning_under(cause, case.earned, case.refunded, case.rulebook, case.as_of)
    assert found is not None
    assert found["due_at"].item() == NOON + days * DAY
    assert found["due_coins"].item() == 75


@pytest.mark.parametrize(
    ("cause", "coins"), [("partial_refund=all", 75), ("rule_version=2026-06-01", 46), ("rounding=ceil", 25)]
)
def test_a_claw_back_is_replayed_under_the_named_setting(cause: str, coins: int) -> None:
    things = [*earned(75, subtotal=1500), a_refund(510, NOON + 20 * DAY)]
    case, _ = a_case(*things, rules=earning(), leg="earn")
    asks = reversal_under(cause, case.earned, case.refunded, case.rulebook, case.as_of)
    assert asks is not None
    assert asks["asked_coins"].to_list() == [coins]


def test_a_claw_back_has_no_replay_under_a_cause_outside_the_formula() -> None:
    case, _ = a_case(*earned(75, subtotal=1500), rules=earning(), leg="earn")
    assert reversal_under("units_x100", case.earned, case.refunded, case.rulebook, case.as_of) is None
