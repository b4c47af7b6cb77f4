"""How much an order may redeem: contract §5 as columns, so that any one setting can be changed and replayed.

A *ruled* frame is order facts joined to the redemption block of its surface (``with_rule``); the
functions below only read its columns. A base, cart or payable below zero counts as zero.
"""

import polars as pl

from loyalty.contracts.intermediate import BalanceQueries
from loyalty.rulebook.models import REDEEM_PARTS, Rulebook
from loyalty.rulebook.timeline import redemption_rules
from loyalty.values.frames import beside
from loyalty.values.ratios import mul_div
from loyalty.values.times import minutes

_COMMON = ("worth_coins", "worth_paise")


def with_rule(facts: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Facts with the numbers of their surface's block in ``version_no``, and their three bases.

    ``has_rule`` is false before the first version and on a surface without a block (details R15); the
    numbers are null there.
    """
    rules = redemption_rules(rulebook).drop(_COMMON).with_columns(has_rule=pl.lit(value=True))
    return (
        beside(facts, rules, ["version_no", "surface"])
        .with_columns(
            pl.col("has_rule").fill_null(value=False),
            mode=pl.coalesce("apply_mode", "apply"),
        )
        .with_columns(
            base_paise=base_paise(pl.col("base")),
            cart_paise=base_paise(pl.col("min_cart_base")),
        )
    )


def base_paise(name: pl.Expr) -> pl.Expr:
    """The base that ``name`` names, before the loyalty discount; ``with_<part>`` says what total payable takes in."""
    part = {
        "shipping": pl.col("shipping_paise"),
        "cod_fee": pl.col("cod_fee_paise"),
        "tax": pl.col("tax_paise"),
        "prepaid_discount": -pl.col("prepaid_discount_paise"),
    }
    taken_in = [pl.when(f"with_{name}").then(part[name]).otherwise(0) for name in REDEEM_PARTS]
    total_payable = pl.sum_horizontal(pl.col("after_coupon_paise"), *taken_in)
    chosen = (
        pl.when(name == "subtotal")
        .then("subtotal_paise")
        .when(name == "after_coupon")
        .then("after_coupon_paise")
        .when(name == "total_payable")
        .then(total_payable)
    )
    return chosen.clip(lower_bound=0)


def is_percent() -> pl.Expr:
    """Whether coins buy a share of the base."""
    return pl.col("offer_kind").is_in(("percent_variable", "percent_fixed"))


def is_fixed() -> pl.Expr:
    """Whether the block grants one fixed amount."""
    return pl.col("offer_kind") == "amount_fixed"


def cap_paise() -> pl.Expr:
    """Cap share of the base, floored; the base itself without a cap (details R6)."""
    share = mul_div(pl.col("base_paise"), pl.col("cap_num"), pl.col("cap_den"))
    return pl.min_horizontal(share, "base_paise")


def room_paise() -> pl.Expr:
    """What may be taken off before the customer pays less than the minimum, never below 0."""
    return (pl.col("payable_paise") - pl.col("min_payable_paise")).clip(lower_bound=0)


def limit_paise() -> pl.Expr:
    """C of contract §5: the least of every limit that is set, never below 0."""
    return pl.min_horizontal("max_discount_paise", cap_paise(), room_paise())


def gate() -> pl.Expr:
    """The first gate that fails, by name, or null: contract §5 step 1 and details G1."""
    return (
        pl.when(~pl.col("is_enabled"))
        .then(pl.lit("disabled"))
        .when(~pl.col("devices").list.contains(pl.col("device")) & pl.col("device").is_not_null())
        .then(pl.lit("device"))
        .when(
            pl.col("tiers").is_not_null()
            & ~pl.col("tiers").list.contains(pl.col("tier")).fill_null(value=False)
        )
        .then(pl.lit("tier"))
        .when(~pl.col("payments").list.contains(pl.col("payment_kind")))
        .then(pl.lit("payment"))
        .when(pl.col("denies_coupon") & pl.col("has_coupon"))
        .then(pl.lit("coupon"))
        .when(pl.col("cart_paise") < pl.col("min_cart_paise"))
        .then(pl.lit("min_cart"))
    )


def _steps_max() -> pl.Expr:
    """N: the most steps of a percent block (details R14)."""
    return pl.when(pl.col("offer_kind") == "percent_fixed").then(1).otherwise(10_000 // pl.col("step_bps"))


def whole_paise(coins: pl.Expr) -> pl.Expr:
    """What ``coins`` buy under a percent block before any limit (details R14)."""
    steps = pl.min_horizontal(coins // pl.col("step_coins"), _steps_max())
    return mul_div(pl.col("base_paise"), steps * pl.col("step_bps"), pl.lit(10_000))


def value_paise(coins: pl.Expr) -> pl.Expr:
    """``value(c)`` of contract §5 and details R14: what ``coins`` are worth on this order."""
    steps = coins // pl.col("step_coins")
    linear = mul_div(coins, pl.col("step_paise"), pl.col("step_coins"))
    return (
        pl.when(is_percent())
        .then(pl.min_horizontal(whole_paise(coins), limit_paise()))
        .when(is_fixed())
        .then(pl.when(steps >= 1).then("step_paise").otherwise(0))
        .when("is_step")
        .then(steps * pl.col("step_paise"))
        .otherwise(linear - linear % pl.col("granularity_paise"))
    )


def needed_coins(discount: pl.Expr) -> pl.Expr:
    """``needed(d)`` of details R2 and R14: the fewest coins that a discount needs."""
    # A discount beyond the base needs every step, as the whole base does: its size must not matter.
    discounted = pl.min_horizontal(discount, "base_paise")
    share = pl.col("base_paise").cast(pl.Int128) * pl.col("step_bps")
    steps = mul_div(discounted, pl.lit(10_000), pl.when(share > 0).then(share), "ceil")
    percent = pl.when(discount == 0).then(0).otherwise(pl.min_horizontal(_steps_max(), steps))
    stepped = mul_div(discount, pl.lit(1), pl.col("step_paise"), "ceil")
    return (
        pl.when(is_percent())
        .then(percent * pl.col("step_coins"))
        .when(is_fixed() | pl.col("is_step"))
        .then(stepped * pl.col("step_coins"))
        .otherwise(mul_div(discount, pl.col("step_coins"), pl.col("step_paise"), "ceil"))
    )


def with_maximum(ruled: pl.DataFrame) -> pl.DataFrame:
    """A ruled frame with ``gate``, ``limit_paise``, ``usable_coins`` and the maximum ``max_coins_due, max_paise_due``.

    Reads ``spendable_coins`` (A). The maximum is (0, 0) where a gate fails, where it stays under
    ``min_coins``, without a member and without a rule (contract §5 steps 1–5).
    """
    limited = ruled.with_columns(
        gate=gate(),
        limit_paise=limit_paise(),
        usable_coins=pl.min_horizontal("spendable_coins", "max_coins"),
    )
    k, v = pl.col("step_coins"), pl.col("step_paise")
    usable, limit = pl.col("usable_coins"), pl.col("limit_paise")
    steps = pl.min_horizontal(usable // k, limit // v)
    fixed_fits = (usable >= k) & (v <= limit)
    straight = pl.min_horizontal(limit, mul_div(usable, v, k))
    discount = (
        pl.when(is_percent())
        .then(value_paise(usable))
        .when(is_fixed())
        .then(pl.when(fixed_fits).then(v).otherwise(0))
        .when("is_step")
        .then(steps * v)
        .otherwise(straight - straight % pl.col("granularity_paise"))
    )
    best = limited.with_columns(max_paise_due=discount).with_columns(
        max_coins_due=needed_coins(pl.col("max_paise_due"))
    )
    granted = pl.col("has_rule") & pl.col("gate").is_null() & (pl.col("max_coins_due") >= pl.col("min_coins"))
    return best.with_columns(
        max_paise_due=pl.when(granted).then("max_paise_due").otherwise(0),
        max_coins_due=pl.when(granted).then("max_coins_due").otherwise(0),
    )


def claims(facts: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Coins that each order says it took, ``order_no, claimed_coins``: Coins Used, else ``needed(L)`` (details L3)."""
    says_so = (pl.col("coins_used") > 0).fill_null(value=False)
    # Without a discount no coins are needed: the law is asked about the others only.
    silent = facts.filter(~says_so & (pl.col("loyalty_paise") > 0))
    needed = with_rule(silent, rulebook).select(
        "order_no", needed_coins=needed_coins(pl.col("loyalty_paise"))
    )
    return beside(facts.select("order_no", "coins_used"), needed, "order_no", "1:1").select(
        "order_no", claimed_coins=pl.when(says_so).then("coins_used").otherwise("needed_coins").fill_null(0)
    )


def redemption_instants(facts: pl.DataFrame, linked: pl.DataFrame) -> pl.DataFrame:
    """When each order asked for coins, ``order_no, at`` (details R4).

    The earlier of ``placed_at`` and the first posted debit, at most 30 minutes before ``placed_at``; with no
    debit, ``placed_at``.
    """
    first = (
        linked.lazy()
        .filter((pl.col("leg") == "redemption") & pl.col("is_posted") & pl.col("order_no").is_not_null())
        .group_by("order_no")
        .agg(debited_at=pl.col("created_at").min())
        .collect()
    )
    placed, debited = pl.col("placed_at"), pl.coalesce("debited_at", "placed_at")
    return beside(facts.select("order_no", "placed_at"), first, "order_no", "1:1").select(
        "order_no", at=pl.min_horizontal(placed, pl.max_horizontal(debited, placed - minutes(30)))
    )


def balance_queries(facts: pl.DataFrame, instants: pl.DataFrame) -> pl.DataFrame:
    """The living orders of known members, with the instant at which their balance matters; one row per order."""
    return (
        facts.lazy()
        .filter(~pl.col("is_dead") & (pl.col("state") != "unknown") & pl.col("member_no").is_not_null())
        .select("order_no", "member_no")
        .collect()
        .pipe(beside, instants, "order_no", "1:1")
        .pipe(BalanceQueries.validate)
    )
