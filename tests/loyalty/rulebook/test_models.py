"""A rulebook file as the law: every key has a default, nothing is guessed, no number becomes a float."""

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest
from pydantic import ValidationError

from loyalty.rulebook.models import Rulebook, RuleVersion
from tests.builders import a_law, a_rulebook


def a_version(**law: Any) -> RuleVersion:
    return a_law(law).versions[0]


def refused(message: str, **law: Any) -> None:
    with pytest.raises(ValidationError, match=message):
        a_version(**law)


# --- defaults (G1) --------------------------------------------------------------------------------


def test_a_block_that_says_nothing() -> None:
    rule = a_version().redeem["gokwik"]
    assert (rule.kind, rule.coins, rule.step_paise, rule.step) == ("amount_variable", 100, 1000, True)
    assert (rule.granularity_paise, rule.min_coins, rule.min_cart_paise, rule.min_payable_paise) == (
        1,
        0,
        0,
        0,
    )
    assert (rule.max_discount_paise, rule.cap_percent, rule.max_coins, rule.tiers) == (None, None, None, None)
    assert (rule.base, set(rule.include)) == ("total_payable", {"shipping", "tax", "prepaid_discount"})
    assert (rule.min_cart_base, rule.with_coupon, rule.apply) == ("after_coupon", "allow", "manual")
    assert set(rule.payment) == {"prepaid", "cod", "ppcod"}
    assert (rule.enabled, set(rule.devices)) == (True, {"web", "mobile"})


def test_an_earning_that_says_nothing() -> None:
    earn = a_version().earn
    assert (earn.coins, earn.per_paise, earn.base, earn.include) == (
        0,
        10_000,
        "after_coupon_and_loyalty",
        (),
    )
    assert (earn.rounding, earn.trigger, earn.delay_days) == ("floor", "delivered", 0)
    assert (earn.min_order_paise, earn.max_coins, earn.tiers, earn.skip_tags) == (0, None, {}, ())
    assert earn.partial_refund == "recompute"
    assert set(earn.reverse_on) == {
        "cancelled",
        "rto",
        "returned",
        "refunded",
        "partially_refunded",
        "failed",
    }


def test_a_version_that_says_nothing_more() -> None:
    law = a_version()
    assert set(law.restore_on) == {"cancelled", "rto", "returned", "refunded", "failed"}
    assert (law.partial_restore, law.bonuses, law.expiry.months, law.coin_value) == ("none", {}, None, None)


def test_restores_are_set_beside_the_surfaces_and_are_none() -> None:
    law = a_version(redeem={"widget": {}, "restore_on": ["rto"], "partial_restore": "pro_rata"})
    assert (law.restore_on, law.partial_restore, list(law.redeem)) == (("rto",), "pro_rata", ["widget"])


@pytest.mark.parametrize("redeem", [{"gokwik": {}}, None])
def test_restores_are_set_nowhere_else(redeem: dict[str, Any] | None) -> None:
    refused(
        "restore_on belongs under redeem",
        restore_on=["rto"],
        **({} if redeem is None else {"redeem": redeem}),
    )


def test_restores_are_set_nowhere_else_without_a_redeem_block() -> None:
    bare = {"version": "1", "effective_from": "2026-01-01T00:00:00+05:30", "partial_restore": "none"}
    with pytest.raises(ValidationError, match="partial_restore belongs under redeem"):
        RuleVersion.model_validate(bare)


# --- the sample of the contract -------------------------------------------------------------------

SAMPLE = """
version: 2026-04-01
effective_from: 2026-04-01T00:00:00+05:30
reference: Nector > Program > Redemption rules, as read on 2026-03-30
earn:
  coins: 5
  per_rupees: 100
  base: after_coupon_and_loyalty
  include: []
  rounding: floor
  trigger: delivered
  delay_days: 7
  min_order_rupees: 0
  max_coins: null
  tiers: {gold: "6/5", silver: "1"}
  skip_tags: [wholesale]
  reverse_on: [cancelled, rto, returned, refunded, partially_refunded, failed]
  partial_refund: recompute
redeem:
  gokwik:
    kind: amount_variable
    coins: 100
    value_rupees: 10
    step: true
    granularity_rupees: 0.01
    min_coins: 100
    max_coins: null
    max_discount_rupees: 200
    cap_percent: 20
    base: total_payable
    include: [shipping, tax, prepaid_discount]
    min_cart_rupees: 499
    min_cart_base: after_coupon
    min_payable_rupees: 1
    with_coupon: allow
    payment: [prepaid, cod, ppcod]
    tiers: null
    apply: manual
  widget: {same_as: gokwik}
  restore_on: [cancelled, rto, returned, refunded, failed]
  partial_restore: none
bonuses:
  signup: {coins: 100, per_member: 1}
  review: {coins: [10, 50]}
expiry: {months: 12, order: earliest_expiry}
"""


