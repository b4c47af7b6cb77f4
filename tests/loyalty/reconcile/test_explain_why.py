"""Why, in words: the setting, its calculation, and the order that would tell two settings apart."""

from collections.abc import Sequence
from typing import Any

import pytest

from loyalty.reconcile.explain import laid_out
from loyalty.reconcile.explain_why import cause_words, why_sections
from loyalty.reconcile.orders_like import AMPLE, orders_like
from loyalty.rulebook.models import Rulebook
from tests.builders import DAY, HOUR, NOON, Thing, a_law, a_refund, an_entry, an_order
from tests.loyalty.reconcile.cases import a_case


def law(**block: Any) -> Rulebook:
    """₹10 for 100 coins, at most a tenth of the total payable; 5 coins for ₹100 three days after delivery."""
    block = {"cap_percent": "10", "apply": "auto"} | block
    return a_law({"earn": {"coins": "5", "delay_days": "3"}, "redeem": {"gokwik": block}})


def why(*things: Thing, leg: str = "redemption", rules: Rulebook | None = None) -> list[str]:
    case, row = a_case(*things, rules=rules or law(), leg=leg)
    page = laid_out([], why_sections(case, row))
    return [" ".join(line.split()) for line in page.splitlines() if line]


def paid(coins: int, **order: Any) -> Sequence[Thing]:
    return [an_order("A", loyalty=coins // 10, **order), an_entry("redeem dr", coins, order="A")]


def test_one_setting_is_shown_with_its_whole_calculation() -> None:
    told = why(*paid(1500, subtotal=1500, coupon=400, shipping=200))
    assert told == [
        "Why: redeeming",
        "One setting, changed alone, gives exactly what was recorded.",
        "With base=subtotal: taken from the subtotal",
        "selling price ₹1,500",
        "= base: subtotal ₹1,500",
        "limit: 10 % of the base ₹150 ◀ binds",
        "limit: leaves ₹0 to pay ₹1,300",
        "= most that may be taken off ₹150",
        "spendable coins at checkout 1,00,00,00,000 coins",
        "one step 100 coins buys ₹10",
        "= at most ₹150 for 1,500 coins",
    ]


def test_settings_that_this_order_does_not_tell_apart_part_on_one_like_it() -> None:
    told = why(*paid(1500, subtotal=1500, shipping=200, tax=100))
    assert (
        told[1]
        == "2 settings, each changed alone, give exactly what was recorded: this order does not tell them apart."
    )
    assert told[told.index("What would tell them apart") :] == [
        "What would tell them apart",
        "An order like this one with a coupon of ₹100:",
        "base=after_coupon gives ₹140 for 1,400 coins",
        "base=subtotal gives ₹150 for 1,500 coins",
        "the rules as they stand give ₹170 for 1,700 coins",
    ]


EARNED: Sequence[Thing] = [
    an_order("A", subtotal=1500, loyalty=100, delivered=NOON + DAY),
    an_entry("redeem dr", 1000, order="A"),
]


def test_an_earning_is_calculated_again_and_told_apart_like_a_redemption() -> None:
    told = why(*EARNED, an_entry("reward cr", 75, NOON + 4 * DAY, order="A"), leg="earn")
    assert "With base=after_coupon: taken from the subtotal after coupon" in told
    assert told[told.index("What would tell them apart") :] == [
        "What would tell them apart",
        "An order like this one with a coupon of ₹100 and with ₹49 shipping:",
        "base=after_coupon gives 70 coins",
        "base=subtotal gives 75 coins",
        "base=total_payable gives 72 coins",
        "the rules as they stand give 65 coins",
    ]


def test_a_delay_is_shown_with_the_instant_of_the_credit() -> None:
    told = why(*EARNED, an_entry("reward cr", 70, NOON + DAY + HOUR, order="A"), leg="earn")
    assert "With delay_days=0: 0 days after the trigger" in told
    assert told[-2:] == [
        "= should earn 70 coins due 11 Apr 2026, 12:00 pm IST, delivered",
        "credited 11 Apr 2026, 1:00 pm IST",
    ]


def test_a_claw_back_is_shown_return_by_return() -> None:
    things: list[Thing] = [
        *EARNED,
        an_entry("reward cr", 70, NOON + 4 * DAY, order="A"),
        a_refund(100, NOON + 9 * DAY),
        an_entry("revert dr", 70, NOON + 9 * DAY + HOUR, order="A"),
    ]
    told = why(*things, leg="reversal")
    assert told == [
        "Why: taking back",
        "One setting, changed alone, gives exactly what was recorded.",
        "With partial_refund=all: refunds before the due date treated as all",
        "asked back by the return of 19 Apr 2026 70 coins",
        "= asked back in all 70 coins",
    ]


def test_what_no_setting_gives_is_said_to_be_unexplained() -> None:
    told = why(*paid(1700, subtotal=1500, has=1650))
    assert told[:2] == [
        "Why: redeeming",
        "Not explained: no single setting of the rules gives what was recorded.",
    ]
    assert told[2].startswith("Tried, each alone: other bases and their parts, every limit lifted")


def test_a_kind_that_no_setting_makes_is_not_searched() -> None:
    assert why(*EARNED, leg="earn") == [
        "Why: earning",
        "No setting makes this kind: it says itself what went wrong.",
    ]


def test_a_leg_that_is_right_needs_no_why() -> None:
    assert why(*paid(1500, subtotal=1500)) == []


def test_rounding_is_explained_although_it_is_no_mismatch() -> None:
    things: list[Thing] = [
        an_order("A", subtotal=1510, delivered=NOON + DAY),
        an_entry("reward cr", 76, NOON + 4 * DAY, order="A"),
    ]
    told = why(*things, leg="earn")
    assert "With rounding=half_up: rounded half_up" in told


def test_units_are_told_with_both_figures() -> None:
    told = why(an_order("A", subtotal="1.00", loyalty="0.10"), an_entry("redeem dr", 100, order="A"))
    assert told[-3:] == [
        "With units_x100: rupees taken for paise, or paise for rupees",
        "taken 100 coins",
        "given ₹0.10",
    ]


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        ("base=total_payable(cod_fee,shipping)", "taken from the total payable with cod fee, shipping"),
        ("base=total_payable()", "taken from the total payable"),
        ("rate=1:25", "₹0.25 for 1 coin"),
        ("rate=8/100", "₹100 earn 8 coins"),
        ("tier=none", "as tier none"),
        ("balance_at=w7", "the balance from before entry w7"),
        ("trigger=placed", "triggered when placed"),
    ],
)
def test_a_cause_has_words(cause: str, words: str) -> None:
    assert cause_words(cause) == words


# --- orders like this one -------------------------------------------------------------------------


def test_an_order_like_another_differs_in_one_or_two_things_and_still_adds_up() -> None:
    case, _ = a_case(
        *paid(1500, subtotal=1500, coupon=100, other_discount=20, shipping=49), rules=law(), leg="redemption"
    )
    row = case.ruled.row(0, named=True)
    orders = orders_like(row)
    assert orders[0].words == "without its coupon"
    assert [order.row["order_no"] for order in orders] == [*range(len(orders))]
    assert len({order.words for order in orders}) == len(orders)
    for order in orders:
        like = order.row
        assert like["after_coupon_paise"] == like["subtotal_paise"] - like["coupon_paise"] - 2000 >= 0
        added = like["shipping_paise"] + like["cod_fee_paise"] + like["tax_paise"]
        assert like["payable_paise"] == like["after_coupon_paise"] + added - like["prepaid_discount_paise"]
        assert like["payable_paise"] - like["loyalty_paise"] == like["grand_total_paise"] >= 0
        assert like["has_coupon"] == (like["coupon_paise"] > 0)
        assert like["spendable_coins"] in {row["spendable_coins"], AMPLE}
