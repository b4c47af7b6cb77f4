"""The eight questions: each is passed, failed and not exercised by orders that are as small as the story."""

from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from loyalty.contracts.base import empty
from loyalty.contracts.intermediate import OrderFacts, Spendable
from loyalty.contracts.marts import Reconciliation
from loyalty.contracts.readiness import QUESTIONS
from loyalty.contracts.staged import StagedOrders
from loyalty.expected.facts import order_facts, refunds
from loyalty.readiness.go_live import at_most, go_live
from loyalty.rulebook.models import Rulebook
from tests.builders import AS_OF, DAY, NOON, Order, Thing, a_law, a_world, an_entry, an_order, ist, judged

LAW = a_law({"earn": {"coins": "5", "trigger": "placed"}, "redeem": {"gokwik": {"min_cart_rupees": "499"}}})
Answers = dict[str, dict[str, Any]]


def shown(order: Order, points: int | None) -> Order:
    """The order, with the balance that its customer saw."""
    return replace(order, row={**order.row, "points_shown": points})


def asked(*things: Thing, rules: Rulebook = LAW) -> Answers:
    world = a_world(*things)
    facts = order_facts(world.orders, refunds(world.orders, world.refund_rows), world.members, rules)
    found = judged(world, rules, AS_OF)
    rows = go_live(found, world.orders, facts, world.spendable, rules, AS_OF)
    return {row["question"]: row for row in rows.iter_rows(named=True)}


def answer(question: str, *things: Thing, rules: Rulebook = LAW) -> tuple[str, int, int, str | None]:
    row = asked(*things, rules=rules)[question]
    return row["answer"], row["n"], row["failures"], row["example_order_id"]


def redeemed(order_id: str = "A", *, coins: int = 100, rupees: int = 10, **more: Any) -> tuple[Thing, Thing]:
    """An order that took ``rupees`` off for ``coins``."""
    return an_order(order_id, loyalty=rupees, **more), an_entry("redeem dr", coins, order=order_id)


OPEN = ("not_exercised", 0, 0, None)


@pytest.mark.parametrize(
    ("points", "has", "found"),
    [
        pytest.param(1, 100, ("passed", 1, 0, None), id="one point is shown"),
        pytest.param(0, 100, ("failed", 1, 1, "A"), id="none is shown to a member who has some"),
        pytest.param(0, 0, OPEN, id="none is shown to a member who has none"),
        pytest.param(None, 100, OPEN, id="the export does not say"),
    ],
)
def test_points_are_shown_to_who_has_some(points: int | None, has: int, found: Any) -> None:
    assert answer("points_shown", shown(an_order(has=has), points)) == found


@pytest.mark.parametrize(
    ("points", "found"),
    [
        pytest.param(350, ("passed", 1, 0, None), id="the very balance"),
        pytest.param(351, ("failed", 1, 1, "A"), id="one too many"),
        pytest.param(349, ("failed", 1, 1, "A"), id="one too few"),
        pytest.param(None, OPEN, id="the export does not say"),
    ],
)
def test_the_balance_shown_is_the_one_that_the_member_has(points: int | None, found: Any) -> None:
    assert answer("balance_right", shown(an_order(has=350), points)) == found


def test_a_discount_within_the_rules_passes_and_one_against_them_fails() -> None:
    assert answer("discount_right", *redeemed(subtotal=499)) == ("passed", 1, 0, None)
    assert answer("discount_right", *redeemed(subtotal="498.99")) == ("failed", 1, 1, "A")
    assert answer("discount_right", an_order()) == OPEN


def test_a_wrong_discount_is_found_behind_coins_that_do_not_fit_it_either() -> None:
    things = redeemed(coins=90, subtotal=498)
    assert answer("discount_right", *things) == ("failed", 1, 1, "A")
    assert answer("same_on_both_sides", *things) == ("failed", 1, 1, "A")


def test_a_dead_order_tests_nothing_of_redeeming() -> None:
    things = redeemed(subtotal=498, cancelled=NOON + DAY)
    for question in ("discount_right", "same_on_both_sides", "mobile_works", "apply_as_set"):
        assert answer(question, *things) == OPEN


@pytest.mark.parametrize(
    ("total", "found"),
    [
        pytest.param(990, ("passed", 1, 0, None), id="₹10 less"),
        pytest.param(1000, ("failed", 1, 1, "A"), id="nothing was taken off"),
        pytest.param(980, ("failed", 1, 1, "A"), id="taken off twice"),
        pytest.param("990.50", OPEN, id="fifty paise more of something that the export lacks"),
    ],
)
def test_the_total_goes_down_by_the_discount(total: int | str, found: Any) -> None:
    assert answer("total_right", *redeemed(subtotal=1000, grand_total=total)) == found


def test_where_most_totals_add_up_one_that_does_not_is_wrong() -> None:
    off = redeemed(subtotal=1000, grand_total="990.50")
    assert answer("total_right", *off, an_order("B")) == ("failed", 1, 1, "A")
    lacking = [an_order(name, subtotal=500, grand_total=549) for name in ("B", "C")]
    assert answer("total_right", *off, *lacking) == OPEN


