"""What every world must keep to, whatever its style, seed and faults."""

import hashlib
import os
import subprocess
import sys
from collections import Counter, defaultdict
from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest

from loyalty.rulebook.models import Rulebook
from loyalty.worlds import KINDS, MITHAI, STEPS, STYLES, Drift, World, WorldStyle, build, demo
from loyalty.worlds.pages import read
from loyalty.worlds.payments import SETTLEMENT_HEADER
from loyalty.worlds.sessions import CART_HEADER, CHECKOUT_HEADER
from loyalty.worlds.shopfront import SHOPIFY_HEADER
from loyalty.worlds.styles import AUTO
from loyalty.worlds.voices import FEEDBACK_HEADER, TICKET_HEADER
from tests.builders import a_rulebook
from tests.loyalty.worlds.sheets import Row, ledgers, paise, rows, signed

ORDERS = 320
SEEDS = (1, 2)
HEADERS = {
    "gokwik-orders": (
        "Merchant Order ID,Shopify Order Name,GoKwik Order ID,Created At,Confirmed At,Delivered At,Cancelled At,"
        "RTO At,Customer Phone,Customer Email,MRP Total,Sub Total,Coupon Code,Coupon Discount,Prepaid Discount,"
        "Other Discount,Loyalty Discount,Coins Used,Reward Transaction ID,Shipping Charges,Cod Charges,Tax,"
        "Grand Total,Total Discount,Payment Method,Payment Status,Merchant Order Status,Order Shipment Status,"
        "Refunded Amount,Refunded At,Device,Checkout,Loyalty Applied,Points Shown,Tags,Utm Source"
    ),
    "nector-ledger": (
        "_id,lead_id,mobile,title,description,amount,operation,type,status,reference_order_id,parent_id,hash,wallet,"
        "expire,balance,created_at"
    ),
    "members": "lead_id,mobile,email,tier,joined_at,balance,as_of",
    "refunds": "Refund ID,Merchant Order ID,Refunded At,Amount,Kind",
}
EVENT_HEADERS = {
    "shopify-orders": SHOPIFY_HEADER,
    "gokwik-carts": CART_HEADER,
    "checkouts": CHECKOUT_HEADER,
    "gokwik-settlements": SETTLEMENT_HEADER,
    "tickets": TICKET_HEADER,
    "feedback": FEEDBACK_HEADER,
}

every_style = pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)


def plain(style: WorldStyle) -> WorldStyle:
    return replace(style, noise=False)


@cache
def able(name: str) -> frozenset[str]:
    """The kinds that a style shows when it is asked for all it can."""
    return frozenset(each.kind for each in build(9, 1200, style=STYLES[name]).planted)


def digest(world: World) -> str:
    told = repr((sorted(world.files.items()), sorted(world.rules.items()), world.brand, world.planted))
    return hashlib.sha256(told.encode()).hexdigest()


# --- one world ------------------------------------------------------------------------------------


@every_style
def test_the_same_seed_gives_the_same_bytes(style: WorldStyle) -> None:
    assert digest(build(5, 120, style=style)) == digest(build(5, 120, style=style))


def test_another_seed_gives_another_world() -> None:
    assert digest(build(5, 120)) != digest(build(6, 120))


def test_the_order_of_hashes_does_not_matter() -> None:
    program = "from tests.loyalty.worlds.test_world import digest, demo; print(digest(demo(150)))"

    def told(seed: str) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", program]
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, check=True
        ).stdout.strip()

    assert told("1") == told("2") == digest(demo(150))


@every_style
def test_every_file_has_the_headers_of_the_contract(style: WorldStyle) -> None:
    world = build(1, 120, style=style)
    headers = {**HEADERS, **(EVENT_HEADERS if style.events else {})}
    assert {name.split("-20")[0].removesuffix(".csv") for name in world.files} == set(headers)
    for name, text in world.files.items():
        kind = next(kind for kind in headers if name.startswith(kind))
        assert text.split("\n", 1)[0] == headers[kind]


@every_style
def test_the_rules_say_what_the_oracle_reckons_with(style: WorldStyle) -> None:
    world = build(1, 50, style=style)
    assert a_rulebook(*world.rules.values()) == Rulebook.of(read(style.pages))


