"""Findings from settings alone: each is there where the setting is wrong, and not a hair's breadth from it."""

from typing import Any

import pytest

from loyalty.contracts.readiness import STEPS
from loyalty.readiness.fixes import FIXES
from loyalty.readiness.setup_audit import Dashboards, Leak, setup_audit
from loyalty.rulebook.models import Rulebook
from tests.builders import AS_OF, a_law

BLOCK: dict[str, Any] = {
    "coins": "100", "value_rupees": "10", "min_cart_rupees": "499", "cap_percent": "20",
}  # fmt: skip
SOUND = BLOCK | {"min_payable_rupees": "1", "base": "total_payable", "include": ["shipping"]}
LOOKED = Dashboards(
    enabled=True, webhook_id_set=True, calculation_base="total_payable", apply="manual", web=True, mobile=True
)


def law_of(
    *, earn: dict[str, Any] | None = None, redeem: dict[str, Any] | None = None, **more: Any
) -> Rulebook:
    """A sound law of surface gokwik, changed as told."""
    blocks = {"gokwik": SOUND | more, "partial_restore": "pro_rata", **(redeem or {})}
    return a_law({"redeem": blocks, "earn": earn or {}})


def found(
    rules: Rulebook | None = None, dashboards: Dashboards = LOOKED, leaks: Any = ()
) -> list[dict[str, Any]]:
    return setup_audit(dashboards, rules or law_of(), AS_OF, leaks).to_dicts()


def names(rules: Rulebook | None = None, dashboards: Dashboards = LOOKED) -> set[str]:
    return {row["finding"] for row in found(rules, dashboards)}


def severity(finding: str, rules: Rulebook) -> str:
    [row] = [row for row in found(rules) if row["finding"] == finding]
    return str(row["severity"])


def changed(**settings: Any) -> Dashboards:
    return Dashboards(**{**vars(LOOKED), **settings})


def test_a_sound_set_up_has_no_finding() -> None:
    assert found() == []


def test_what_nobody_looked_at_is_said_setting_by_setting() -> None:
    rows = found(dashboards=Dashboards())
    assert {row["finding"] for row in rows} == {"not_looked_at"}
    assert [(row["number"], row["key"]) for row in rows] == [
        (1, "integration.enabled"), (2, "integration.webhook_id_set"), (6, "integration.calculation_base"),
        (7, "integration.apply"), (8, "integration.mobile"), (8, "integration.web"),
    ]  # fmt: skip
    assert {(row["place"], row["rule_version"]) for row in rows} == {("brand.yaml", None)}


@pytest.mark.parametrize(
    ("settings", "finding"),
    [
        ({"enabled": False}, "not_enabled"),
        ({"webhook_id_set": False}, "webhook_id_missing"),
        ({"mobile": False}, "mobile_off"),
        ({"web": False}, "web_off"),
        ({"apply": "auto"}, "apply_differs"),
    ],
)
def test_what_a_dashboard_has_wrong(settings: dict[str, Any], finding: str) -> None:
    assert names(dashboards=changed(**settings)) == {finding}


def test_a_base_may_be_unwise_on_the_dashboard_and_in_the_rules_and_differ_between_the_two() -> None:
    on_subtotal = law_of(base="subtotal", min_payable_rupees="99")
    assert names(dashboards=changed(calculation_base="subtotal")) == {"base_not_recommended", "base_differs"}
    assert names(on_subtotal) == {"base_not_recommended", "base_differs"}
    both = found(on_subtotal, changed(calculation_base="subtotal"))
    assert [(row["finding"], row["place"], row["key"]) for row in both] == [
        ("base_not_recommended", "brand.yaml", "integration.calculation_base"),
        ("base_not_recommended", "rules", "redeem.gokwik.base"),
    ]
    [row] = [row for row in found(on_subtotal) if row["finding"] == "base_differs"]
    assert row["found"] == "subtotal in the rules, total_payable on the dashboard"


def test_rules_that_redeem_nothing_where_the_dashboard_does() -> None:
    assert "disabled_in_rules" in names(law_of(enabled="false"))
    assert "disabled_in_rules" not in names(law_of(enabled="false"), changed(enabled=False))


def test_a_device_that_the_rules_leave_out() -> None:
    assert names(law_of(devices=["web"])) == {"mobile_off"}
    assert names(law_of(devices=["mobile"])) == {"web_off"}


def test_no_offer_for_gokwik() -> None:
    rows = found(a_law({"redeem": {"widget": SOUND, "partial_restore": "pro_rata"}}))
    assert [(row["finding"], row["severity"], row["key"]) for row in rows] == [
        ("no_offer", "high", "redeem.gokwik")
    ]


# --- what is left to pay --------------------------------------------------------------------------


def test_no_least_payable_is_grave_only_where_an_order_of_nothing_can_come_of_it() -> None:
    whole = law_of(min_payable_rupees="0", cap_percent=None)
    assert severity("no_min_payable", whole) == "high"
    [row] = found(whole)
    assert row["found"] == "0; ₹500 of goods, 5,000 coins to spend, leaves ₹0 to pay"
    assert severity("no_min_payable", law_of(min_payable_rupees="0", include=["prepaid_discount"])) == "low"
    assert names(law_of(min_payable_rupees="0.01", cap_percent=None)) == set()


