"""Two surfaces under one law: what they are called, the cart that tells them apart, and who met it."""

from typing import Any

import pytest

from loyalty.readiness.rule_parity import rule_parity
from loyalty.rulebook.models import Rulebook
from tests.builders import DAY, NOON, Thing, a_law, an_order, ist
from tests.loyalty.readiness.worlds import carts_of

BLOCK = {"coins": "100", "value_rupees": "10", "min_cart_rupees": "499", "max_discount_rupees": "200"}


def law_of(**blocks: dict[str, Any]) -> Rulebook:
    return a_law({"redeem": blocks})


def rows(*things: Thing, rules: Rulebook) -> list[dict[str, Any]]:
    return rule_parity(*carts_of(*things, rules=rules), rules).to_dicts()


def row(*things: Thing, rules: Rulebook) -> dict[str, Any]:
    [only] = rows(*things, rules=rules)
    return only


def test_a_pure_mirror_is_the_same_and_shows_no_cart() -> None:
    found = row(an_order(has=900), rules=law_of(gokwik=BLOCK, widget={"same_as": "gokwik"}))
    assert (found["verdict"], found["settings"], found["is_mirror"]) == ("same", [], True)
    assert (found["subtotal_paise"], found["given_paise"], found["carts"], found["carts_affected"]) == (
        None,
        None,
        1,
        0,
    )
    assert found["sentence"] == "gokwik and widget have the same settings."


def test_a_mirror_that_differs_shows_the_smallest_cart_what_each_gives_and_which_setting_tells() -> None:
    lesser = {"same_as": "gokwik", "max_discount_rupees": "100", "apply": "auto", "deliberate": "on trial"}
    found = row(rules=law_of(gokwik=BLOCK, widget=lesser))
    assert (found["verdict"], found["is_mirror"]) == ("differ", True)
    assert found["settings"] == ["apply", "max_discount_rupees"]
    assert found["told_by"] == ["max_discount_rupees"]
    assert (found["subtotal_paise"], found["payable_paise"], found["balance_coins"]) == (
        49_900,
        49_900,
        1_100,
    )
    assert (found["given_coins"], found["given_paise"]) == (1_100, 11_000)
    assert (found["other_given_coins"], found["other_given_paise"]) == (1_000, 10_000)
    assert found["sentence"] == (
        "On ₹499 of goods, 1,100 coins to spend, gokwik gives ₹110 for 1,100 coins, widget ₹100 for 1,000 coins."
    )


def test_settings_that_never_matter_are_named_and_agree() -> None:
    found = row(rules=law_of(gokwik=BLOCK, widget=BLOCK | {"max_coins": "2000"}))
    assert (found["verdict"], found["settings"], found["told_by"]) == ("agree", ["max_coins"], [])
    assert found["compared_up_to_paise"] is None
    assert (
        found["sentence"] == "gokwik and widget give the same on every cart; settings that differ: max_coins."
    )


@pytest.mark.parametrize(("has", "affected"), [(1_099, 0), (1_100, 1)])
def test_a_real_cart_is_affected_when_its_own_balance_makes_it_so(has: int, affected: int) -> None:
    rules = law_of(gokwik=BLOCK, widget=BLOCK | {"max_discount_rupees": "100"})
    found = row(an_order(subtotal=999, has=has), rules=rules)
    assert (found["carts"], found["carts_affected"], found["share"]) == (1, affected, float(affected))


def test_the_share_of_real_carts_has_wilsons_interval() -> None:
    rules = law_of(gokwik=BLOCK, widget=BLOCK | {"min_cart_rupees": "999"})
    carts = [an_order(f"{number}", subtotal=998 if number < 3 else 999, has=100) for number in range(10)]
    found = row(*carts, rules=rules)
    assert (found["carts"], found["carts_affected"], found["share"]) == (10, 3, 0.3)
    assert (found["low"], found["high"]) == (
        pytest.approx(0.10779, abs=1e-5),
        pytest.approx(0.60322, abs=1e-5),
    )


def test_dead_orders_and_orders_of_nobody_are_no_carts() -> None:
    rules = law_of(gokwik=BLOCK, widget=BLOCK | {"coins": "50"})
    things = (an_order("A", cancelled=NOON + DAY), an_order("B", member=None), an_order("C", surface="pos"))
    found = row(*things, rules=rules)
    assert (found["carts"], found["carts_affected"]) == (1, 1)


def test_without_a_cart_there_is_no_share() -> None:
    found = row(rules=law_of(gokwik=BLOCK, widget={"same_as": "gokwik"}))
    assert (found["carts"], found["share"], found["low"], found["high"]) == (0, None, None, None)


def test_each_law_compares_its_own_surfaces_on_its_own_carts() -> None:
    rules = a_law(
        {"redeem": {"gokwik": BLOCK, "widget": BLOCK}},
        {
            "version": "2026-06-01",
            "effective_from": "2026-06-01T00:00:00+05:30",
            "redeem": {"widget": BLOCK, "pos": {}, "gokwik": BLOCK},
        },
    )
    things = [an_order(name, placed=when) for name, when in (("A", NOON), ("B", ist("2026-06-01 00:00")))]
    found = [
        (each["rule_version"], each["surface"], each["other_surface"], each["verdict"], each["carts"])
        for each in rows(*things, rules=rules)
    ]
    assert found == [
        ("2026-01-01", "gokwik", "widget", "same", 1),
        ("2026-06-01", "gokwik", "pos", "differ", 1),
        ("2026-06-01", "gokwik", "widget", "same", 1),
        ("2026-06-01", "widget", "pos", "differ", 1),
    ]
    spans = {(each["rule_version"], each["effective_until"]) for each in rows(*things, rules=rules)}
    assert spans == {("2026-01-01", ist("2026-06-01 00:00")), ("2026-06-01", None)}


def test_one_surface_has_nobody_to_be_compared_with() -> None:
    assert rows(an_order(), rules=law_of(gokwik=BLOCK)) == []


def test_an_amount_beside_a_share_of_the_cart_is_told_by_what_kind_it_is() -> None:
    share = {"kind": "percent_fixed", "coins": "100", "value_percent": "5", "min_cart_rupees": "499"}
    rules = a_law(
        {"coin_value": {"coins": "100", "rupees": "10"}, "redeem": {"gokwik": BLOCK, "rewards_page": share}}
    )
    found = row(rules=rules)
    assert found["settings"] == ["kind", "max_discount_rupees", "value_percent", "value_rupees"]
    assert found["told_by"] == ["kind", "value_percent", "value_rupees"]
    assert (found["given_paise"], found["other_given_paise"]) == (1_000, 2_495)


SEVERAL = {"max_discount_rupees": "99", "cap_percent": "20", "min_cart_base": "subtotal"}
"""From a cart of ₹499 on, a fifth of the base is more than ₹99, unless something lowers the base."""


def test_real_carts_with_several_extras_can_differ_where_no_single_extra_does() -> None:
    with_tax = BLOCK | SEVERAL | {"include": ["prepaid_discount", "tax"]}
    without = BLOCK | SEVERAL | {"include": ["prepaid_discount"]}
    rules = law_of(gokwik=with_tax, widget=without)
    alone = row(rules=rules)
    assert alone["verdict"] == "agree"
    both = row(an_order(subtotal=499, prepaid_discount=60, tax=20, has=5_000), rules=rules)
    assert (both["verdict"], both["carts_affected"], both["subtotal_paise"]) == ("differ", 1, None)
    assert both["sentence"] == (
        "No cart with a single extra amount tells gokwik and widget apart; real carts with several do: 1."
    )
