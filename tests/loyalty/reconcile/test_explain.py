"""The calculation of one order, as plain text: every step, and the limit that bound."""

from collections.abc import Mapping
from typing import Any

import polars as pl
import pytest

from loyalty.expected.accruals import expected_earning
from loyalty.expected.facts import order_facts, refunds
from loyalty.expected.redemptions import cap_paise, room_paise, with_maximum, with_rule
from loyalty.reconcile.explain import Heading, Row, explanation
from loyalty.reconcile.wording import sentences
from tests.builders import AS_OF, a_law, a_member, a_world, an_entry, an_order, ist, judged
from tests.findings import a_finding

PLACED = ist("2026-04-10 12:00")
LAW: dict[str, Any] = {
    "earn": {"coins": "5", "base": "after_coupon_and_loyalty", "delay_days": "7", "tiers": {"gold": "3/2"}},
    "redeem": {
        "gokwik": {
            "coins": "50",
            "value_rupees": "20",
            "max_discount_rupees": "300",
            "cap_percent": "12.5",
            "min_payable_rupees": "1",
            "min_cart_rupees": "499",
            "apply": "auto",
        }
    },
}
STEP: dict[str, Any] = LAW["redeem"]["gokwik"]
PERCENT = {"kind": "percent_variable", "coins": "50", "value_percent": "60"}


def told(
    block: Mapping[str, Any] = STEP,
    *,
    has: int = 1_000,
    on_paper: int | None = None,
    law: Mapping[str, Any] = LAW,
) -> str:
    """The page of order A of a gold member, with one debit and nothing earned yet."""
    worth = {"coin_value": {"coins": "50", "rupees": "20"}}
    rules = a_law({**law, **worth, "redeem": {"gokwik": block}})
    world = a_world(
        an_order(
            "A",
            placed=PLACED,
            delivered=ist("2026-04-14 12:00"),
            loyalty=400,
            shipping=49,
            has=has,
            on_paper=on_paper,
        ),
        an_entry("redeem dr", 1_000, PLACED, order="A"),
        a_member(tier="gold"),
    )
    refunded = refunds(world.orders, world.refund_rows)
    facts = order_facts(world.orders, refunded, world.members, rules)
    ruled = (
        with_rule(facts.join(world.spendable, on="order_no", how="left"), rules)
        .pipe(with_maximum)
        .with_columns(cap_paise=cap_paise(), room_paise=room_paise())
    )
    earning = expected_earning(facts, refunded, rules, AS_OF)
    legs = judged(world, rules, AS_OF, ("redemption",))
    told_legs = legs.with_columns(sentence=sentences(legs)).to_dicts()
    return explanation(Heading("A", "gokwik", PLACED, "M", "2026-01-01"), one(ruled), one(earning), told_legs)


def one(frame: pl.DataFrame) -> Row:
    return frame.row(0, named=True)


def lines(page: str) -> list[str]:
    return [" ".join(line.split()) for line in page.splitlines()]


def test_the_page_shows_base_limits_and_the_one_that_bound() -> None:
    page = lines(told())
    assert page[:2] == ["Order A", "placed 10 Apr 2026, 12:00 pm IST on gokwik by member M"]
    start = page.index("Redeeming (auto)")
    assert page[start + 1 : start + 12] == [
        "selling price ₹1,999",
        "+ shipping ₹49",
        "= base: total payable ₹2,048",
        "cart for the minimum: subtotal after coupon ₹1,999 minimum ₹499, met",
        "limit: most on one order ₹300",
        "limit: 12.5 % of the base ₹256 ◀ binds",
        "limit: leaves ₹1 to pay ₹2,047",
        "= most that may be taken off ₹256",
        "spendable coins at checkout 1,000 coins",
        "one step 50 coins buys ₹20",
        "= at most ₹240 for 600 coins",
    ]


def test_the_page_says_what_was_found_and_what_it_cost() -> None:
    page = lines(told())
    start = page.index("Found: redeeming")
    assert page[start + 1 : start + 6] == [
        "expected -600 coins discount ₹240",
        "recorded -1,000 coins discount ₹400",
        "difference -400 coins discount +₹160",
        "→ mismatch over_max_discount: above the largest discount, ₹100 lost",
        "Order A was given ₹400 off; the rules of 2026-01-01 allow at most ₹300 on one order: ₹100 too much.",
    ]
    assert page[start + 6] == "also true: over_cap"


def test_earning_shows_base_rate_tier_and_due_date() -> None:
    page = lines(told())
    start = page.index("Earning")
    assert page[start + 1 : start + 6] == [
        "selling price ₹1,999",
        "− loyalty discount ₹400",
        "= base: subtotal after coupon and loyalty ₹1,599",
        "rate 5 coins per ₹100 × 3/2 for tier gold, rounded floor",
        "= should earn 119 coins due 21 Apr 2026, 12:00 pm IST, 7 days after delivered",
    ]


