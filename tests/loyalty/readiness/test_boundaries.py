"""Carts on both sides of every limit and gate: which are asked for, what they give, and who was there already."""

from typing import Any

import pytest

from loyalty.readiness.boundaries import boundary_carts
from loyalty.rulebook.models import Rulebook
from tests.builders import AS_OF, DAY, NOON, Thing, a_law, a_member, an_order, ist
from tests.loyalty.readiness.worlds import carts_of

BLOCK: dict[str, Any] = {"coins": "100", "value_rupees": "10", "min_cart_rupees": "499", "cap_percent": "20"}
Case = tuple[str, str]


def law_of(**more: Any) -> Rulebook:
    return a_law({"redeem": {"gokwik": BLOCK | more}})


def cases(*things: Thing, rules: Rulebook) -> dict[Case, dict[str, Any]]:
    rows = boundary_carts(*carts_of(*things, rules=rules), rules, AS_OF).to_dicts()
    assert [row["number"] for row in rows] == list(range(1, len(rows) + 1))
    return {(row["setting"], row["side"]): row for row in rows}


def orders(case: Case, *things: Thing, rules: Rulebook) -> int:
    row = cases(*things, rules=rules)[case]
    assert row["is_exercised"] == (row["orders"] > 0)
    return int(row["orders"])


def placed(case: Case, rules: Rulebook) -> tuple[int, int, int, int]:
    """Subtotal, balance, and what may come off: paise and coins."""
    row = cases(rules=rules)[case]
    return row["subtotal_paise"], row["balance_coins"], row["expected_paise"], row["expected_coins"]


def taking(rupees: int, **more: Any) -> Thing:
    return an_order(loyalty=rupees, **more)


# --- the smallest cart and the fewest coins -------------------------------------------------------


def test_the_smallest_cart_is_tried_a_rupee_below_and_exactly_on_it() -> None:
    rules = law_of()
    assert placed(("min_cart_rupees", "below"), rules) == (49_800, 900, 0, 0)
    assert placed(("min_cart_rupees", "at"), rules) == (49_900, 900, 9_000, 900)
    told = cases(rules=rules)[("min_cart_rupees", "below")]["sentence"]
    assert told == "Place ₹498 of goods, 900 coins to spend: no coins may be taken."


@pytest.mark.parametrize(
    ("subtotal", "loyalty", "has", "below", "at"),
    [
        pytest.param("497.99", 0, 900, 0, 0, id="more than a rupee below"),
        pytest.param(498, 0, 900, 1, 0, id="a rupee below"),
        pytest.param("498.99", 0, 900, 1, 0, id="a paisa below"),
        pytest.param("498.99", 0, 99, 0, 0, id="a paisa below, and no coins to try with"),
        pytest.param(499, 10, 900, 0, 1, id="exactly on it"),
        pytest.param(499, 0, 900, 0, 0, id="exactly on it, and nothing redeemed"),
        pytest.param("499.99", 10, 900, 0, 1, id="less than a rupee above"),
        pytest.param(500, 10, 900, 0, 0, id="a rupee above"),
    ],
)
def test_who_stood_at_the_smallest_cart(subtotal: Any, loyalty: int, has: int, below: int, at: int) -> None:
    thing = taking(loyalty, subtotal=subtotal, has=has)
    assert orders(("min_cart_rupees", "below"), thing, rules=law_of()) == below
    assert orders(("min_cart_rupees", "at"), thing, rules=law_of()) == at


def test_a_smallest_cart_that_never_decides_is_not_tried() -> None:
    assert ("min_cart_rupees", "below") not in cases(rules=law_of(min_cart_rupees="0"))
    assert ("min_cart_rupees", "below") not in cases(rules=law_of(min_cart_rupees="20"))
    assert ("min_cart_rupees", "below") in cases(rules=law_of(min_cart_rupees="51"))


def test_a_coin_fewer_than_the_fewest_and_exactly_so_many() -> None:
    rules = law_of(min_coins="250")
    assert placed(("min_coins", "below"), rules) == (49_900, 299, 0, 0)
    assert placed(("min_coins", "at"), rules) == (49_900, 300, 3_000, 300)
    assert ("min_coins", "below") not in cases(rules=law_of(coins="1", value_rupees="1"))


@pytest.mark.parametrize(
    ("has", "loyalty", "below", "at"),
    [(199, 0, 0, 0), (200, 0, 1, 0), (299, 0, 1, 0), (300, 30, 0, 1), (399, 30, 0, 1), (400, 30, 0, 0)],
)
def test_who_had_the_fewest_coins(has: int, loyalty: int, below: int, at: int) -> None:
    rules = law_of(min_coins="250")
    thing = taking(loyalty, subtotal=999, has=has)
    assert orders(("min_coins", "below"), thing, rules=rules) == below
    assert orders(("min_coins", "at"), thing, rules=rules) == at


def test_a_member_short_of_coins_tests_nothing_on_a_cart_that_redeems_nothing_anyway() -> None:
    thing = taking(0, subtotal=498, has=299)
    assert orders(("min_coins", "below"), thing, rules=law_of(min_coins="250")) == 0


# --- limits ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "more", "cart"),
    [
        ("max_discount_rupees", {"max_discount_rupees": "100"}, (55_000, 1_100, 10_000, 1_000)),
        ("cap_percent", {}, (49_900, 1_000, 9_000, 900)),
        ("max_coins", {"max_coins": "800"}, (49_900, 900, 8_000, 800)),
    ],
)
def test_a_limit_is_tried_on_the_smallest_cart_where_it_holds(
    setting: str, more: dict[str, str], cart: Any
) -> None:
    assert placed((setting, "binds"), law_of(**more)) == cart


