"""``mart_causes``: one row per cause, with what it cost, since when, what to change, and whether it is over.

A cause is one case, not thousands: its mismatches are counted here and listed by id.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import polars as pl

from loyalty.contracts.base import empty, polars_schema
from loyalty.contracts.causes import Causes
from loyalty.reconcile.causes.carts import telling_cart
from loyalty.reconcile.causes.diagnosis import GROUP, Diagnosis, diagnose
from loyalty.reconcile.causes.evidence import Books
from loyalty.reconcile.causes.fixes import words
from loyalty.reconcile.causes.telling import sentence
from loyalty.reconcile.summary import open_mismatches
from loyalty.rulebook.timeline import versions

UNEXPLAINED = "unexplained"
SCHEMA = polars_schema(Causes)
KEY = (*GROUP, "cause")
_EFFECT = pl.col("effect_paise")
_MONEY = pl.col("merchant_paise") - pl.col("customer_paise")
_FIGURES = (
    "mismatches", "reproduced", "contradicted", "orders", "coins", "effect_paise", "merchant_paise",
    "customer_paise",
)  # fmt: skip


def group_causes(mismatches: pl.DataFrame, books: Books, previous: pl.DataFrame | None) -> pl.DataFrame:
    """``mart_causes`` from ``mart_mismatches``.

    ``previous`` is the same table of the newest snapshot with an earlier as-of, or None.
    """
    diagnosis = diagnose(open_mismatches(mismatches), books)
    cases = _ended_with_their_law(_counted(diagnosis), books)
    told = _ranked(cases).pipe(_in_words, books).pipe(_with_life, previous, books.as_of)
    return told.sort(KEY, nulls_last=True).select(list(SCHEMA)).pipe(Causes.validate)


def _counted(diagnosis: Diagnosis) -> pl.DataFrame:
    """One row per group and cause, what is left of a group as `unexplained`."""
    named = diagnosis.wrong.drop("cause").join(
        diagnosis.behind, on=["group_no", "order_no"], how="left", validate="m:1", maintain_order="left"
    )
    sizes = diagnosis.wrong.group_by("group_no").agg(of_group=pl.len())
    return (
        named.with_columns(pl.col("cause").fill_null(UNEXPLAINED))
        .group_by("group_no", "version_no", *KEY)
        .agg(
            mismatches=pl.len().cast(pl.Int64),
            reproduced=pl.col("is_exact").sum().cast(pl.Int64),
            orders=pl.col("order_id").drop_nulls().n_unique().cast(pl.Int64),
            coins=(pl.col("recorded_coins") - pl.col("expected_coins")).sum(),
            effect_paise=_EFFECT.sum(),
            merchant_paise=_EFFECT.clip(lower_bound=0).sum(),
            customer_paise=_EFFECT.clip(upper_bound=0).sum(),
            kinds=pl.col("kind").unique().sort(),
            first_at=pl.col("placed_at").min(),
            last_at=pl.col("placed_at").max(),
            mismatch_ids=pl.col("mismatch_id").sort(),
        )
        .join(sizes, on="group_no", how="left", validate="m:1")
        .join(diagnosis.found, on=["group_no", "cause"], how="left", validate="1:1")
        .with_columns(
            pl.col("verdict").fill_null(UNEXPLAINED),
            pl.col("other_causes").fill_null(pl.lit([], pl.List(pl.String))),
            pl.col("contradicted", "episodes").fill_null(0),
            share_explained=pl.when(pl.col("cause") == UNEXPLAINED)
            .then(0.0)
            .otherwise(pl.col("mismatches") / pl.col("of_group")),
        )
        .sort(KEY, nulls_last=True)
    )


def _ended_with_their_law(cases: pl.DataFrame, books: Books) -> pl.DataFrame:
    """Bounds by the law itself: a cause is as old as its version at most, and ends with it unless the next has it."""
    law = versions(books.rulebook).select(
        "version_no", "effective_from", repealed_at=pl.col("effective_from").shift(-1)
    )
    goes_on = cases.select("leg", "surface", "cause", version_no=pl.col("version_no") - 1).with_columns(
        goes_on=pl.lit(value=True)
    )
    is_over = (
        pl.col("ended_by_at").is_null()
        & pl.col("began_by_at").is_not_null()
        & (pl.col("repealed_at") <= pl.lit(books.as_of))
        & pl.col("goes_on").is_null()
    ).fill_null(value=False)
    return (
        cases.join(law, on="version_no", how="left", validate="m:1", maintain_order="left")
        .join(
            goes_on.drop_nulls("version_no"),
            on=["leg", "surface", "cause", "version_no"],
            how="left",
            validate="m:1",
            maintain_order="left",
        )
        .with_columns(
            began_after_at=pl.when(pl.col("began_by_at").is_not_null()).then(
                pl.coalesce("began_after_at", "effective_from")
            ),
            ended_after_at=pl.when(is_over).then("last_at").otherwise("ended_after_at"),
            ended_by_at=pl.when(is_over).then("repealed_at").otherwise("ended_by_at"),
        )
    )


def _ranked(cases: pl.DataFrame) -> pl.DataFrame:
    """The causes by money, the most first: since each mismatch counts once, this is the greedy cover."""
    money = int(cases.select(_MONEY.sum()).item() or 0)
    ranked = (
        cases.filter(pl.col("cause") != UNEXPLAINED)
        .sort(_MONEY, "mismatches", *KEY, descending=[True, True, *[False] * len(KEY)], nulls_last=True)
        .select(
            "group_no",
            "cause",
            rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int64),
            money_share_cumulative=_MONEY.cum_sum() / money if money else pl.lit(None, pl.Float64),
        )
    )
    return cases.join(ranked, on=["group_no", "cause"], how="left", validate="1:1", maintain_order="left")


def _in_words(cases: pl.DataFrame, books: Books) -> pl.DataFrame:
    """``fix``, ``tell_apart`` and ``sentence``; the cases of a brand are few, so they are told one by one."""
    told = [_told(case, books) for case in cases.iter_rows(named=True)]
    schema = {"fix": pl.String, "tell_apart": pl.String, "sentence": pl.String}
    return cases.hstack(pl.DataFrame(told, schema=schema))


def _told(case: Mapping[str, Any], books: Books) -> dict[str, str | None]:
    if case["cause"] == UNEXPLAINED:
        return {"fix": None, "tell_apart": None, "sentence": sentence(case, None)}
    law = books.rulebook.versions[case["version_no"]]
    said = words(case["leg"], case["surface"], case["cause"], law)
    cart = None
    if case["other_causes"]:
        cart = telling_cart(
            case["leg"],
            case["surface"],
            case["version_no"],
            (case["cause"], *case["other_causes"]),
            books.rulebook,
        )
    return {"fix": said.fix, "tell_apart": cart, "sentence": sentence(case, said)}


def _with_life(cases: pl.DataFrame, previous: pl.DataFrame | None, as_of: dt.datetime) -> pl.DataFrame:
    """What has become of each cause since ``previous``; those that it held and are gone, without figures."""
    before = empty(Causes) if previous is None else previous
    known = before.select(*KEY, seen_at="first_seen_at", was="lifecycle", had="episodes")
    came_back = (pl.col("was") == "resolved") | (pl.col("episodes") > pl.col("had").fill_null(1))
    today = cases.join(
        known, on=KEY, how="left", validate="1:1", nulls_equal=True, maintain_order="left"
    ).with_columns(
        first_seen_at=pl.coalesce("seen_at", pl.lit(as_of)),
        lifecycle=pl.when(pl.col("ended_by_at").is_not_null())
        .then(pl.lit("resolved"))
        .when(came_back.fill_null(value=False))
        .then(pl.lit("regressed"))
        .when(pl.col("was").is_null())
        .then(pl.lit("new"))
        .otherwise(pl.lit("persisting")),
    )
    gone = before.join(today, on=KEY, how="anti", nulls_equal=True).with_columns(
        pl.lit(0, pl.Int64).alias(name) for name in _FIGURES
    )
    gone = gone.with_columns(
        lifecycle=pl.lit("resolved"),
        sentence=pl.lit("No mismatch of this cause is left."),
        share_explained=pl.lit(0.0),
        rank=pl.lit(None, pl.Int64),
        money_share_cumulative=pl.lit(None, pl.Float64),
        mismatch_ids=pl.lit([], pl.List(pl.String)),
    )
    return pl.concat([today.select(list(SCHEMA)), gone.select(list(SCHEMA))])
