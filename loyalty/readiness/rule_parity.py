"""Do the surfaces promise the same? Every two of them under one law, as functions and on real carts."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import polars as pl

from loyalty.contracts.base import polars_schema
from loyalty.contracts.readiness import RuleParity
from loyalty.expected.redemptions import with_maximum, with_rule
from loyalty.metrics.intervals import wilson
from loyalty.readiness.carts import Cart, cart_words, given_words, maxima
from loyalty.readiness.scope import live_carts
from loyalty.readiness.smallest import Found, differing, smallest_difference
from loyalty.rulebook.models import Redemption, Rulebook, RuleVersion
from loyalty.values.money import rupees

_ORDERS_AT_ONCE = 250_000
_SCHEMA = polars_schema(RuleParity)
_Pair = tuple[str, str]
_OFFER = ("kind", "value_paise", "value_percent")
"""What makes an amount a percentage is one setting in three fields."""


def rule_parity(facts: pl.DataFrame, spendable: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """``mart_rule_parity``; one row per (rule version, pair of surfaces). OrderFacts and Spendable in."""
    ends = [law.effective_from for law in rulebook.versions[1:]]
    rows = [
        {
            "version_no": number,
            "rule_version": law.version,
            "effective_from": law.effective_from,
            "effective_until": until,
            "surface": surface,
            "other_surface": other,
            **_compared(law, surface, other),
        }
        for number, (law, until) in enumerate(zip(rulebook.versions, [*ends, None], strict=True))
        for surface, other in pairs(law)
    ]
    told = pl.DataFrame(rows, schema={"version_no": pl.Int64, **_without_counts()})
    keys = ["version_no", "surface", "other_surface"]
    counted = told.join(
        _affected(live_carts(facts, spendable), rulebook),
        on=keys,
        how="left",
        validate="1:1",
        maintain_order="left",
    ).with_columns(pl.col("carts", "carts_affected").fill_null(0))
    surprised = (pl.col("verdict") == "agree") & (pl.col("carts_affected") > 0)
    counted = counted.with_columns(
        verdict=pl.when(surprised).then(pl.lit("differ")).otherwise("verdict"),
        sentence=pl.when(surprised).then(_only_in_real_carts()).otherwise("sentence"),
    )
    low, high = wilson(pl.col("carts_affected"), pl.col("carts"))
    share = pl.when(pl.col("carts") > 0).then(pl.col("carts_affected") / pl.col("carts"))
    return (
        counted.with_columns(share=share, low=low, high=high)
        .select(list(_SCHEMA))
        .sort("effective_from", "surface", "other_surface")
        .pipe(RuleParity.validate)
    )


def pairs(law: RuleVersion) -> Iterator[_Pair]:
    """Every two surfaces of a law, the home surface first, else in the order of the file."""
    surfaces = sorted(law.redeem, key=lambda surface: surface != law.home_surface)
    return combinations(surfaces, 2)


def compared(law: RuleVersion, surface: str, other: str) -> Found:
    """The smallest cart on which two surfaces of a law disagree."""
    return smallest_difference(law.redeem[surface], law.redeem[other], law.coin_value)


def parity_sentence(law: RuleVersion, surface: str, other: str) -> str:
    """What two surfaces of a law give on the smallest cart where they disagree, else that they agree."""
    return str(_compared(law, surface, other)["sentence"])


def _without_counts() -> dict[str, pl.DataType]:
    counts = ("carts", "carts_affected", "share", "low", "high")
    return {name: kind for name, kind in _SCHEMA.items() if name not in counts}


def _compared(law: RuleVersion, surface: str, other: str) -> dict[str, Any]:
    rules = (law.redeem[surface], law.redeem[other])
    settings = differing(*rules)
    cart, up_to = compared(law, surface, other)
    told: dict[str, Any] = {
        "settings": list(settings),
        "is_mirror": rules[0].same_as == other or rules[1].same_as == surface,
        "compared_up_to_paise": up_to,
    }
    if cart is None:
        verdict = "agree" if settings else "same"
        return told | {
            "verdict": verdict,
            "told_by": [],
            "sentence": _agreement(surface, other, settings, up_to),
        }
    given = {name: found[0] for name, found in maxima(_both(law, surface, other), [cart], law).items()}
    (mine, theirs) = given[surface], given[other]
    return told | {
        "verdict": "differ",
        "told_by": _told_by(law, rules, cart, mine),
        "sentence": f"On {cart_words(cart)}, {surface} gives {given_words(*mine)}, {other} {given_words(*theirs)}.",
        "given_coins": mine[0],
        "given_paise": mine[1],
        "other_given_coins": theirs[0],
        "other_given_paise": theirs[1],
        **cart.columns(),
    }


def _both(law: RuleVersion, surface: str, other: str) -> dict[str, Redemption]:
    return {surface: law.redeem[surface], other: law.redeem[other]}


def _agreement(surface: str, other: str, settings: tuple[str, ...], up_to: int | None) -> str:
    if not settings:
        return f"{surface} and {other} have the same settings."
    reach = "on every cart" if up_to is None else f"on every cart up to {rupees(up_to)}"
    return f"{surface} and {other} give the same {reach}; settings that differ: {', '.join(settings)}."


def _only_in_real_carts() -> pl.Expr:
    return pl.format(
        "No cart with a single extra amount tells {} and {} apart; real carts with several do: {}.",
        "surface",
        "other_surface",
        "carts_affected",
    )


def _told_by(
    law: RuleVersion, rules: tuple[Redemption, Redemption], cart: Cart, given: tuple[int, int]
) -> list[str]:
    """The settings of the second block that, set as in the first, alone make it give the same on the cart."""
    one, other = rules
    fields = {field.alias or name: name for name, field in Redemption.model_fields.items()}
    changed = {}
    for key in differing(one, other):
        name = fields[key]
        names = _OFFER if name in _OFFER and one.is_percent != other.is_percent else (name,)
        changed[key] = other.model_copy(update={each: getattr(one, each) for each in names})
    return [key for key, found in maxima(changed, [cart], law).items() if found[0] == given]


def _affected(carts: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """``version_no, surface, other_surface, carts, carts_affected``; one row per pair, a few orders at a time."""
    counted = [
        (number, *pair, own.height, _apart(given[pair[0]], given[pair[1]]))
        for part in carts.iter_slices(_ORDERS_AT_ONCE)
        for number, law in enumerate(rulebook.versions)
        for own in [part.filter(pl.col("version_no") == number)]
        for given in [{surface: _given(own, rulebook, surface) for surface in law.redeem}]
        for pair in pairs(law)
    ]
    schema = {"version_no": pl.Int64, "surface": pl.String, "other_surface": pl.String}
    counts = ("carts", "carts_affected")
    return (
        pl.DataFrame(counted, schema=schema | dict.fromkeys(counts, pl.Int64), orient="row")
        .group_by(list(schema), maintain_order=True)
        .agg(pl.col(counts).sum())
    )


def _given(carts: pl.DataFrame, rulebook: Rulebook, surface: str) -> pl.DataFrame:
    """The maximum of real carts, had they been on this surface."""
    moved = carts.with_columns(surface=pl.lit(surface))
    return with_rule(moved, rulebook).pipe(with_maximum).select("max_coins_due", "max_paise_due")


def _apart(one: pl.DataFrame, other: pl.DataFrame) -> int:
    coins, paise = (one[name] != other[name] for name in ("max_coins_due", "max_paise_due"))
    return int((coins | paise).sum())
