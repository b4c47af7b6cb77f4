"""What a world exports beside orders and ledger agrees with the history that it simulated."""

from collections import Counter, defaultdict
from dataclasses import replace
from functools import cache

import pytest

from loyalty.worlds import DEMO, STYLES, World, build
from tests.loyalty.worlds.sheets import Row, paise, rows

AS_OF = "2026-01-01 09:00:00"
FILES = ("shopify-orders", "gokwik-carts", "checkouts", "gokwik-settlements", "tickets", "feedback")


@cache
def world(*, faults: bool) -> World:
    return build(4, 1500, style=replace(DEMO, noise=False), faults=faults)


@cache
def shop(*, faults: bool = False) -> dict[str, list[Row]]:
    """Shopify's rows by order name."""
    told: dict[str, list[Row]] = defaultdict(list)
    for row in rows(world(faults=faults), "shopify-orders"):
        told[row["Name"]].append(row)
    return told


def orders(*, faults: bool = False) -> dict[str, Row]:
    return {row["Merchant Order ID"]: row for row in rows(world(faults=faults), "gokwik-orders")}


def test_coins_are_the_same_whether_these_files_are_asked_for_or_not() -> None:
    with_them, without = (
        build(4, 400, style=replace(DEMO, events=events), faults=False) for events in (True, False)
    )
    kept = {name: text for name, text in with_them.files.items() if not name.startswith(FILES)}
    assert kept == without.files
    assert len(with_them.files) > len(without.files)


@pytest.mark.parametrize("name", ["auto", "linear"])
def test_the_same_seed_gives_the_same_bytes(name: str) -> None:
    assert build(5, 150, style=STYLES[name]) == build(5, 150, style=STYLES[name])


# --- Shopify --------------------------------------------------------------------------------------


def test_every_order_that_was_paid_or_promised_is_in_shopify_with_its_total() -> None:
    told = {lines[0]["Id"]: lines[0] for lines in shop().values()}
    for order_id, order in orders().items():
        if order["Merchant Order Status"] in ("Failed", "Payment Failed"):
            assert order_id not in told
        else:
            assert told[order_id]["Name"] == order["Shopify Order Name"]
            assert paise(told[order_id]["Total"]) == paise(order["Grand Total"])


def test_line_items_add_up_to_the_order_and_the_whole_order_stands_on_the_first() -> None:
    assert max(len(lines) for lines in shop().values()) >= 4
    for name, lines in shop().items():
        first, *others = lines
        if name.endswith("-D"):
            continue
        before = paise(first["Subtotal"]) + paise(first["Discount Amount"])
        assert before == sum(int(row["Lineitem quantity"]) * paise(row["Lineitem price"]) for row in lines)
        assert paise(first["Total"]) == sum(paise(first[part]) for part in ("Subtotal", "Shipping", "Taxes"))
        for row in others:
            said = {column for column, text in row.items() if text and not column.startswith("Lineitem")}
            assert said <= {"Name", "Email", "Vendor"}


def test_a_second_payment_is_called_off_at_once_and_hidden_by_gokwik() -> None:
    doubles = [lines[0] for name, lines in shop().items() if name.endswith("-D")]
    assert doubles
    for row in doubles:
        assert row["Cancelled at"] > row["Created at"]
        assert row["Id"] not in orders()
        assert row["Total"] == shop()[row["Name"].removesuffix("-D")][0]["Total"]


def test_each_fault_of_the_order_leg_shows_in_the_files() -> None:
    found = {each.kind: each for each in world(faults=True).planted if each.leg == "order"}
    assert len(found) == 6
    told = {lines[0]["Id"]: lines[0] for lines in shop(faults=True).values()}
    ours = orders(faults=True)

    def of(kind: str) -> tuple[str, int]:
        return found[kind].order_id or "", found[kind].effect_paise

    order, effect = of("order_missing_in_shopify")
    assert order not in told
    assert effect == paise(ours[order]["Grand Total"])
    order, effect = of("order_missing_in_gokwik")
    assert order not in ours
    assert "GoKwik" in told[order]["Tags"]
    assert effect == 0
    order, effect = of("order_total")
    assert paise(ours[order]["Grand Total"]) - paise(told[order]["Total"]) == effect != 0
    order, effect = of("refund_exceeds_paid")
    assert paise(told[order]["Refunded Amount"]) - paise(ours[order]["Grand Total"]) == effect > 0
    order, effect = of("order_identity")
    parts = ("Sub Total", "Shipping Charges", "Cod Charges", "Tax")
    off = ("Coupon Discount", "Prepaid Discount", "Other Discount", "Loyalty Discount")
    total = sum(paise(ours[order][part]) for part in parts) - sum(paise(ours[order][part]) for part in off)
    assert total - paise(ours[order]["Grand Total"]) == effect != 0
    order, effect = of("cod_prepaid_twin")
    assert "Converted to Prepaid Order #" in told[order]["Tags"]
    assert effect != 0