def test_both_sides_reckon_alike_when_the_coins_are_those_that_the_discount_needs() -> None:
    assert answer("same_on_both_sides", *redeemed()) == ("passed", 1, 0, None)
    assert answer("same_on_both_sides", *redeemed(coins=200)) == ("failed", 1, 1, "A")
    assert answer("same_on_both_sides", an_order(loyalty=10)) == ("failed", 1, 1, "A")
    assert answer("same_on_both_sides", an_order(), an_entry("redeem dr", 100, order="A")) == (
        "failed",
        1,
        1,
        "A",
    )
    assert answer("same_on_both_sides", an_order()) == OPEN


def test_a_debit_that_may_still_come_tests_nothing_yet() -> None:
    assert answer("same_on_both_sides", an_order(loyalty=10, placed=AS_OF - DAY)) == OPEN


def test_earning_works_when_what_is_due_was_credited() -> None:
    right = (an_order(subtotal=1000), an_entry("reward cr", 50, order="A"))
    assert answer("earning_works", *right) == ("passed", 1, 0, None)
    assert answer("earning_works", an_order(subtotal=1000)) == ("failed", 1, 1, "A")
    assert answer("earning_works", an_order(subtotal=19)) == OPEN
    assert answer("earning_works", an_order(subtotal=1000, placed=AS_OF - DAY)) == OPEN


def test_mobile_is_tested_by_orders_of_mobile_alone() -> None:
    assert answer("mobile_works", *redeemed(device="mobile")) == ("passed", 1, 0, None)
    assert answer("mobile_works", *redeemed(device="mobile", coins=200)) == ("failed", 1, 1, "A")
    assert answer("mobile_works", *redeemed(device="web")) == OPEN
    assert answer("mobile_works", *redeemed()) == OPEN
    assert answer("mobile_works", an_order(device="mobile")) == OPEN


AUTO = a_law({"redeem": {"gokwik": {"apply": "auto"}}})


def test_points_are_applied_as_the_rules_say() -> None:
    assert answer("apply_as_set", *redeemed(applied="manual")) == ("passed", 1, 0, None)
    assert answer("apply_as_set", *redeemed(applied="auto", has=100)) == ("failed", 1, 1, "A")
    assert answer("apply_as_set", *redeemed()) == OPEN
    assert answer("apply_as_set", *redeemed(has=100), rules=AUTO) == ("passed", 1, 0, None)
    assert answer("apply_as_set", *redeemed(has=200), rules=AUTO) == ("failed", 1, 1, "A")
    assert answer("apply_as_set", *redeemed(applied="manual"), rules=AUTO) == ("failed", 1, 1, "A")


def test_the_newest_order_that_failed_is_the_example() -> None:
    old, new = (redeemed(name, coins=200, placed=when) for name, when in (("Z", NOON), ("A", NOON + DAY)))
    later = redeemed("B", placed=NOON + 2 * DAY)
    assert answer("same_on_both_sides", *old, *new, *later) == ("failed", 3, 2, "A")


def test_only_orders_of_the_surface_under_the_law_in_force_count() -> None:
    laws = a_law(
        {"redeem": {"widget": {}, "gokwik": {}}},
        {
            "version": "2026-06-01",
            "effective_from": "2026-06-01T00:00:00+05:30",
            "redeem": {"widget": {}, "gokwik": {}},
        },
        {
            "version": "2026-08-01",
            "effective_from": "2026-08-01T00:00:00+05:30",
            "redeem": {"widget": {}, "gokwik": {}},
        },
    )
    before = redeemed("A", coins=200, placed=ist("2026-05-31 23:59"))
    elsewhere = redeemed("B", coins=200, placed=ist("2026-06-01 00:00"), surface="widget")
    assert answer("same_on_both_sides", *before, *elsewhere, rules=laws) == OPEN
    here = redeemed("C", placed=ist("2026-06-01 00:00"))
    row = asked(*before, *elsewhere, *here, rules=laws)["same_on_both_sides"]
    assert (row["answer"], row["n"], row["surface"], row["rule_version"]) == (
        "passed",
        1,
        "gokwik",
        "2026-06-01",
    )


def test_nothing_at_all_leaves_eight_open_questions_that_say_what_is_missing() -> None:
    nothing = (empty(Reconciliation), empty(StagedOrders), empty(OrderFacts), empty(Spendable))
    for rules in (LAW, a_law({"redeem": {}}), a_law({"effective_from": "2027-01-01T00:00:00+05:30"})):
        rows = go_live(*nothing, rules, AS_OF)
        assert rows["question"].to_list() == list(QUESTIONS)
        assert set(rows["answer"]) == {"not_exercised"}
        assert rows["note"].null_count() == 0
        assert rows["bound"].null_count() == 8


@pytest.mark.parametrize("n", [1, 2, 30, 59, 1000])
def test_the_bound_is_the_share_at_which_so_many_clean_orders_have_one_chance_in_twenty(n: int) -> None:
    bound = pl.select(at_most(pl.lit(n))).item()
    assert (1 - bound) ** n == pytest.approx(0.05)
    assert bound <= 3 / n


def test_fifty_nine_clean_orders_are_the_first_to_rule_out_one_failure_in_twenty() -> None:
    few, enough = pl.select(few=at_most(pl.lit(58)), enough=at_most(pl.lit(59))).row(0)
    assert enough < 0.05 < few