def test_there_are_as_many_orders_as_asked_for_each_with_its_own_names() -> None:
    orders = rows(build(4, 500), "gokwik-orders")
    for column in ("Merchant Order ID", "Shopify Order Name", "GoKwik Order ID"):
        assert len({row[column] for row in orders}) == 500


def test_files_overlap_with_rows_repeated_word_for_word() -> None:
    world = build(1, 600)
    months = [world.files[name].splitlines()[1:] for name in sorted(world.files) if "nector-ledger" in name]
    assert len(months) == 9
    for earlier, later in pairwise(months):
        assert set(earlier) & set(later) == set(earlier[-12:])


def test_a_style_may_keep_one_file_of_a_kind() -> None:
    world = build(1, 60, style=replace(STEPS, monthly_files=False))
    assert sorted(world.files) == ["gokwik-orders.csv", "members.csv", "nector-ledger.csv", "refunds.csv"]


@every_style
def test_noise_changes_no_label(style: WorldStyle) -> None:
    assert build(3, ORDERS, style=style).planted == build(3, ORDERS, style=plain(style)).planted


# --- clean books ----------------------------------------------------------------------------------


@every_style
def test_running_balances_chain(style: WorldStyle) -> None:
    for entries in ledgers(build(2, ORDERS, style=plain(style), faults=False)).values():
        balance = 0
        for row in entries:
            balance += signed(row)
            assert row["balance"] == str(balance)


@every_style
def test_exported_balances_are_the_sum_of_the_ledger_by_then(style: WorldStyle) -> None:
    world = build(2, ORDERS, style=plain(style), faults=False)
    books = ledgers(world)
    members = rows(world, "members")
    assert members
    for member in members:
        by_then = [row for row in books[member["lead_id"]] if row["created_at"] <= member["as_of"]]
        assert member["balance"] == str(sum(signed(row) for row in by_then))


@every_style
def test_what_is_given_back_never_exceeds_what_was_taken(style: WorldStyle) -> None:
    world = build(2, ORDERS, style=plain(style), faults=False)
    taken: Counter[tuple[str, str]] = Counter()
    back: Counter[tuple[str, str]] = Counter()
    parents = {row["_id"]: row["reference_order_id"] for row in rows(world, "nector-ledger")}
    for entries in ledgers(world).values():
        for row in entries:
            order = row["reference_order_id"] or parents.get(row["parent_id"], row["parent_id"])
            if (row["type"], row["operation"]) in {("redeem", "dr"), ("reward", "cr")} and order:
                taken[order, row["type"]] += int(row["amount"])
            if row["type"] == "revert" and order:
                undone = "redeem" if row["operation"] == "cr" else "reward"
                back[order, undone] += int(row["amount"])
    assert back
    assert not {key for key in back if back[key] > taken[key]}


@every_style
def test_only_a_claw_back_takes_a_clean_balance_below_zero(style: WorldStyle) -> None:
    for entries in ledgers(build(2, ORDERS, style=plain(style), faults=False)).values():
        for row in entries:
            if row["operation"] == "dr" and row["type"] != "revert":
                assert int(row["balance"]) >= 0


@every_style
def test_grand_totals_add_up(style: WorldStyle) -> None:
    discounts = [f"{name} Discount" for name in ("Coupon", "Prepaid", "Other", "Loyalty")]
    world = build(2, ORDERS, style=plain(style))
    hidden = {each.order_id for each in world.planted if each.kind == "order_identity"}
    for row in rows(world, "gokwik-orders"):
        if row["Merchant Order ID"] in hidden:
            continue
        off = sum(paise(row[name]) for name in discounts)
        on = sum(paise(row[name]) for name in ("Sub Total", "Shipping Charges", "Cod Charges", "Tax"))
        assert paise(row["Total Discount"]) == off
        assert paise(row["Grand Total"]) == on - off
        assert paise(row["Grand Total"]) > 0


@every_style
def test_refunds_never_exceed_what_was_paid(style: WorldStyle) -> None:
    world = build(2, 600, style=plain(style))
    refunded: Counter[str] = Counter()
    for row in rows(world, "refunds"):
        refunded[row["Merchant Order ID"]] += paise(row["Amount"])
    assert refunded
    paid = {row["Merchant Order ID"]: paise(row["Grand Total"]) for row in rows(world, "gokwik-orders")}
    assert not {order for order in refunded if refunded[order] > paid[order]}


