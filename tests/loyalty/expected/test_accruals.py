"""What an order earns: golden numbers, the five bases, and the formula against exact ratios."""

import datetime as dt
import math
from dataclasses import dataclass
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty.expected.accruals import earn, expected_earning, with_earning
from loyalty.expected.facts import order_facts, refunds
from loyalty.rulebook.models import Rulebook
from loyalty.values.ratios import ROUNDINGS
from tests.builders import (
    AS_OF,
    DAY,
    HOUR,
    MICROSECOND,
    NOON,
    Order,
    a_law,
    a_member,
    a_world,
    an_order,
    unchecked,
)
from tests.loyalty.expected.naive import rupee_text


def earning(rules: Rulebook, *orders: Order, tier: str | None = None) -> pl.DataFrame:
    with unchecked():
        world = a_world(a_member(tier=tier), *orders)
        facts = order_facts(world.orders, refunds(world.orders, world.refund_rows), world.members, rules)
    return with_earning(facts, rules)


def earned(rules: Rulebook, *orders: Order, tier: str | None = None) -> list[int]:
    frame = earning(rules, *orders, tier=tier)
    return frame.select(earn(pl.col("earn_base_paise"))).to_series().to_list()


@pytest.mark.parametrize(
    ("coins", "per_rupees", "order", "tier", "expected"),
    [
        pytest.param("5", "100", an_order(subtotal="999.99"), "gold", 59, id="5 per ₹100 by 6/5 on ₹999.99"),
        pytest.param("5", "100", an_order(subtotal=849), "gold", 50, id="5 per ₹100 by 6/5 on ₹849"),
        pytest.param("1", "1", an_order(subtotal="999.99"), None, 999, id="1 per ₹1 on ₹999.99"),
        pytest.param(
            "1", "1", an_order(subtotal=100), "gold", 120, id="Nector: factor 1.2 makes 120 of ₹100"
        ),
        pytest.param("1", "1", an_order(subtotal=100, coupon=10), None, 90, id="Growave: ₹100 less 10 %"),
        pytest.param("1", "1", an_order(subtotal=50, loyalty=10), None, 40, id="Smile: ₹50 less ₹10"),
        pytest.param("1", "1", an_order(subtotal="49.95"), None, 49, id="Yotpo: 49.95"),
        pytest.param(
            "7", "33.33", an_order(subtotal="999.90"), None, 210, id="a rate that divides badly, exactly"
        ),
    ],
)
def test_golden_numbers(coins: str, per_rupees: str, order: Order, tier: str | None, expected: int) -> None:
    rules = a_law({"earn": {"coins": coins, "per_rupees": per_rupees, "tiers": {"gold": "6/5"}}})
    assert earned(rules, order, tier=tier) == [expected]


_ORDER = an_order(
    subtotal=1000,
    coupon=100,
    other_discount=50,
    loyalty=30,
    prepaid_discount=20,
    shipping=40,
    cod_fee=25,
    tax=18,
)
"""₹1,000 − ₹100 − ₹50 after coupon ₹850, less loyalty ₹820; to pay ₹883, before loyalty ₹913."""


@pytest.mark.parametrize(
    ("base", "include", "paise"),
    [
        ("subtotal", [], 100_000),
        ("subtotal", ["shipping"], 104_000),
        ("after_coupon", [], 85_000),
        ("after_coupon", ["cod_fee", "shipping", "tax"], 93_300),
        ("after_coupon_and_loyalty", [], 82_000),
        ("after_coupon_and_loyalty", ["tax"], 83_800),
        ("total_payable", [], 91_300),
        ("total_payable", ["cod_fee", "shipping", "tax"], 91_300),
        ("amount_paid", [], 88_300),
        ("amount_paid", ["cod_fee", "shipping", "tax"], 88_300),
    ],
)
def test_includes_add_to_the_bases_before_payment_only(base: str, include: list[str], paise: int) -> None:
    rules = a_law({"earn": {"coins": "1", "base": base, "include": include}})
    assert earning(rules, _ORDER)["earn_base_paise"].to_list() == [paise]


def test_a_base_is_never_below_zero() -> None:
    assert earning(a_law(), an_order(subtotal=10, coupon=30, shipping=100))["earn_base_paise"].to_list() == [
        0
    ]


@pytest.mark.parametrize(
    ("trigger", "due"),
    [
        ("placed", NOON + 3 * DAY),
        ("confirmed", NOON + HOUR + 3 * DAY),
        ("delivered", NOON + 2 * HOUR + 3 * DAY),
    ],
)
def test_due_is_the_trigger_and_whole_days_of_24_hours(trigger: str, due: dt.datetime) -> None:
    rules = a_law({"earn": {"trigger": trigger, "delay_days": "3"}})
    order = an_order(confirmed=NOON + HOUR, delivered=NOON + 2 * HOUR)
    assert earning(rules, order)["due_at"].to_list() == [due]


