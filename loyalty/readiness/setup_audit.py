"""What in the settings alone is missing, risky or contradictory, by the nine set-up steps of the integration.

No order is looked at: only what `brand.yaml` says of both dashboards, and the law in force. A setting that nobody
read off its dashboard is a finding of its own, for silence is not an answer.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from loyalty.contracts.base import polars_schema
from loyalty.contracts.readiness import STEPS, SetupAudit
from loyalty.readiness.boundaries import LIMITS, is_set, where_it_binds
from loyalty.readiness.carts import RUPEE, cart_words, maxima
from loyalty.readiness.fixes import FIXES
from loyalty.readiness.rule_parity import compared, parity_sentence
from loyalty.readiness.scope import Now, law_at
from loyalty.readiness.smallest import smallest_difference
from loyalty.rulebook.models import RedeemBase, Rulebook, RuleVersion
from loyalty.values.money import rupees

SURFACE = "gokwik"
"""The surface that the integration sets up."""
RECOMMENDED_BASE: RedeemBase = "total_payable"
STEP_OF_SETTING = {
    "enabled": "enable",
    "webhook_id_set": "webhook",
    "calculation_base": "calculation_base",
    "apply": "apply",
    "web": "activation",
    "mobile": "activation",
}
"""What `brand.yaml` holds under ``integration``, and the step at which it is set."""

_OFF = {
    "enabled": "not_enabled",
    "webhook_id_set": "webhook_id_missing",
    "web": "web_off",
    "mobile": "mobile_off",
}
_DEATHS = {"cancelled", "failed", "refunded", "returned", "rto"}
_BLOCK = f"redeem.{SURFACE}"


@dataclass(frozen=True, kw_only=True)
class Dashboards:
    """What the merchant reads off both dashboards (details G2); None where nobody looked."""

    enabled: bool | None = None
    webhook_id_set: bool | None = None
    calculation_base: RedeemBase | None = None
    apply: str | None = None
    web: bool | None = None
    mobile: bool | None = None


class Leak(NamedTuple):
    """A line that seems to hold the secret webhook id: of a rule version, or (None) of `brand.yaml`."""

    rule_version: str | None
    line: int


class Finding(NamedTuple):
    """A row before it is dressed; ``in_rules`` when the key is one of the law in force."""

    step: str
    finding: str
    severity: str
    key: str
    found: str | None = None
    in_rules: bool = True


def setup_audit(
    dashboards: Dashboards, rulebook: Rulebook, as_of: dt.datetime, leaks: Iterable[Leak] = ()
) -> pl.DataFrame:
    """``mart_setup_audit``; one row per finding. The law is the one in force at the as-of, else the first."""
    law = law_at(rulebook, as_of)
    found = [*_dashboards(dashboards), *_offers(law), *_reverts(law)]
    if SURFACE in law.redeem:
        now = Now(rulebook.versions.index(law), law, SURFACE)
        found += [*_limits(now), *_least_amounts(now), *_contradictions(dashboards, now)]
    rows = [_row(each, law) for each in found] + [_leak(each) for each in leaks]
    return (
        pl.DataFrame(rows, schema=polars_schema(SetupAudit))
        .sort("number", "finding", "key", "rule_version", "line", nulls_last=True)
        .pipe(SetupAudit.validate)
    )


def _row(finding: Finding, law: RuleVersion) -> dict[str, object]:
    return {
        "number": STEPS.index(finding.step) + 1,
        "step": finding.step,
        "finding": finding.finding,
        "severity": finding.severity,
        "place": "rules" if finding.in_rules else "brand.yaml",
        "rule_version": law.version if finding.in_rules else None,
        "key": finding.key,
        "line": None,
        "found": finding.found,
        "fix": FIXES[finding.finding],
    }


def _leak(leak: Leak) -> dict[str, object]:
    return {
        "number": STEPS.index("webhook") + 1,
        "step": "webhook",
        "finding": "webhook_id_in_file",
        "severity": "high",
        "place": "brand.yaml" if leak.rule_version is None else "rules",
        "rule_version": leak.rule_version,
        "key": None,
        "line": leak.line,
        "found": None,
        "fix": FIXES["webhook_id_in_file"],
    }


def _dashboards(dashboards: Dashboards) -> Iterator[Finding]:
    """What is unknown, or wrong whatever the rules say."""
    for name, step in STEP_OF_SETTING.items():
        value, key = getattr(dashboards, name), f"integration.{name}"
        if value is None:
            yield Finding(step, "not_looked_at", "low", key, in_rules=False)
        elif value is False:
            yield Finding(step, _OFF[name], "high", key, "false", in_rules=False)
        elif name == "calculation_base" and value != RECOMMENDED_BASE:
            yield Finding(step, "base_not_recommended", "medium", key, value, in_rules=False)


def _contradictions(dashboards: Dashboards, now: Now) -> Iterator[Finding]:
    """Where dashboards and rules say different things, or the rules differ from what is recommended."""
    rule, base = now.rule, dashboards.calculation_base
    if rule.base != RECOMMENDED_BASE:
        yield Finding("calculation_base", "base_not_recommended", "medium", f"{_BLOCK}.base", rule.base)
    if base not in (None, rule.base):
        found = f"{rule.base} in the rules, {base} on the dashboard"
        yield Finding("calculation_base", "base_differs", "high", f"{_BLOCK}.base", found)
    if dashboards.apply not in (None, rule.apply):
        found = f"{rule.apply} in the rules, {dashboards.apply} on the dashboard"
        yield Finding("apply", "apply_differs", "medium", f"{_BLOCK}.apply", found)
    if not rule.enabled and dashboards.enabled:
        yield Finding("enable", "disabled_in_rules", "high", f"{_BLOCK}.enabled", "false")
    for device in ("web", "mobile"):
        if device not in rule.devices:
            listed = ", ".join(rule.devices)
            yield Finding("activation", f"{device}_off", "medium", f"{_BLOCK}.devices", listed)


def _offers(law: RuleVersion) -> Iterator[Finding]:
    """Surfaces that promise different things."""
    if SURFACE not in law.redeem:
        yield Finding("offer", "no_offer", "high", _BLOCK)
    for surface, rule in law.redeem.items():
        other = rule.same_as or SURFACE
        if surface == other or other not in law.redeem or not (rule.enabled and law.redeem[other].enabled):
            continue
        if compared(law, other, surface).cart is not None:
            name, severity = ("mirror_differs", "medium") if rule.same_as else ("surface_differs", "low")
            yield Finding("offer", name, severity, f"redeem.{surface}", parity_sentence(law, other, surface))


def _limits(now: Now) -> Iterator[Finding]:
    """Limits that no cart ever meets: set in the belief that they protect, they do not."""
    for limit, field in LIMITS.items():
        if not now.rule.enabled or not is_set(now.rule, limit):
            continue
        cart, up_to = where_it_binds(now, limit)
        if cart is None:
            held = getattr(now.rule, field)
            told = rupees(held) if limit.endswith("_rupees") else str(held)
            reach = "no cart" if up_to is None else f"no cart up to {rupees(up_to)}"
            yield Finding("offer", "never_binds", "low", f"{_BLOCK}.{limit}", f"{told}; {reach} meets it")


def _least_amounts(now: Now) -> Iterator[Finding]:
    """No smallest cart; nothing that is left to pay, and whether an order of ₹0 can come of it."""
    if now.rule.min_cart_paise == 0:
        yield Finding("min_cart", "no_min_cart", "low", f"{_BLOCK}.min_cart_rupees", "0")
    if now.rule.min_payable_paise == 0:
        safe = now.rule.model_copy(update={"min_payable_paise": RUPEE})
        cart = smallest_difference(now.rule, safe, now.law.coin_value).cart
        severity, found = "low", "0; other limits always leave something to pay"
        if cart is not None:
            _, paise = maxima({SURFACE: now.rule}, [cart], now.law)[SURFACE][0]
            severity, found = "high", f"0; {cart_words(cart)}, leaves {rupees(cart.payable - paise)} to pay"
        yield Finding("min_payable", "no_min_payable", severity, f"{_BLOCK}.min_payable_rupees", found)


def _reverts(law: RuleVersion) -> Iterator[Finding]:
    """What becomes of coins when an order dies or shrinks."""
    if law.redeem:
        if law.partial_restore == "none":
            yield Finding("revert", "partial_refund_keeps_spent", "medium", "redeem.partial_restore", "none")
        if words := _missing(_DEATHS - set(law.restore_on)):
            yield Finding("revert", "spent_not_returned", "medium", "redeem.restore_on", words)
    if law.earn.coins:
        asked = {*_DEATHS, "partially_refunded"} - {"failed"}
        if words := _missing(asked - set(law.earn.reverse_on)):
            yield Finding("revert", "earned_not_taken_back", "medium", "earn.reverse_on", words)
        if law.earn.reverse_on and (law.earn.delay_days or law.earn.trigger == "delivered"):
            found = f"{law.earn.trigger}, then {law.earn.delay_days} days"
            yield Finding("revert", "freeze_risk", "low", "earn.delay_days", found)


def _missing(words: set[str]) -> str:
    return f"without {', '.join(sorted(words))}" if words else ""