def test_nothing_is_dated_after_the_as_of() -> None:
    world = build(2, 600)
    assert max(row["created_at"] for row in rows(world, "nector-ledger")) <= "2026-09-30T17:45:00.000Z"
    for row in rows(world, "gokwik-orders"):
        instants = [row[name] for name in row if name.endswith(" At") and row[name] not in ("", "NA")]
        assert max(instants) <= "2026-09-30 23:15:00"


def test_people_buy_more_in_the_evening_at_weekends_and_as_the_brand_grows() -> None:
    placed = [row["Created At"] for row in rows(build(1, 4000, style=plain(STEPS)), "gokwik-orders")]
    hours = Counter(int(at[11:13]) for at in placed)
    assert sum(hours[hour] for hour in range(18, 23)) > 2 * sum(hours[hour] for hour in range(6))
    months = Counter(at[:7] for at in placed)
    assert months["2026-09"] > 1.5 * months["2026-01"]


# --- faults ---------------------------------------------------------------------------------------


@every_style
def test_a_clean_world_plants_nothing_and_has_the_same_customers(style: WorldStyle) -> None:
    clean = build(1, ORDERS, style=plain(style), faults=False)
    assert clean.planted == ()
    faulty = build(1, ORDERS, style=plain(style))

    def buyers(world: World) -> list[tuple[str, str]]:
        orders = rows(world, "gokwik-orders")
        named = (row for row in orders if row["Customer Phone"] not in ("", "9999999999"))
        return [(row["Shopify Order Name"], row["Customer Phone"]) for row in named]

    assert buyers(clean) == buyers(faulty)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", STYLES)
def test_every_kind_that_a_style_can_show_is_planted_just_as_often_as_asked(name: str, seed: int) -> None:
    asked = dict.fromkeys(able(name), 2)
    world = build(seed, 900, style=STYLES[name], faults=asked)
    assert Counter(planted.kind for planted in world.planted) == asked


def test_the_styles_together_show_every_kind() -> None:
    assert len(KINDS) == 50
    assert {kind for name in STYLES for kind in able(name)} == set(KINDS)


@every_style
def test_no_order_and_no_entry_has_two_faults(style: WorldStyle) -> None:
    planted = build(3, 900, style=style).planted
    orders = Counter(each.order_id for each in planted if each.order_id)
    entries = Counter(entry for each in planted for entry in each.entry_ids)
    assert set(orders.values()) == {1}
    assert set(entries.values()) == {1}


def test_labels_are_sorted_and_name_what_is_in_the_files() -> None:
    world = build(3, 900, style=plain(AUTO))
    assert list(world.planted) == sorted(world.planted, key=lambda each: each.sort_key())
    known = {row["_id"] for row in rows(world, "nector-ledger")}
    orders = {row["Merchant Order ID"] for row in rows(world, "gokwik-orders")}
    orders |= {row["Id"] for row in rows(world, "shopify-orders")}
    for each in world.planted:
        assert known.issuperset(each.entry_ids)
        assert each.order_id is None or each.order_id in orders
        assert each.order_id or each.entry_ids


def test_a_few_effects_by_hand() -> None:
    world = build(3, 900, style=plain(STEPS))
    orders = {row["Merchant Order ID"]: row for row in rows(world, "gokwik-orders")}
    entries = {row["_id"]: row for row in rows(world, "nector-ledger")}
    found = {each.kind: each for each in world.planted}
    unpaid = found["discount_without_debit"]
    assert unpaid.effect_paise == paise(orders[unpaid.order_id or ""]["Loyalty Discount"])
    assert unpaid.entry_ids == ()
    twice = found["double_debit"]
    first, second = (entries[entry] for entry in twice.entry_ids)
    assert (first["amount"], first["mobile"]) == (second["amount"], second["mobile"])
    assert twice.effect_paise < 0
    late = found["earn_late"]
    assert late.effect_paise == 0
    wrong = found["wrong_member"]
    assert entries[wrong.entry_ids[0]]["reference_order_id"] == wrong.order_id
    assert entries[wrong.entry_ids[0]]["mobile"] != orders[wrong.order_id or ""]["Customer Phone"]