def test_an_order_before_the_first_version_has_no_earning_law() -> None:
    row = earning(a_law(), an_order(placed="2025-12-31 23:59:59")).row(0, named=True)
    assert (row["version_no"], row["due_at"], row["earn_base_paise"]) == (None, None, None)


@pytest.mark.parametrize(
    ("order", "due", "unskipped"),
    [
        pytest.param(an_order(subtotal=1000), 50, 50, id="reached"),
        pytest.param(an_order(subtotal=1000, tags=["wholesale"]), 0, 50, id="skipped"),
        pytest.param(an_order(subtotal=1000, placed=AS_OF), 50, 50, id="reached at the as-of"),
        pytest.param(an_order(subtotal=1000, cancelled=NOON), 0, 0, id="dead at the due instant"),
        pytest.param(an_order(subtotal=1000, cancelled=NOON + MICROSECOND), 50, 50, id="dead a moment after"),
        pytest.param(an_order(subtotal=1000, state="unknown"), 0, 0, id="unknown state"),
        pytest.param(an_order(subtotal=1000, member=None), 0, 0, id="nobody known"),
    ],
)
def test_what_is_due(order: Order, due: int, unskipped: int) -> None:
    rules = a_law({"earn": {"coins": "5", "trigger": "placed", "skip_tags": ["wholesale"]}})
    world = a_world(order)
    refunded = refunds(world.orders, world.refund_rows)
    facts = order_facts(world.orders, refunded, world.members, rules)
    frame = expected_earning(facts, refunded, rules, AS_OF)
    assert frame.select("due_coins", "unskipped_coins").rows() == [(due, unskipped)]


# --- the formula against exact ratios -------------------------------------------------------------


@dataclass(frozen=True)
class Law:
    coins: int
    per_paise: int
    factor: Fraction
    rounding: str
    min_order: int
    max_coins: int | None

    def file(self, number: int) -> dict[str, object]:
        """A version of its own day, so that many laws fit into one rulebook."""
        return {
            "version": str(number),
            "effective_from": (NOON + number * DAY).isoformat(),
            "earn": {
                "coins": str(self.coins),
                "per_rupees": rupee_text(self.per_paise),
                "base": "subtotal",
                "rounding": self.rounding,
                "tiers": {"gold": str(self.factor)},
                "min_order_rupees": rupee_text(self.min_order),
                "max_coins": None if self.max_coins is None else str(self.max_coins),
            },
        }

    def earned(self, base: int) -> int:
        if base < self.min_order:
            return 0
        exact = Fraction(base * self.coins, self.per_paise) * self.factor
        half_up = math.floor(exact + Fraction(1, 2))
        modes = {
            "floor": math.floor(exact),
            "ceil": math.ceil(exact),
            "half_up": half_up,
            "half_even": round(exact),
        }
        coins = modes[self.rounding]
        return coins if self.max_coins is None else min(coins, self.max_coins)


LAWS = st.builds(
    Law,
    coins=st.integers(0, 20),
    per_paise=st.sampled_from((1, 100, 3_333, 4_000, 10_000)),
    factor=st.fractions(0, 3, max_denominator=9),
    rounding=st.sampled_from(ROUNDINGS),
    min_order=st.sampled_from((0, 0, 5_000)),
    max_coins=st.none() | st.integers(0, 90),
)


@settings(max_examples=40)
@given(st.lists(st.tuples(LAWS, st.integers(0, 20_000)), min_size=1, max_size=10))
def test_one_division_at_the_end_under_every_law(cases: list[tuple[Law, int]]) -> None:
    rules = a_law(*(law.file(number) for number, (law, _) in enumerate(cases)))
    orders = [
        an_order(f"{number:02d}", subtotal=rupee_text(base), placed=NOON + number * DAY)
        for number, (_, base) in enumerate(cases)
    ]
    assert earned(rules, *orders, tier="gold") == [law.earned(base) for law, base in cases]


@settings(max_examples=30)
@given(LAWS, st.lists(st.integers(0, 20_000), min_size=2, max_size=10))
def test_a_larger_base_never_earns_less(law: Law, bases: list[int]) -> None:
    orders = [
        an_order(f"{number:02d}", subtotal=rupee_text(base), placed=NOON)
        for number, base in enumerate(sorted(bases))
    ]
    coins = earned(a_law(law.file(0)), *orders, tier="gold")
    assert coins == sorted(coins)
