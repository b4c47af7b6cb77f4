"""The leg `order`: GoKwik and Shopify on the same order."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import polars as pl
import pytest

from loyalty.contracts.base import empty, polars_schema
from loyalty.contracts.marts import Reconciliation
from loyalty.contracts.staged_events import StagedShopifyOrders
from loyalty.expected.facts import order_facts, refunds
from loyalty.expected.redemptions import claims
from loyalty.ledger.links import linked_entries
from loyalty.reconcile.orders import EDGE, is_compared, order_rows, with_orders
from tests.builders import (
    AS_OF,
    DAY,
    HOUR,
    MINUTE,
    NOON,
    Rupees,
    Thing,
    World,
    a_law,
    a_refund,
    a_world,
    an_entry,
    an_order,
    paise,
)

RULES = a_law({"redeem": {"gokwik": {"coins": "100", "value_rupees": "10"}}})
"""A coin is worth ten paise."""


class Found(NamedTuple):
    status: str
    kind: str | None
    expected: int
    recorded: int
    effect: int
    secondary: list[str]


Shopped = Mapping[str, Any]


def in_shop(
    order: str | None = "A",
    total: Rupees = 1999,
    *,
    name: str | None = None,
    at: dt.datetime = NOON,
    gokwik: bool = True,
    refunded: Rupees = 0,
    cancelled: dt.datetime | None = None,
    became: str | None = None,
    member: int | None = 0,
    shopify_id: str | None = None,
) -> Shopped:
    """An order as Shopify tells it; ``order`` is the GoKwik order that it is, ``became`` the name of its twin."""
    return {
        "order": order,
        "order_name": name or f"#{order}",
        "shopify_id": shopify_id,
        "became": became,
        "is_gokwik": gokwik,
        "total_paise": paise(total),
        "refunded_paise": paise(refunded),
        "created_at": at,
        "cancelled_at": cancelled,
        "member_no": member,
        "lines": 1,
        **dict.fromkeys(("items", "lines_paise", "discount_paise", "shipping_paise", "tax_paise"), 0),
        "payment_kind": "prepaid",
        "has_discount_code": False,
    }


def staged(world: World, shop: Iterable[Shopped]) -> pl.DataFrame:
    numbers = dict(world.orders.select("order_id", "order_no").iter_rows())
    ranked = sorted(shop, key=lambda row: row["order_name"])
    places = {row["order_name"]: place for place, row in enumerate(ranked)}
    rows = [
        {
            **row,
            "shopify_no": places[row["order_name"]],
            "order_no": numbers.get(row["order"]),
            "match_by": "name" if row["order"] in numbers else None,
            "prepaid_twin_no": places.get(row["became"]),
        }
        for row in ranked
    ]
    schema = polars_schema(StagedShopifyOrders)
    filled = [{column: row.get(column) for column in schema} for row in rows]
    return StagedShopifyOrders.validate(pl.DataFrame(filled, schema=schema))


def compared(
    *things: Thing, shop: Iterable[Shopped], as_of: dt.datetime = AS_OF, **changed: pl.Expr
) -> dict[str, Found]:
    """What is found of each order, by its id; the leg as it stands in mart_reconciliation."""
    world = a_world(*things)
    orders = world.orders.with_columns(**changed)
    facts = order_facts(orders, refunds(orders, world.refund_rows), world.members, RULES)
    linked = linked_entries(world.entries, orders, world.references, claims(facts, RULES))
    rows = order_rows(orders, world.refund_rows, linked, staged(world, shop), RULES, as_of)
    told = with_orders(empty(Reconciliation), rows, world.member_keys)
    assert set(told["leg"]) <= {"order"}
    return {
        row["order_id"]: Found(
            row["status"], row["kind"], row["expected_paise"], row["recorded_paise"], row["effect_paise"],
            row["secondary_kinds"],
        )
        for row in told.iter_rows(named=True)
    }  # fmt: skip


def kinds(found: Mapping[str, Found]) -> dict[str, str | None]:
    return {order: each.kind for order, each in found.items()}


MATCH = Found("match", None, 199_900, 199_900, 0, [])


# --- both have it ---------------------------------------------------------------------------------


def test_an_order_that_both_tell_alike_matches() -> None:
    assert compared(an_order(), shop=[in_shop()]) == {"A": MATCH}


@pytest.mark.parametrize(("total", "effect"), [("1949", 5_000), ("2000.50", -150), ("1998.98", 2)])
def test_totals_that_differ_by_more_than_a_paisa_are_a_mismatch(total: str, effect: int) -> None:
    found = compared(an_order(), shop=[in_shop(total=total)])["A"]
    assert found == Found("mismatch", "order_total", paise(total), 199_900, effect, [])


@pytest.mark.parametrize("total", ["1999.01", "1998.99"])
def test_one_paisa_is_no_difference(total: str) -> None:
    assert compared(an_order(), shop=[in_shop(total=total)])["A"].kind is None


def test_a_total_below_its_parts_hides_a_discount_and_one_above_them_a_charge() -> None:
    low = compared(an_order(grand_total=1949), shop=[in_shop(total=1949)])["A"]
    high = compared(an_order(grand_total=2009), shop=[in_shop(total=2009)])["A"]
    assert low == Found("mismatch", "order_identity", 199_900, 194_900, 5_000, [])
    assert high == Found("mismatch", "order_identity", 199_900, 200_900, -1_000, [])


def test_every_part_of_a_total_counts() -> None:
    order = an_order(
        subtotal=1000,
        coupon=100,
        other_discount=10,
        prepaid_discount=5,
        loyalty=20,
        shipping=49,
        cod_fee=39,
        tax=7,
    )
    assert compared(order, shop=[in_shop(total=960)])["A"].status == "match"


def test_an_export_that_leaves_parts_out_proves_nothing_about_them() -> None:
    found = compared(an_order(grand_total=1949), shop=[in_shop(total=1949)], is_itemised=pl.lit(value=False))
    assert found["A"].status == "match"


def test_the_first_kind_that_holds_counts_and_the_others_stand_beside_it() -> None:
    found = compared(an_order(grand_total=1949, refunded=1960), shop=[in_shop(total=2009)])["A"]
    assert (found.kind, found.secondary) == ("order_total", ["order_identity", "refund_exceeds_paid"])


# --- refunds --------------------------------------------------------------------------------------


def test_more_than_the_customer_paid_is_too_much_to_refund() -> None:
    order = an_order(loyalty=100)
    found = compared(order, a_refund(1950, NOON + DAY), shop=[in_shop(total=1899)])["A"]
    assert found == Found("mismatch", "refund_exceeds_paid", 189_900, 189_900, 5_100, [])


def test_all_that_was_paid_may_be_refunded_in_parts() -> None:
    parts = [a_refund(1000, NOON + DAY), a_refund(999, NOON + 2 * DAY)]
    assert compared(an_order(), *parts, shop=[in_shop(refunded=1999)])["A"].status == "match"


def test_a_refund_that_only_shopify_knows_counts_too() -> None:
    found = compared(an_order(), a_refund(500, NOON + DAY), shop=[in_shop(refunded=2099)])["A"]
    assert (found.kind, found.effect) == ("refund_exceeds_paid", 10_000)


# --- one side alone -------------------------------------------------------------------------------


def test_an_order_that_shopify_lacks_is_not_booked() -> None:
    found = compared(an_order(), an_order("B"), shop=[in_shop("B")])["A"]
    assert found == Found("mismatch", "order_missing_in_shopify", 0, 199_900, 199_900, [])


def test_a_dead_order_that_shopify_lacks_costs_nothing() -> None:
    found = compared(an_order(cancelled=NOON + DAY), an_order("B"), shop=[in_shop("B")])["A"]
    assert (found.kind, found.effect) == ("order_missing_in_shopify", 0)
    repaid = compared(an_order(), an_order("B"), a_refund(1999, NOON + DAY), shop=[in_shop("B")])["A"]
    assert (repaid.kind, repaid.effect) == ("order_missing_in_shopify", 0)


def test_a_failed_payment_makes_no_order_in_shopify() -> None:
    failed = an_order(state="failed", cancelled=NOON + MINUTE)
    assert compared(failed, an_order("B"), shop=[in_shop("B")])["A"].status == "match"


def test_a_day_is_left_for_an_order_to_arrive() -> None:
    shop = [in_shop("B", at=NOON + 3 * DAY)]
    orders = (an_order(), an_order("B", placed=NOON + 3 * DAY))
    assert compared(*orders, shop=shop, as_of=NOON + DAY)["A"].status == "pending"
    late = compared(*orders, shop=shop, as_of=NOON + DAY + MINUTE)["A"]
    assert (late.status, late.kind) == ("mismatch", "order_missing_in_shopify")


def test_an_order_that_gokwik_lacks_is_named_by_shopifys_id() -> None:
    found = compared(an_order(), shop=[in_shop(), in_shop(None, 500, name="#1002", shopify_id="5102")])
    assert found == {"A": MATCH, "5102": Found("mismatch", "order_missing_in_gokwik", 50_000, 0, 0, [])}


def test_without_an_id_of_its_own_it_is_named_by_its_name() -> None:
    alone = [in_shop(None, name="#1002"), in_shop(None, name="#A"), in_shop(None, name="#3", shopify_id="A")]
    twice = [in_shop(None, name=f"#{name}", shopify_id="7") for name in ("8", "9")]
    found = compared(an_order(), shop=[in_shop(), *alone[:1], *alone[2:], *twice])
    assert set(found) == {"A", "1002", "3", "8", "9"}
    assert set(compared(an_order(), shop=alone)) == {"A", "#A", "1002", "3"}


def test_an_order_of_another_checkout_is_none_of_gokwiks_business() -> None:
    assert set(compared(an_order(), shop=[in_shop(), in_shop(None, name="#1002", gokwik=False)])) == {"A"}


def test_a_second_payment_that_was_called_off_at_once_is_by_design() -> None:
    again = NOON + 2 * MINUTE
    second = in_shop(None, name="#1002", at=again, cancelled=again + 5 * MINUTE)
    found = compared(an_order(), shop=[in_shop(), second])["1002"]
    assert found == Found("by_design", "duplicate_payment", 0, 0, 0, [])


@pytest.mark.parametrize(
    "changed",
    [{"cancelled": None}, {"cancelled": NOON + 2 * HOUR}, {"total": 500}, {"at": NOON + HOUR}, {"member": 7}],
)
def test_any_other_order_is_no_second_payment(changed: Mapping[str, Any]) -> None:
    told = {"name": "#1002", "at": NOON + MINUTE, "cancelled": NOON + 5 * MINUTE, **changed}
    assert (
        compared(an_order(), shop=[in_shop(), in_shop(None, **told)])["1002"].kind
        == "order_missing_in_gokwik"
    )


@pytest.mark.parametrize(("beyond", "status"), [(EDGE - 1, "mismatch"), (EDGE, "unknown")])
@pytest.mark.parametrize("way", [-1, 1])
def test_a_run_of_orders_beyond_the_last_one_is_the_edge_of_an_export(
    beyond: int, status: str, way: int
) -> None:
    lone = [an_order(f"L{number}", placed=NOON + way * (number + 1) * HOUR) for number in range(beyond)]
    found = compared(an_order(), *lone, shop=[in_shop()])
    assert {each.status for order, each in found.items() if order != "A"} == {status}
    assert found["A"] == MATCH


def test_gokwiks_export_has_an_edge_as_well() -> None:
    lone = [in_shop(None, name=f"#{number}", at=NOON + (number + 1) * HOUR) for number in range(EDGE)]
    assert {each.status for each in compared(an_order(), shop=[in_shop(), *lone]).values()} == {
        "match",
        "unknown",
    }


def test_an_empty_export_proves_nothing() -> None:
    assert compared(an_order(), shop=[])["A"].status == "unknown"


def test_an_unknown_state_gives_no_verdict() -> None:
    found = compared(an_order(state="unknown", grand_total=1), shop=[in_shop()])["A"]
    assert found == Found("unknown", None, 100, 100, 0, [])


# --- twins ----------------------------------------------------------------------------------------


def twins(*entries: Thing, **cod: Any) -> dict[str, Found]:
    """A COD order A that became the prepaid order B an hour later."""
    orders = (an_order(payment="cod", **cod), an_order("B", placed=NOON + HOUR))
    return compared(*orders, *entries, shop=[in_shop(became="#B"), in_shop("B", at=NOON + HOUR)])


def earned(order: str, coins: int = 100) -> Thing:
    return an_entry("reward cr", coins, NOON + 8 * DAY, order=order)


def spent(order: str, coins: int = 300) -> Thing:
    return an_entry("redeem dr", coins, NOON + HOUR, order=order)


def test_one_purchase_that_earned_twice_shows_on_the_cod_order() -> None:
    found = twins(earned("A", 90), earned("B"))
    assert found == {
        "A": Found("mismatch", "cod_prepaid_twin", 199_900, 199_900, 900, []),
        "B": MATCH,
    }


def test_coins_spent_twice_for_one_purchase_are_owed() -> None:
    assert twins(spent("A"), spent("B"))["A"].effect == -3_000


def test_coins_earned_and_spent_twice_count_each_way() -> None:
    assert twins(earned("A"), earned("B"), spent("A"), spent("B"))["A"].effect == 1_000 - 3_000


@pytest.mark.parametrize(
    "entries",
    [
        (),
        (earned("B"),),
        (earned("A"),),
        (earned("A"), spent("B")),
        (earned("A"), earned("B"), an_entry("revert dr", 100, NOON + 9 * DAY, order="A")),
        (spent("A"), spent("B"), an_entry("revert cr", 300, NOON + 2 * HOUR, order="A")),
    ],
)
def test_twins_that_carry_coins_once_are_in_order(entries: tuple[Thing, ...]) -> None:
    assert kinds(twins(*entries)) == {"A": None, "B": None}


def test_of_a_dead_twin_the_other_legs_tell() -> None:
    assert kinds(twins(earned("A"), earned("B"), cancelled=NOON + HOUR))["A"] is None


# --- which exports --------------------------------------------------------------------------------


def test_orders_are_compared_only_with_all_three_exports() -> None:
    whole = ["gokwik_orders", "members", "nector_ledger", "shopify_orders"]
    assert is_compared(whole)
    for kind in ("gokwik_orders", "nector_ledger", "shopify_orders"):
        assert not is_compared([other for other in whole if other != kind])


def test_the_leg_stands_among_the_others_in_order() -> None:
    world = a_world(an_order())
    rows = order_rows(
        world.orders, world.refund_rows, pl.DataFrame(schema=LINKED), staged(world, []), RULES, AS_OF
    )
    verdict = empty(Reconciliation)
    told = with_orders(verdict, rows, world.member_keys)
    assert told.select("leg", "order_id", "member_id", "surface", "business_date", "entry_ids").rows() == [
        ("order", "A", "M", "gokwik", dt.date(2026, 4, 10), [])
    ]
    assert with_orders(verdict, rows.clear(), world.member_keys) is verdict


LINKED = {
    "order_no": pl.Int64,
    "leg": pl.String,
    "is_posted": pl.Boolean,
    "signed_coins": pl.Int64,
}