@pytest.mark.parametrize(
    ("block", "has", "line"),
    [
        (STEP, 120, "spendable coins at checkout 120 coins ◀ binds"),
        (STEP | {"max_coins": "100"}, 1_000, "most coins on one order 100 coins ◀ binds"),
        (STEP | {"cap_percent": None}, 1_000, "limit: most on one order ₹300 ◀ binds"),
        (STEP | {"min_payable_rupees": "2000"}, 1_000, "limit: leaves ₹2,000 to pay ₹48 ◀ binds"),
        (STEP | {"payment": ["cod"]}, 1_000, "Not allowed: this payment method may not redeem."),
        (STEP | {"min_cart_rupees": "2000"}, 1_000, "Not allowed: the cart is below the minimum."),
        (STEP | {"min_coins": "700"}, 1_000, "Nothing fits with at least 700 coins."),
        (
            STEP | {"step": "false", "granularity_rupees": "1"},
            120,
            "one step 50 coins buys ₹20, in any part down to ₹1",
        ),
        (STEP | {"kind": "amount_fixed"}, 1_000, "one step 50 coins buys ₹20, once ◀ binds"),
        (STEP | {"kind": "amount_fixed"}, 49, "spendable coins at checkout 49 coins ◀ binds"),
        (STEP | {"min_coins": "700"}, 650, "spendable coins at checkout 650 coins ◀ binds"),
        (STEP | {"min_coins": "700"}, 1_000, "limit: 12.5 % of the base ₹256 ◀ binds"),
        (PERCENT, 1_000, "one step 50 coins buys 60 % of the base ◀ binds"),
        (PERCENT | {"cap_percent": "50"}, 1_000, "limit: 50 % of the base ₹1,024 ◀ binds"),
        (PERCENT, 60, "spendable coins at checkout 60 coins ◀ binds"),
    ],
)
def test_whatever_bound_is_named(block: dict[str, Any], has: int, line: str) -> None:
    assert line in lines(told(block, has=has))


def test_only_what_bound_is_marked() -> None:
    for has in (49, 649, 650):
        marked = [line for line in lines(told(has=has)) if line.endswith("◀ binds")]
        assert len(marked) == 1
        assert marked[0].startswith("spendable" if has < 650 else "limit: 12.5 %")


def test_an_order_that_no_rule_covers_has_no_calculation() -> None:
    page = lines(told(law=LAW | {"effective_from": "2026-05-01T00:00:00+05:30"}))
    assert page.count("No rule covers this order: no verdict.") == 2


def test_an_order_without_a_leg_says_so() -> None:
    heading = Heading("A", "gokwik", PLACED, None, None)
    page = lines(explanation(heading, {"has_rule": False}, {"base": None}, []))
    assert page[1:3] == [
        "placed 10 Apr 2026, 12:00 pm IST on gokwik by no known member",
        "No rule in force when it was placed",
    ]
    assert page[-1] == "No discount, no coins, nothing due: no row to judge."


def test_rupees_stand_under_rupees_and_paise_under_paise() -> None:
    page = told(STEP | {"cap_percent": "12.35"}).splitlines()
    figures = [
        line[:62].rstrip() for line in page if line.startswith("  ") and line[46:62].strip().startswith("₹")
    ]
    assert len(figures) > 8
    assert {len(line) for line in figures if "." in line[46:]} == {62}
    assert {len(line) for line in figures if "." not in line[46:]} == {59}


def test_coins_past_their_expiry_are_told_apart() -> None:
    page = lines(told(STEP | {"payment": ["cod"]}, has=40, on_paper=90))
    assert "spendable coins at checkout 40 coins" in page
    assert "with coins past their expiry 90 coins" in page


def test_a_base_before_payment_takes_nothing_in() -> None:
    page = lines(told(STEP | {"base": "subtotal"}))
    assert page[page.index("Redeeming (auto)") + 2] == "= base: subtotal ₹1,999"


def test_legs_are_told_in_the_order_of_an_order() -> None:
    heading = Heading("A", "gokwik", PLACED, "M", None)
    legs = [a_finding(leg) for leg in ("earn", "restore", "redemption")]
    page = lines(explanation(heading, {"has_rule": False}, {"base": None}, legs))
    assert [line for line in page if line.startswith("Found")] == [
        "Found: redeeming",
        "Found: earning",
        "Found: giving back",
    ]


def test_two_exports_of_one_order_are_told_by_their_totals() -> None:
    heading = Heading("A", "gokwik", PLACED, "M", "2026-01-01")
    leg = {**a_finding("order", "order_total", off=(2000, "1960.50"), effect="-39.50"), "sentence": "Said."}
    page = lines(explanation(heading, {"has_rule": False}, {"base": None}, [leg]))
    assert page[page.index("Found: orders") + 1 :][:5] == [
        "expected ₹2,000 total",
        "recorded ₹1,960.50 total",
        "difference -₹39.50 total",
        "→ mismatch order_total: totals differ, ₹39.50 owed to the customer",
        "Said.",
    ]
