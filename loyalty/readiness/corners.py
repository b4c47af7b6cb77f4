"""Corners: for every discount, the smallest cart that gets it from one block and not from another.

Why a finite search is exact. With at most one extra x on a cart, every amount that a law looks at is either the
whole W of the cart (goods and what is on top of them, before anything is taken off) or W − x. "Gives at least d" is
then W ≥ g and W − x ≥ l and coins ≥ c, with g, l and c from `ladders`. Two blocks disagree on a cart exactly where,
for some d, one gives at least d and the other does not, and for one d the smallest such cart is a corner of
these inequalities:

    W = max(g, l + 1), and x = 1 or as much as pushes W − x below the other's l; without an extra W = max(g, l)

The least corner over all d is the smallest cart. Coins can only differ for one and the same discount where fewer
coins make the discounts differ, so it is enough to compare discounts.

A percent block whose fewest coins are more than one step gives nothing at all where a limit leaves less than they
are worth, and is no ladder there. So the law itself is asked at every corner: what is found does tell the two
apart, but for such a block a smaller cart is possible.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import polars as pl

from loyalty.readiness.carts import ON_TOP, Cart, Extra, maxima
from loyalty.readiness.ladders import NEEDS, levels, steps_of, top_of, unit_of, with_needs
from loyalty.rulebook.models import REDEEM_PARTS, RedeemBase, Redemption, RuleVersion

LOOKED_UP_TO = 10_000_000
"""Carts above ₹1,00,000 are not compared where no limit of the law ends the search before."""

_LEVELS_AT_MOST = 2_000_000
_LEVELS_AT_FIRST = 1 << 10
_LEVELS_AT_ONCE = 1 << 18
_CORNERS_AT_ONCE = 64


class Search(NamedTuple):
    """Two blocks to tell apart on carts like ``cart`` with ``extra``; a gate lets some only into one of them."""

    one: Redemption
    other: Redemption
    lets_one: bool
    lets_other: bool
    extra: Extra | None
    cart: Cart

    @property
    def blocks(self) -> tuple[Redemption, ...]:
        """Those that the cart is let into."""
        lets = (self.lets_one, self.lets_other)
        return tuple(rule for rule, is_let_in in zip((self.one, self.other), lets, strict=True) if is_let_in)


def first_corner(search: Search, law: RuleVersion) -> tuple[Cart | None, int | None]:
    """The least cart where the two disagree; else up to which amount there is none, None for no bound."""
    tops = [top_of(rule) for rule in search.blocks]
    top = None if None in tops else max(each for each in tops if each is not None)
    per_unit = max((1, *(steps_of(rule)[1] for rule in search.blocks if rule.is_percent)))
    unit = min(unit_of(rule) for rule in search.blocks)
    bound = min(LOOKED_UP_TO, _LEVELS_AT_MOST // per_unit * unit)
    end = bound if top is None else min(bound, top)
    waiting = pl.DataFrame(schema=dict.fromkeys(("whole", "amount"), pl.Int64))
    for above, up_to in _stretches(end, unit, per_unit):
        found = [
            _corners(levels(rule, above, up_to), rule, rival, search.extra)
            for rule, rival in _directions(search)
        ]
        # Later levels need at least as much as the last ones here, and their discounts fit no smaller cart.
        least = max(up_to, min((each.least for each in found if each.least is not None), default=up_to))
        waiting = pl.concat([waiting, *(each.carts for each in found)]).unique().sort("whole", "amount")
        is_known = pl.col("whole") < least if search.extra else pl.col("whole") <= least
        final = waiting.filter(is_known | pl.lit(up_to == end))
        if (hit := _first_that_differs(final, search, law)) is not None:
            return hit, None
        waiting = waiting.join(final, on=["whole", "amount"], how="anti")
    return None, None if end == top else end


def _directions(search: Search) -> Iterator[tuple[Redemption, Redemption | None]]:
    """Who may give what the other, if it lets the cart in at all, does not."""
    if search.lets_one:
        yield search.one, search.other if search.lets_other else None
    if search.lets_other:
        yield search.other, search.one if search.lets_one else None


def _stretches(end: int, unit: int, per_unit: int) -> Iterator[tuple[int, int]]:
    """(above, up to) pieces of the discounts up to ``end``, longer and longer: most searches end early."""
    above, stride = 0, _LEVELS_AT_FIRST // per_unit + 1
    while above < end:
        up_to = min(above + stride * unit, end)
        yield above, up_to
        above, stride = up_to, min(4 * stride, _LEVELS_AT_ONCE // per_unit + 1)


class _Corners(NamedTuple):
    """``whole, amount`` of carts that tell two blocks apart, and the least whole that later levels need."""

    carts: pl.DataFrame
    least: int | None


def _corners(
    frame: pl.DataFrame, rule: Redemption, rival: Redemption | None, extra: Extra | None
) -> _Corners:
    """The smallest cart of each level that ``rule`` gives and ``rival`` does not."""
    mine = with_needs(frame, rule).select("paise", *_reach(rule, extra, "mine"))
    theirs = with_needs(frame, rival).select(_reach(rival or rule, extra, "theirs"))
    g, less = pl.col("mine_whole"), pl.col("mine_less")
    both = (
        pl.concat([mine, theirs], how="horizontal")
        .filter(g.is_not_null())
        .with_columns(whole=pl.max_horizontal(g, less + 1) if extra else g)
    )
    is_below = pl.col("theirs_whole").is_null() | (pl.col("whole") < pl.col("theirs_whole"))
    pushed = pl.max_horizontal(pl.lit(1, pl.Int64), pl.col("whole") - pl.col("theirs_less") + 1)
    apart = is_below | (less < pl.col("theirs_less")) if extra else is_below
    amount = pl.when(is_below).then(1).otherwise(pushed) if extra else pl.lit(0)
    carts = both.filter(apart).select("whole", amount=amount.cast(pl.Int64))
    last = both.filter(pl.col("paise") == pl.col("paise").max())["whole"].to_list()
    return _Corners(carts, min(last, default=None))


def _reach(rule: Redemption, extra: Extra | None, side: str) -> list[pl.Expr]:
    """What the whole cart must reach, and what must be left of it without the extra."""
    parts = {
        "base_at": _is_less(rule.base, rule.include, extra),
        "payable_at": _is_less("total_payable", REDEEM_PARTS, extra),
        "cart_at": _is_less(rule.min_cart_base, rule.include, extra),
    }
    assert tuple(parts) == NEEDS
    reaches = []
    for name, wanted in (("whole", False), ("less", True)):
        amounts = [pl.col(need) for need, is_less in parts.items() if is_less == wanted]
        least = pl.max_horizontal(pl.lit(0, pl.Int64), *amounts)
        reaches.append(pl.when(pl.col("base_at").is_not_null()).then(least).alias(f"{side}_{name}"))
    return reaches


def _is_less(base: RedeemBase, include: tuple[str, ...], extra: Extra | None) -> bool:
    """Whether an amount leaves out the extra that the whole cart holds, or takes it off."""
    if extra is None:
        return False
    if base == "subtotal":
        return extra in ON_TOP
    if extra in ("coupon", "other_discount"):
        return True
    takes_in = base == "total_payable" and extra in include
    return takes_in if extra == "prepaid_discount" else not takes_in


def _first_that_differs(corners: pl.DataFrame, search: Search, law: RuleVersion) -> Cart | None:
    """The first corner on which the law itself, asked, gives two answers, with the fewest coins that show it."""
    start, size = 0, 1
    while start < corners.height:
        placed = [
            each
            for whole, amount in corners.slice(start, size).iter_rows()
            for each in _with_coins(_sized(search.cart, search.extra, whole, amount), whole, search)
        ]
        asked = maxima({"one": search.one, "other": search.other}, placed, law)
        for each, mine, theirs in zip(placed, asked["one"], asked["other"], strict=True):
            if mine != theirs:
                return each
        start, size = start + size, min(8 * size, _CORNERS_AT_ONCE)
    return None


def _with_coins(cart: Cart, whole: int, search: Search) -> list[Cart]:
    """The cart with every number of coins at which one of the blocks may begin to give more, fewest first."""
    numbers: set[int] = set()
    for rule in search.blocks:
        if rule.is_percent:
            fewest, most = steps_of(rule)
            numbers |= {steps * rule.coins for steps in range(fewest, most + 1)}
        else:
            numbers |= set(levels(rule, 0, whole)["coins"].to_list())
    return [replace(cart, coins=coins) for coins in sorted(numbers)]


def _sized(cart: Cart, extra: Extra | None, whole: int, amount: int) -> Cart:
    sized = replace(cart, subtotal=whole - amount if extra in ON_TOP else whole)
    return sized if extra is None else sized.with_extra(extra, amount)