def test_no_smallest_cart() -> None:
    assert names(law_of(min_cart_rupees="0")) == {"no_min_cart"}
    assert names(law_of(min_cart_rupees="0.01")) == set()


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ({"max_discount_rupees": "100", "max_coins": "1001"}, "max_coins"),
        ({"max_discount_rupees": "100", "max_coins": "1000"}, "max_discount_rupees"),
        ({"max_discount_rupees": "90", "min_cart_rupees": "450"}, "cap_percent"),
        ({"include": ["prepaid_discount"]}, "min_payable_rupees"),
    ],
)
def test_a_limit_that_never_binds(more: dict[str, Any], key: str) -> None:
    rows = [row for row in found(law_of(**more)) if row["finding"] == "never_binds"]
    assert f"redeem.gokwik.{key}" in {row["key"] for row in rows}


def test_limits_that_bind_somewhere_are_no_finding() -> None:
    assert names(law_of(max_discount_rupees="100", max_coins="900")) == {"never_binds"}
    assert names(law_of(max_coins="1500")) == set()
    assert names(law_of(max_discount_rupees="100")) == set()


def test_a_limit_beyond_every_cart_that_is_compared_says_how_far_that_was() -> None:
    assert names(law_of(max_discount_rupees="99990")) == set()
    [row] = found(law_of(max_discount_rupees="100000"))
    assert row["found"] == "₹1,00,000; no cart up to ₹1,00,000 meets it"


# --- surfaces -------------------------------------------------------------------------------------


def test_a_mirror_that_is_none_and_an_offer_apart() -> None:
    lesser = {"same_as": "gokwik", "max_coins": "800", "deliberate": "on trial"}
    rows = found(law_of(redeem={"widget": lesser}))
    assert [(row["finding"], row["severity"], row["key"]) for row in rows] == [
        ("mirror_differs", "medium", "redeem.widget")
    ]
    assert rows[0]["found"].startswith("On ₹499 of goods, 900 coins to spend, gokwik gives ₹90")
    assert names(law_of(redeem={"widget": {"same_as": "gokwik"}})) == set()
    assert names(law_of(redeem={"widget": SOUND | {"coins": "50"}})) == {"surface_differs"}
    assert names(law_of(redeem={"widget": SOUND | {"enabled": "false"}})) == set()


def test_a_mirror_is_compared_with_what_it_mirrors() -> None:
    page = SOUND | {"coins": "50"}
    rows = found(law_of(redeem={"rewards_page": page, "widget": {"same_as": "rewards_page"}}))
    assert [(row["finding"], row["key"]) for row in rows] == [("surface_differs", "redeem.rewards_page")]


# --- what becomes of coins ------------------------------------------------------------------------


def test_spent_coins_that_do_not_come_back() -> None:
    rules = a_law(
        {"redeem": {"gokwik": SOUND, "restore_on": ["cancelled", "refunded", "returned", "failed"]}}
    )
    assert [(row["finding"], row["key"], row["found"]) for row in found(rules)] == [
        ("partial_refund_keeps_spent", "redeem.partial_restore", "none"),
        ("spent_not_returned", "redeem.restore_on", "without rto"),
    ]


def test_earned_coins_that_are_not_taken_back_and_orders_that_may_be_frozen() -> None:
    at_once = {"coins": "5", "trigger": "placed"}
    assert names(law_of(earn=at_once)) == set()
    assert names(law_of(earn=at_once | {"delay_days": "1"})) == {"freeze_risk"}
    assert names(law_of(earn={"coins": "5"})) == {"freeze_risk"}
    assert names(law_of(earn={"coins": "0"})) == set()
    kept = at_once | {"reverse_on": ["cancelled", "rto", "returned", "refunded"]}
    [row] = found(law_of(earn=kept))
    assert (row["finding"], row["found"]) == ("earned_not_taken_back", "without partially_refunded")


# --- which law, which line ------------------------------------------------------------------------


def test_the_law_in_force_is_audited_and_before_any_the_first() -> None:
    later = {
        "version": "2027-01-01",
        "effective_from": "2027-01-01T00:00:00+05:30",
        "redeem": {"gokwik": SOUND, "partial_restore": "pro_rata"},
    }
    rules = a_law(
        {"redeem": {"gokwik": SOUND | {"min_cart_rupees": "0"}, "partial_restore": "pro_rata"}}, later
    )
    assert names(rules) == {"no_min_cart"}
    assert names(a_law(later)) == set()


def test_a_webhook_id_in_a_file_is_told_by_its_line_and_never_repeated() -> None:
    rows = found(leaks=[Leak("2026-01-01", 7), Leak(None, 3)])
    assert [(row["place"], row["rule_version"], row["line"]) for row in rows] == [
        ("rules", "2026-01-01", 7), ("brand.yaml", None, 3),
    ]  # fmt: skip
    assert {(row["number"], row["finding"], row["severity"], row["found"]) for row in rows} == {
        (2, "webhook_id_in_file", "high", None)
    }


def test_there_are_nine_steps() -> None:
    assert len(STEPS) == 9


def test_every_finding_of_the_stories_has_its_own_words() -> None:
    assert len(set(FIXES.values())) == len(FIXES)
    assert all(text.endswith(".") for text in FIXES.values())
