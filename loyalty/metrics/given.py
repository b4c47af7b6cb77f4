"""What the measures are taken from, and the two frames that most of them share: valid orders, and people."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from loyalty.expected.facts import order_facts
from loyalty.metrics.rows import NONE
from loyalty.rulebook.models import Rulebook
from loyalty.values.frames import beside, is_first, sum_so_far
from loyalty.values.times import INSTANT, end_of_day, month_of

SETTLING = dt.timedelta(days=30)
"""How long after it is placed an order may still come back (research B.2)."""


_NOT_VALID = ("cancelled", "rto", "failed")


def valid_orders(orders: pl.DataFrame) -> pl.DataFrame:
    """Orders that count as purchases: not cancelled, RTO or failed as of the run, and worth more than ₹0.

    An order worth ₹0 gross (sub total) is none (details M9). A returned order was a purchase.
    """
    return orders.filter(~pl.col("state").is_in(_NOT_VALID) & (pl.col("subtotal_paise") > 0))


@dataclass(frozen=True, kw_only=True)
class Given:
    """Tables of one run, the rules, and which kinds of export were given.

    Staged: ``orders, members, member_keys, checkouts, tickets, feedback``. Intermediate: ``facts, refunded,
    spendable, linked, movements, allocations, lots``. ``verdict``: `mart_reconciliation`; ``clearing``:
    `mart_clearing`. ``launched_at``: when redemption went live, or None.
    """

    orders: pl.DataFrame
    members: pl.DataFrame
    member_keys: pl.DataFrame
    checkouts: pl.DataFrame
    tickets: pl.DataFrame
    feedback: pl.DataFrame
    facts: pl.DataFrame
    refunded: pl.DataFrame
    spendable: pl.DataFrame
    linked: pl.DataFrame
    movements: pl.DataFrame
    allocations: pl.DataFrame
    lots: pl.DataFrame
    verdict: pl.DataFrame
    clearing: pl.DataFrame
    rulebook: Rulebook
    as_of: dt.datetime
    kinds: Collection[str]
    launched_at: dt.datetime | None = None

    def missing(self, *needed: str) -> str | None:
        """The sentence that names the kinds of export which are needed and not given, or None."""
        absent = [kind for kind in needed if kind not in self.kinds]
        return f"needs a {' and a '.join(absent)} export" if absent else None

    @property
    def segments(self) -> tuple[str, ...]:
        """The columns of `purchases` that measures of orders are cut by."""
        launch = ("launch",) if self.launched_at else ()
        return ("surface", "device", "payment_kind", "tier", "member_cohort", *launch)

    @cached_property
    def purchases(self) -> pl.DataFrame:
        """Valid orders, each with what the measures need of it; one row per order, in the order of ``orders``.

        ``number``: 1 for the customer's first valid order, null without a key. ``has_coins``: Coins Used above 0,
        else, where the export has no such column, a loyalty discount. ``value_paise``: after coupon, before
        loyalty. ``is_over``: older than 30 days, so that it will hardly come back. ``tier``: at the order.
        """
        facts = self.facts if self.facts.height else self._own_facts()
        valid = valid_orders(self.orders).with_columns(
            period=month_of(pl.col("placed_at")),
            launch=self._launch(),
            has_coins=pl.coalesce("coins_used", "loyalty_paise") > 0,
            value_paise=pl.col("subtotal_paise") - pl.col("coupon_paise") - pl.col("other_discount_paise"),
            is_over=pl.col("placed_at") <= self.as_of - SETTLING,
        )
        keyed = valid.select("order_no", "member_no", "placed_at").drop_nulls("member_no")
        one = pl.repeat(1, pl.len(), dtype=pl.Int64)
        numbered = keyed.sort("member_no", "placed_at", "order_no").with_columns(
            number=sum_so_far(one, of="member_no")
        )
        return (
            valid.pipe(beside, numbered.select("order_no", "number"), "order_no", "1:1")
            .pipe(
                beside, facts.select("order_no", "tier", "is_dead", "refunded_total_paise"), "order_no", "1:1"
            )
            .pipe(beside, self._cohorts(numbered), "member_no")
        )

    @cached_property
    def people(self) -> pl.DataFrame:
        """Everybody met in any export; one row per person, sorted by ``member_no``.

        ``tier``: the newest by the as-of. ``member_cohort``: month of the first valid order. ``enrolled_at``: null for
        who is no member. Enrolled are those of the members export from their ``joined_at`` (a blank one: always);
        with no members export everybody is, from the first order or entry on.
        """
        return (
            self.member_keys.select("member_no", "member_id")
            .pipe(beside, self._tiers(), "member_no", "1:1")
            .pipe(beside, self._enrolled(), "member_no", "1:1")
            .pipe(
                beside, self.purchases.select("member_no", "member_cohort").unique("member_no"), "member_no"
            )
            .sort("member_no")
        )

    @property
    def membership_note(self) -> str | None:
        """What must be said of measures of members where no export names them."""
        if "members" in self.kinds:
            return None
        return "no members export: everybody met in orders or ledger counts, from the first time on"

    @cached_property
    def months(self) -> pl.DataFrame:
        """``period, from_at, until_at, is_over``: Indian months from the first order or entry to the as-of."""
        firsts = [
            self.purchases["placed_at"].min(),
            self.linked.filter("is_posted")["created_at"].min(),
            self.as_of,
        ]
        first = min(each for each in firsts if isinstance(each, dt.datetime))
        ends = pl.DataFrame({"at": [first, self.as_of]}, schema={"at": INSTANT}).select(
            month_of(pl.col("at"))
        )
        start, end = (dt.date.fromisoformat(f"{month}-01") for month in ends["at"])
        month = pl.col("month")
        return pl.DataFrame({"month": pl.date_range(start, end, "1mo", eager=True)}).select(
            period=month.dt.strftime("%Y-%m"),
            from_at=end_of_day(month.dt.offset_by("-1d")),
            until_at=end_of_day(month.dt.month_end()),
            is_over=end_of_day(month.dt.month_end()) <= pl.lit(self.as_of).cast(INSTANT),
        )

    def _own_facts(self) -> pl.DataFrame:
        """Tiers of orders in a run that judged nothing, for want of a ledger."""
        return order_facts(self.orders, self.refunded, self.members, self.rulebook)

    def _launch(self) -> pl.Expr:
        if self.launched_at is None:
            return pl.lit(NONE)
        is_after = pl.col("placed_at") >= pl.lit(self.launched_at).cast(INSTANT)
        return pl.when(is_after).then(pl.lit("after")).otherwise(pl.lit("before"))

    def _cohorts(self, numbered: pl.DataFrame) -> pl.DataFrame:
        firsts = numbered.filter(is_first("member_no"))
        return firsts.select("member_no", member_cohort=month_of(pl.col("placed_at")))

    def _tiers(self) -> pl.DataFrame:
        known = self.members.filter((pl.col("as_of") <= self.as_of) | pl.col("as_of").is_null())
        return (
            known.sort("member_no", "as_of", "lead_id", "tier", nulls_last=False)
            .group_by("member_no", maintain_order=True)
            .agg(pl.col("tier").last())
        )

    def _enrolled(self) -> pl.DataFrame:
        if "members" in self.kinds:
            at = (
                pl.when(pl.col("joined_at").is_null().any())
                .then(_ALWAYS)
                .otherwise(pl.col("joined_at").min())
            )
            return self.members.group_by("member_no").agg(enrolled_at=at)
        met = [
            self.orders.select("member_no", at="placed_at"),
            self.linked.filter("is_posted").select("member_no", at="created_at"),
        ]
        return (
            pl.concat(met).drop_nulls("member_no").group_by("member_no").agg(enrolled_at=pl.col("at").min())
        )


_ALWAYS = pl.lit(dt.datetime(1970, 1, 1, tzinfo=dt.UTC)).cast(INSTANT)