def test_a_limit_that_no_cart_meets_is_not_tried() -> None:
    found = cases(rules=law_of(max_discount_rupees="100", max_coins="2000", min_payable_rupees="1"))
    assert {setting for setting, side in found if side == "binds"} == {"max_discount_rupees", "cap_percent"}


@pytest.mark.parametrize(
    ("loyalty", "subtotal", "has", "there"),
    [
        pytest.param(100, 999, 1_100, 1, id="held down, and all taken"),
        pytest.param(110, 999, 1_100, 1, id="held down, and more taken than allowed"),
        pytest.param(90, 999, 1_100, 0, id="less taken than allowed"),
        pytest.param(100, 999, 1_099, 0, id="coins held it down"),
        pytest.param(100, 549, 1_100, 0, id="a fifth of the cart held it down"),
    ],
)
def test_who_met_the_largest_discount(loyalty: int, subtotal: int, has: int, there: int) -> None:
    thing = taking(loyalty, subtotal=subtotal, has=has)
    assert orders(("max_discount_rupees", "binds"), thing, rules=law_of(max_discount_rupees="100")) == there


# --- bases ----------------------------------------------------------------------------------------


def test_the_base_is_told_from_each_other_one_in_whole_rupees() -> None:
    found = cases(rules=law_of(min_cart_base="subtotal"))
    not_subtotal = found[("base", "not subtotal")]
    assert (not_subtotal["subtotal_paise"], not_subtotal["coupon_paise"]) == (49_900, 5_000)
    assert (not_subtotal["expected_paise"], not_subtotal["balance_coins"]) == (8_000, 900)
    shipping = found[("include", "with shipping")]
    assert (shipping["subtotal_paise"], shipping["shipping_paise"]) == (49_900, 100)
    assert shipping["expected_paise"] == 10_000
    assert ("include", "without cod_fee") in found


@pytest.mark.parametrize(("coupon", "there"), [(49, 0), (50, 1)])
def test_who_tells_the_base_from_the_subtotal(coupon: int, there: int) -> None:
    rules = law_of(min_cart_base="subtotal")
    loyalty = 90 if coupon == 49 else 80
    thing = taking(loyalty, subtotal=499, coupon=coupon, has=5_000)
    assert orders(("base", "not subtotal"), thing, rules=rules) == there


# --- gates ----------------------------------------------------------------------------------------


def test_every_payment_device_tier_and_coupon_is_tried_with_what_the_law_gives() -> None:
    rules = law_of(payment=["prepaid"], tiers=["gold"], devices=["web"], with_coupon="deny")
    given = {case: row["expected_paise"] for case, row in cases(rules=rules).items()}
    assert {case: paise for case, paise in given.items() if case[0] in ("payment", "devices", "tiers", "with_coupon")} == {
        ("payment", "prepaid"): 1_000, ("payment", "cod"): 0, ("payment", "ppcod"): 0,
        ("devices", "mobile"): 0, ("devices", "web"): 1_000,
        ("tiers", "none"): 0, ("tiers", "gold"): 1_000,
        ("with_coupon", "without"): 1_000, ("with_coupon", "with"): 0,
    }  # fmt: skip


def test_an_open_gate_is_exercised_by_who_redeemed_through_it() -> None:
    rules = law_of()
    assert orders(("payment", "cod"), taking(10, payment="cod"), rules=rules) == 1
    assert orders(("payment", "cod"), taking(0, payment="cod"), rules=rules) == 0
    assert orders(("payment", "cod"), taking(10, payment="ppcod"), rules=rules) == 0
    assert orders(("devices", "mobile"), taking(10, device="mobile"), rules=rules) == 1
    assert orders(("devices", "mobile"), taking(10), rules=rules) == 0
    assert orders(("with_coupon", "with"), taking(10, coupon_code=True), rules=rules) == 1
    gold = a_member(tier="gold")
    tiers = law_of(tiers=["gold", "silver"])
    assert orders(("tiers", "gold"), taking(10), gold, rules=tiers) == 1
    assert orders(("tiers", "silver"), taking(10), gold, rules=tiers) == 0


def test_a_closed_gate_is_exercised_by_who_would_have_redeemed() -> None:
    rules = law_of(with_coupon="deny")
    case = ("with_coupon", "with")
    assert orders(case, taking(0, coupon_code=True), rules=rules) == 1
    assert orders(case, taking(10, coupon_code=True), rules=rules) == 1
    assert orders(case, taking(0, coupon_code=True, has=99), rules=rules) == 0
    assert orders(case, taking(0, coupon_code=True, subtotal=498), rules=rules) == 0


# --- what counts ----------------------------------------------------------------------------------


def test_only_living_orders_of_the_surface_under_the_law_in_force_count() -> None:
    later = {"version": "2026-06-01", "effective_from": "2026-06-01T00:00:00+05:30"}
    rules = a_law({"redeem": {"gokwik": BLOCK}}, later | {"redeem": {"gokwik": BLOCK}})
    case, june = ("payment", "prepaid"), ist("2026-06-01 00:00")
    assert orders(case, taking(10, placed=june), rules=rules) == 1
    assert orders(case, taking(10, placed=NOON), rules=rules) == 0
    assert orders(case, taking(10, placed=june, cancelled=june + DAY), rules=rules) == 0
    assert orders(case, taking(10, placed=june, surface="widget"), rules=rules) == 0


def test_a_law_that_redeems_nothing_has_no_cart_to_place() -> None:
    for rules in (
        law_of(enabled="false"),
        a_law({"redeem": {}}),
        a_law({"effective_from": "2027-01-01T00:00:00+05:30"}),
    ):
        assert cases(rules=rules) == {}
