"""What customers talk about: labels of a fixed list, found by words; no word of theirs is kept (details P1).

A theme is there when one word of each of its groups is. English as support desks in India write it, with
the Hindi word here and there.
"""

from collections.abc import Sequence

import polars as pl

from loyalty.contracts.raw_events import THEMES

VERSION = "1"
"""Of this list: a count of tickets is comparable with another only under the same one."""
LOYALTY = ("redemption", "points_missing", "balance", "expiry", "points_other")
"""Themes that are about coins at all."""

_COINS = "coins?|points|loyalty|rewards?|nector|sikke"
_REDEEMS = "redeem(?:ed|ing|able)?|redemptions?"
_USES = "us(?:e|ed|ing)|appl(?:y|ied|ying)|discounts?|deduct(?:ed|ion)?|debited|checkout|cart|spen[dt]|cut"
_LACKS = (
    "missing|not (?:yet )?(?:credited|received|added|showing|given)|never (?:came|received|credited)"
    "|earn(?:ed|ing)?|nahi mil[aei]"
)
_GROUPS: dict[str, tuple[str, ...]] = {
    "points_missing": (
        _COINS,
        _LACKS,
    ),
    "balance": (_COINS, "balance|how many|total"),
    "expiry": (_COINS, "expir(?:e|ed|es|y|ing)|lapsed?|valid(?:ity)?"),
    "coupon": ("coupons?|promo|vouchers?|codes?",),
    "payment": ("payments?|paid|upi|cod|charged|card|netbanking",),
    "refund": ("refund(?:ed|s)?|returns?|returned|money back|cancel(?:led|lation)?",),
    "delivery": ("deliver(?:y|ed)|shipping|shipped|courier|tracking|rto|delayed|late",),
    "product": ("damaged|broken|wrong item|defective|quality|stale|leaking|packaging",),
    "account": ("log ?in|otp|account|profile|password|sign ?up",),
}


def themes(texts: Sequence[pl.Expr]) -> pl.Expr:
    """The themes that some of the texts speak of, sorted; none of a row without words.

    ``redemption``: coins with a word of redeeming or using, or a word of redeeming alone. ``points_other``:
    coins, and no other theme of coins.
    """
    said = pl.concat_str([text.fill_null("") for text in texts], separator=" ").str.to_lowercase()
    plain = said.str.replace_all(r"[^\p{L}\p{N}]+", " ")
    found = {theme: _all(plain, groups) for theme, groups in _GROUPS.items()}
    has_coins = _any(plain, _COINS)
    found["redemption"] = _any(plain, _REDEEMS) | (has_coins & _any(plain, _USES))
    is_told = pl.any_horizontal(found[theme] for theme in LOYALTY if theme in found)
    found["points_other"] = has_coins & ~is_told
    labels = [pl.when(found[theme]).then(pl.lit(theme)) for theme in sorted(THEMES)]
    return pl.concat_list(labels).list.drop_nulls()


def is_loyalty(labels: pl.Expr) -> pl.Expr:
    """Whether themes are about coins at all."""
    return labels.list.set_intersection(pl.lit(LOYALTY, dtype=pl.List(pl.String))).list.len() > 0


def _any(text: pl.Expr, words: str) -> pl.Expr:
    return text.str.contains(rf"(?:^| )(?:{words})(?: |$)")


def _all(text: pl.Expr, groups: Sequence[str]) -> pl.Expr:
    return pl.all_horizontal(_any(text, words) for words in groups)