def test_the_sample_of_the_contract_is_a_rulebook() -> None:
    law = a_rulebook(SAMPLE).versions[0]
    assert law.version == "2026-04-01"
    assert law.effective_from == dt.datetime(2026, 3, 31, 18, 30, tzinfo=dt.UTC)
    assert law.earn.tiers == {"gold": Fraction(6, 5), "silver": Fraction(1)}
    rule = law.redeem["gokwik"]
    assert (rule.min_coins, rule.max_discount_paise, rule.cap_percent) == (100, 20_000, Fraction(20))
    assert (rule.min_cart_paise, rule.min_payable_paise) == (49_900, 100)
    assert (law.bonuses["signup"].coins_min, law.bonuses["signup"].coins_max) == (100, 100)
    assert (law.bonuses["review"].coins_min, law.bonuses["review"].coins_max) == (10, 50)
    assert (law.bonuses["signup"].per_member, law.bonuses["review"].per_member) == (1, None)
    assert law.expiry.months == 12
    same = {"same_as": rule.same_as}
    assert law.redeem["widget"].model_copy(update=same) == rule


# --- numbers (S9) ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "paise"), [("0.01", 1), ("1.10", 110), ("8.20", 820), ("4.35", 435), ("499", 49_900)]
)
def test_rupees_become_paise_exactly(text: str, paise: int) -> None:
    assert a_version(redeem={"gokwik": {"value_rupees": text}}).redeem["gokwik"].step_paise == paise


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ({"value_rupees": "0.001"}, "at most two decimals"),
        ({"value_rupees": "-1"}, "plain number of 0 or more"),
        ({"value_rupees": "1e3"}, "plain number of 0 or more"),
        ({"value_rupees": "ten"}, "plain number of 0 or more"),
        ({"value_rupees": 10.0}, "plain number of 0 or more"),
        ({"value_rupees": True}, "plain number of 0 or more"),
        ({"value_rupees": "0"}, "greater than 0"),
        ({"granularity_rupees": "0"}, "greater than 0"),
        ({"coins": "0"}, "greater than 0"),
        ({"coins": "1.5"}, "whole number"),
        ({"max_coins": "-5"}, "plain number of 0 or more"),
        ({"cap_percent": "101"}, "less than or equal to 100"),
        ({"cap_percent": "20%"}, "plain number of 0 or more"),
        ({"min_coins": "many"}, "plain number of 0 or more"),
        ({"step": "perhaps"}, "true or false"),
        ({"payment": "cod"}, "must be a list"),
        ({"payment": ["cheque"]}, "Input should be"),
        ({"include": ["gift_wrap"]}, "Input should be"),
        ({"base": "everything"}, "Input should be"),
        ({"kind": "amount"}, "Input should be"),
        ({"max_dicount_rupees": "5"}, "Extra inputs are not permitted"),
        ({"kind": "percent_variable"}, "needs value_percent above 0"),
        ({"kind": "percent_variable", "value_percent": "0"}, "needs value_percent above 0"),
        ({"kind": "percent_variable", "value_percent": "0.001"}, "hundredths of a percent"),
        (
            {"kind": "percent_fixed", "value_percent": "5", "value_rupees": "1"},
            "takes value_percent, not value_rupees",
        ),
        ({"value_percent": "5"}, "takes value_rupees, not value_percent"),
    ],
)
def test_a_block_that_makes_no_sense_is_refused(block: dict[str, Any], message: str) -> None:
    refused(message, redeem={"gokwik": block}, coin_value={"coins": "100", "rupees": "10"})


@pytest.mark.parametrize(
    ("earn", "message"),
    [
        ({"per_rupees": "0"}, "greater than 0"),
        ({"coins": "-1"}, "plain number of 0 or more"),
        ({"delay_days": "1.5"}, "whole number"),
        ({"tiers": {"gold": "6/0"}}, "divides by zero"),
        ({"tiers": {"gold": "-1"}}, "must be 0 or more"),
        ({"tiers": {"gold": "six fifths"}}, "Invalid literal"),
        ({"tiers": ["gold"]}, "names with factors"),
        ({"rounding": "up"}, "Input should be"),
        ({"trigger": "shipped"}, "Input should be"),
        ({"reverse_on": ["lost"]}, "Input should be"),
        ({"delay": "7"}, "Extra inputs are not permitted"),
    ],
)
def test_an_earning_that_makes_no_sense_is_refused(earn: dict[str, Any], message: str) -> None:
    refused(message, earn=earn)