def test_a_kind_that_the_style_cannot_show_is_refused() -> None:
    with pytest.raises(ValueError, match="Mithai & Co cannot show below_min_payable"):
        build(1, 300, style=MITHAI, faults={"below_min_payable": 1})


def test_a_world_too_small_for_its_faults_is_refused() -> None:
    with pytest.raises(ValueError, match="30 orders cannot show earn_late 40 times"):
        build(1, 30, faults={"earn_late": 40})


# --- broken systems -------------------------------------------------------------------------------

SINCE = "2026-04-20T00:00:00+05:30"


@pytest.mark.parametrize(
    ("drift", "kinds"),
    [
        (Drift(leg="earn", since=SINCE, changes={"delay_days": 1}, cause="delay_days=1"), {"earn_early"}),
        (Drift(leg="earn", since=SINCE, changes={"coins": 7}, cause="rate=7/100"), {"earn_amount"}),
        (
            Drift(
                leg="redemption",
                since=SINCE,
                surface="gokwik",
                changes={"value_paise": 1200},
                cause="rate=1:12",
            ),
            {"coins_value"},
        ),
        (Drift(leg="restore", since=SINCE, state="rto", cause="no webhook"), {"restore_missing"}),
    ],
)
def test_a_broken_system_spoils_what_it_touches_from_one_instant_on(drift: Drift, kinds: set[str]) -> None:
    world = build(5, 1200, style=replace(plain(STEPS), drifts=(drift,)))
    spoilt = [each for each in world.planted if each.cause == drift.cause]
    assert len(spoilt) >= 10
    assert {each.kind for each in spoilt} == kinds
    placed = {row["Merchant Order ID"]: row["Created At"] for row in rows(world, "gokwik-orders")}
    if drift.leg != "restore":
        assert min(placed[each.order_id or ""] for each in spoilt) >= "2026-04-20"


def test_a_drift_ends_when_it_says_so() -> None:
    drift = Drift(
        leg="earn", since=SINCE, until="2026-05-20T00:00:00+05:30", changes={"coins": 7}, cause="rate=7/100"
    )
    world = build(5, 1200, style=replace(plain(STEPS), drifts=(drift,)))
    placed = {row["Merchant Order ID"]: row["Created At"] for row in rows(world, "gokwik-orders")}
    spoilt = [placed[each.order_id or ""] for each in world.planted if each.cause]
    assert "2026-04-20" <= min(spoilt) <= max(spoilt) < "2026-05-20"


def test_a_drift_without_a_cause_is_refused() -> None:
    with pytest.raises(ValueError, match="a drift of earn needs the cause"):
        Drift(leg="earn", since=SINCE, changes={"coins": 7})


def test_faults_by_count_come_without_broken_systems() -> None:
    drift = Drift(leg="earn", since=SINCE, changes={"coins": 7}, cause="rate=7/100")
    world = build(5, 600, style=replace(STEPS, drifts=(drift,)), faults={"earn_late": 3})
    assert [each.kind for each in world.planted] == ["earn_late"] * 3


# --- the demo -------------------------------------------------------------------------------------


def test_the_demo_has_two_to_three_mismatches_in_a_hundred_orders_mostly_from_three_systems() -> None:
    world = demo()
    assert 400 <= len(world.planted) <= 600
    by_system: dict[str | None, list[Row]] = defaultdict(list)
    orders = {row["Merchant Order ID"]: row for row in rows(world, "gokwik-orders")}
    assert len(orders) == 20_000
    for each in world.planted:
        if each.order_id and each.leg != "order":
            by_system[each.cause if each.kind != "restore_missing" else "restore"].append(
                orders[each.order_id]
            )
    assert len(by_system["base=subtotal"]) >= 90
    assert len(by_system["rule_version=2025-04-01"]) >= 15
    assert len(by_system["restore"]) >= 100
    assert min(row["Created At"] for row in by_system["base=subtotal"]) >= "2025-11-21 11:30:00"
    assert {row["Checkout"] for row in by_system["rule_version=2025-04-01"]} == {"widget"}
    assert world.as_of == "2026-01-01T09:00:00+05:30"
    assert "brand: mithai-and-co\nname: Mithai & Co\n" in world.brand
