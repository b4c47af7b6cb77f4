"""Two replays side by side: what another law would have cost, and who would have gained or lost by it."""

from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from loyalty.intake.states import DEVICES, SURFACES, TIERS
from loyalty.rulebook.models import Rulebook
from loyalty.rulebook.timeline import worth_at
from loyalty.values.ratios import signed_mul_div
from loyalty.whatif.account import FLOWS
from loyalty.whatif.history import History, requests
from loyalty.whatif.replay import Replay, replay

_COIN_COLUMNS = (*(f"{flow}_coins" for flow in FLOWS), "balance_coins")


class Totals(NamedTuple):
    """One replay in sums. ``discount_paise`` is that of orders alive at the as-of; a dead order gave nothing away.

    Coins: balance = earned + added + restored − redeemed − reversed − expired − removed, which dead orders are
    part of. ``balance_paise`` is what the coins held at the as-of are worth under the replay's own law.
    """

    redeeming_orders: int
    discount_paise: int
    earned_coins: int
    added_coins: int
    restored_coins: int
    redeemed_coins: int
    reversed_coins: int
    expired_coins: int
    removed_coins: int
    balance_coins: int
    balance_paise: int

    @property
    def benefit_paise(self) -> int:
        """What members got: discount, and coins that they still hold."""
        return self.discount_paise + self.balance_paise


@dataclass(frozen=True)
class Comparison:
    """The mechanical difference between two laws on one history.

    ``by_member``: ``member_id, discount_paise, balance_coins, other_discount_paise, other_balance_coins,
    gain_paise``; one row per member of the snapshot, who gains most first. A gain is discount and worth of coins
    held, under the other law less under the present one. ``kept_orders`` stay as they were recorded, at least
    in part, because a law says nothing of them. ``unknown_words`` of the other law match no order.
    """

    orders: int
    kept_orders: int
    recorded_discount_paise: int
    present: Totals
    other: Totals
    by_member: pl.DataFrame
    unknown_words: tuple[str, ...]


def spliced(present: Rulebook, new: Rulebook) -> Rulebook:
    """The present law until the first of the new versions begins, and only the new ones from then on."""
    first = new.versions[0].effective_from
    earlier = (law for law in present.versions if law.effective_from < first)
    return Rulebook.of((*earlier, *new.versions))


def compare(history: History, member_keys: pl.DataFrame, present: Rulebook, other: Rulebook) -> Comparison:
    """Both replays of a history. ``member_keys``: StagedMemberKeys of the same snapshot."""
    asked = requests(history, present, other)
    replays = [replay(history, asked, present, law) for law in (present, other)]
    people, others = (
        _by_member(member_keys, each, law, history)
        for each, law in zip(replays, (present, other), strict=True)
    )
    alive = asked.filter(~pl.col("is_dead"))
    is_kept = ~pl.col("is_earning_ruled") | (~pl.col("is_redeeming_ruled") & (pl.col("recorded_paise") > 0))
    return Comparison(
        orders=asked.height,
        kept_orders=asked.filter(is_kept).height,
        recorded_discount_paise=int(alive["recorded_paise"].sum()),
        present=_totals(replays[0], people),
        other=_totals(replays[1], others),
        by_member=_gains(people, others),
        unknown_words=_unknown_words(present, other),
    )


def _by_member(member_keys: pl.DataFrame, replayed: Replay, law: Rulebook, history: History) -> pl.DataFrame:
    """Discount on living orders, flows, balance and its worth at the as-of; one row per member."""
    discounts = (
        replayed.orders.filter(~pl.col("is_dead") & pl.col("member_no").is_not_null())
        .group_by("member_no")
        .agg(pl.col("discount_paise").sum())
    )
    told = (
        member_keys.join(discounts, on="member_no", how="left", validate="1:1", maintain_order="left")
        .join(replayed.members, on="member_no", how="left", validate="1:1", maintain_order="left")
        .with_columns(pl.col("discount_paise", *_COIN_COLUMNS).fill_null(0), at=pl.lit(history.as_of))
    )
    worth = signed_mul_div(pl.col("balance_coins"), pl.col("worth_paise"), pl.col("worth_coins"))
    return worth_at(told, law, "at").with_columns(balance_paise=worth)


def _totals(replayed: Replay, people: pl.DataFrame) -> Totals:
    alive = replayed.orders.filter(~pl.col("is_dead"))
    return Totals(
        redeeming_orders=alive.filter(pl.col("discount_paise") > 0).height,
        discount_paise=int(alive["discount_paise"].sum()),
        **{name: int(people[name].sum()) for name in _COIN_COLUMNS},
        balance_paise=int(people["balance_paise"].sum()),
    )


def _gains(people: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    kept = ("discount_paise", "balance_coins", "balance_paise")
    other = others.select("member_id", *(pl.col(name).alias(f"other_{name}") for name in kept))
    gain = (
        pl.col("other_discount_paise")
        + pl.col("other_balance_paise")
        - pl.col("discount_paise")
        - pl.col("balance_paise")
    )
    return (
        people.join(other, on="member_id", how="inner", validate="1:1")
        .with_columns(gain_paise=gain)
        .sort("gain_paise", "member_id", descending=[True, False])
        .select(
            "member_id",
            "discount_paise",
            "balance_coins",
            "other_discount_paise",
            "other_balance_coins",
            "gain_paise",
        )
    )


def _unknown_words(present: Rulebook, other: Rulebook) -> tuple[str, ...]:
    """Words that only the other law names: a snapshot keeps no tag, tier, device or surface that no rule named."""
    kept = {"tier": {*TIERS}, "device": {*DEVICES.values()}, "surface": {*SURFACES}}
    before, after = _words(present), _words(other)
    return tuple(
        f"{sort} {word}"
        for sort in sorted(after)
        for word in sorted(after[sort] - before[sort] - kept.get(sort, set()))
    )


def _words(rulebook: Rulebook) -> dict[str, set[str]]:
    blocks = [rule for law in rulebook.versions for rule in law.redeem.values()]
    return {
        "bonus": set(rulebook.bonus_names),
        "device": {word for rule in blocks for word in rule.devices},
        "surface": set(rulebook.surfaces),
        "tag": set(rulebook.skip_tags),
        "tier": {word for law in rulebook.versions for word in law.tier_names},
    }
