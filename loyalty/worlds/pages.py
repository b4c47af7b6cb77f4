"""Rulebook pages as plain mappings, and their YAML text.

A page is written in the keys of contract §4; the world's oracle and the file that a world hands out
come from the same page.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from loyalty.rulebook.models import RuleVersion

_PLAIN = re.compile(r"[a-z_]+|[0-9]{4}-[0-9T:+-]+|[0-9.]+")
Page = Mapping[str, Any]


def page(effective_from: str, **parts: Any) -> dict[str, Any]:
    """One version, named after its first day."""
    return {
        "version": effective_from[:10],
        "effective_from": effective_from,
        "reference": "Nector > Program, as read",
        **parts,
    }


def earning(**settings: Any) -> dict[str, Any]:
    """The ``earn`` block: 20 coins per ₹100 of what is left after coupon and coins, a week after delivery."""
    return {
        "coins": 20,
        "per_rupees": 100,
        "base": "after_coupon_and_loyalty",
        "rounding": "floor",
        "trigger": "delivered",
        "delay_days": 7,
        "tiers": {"gold": "3/2", "silver": "6/5", "platinum": "9/4"},
        "skip_tags": ["wholesale"],
        **settings,
    }


def offer(**settings: Any) -> dict[str, Any]:
    """A surface: 100 coins a step of ₹10, up to ₹200 and a tenth of the total, from ₹499."""
    return {
        "kind": "amount_variable",
        "coins": 100,
        "value_rupees": 10,
        "min_coins": 100,
        "max_discount_rupees": 200,
        "cap_percent": 10,
        "min_cart_rupees": 499,
        "min_payable_rupees": 1,
        **settings,
    }


def straight(**settings: Any) -> dict[str, Any]:
    """A surface where any whole number of coins counts: 7 coins are ₹3, in whole rupees."""
    return {
        "kind": "amount_variable",
        "coins": 7,
        "value_rupees": 3,
        "step": False,
        "granularity_rupees": 1,
        "min_coins": 10,
        "max_discount_rupees": 200,
        "cap_percent": 30,
        "min_payable_rupees": 1,
        **settings,
    }


def fixed(**settings: Any) -> dict[str, Any]:
    """A surface with one reward: ₹60 for 600 coins."""
    return {
        "kind": "amount_fixed",
        "coins": 600,
        "value_rupees": 60,
        "min_cart_rupees": 299,
        "min_payable_rupees": 1,
        **settings,
    }


def percent(**settings: Any) -> dict[str, Any]:
    """A surface where 100 coins are 2 % of the total, up to ₹250."""
    return {
        "kind": "percent_variable",
        "coins": 100,
        "value_percent": 2,
        "min_coins": 100,
        "max_discount_rupees": 250,
        "cap_percent": 12,
        "min_cart_rupees": 499,
        "min_payable_rupees": 1,
        **settings,
    }


BONUSES: dict[str, Any] = {
    "signup": {"coins": 200, "per_member": 1},
    "review": {"coins": [10, 50]},
    "referral": {"coins": 150},
}


def read(pages: Sequence[Page]) -> tuple[RuleVersion, ...]:
    """The versions that the pages stand for."""
    return tuple(RuleVersion.model_validate(dict(item)) for item in pages)


def yaml_text(item: Page) -> str:
    """A page as the rules file says it, in the keys and the spelling of contract §4."""
    return "\n".join(_lines(item, "")) + "\n"


def _lines(item: Page, indent: str) -> list[str]:
    lines: list[str] = []
    for key, value in item.items():
        if isinstance(value, Mapping):
            lines += [f"{indent}{key}:", *_lines(value, indent + "  ")]
        else:
            lines.append(f"{indent}{key}: {_scalar(value)}")
    return lines


def _scalar(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_scalar(item) for item in value) + "]"
    if isinstance(value, str) and not _PLAIN.fullmatch(value):
        return f'"{value}"'
    return str(value)