@pytest.mark.parametrize(
    ("law", "message"),
    [
        ({"effective_from": "2026-04-01T00:00:00"}, "needs a zone"),
        ({"effective_from": "April"}, "must be an instant"),
        ({"version": ""}, "must be text"),
        ({"colour": "red"}, "Extra inputs are not permitted"),
        ({"expiry": {"months": "0"}}, "greater than 0"),
        ({"expiry": {"order": "latest"}}, "Input should be"),
        ({"coin_value": {"coins": "0", "rupees": "1"}}, "greater than 0"),
        ({"bonuses": {"signup": {}}}, "needs coins"),
        ({"bonuses": {"signup": {"coins": ["50", "10"]}}}, "runs backwards"),
        ({"bonuses": {"signup": {"coins": ["1", "2", "3"]}}}, "a range like"),
        ({"bonuses": {"signup": {"coins": "5", "coins_max": "9"}}}, "coins_max"),
    ],
)
def test_a_version_that_makes_no_sense_is_refused(law: dict[str, Any], message: str) -> None:
    refused(message, **law)


@pytest.mark.parametrize(
    ("part", "field"),
    [
        ({"redeem": {"gokwik": {"max_discount_paise": "200"}}}, "max_discount_paise"),
        ({"earn": {"per_paise": "100"}}, "per_paise"),
        ({"coin_value": {"coins": "1", "paise": "1"}}, "paise"),
    ],
)
def test_a_file_speaks_rupees_under_the_contracts_own_keys_only(part: dict[str, Any], field: str) -> None:
    refused(field, **part)


def test_percentages_need_a_coin_value_for_reports() -> None:
    refused("coin_value is required", redeem={"gokwik": {"kind": "percent_fixed", "value_percent": "5"}})


# --- mirrors --------------------------------------------------------------------------------------


def test_a_mirror_repeats_the_block_that_it_names() -> None:
    law = a_version(
        redeem={"gokwik": {"value_rupees": "7", "min_coins": "50"}, "widget": {"same_as": "gokwik"}}
    )
    assert (law.redeem["widget"].step_paise, law.redeem["widget"].min_coins) == (700, 50)
    assert law.is_pure_mirror("widget")
    assert not law.is_pure_mirror("gokwik")


def test_a_mirror_may_differ_on_purpose() -> None:
    widget = {"same_as": "gokwik", "min_coins": "10", "deliberate": "the widget is a teaser"}
    law = a_version(redeem={"gokwik": {"value_rupees": "7", "min_coins": "50"}, "widget": widget})
    assert (law.redeem["widget"].step_paise, law.redeem["widget"].min_coins) == (700, 10)
    assert not law.is_pure_mirror("widget")


def test_a_mirror_that_differs_without_a_reason_is_refused() -> None:
    refused(
        "differs in min_coins: say why",
        redeem={"gokwik": {}, "widget": {"same_as": "gokwik", "min_coins": "10"}},
    )


@pytest.mark.parametrize("target", ["shopify", "pos"])
def test_a_mirror_of_nothing_or_of_a_mirror_is_refused(target: str) -> None:
    blocks = {"gokwik": {}, "pos": {"same_as": "gokwik"}, "widget": {"same_as": target}}
    refused(f"mirrors {target}, which is no block of its own", redeem=blocks)


# --- what names are compared by -------------------------------------------------------------------


def test_tiers_tags_and_surfaces_ignore_case() -> None:
    law = a_version(
        earn={"tiers": {"GOLD": "2"}, "skip_tags": ["WholeSale"]},
        redeem={"GoKwik": {"tiers": ["Gold", "VIP"]}},
    )
    assert (law.earn.tiers, law.earn.skip_tags) == ({"gold": Fraction(2)}, ("wholesale",))
    assert law.redeem["gokwik"].tiers == ("gold", "vip")
    assert law.tier_names == ("gold", "vip")


@pytest.mark.parametrize(
    ("redeem", "home"),
    [({"widget": {}, "gokwik": {}}, "gokwik"), ({"widget": {}, "pos": {}}, "widget"), ({}, None)],
)
def test_gokwik_prices_what_is_tied_to_no_order_else_the_first_block(
    redeem: dict[str, Any], home: str | None
) -> None:
    assert a_version(redeem=redeem).home_surface == home


def test_a_rulebook_stands_in_order_of_time_and_knows_its_names() -> None:
    later = {"version": "b", "effective_from": "2026-06-01T00:00:00+05:30", "redeem": {"pos": {}}}
    sooner = {"version": "a", "earn": {"skip_tags": ["wholesale"]}, "bonuses": {"review": {"coins": "1"}}}
    book = a_law(later | {"bonuses": {"review photo": {"coins": "1"}}}, sooner)
    assert [law.version for law in book.versions] == ["a", "b"]
    assert book.surfaces == ("gokwik", "pos")
    assert book.bonus_names == ("review photo", "review"), "the closest name wins"
    assert book.skip_tags == ("wholesale",)
    assert Rulebook.of([]).surfaces == ()


def test_a_version_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        a_version().version = "other"  # type: ignore[misc]