# --- checkouts and carts --------------------------------------------------------------------------


def test_every_order_of_the_checkout_is_the_end_of_one_session() -> None:
    done = [row for row in rows(world(faults=False), "checkouts") if row["Merchant Order ID"]]
    ours = {order: row for order, row in orders().items() if row["Checkout"] in ("", "gokwik")}
    failed = {
        order for order, row in ours.items() if row["Merchant Order Status"] in ("Failed", "Payment Failed")
    }
    assert Counter(row["Merchant Order ID"] for row in done) == Counter(ours.keys() - failed)
    for row in done:
        order = ours[row["Merchant Order ID"]]
        assert row["Started At"] < row["Completed At"] == order["Created At"]
        assert paise(row["Sub Total"]) == paise(order["Sub Total"])
        assert row["Points Shown"] == order["Points Shown"]
        if row["Phone"]:
            assert row["Points Applied"] == (order["Coins Used"] or "0")


def test_every_session_that_was_left_has_a_cart() -> None:
    left = {
        row["Checkout ID"].removeprefix("co-")
        for row in rows(world(faults=False), "checkouts")
        if not row["Completed At"]
    }
    carts = {row["ID"].removeprefix("ac-") for row in rows(world(faults=False), "gokwik-carts")}
    assert carts < left
    assert 0.2 < len(carts) / len(orders()) < 0.6


# --- money, tickets, answers ----------------------------------------------------------------------


def test_what_was_paid_online_is_settled_and_what_was_refunded_is_debited() -> None:
    paid: Counter[str] = Counter()
    back: Counter[str] = Counter()
    for row in rows(world(faults=False), "gokwik-settlements"):
        side, column = (paid, "Credit") if row["Transaction Type"] == "Sale" else (back, "Debit")
        side[row["Platform Order Id"]] += paise(row["Amount"])
        assert paise(row[column]) == paise(row["Amount"]) - paise(row["Fee"]) - paise(row["Tax"])
        assert bool(row["Settlement UTR"]) == bool(row["Settlement Date"])
    ours = orders()
    assert paid.keys() >= back.keys()
    for order, amount in paid.items():
        total = paise(ours[order]["Grand Total"])
        assert amount == (total // 10 if "COD" in ours[order]["Payment Method"] else total)
        assert back[order] <= amount


def test_tickets_and_answers_are_about_orders_of_those_who_wrote_them() -> None:
    ours = orders()
    for kind, key in (("tickets", "Ticket ID"), ("feedback", "Response ID")):
        told = rows(world(faults=False), kind)
        assert len(told) > 10
        for row in told:
            order = ours[row[key][2:]]
            assert row["Merchant Order ID"] in ("", order["Merchant Order ID"])
            assert row["Phone"].replace(" ", "")[-10:] in (order["Customer Phone"], "")
    for row in rows(world(faults=False), "feedback"):
        low, high = (1, 5) if row["Scale"] == "csat5" else (0, 10)
        assert low <= int(row["Score"]) <= high


def test_those_whom_something_went_wrong_for_write_more_often() -> None:
    wronged = {each.order_id for each in world(faults=True).planted if each.effect_paise < 0}
    wrote = {row["Ticket ID"][2:] for row in rows(world(faults=True), "tickets")}
    assert len(wrote & wronged) / len(wronged) > 3 * len(wrote) / 1500


def test_nothing_is_dated_after_the_as_of() -> None:
    dated = {"checkouts": "Started At", "gokwik-settlements": "Transaction Date", "tickets": "Created At"}
    dated["feedback"] = "Answered At"
    for kind, column in dated.items():
        assert max(row[column] for row in rows(world(faults=False), kind)) <= AS_OF
    assert max(lines[0]["Created at"] for lines in shop().values()) <= f"{AS_OF} +0530"
