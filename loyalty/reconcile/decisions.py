"""What people decided about mismatches: who owns one, what was decided and why (contract §7).

A decision hides nothing: every row and every paisa stays where it was, and the row says what was decided.
"""

import datetime as dt
from typing import NamedTuple

import polars as pl

from loyalty.contracts.base import polars_schema
from loyalty.contracts.cases import DECISIONS, Decisions
from loyalty.contracts.marts import Mismatches
from loyalty.values.times import INSTANT

COLUMNS = ("mismatch_id", "decision", "reason", "owner", "decided_at", "expires_at")
ACCEPT_ALL = "accept_all_future"
_ID = r"^[0-9a-f]{16}$"
_ALIKE = ["leg", "kind", "surface", "cause"]
_EMAIL = r"\S+@\S+"
_PHONE = r"\b(?:91[\s.\-]*|0)?[6-9](?:[\s.\-]*[0-9]){9}\b"
_INSTANT = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$"


class Decided(NamedTuple):
    """``mart_mismatches`` with owners and decisions, and ``mart_decisions``: what became of every line."""

    mismatches: pl.DataFrame
    decisions: pl.DataFrame


def decide(mismatches: pl.DataFrame, lines: pl.DataFrame, as_of: dt.datetime) -> Decided:
    """Join ``decisions.csv`` to the mismatches that it names.

    ``lines``: line, the six columns of the file as text with blanks as null, and torn, true where a line has
    not six cells. A decision is known from its decided_at on, like everything else. `accept_all_future`
    also covers mismatches that are seen for the first time after it and have its leg, kind, surface and cause;
    a decision on such a row itself goes before.
    """
    read = _read(lines).join(
        mismatches.select("mismatch_id", is_known=pl.lit(value=True)),
        on="mismatch_id",
        how="left",
        validate="m:1",
        maintain_order="left",
    )
    judged = _states(read, as_of)
    in_force = judged.filter(pl.col("state") == "in_force")
    covered = _covering(mismatches, in_force)
    stood_on = covered.group_by("line").agg(mismatches=pl.len().cast(pl.Int64))
    by_mismatch = covered.join(
        in_force.select("line", "owner", "decision", decision_reason="reason"), on="line", how="left"
    ).drop("line")
    return Decided(
        mismatches.drop("owner", "decision", "decision_reason")
        .join(by_mismatch, on="mismatch_id", how="left", validate="1:1", maintain_order="left")
        .select(mismatches.columns)
        .pipe(Mismatches.validate),
        judged.join(stood_on, on="line", how="left", validate="1:1", maintain_order="left")
        .with_columns(pl.col("mismatches").fill_null(0))
        .select(pl.col(name).cast(dtype) for name, dtype in polars_schema(Decisions).items())
        .pipe(Decisions.validate),
    )


def _read(lines: pl.DataFrame) -> pl.DataFrame:
    """The lines typed, with the first reason why a line says nothing."""
    word = pl.col("decision").str.to_lowercase()
    return lines.with_columns(
        decided_text="decided_at",
        expires_text="expires_at",
        is_id=pl.col("mismatch_id").str.contains(_ID),
        decision=pl.when(word.is_in(DECISIONS)).then(word),
        reason=_masked(pl.col("reason")),
        owner=_masked(pl.col("owner").str.replace_all(r"@\S+", "")),
        decided_at=_instant("decided_at"),
        expires_at=_instant("expires_at"),
    ).with_columns(mismatch_id=pl.when("is_id").then("mismatch_id"))


def _states(read: pl.DataFrame, as_of: dt.datetime) -> pl.DataFrame:
    now = pl.lit(as_of, INSTANT)
    is_right = pl.col("problem").is_null()
    is_told = is_right & (pl.col("decided_at") <= now)
    told = [pl.col(name).filter(is_told) for name in ("decided_at", "line")]
    is_last = pl.col("line") == told[1].sort_by(told).last().over("mismatch_id")
    return (
        read.with_columns(problem=_problem())
        .with_columns(
            state=pl.when(~is_right)
            .then(pl.lit("refused"))
            .when(~is_told)
            .then(pl.lit("not_yet"))
            .when(~is_last)
            .then(pl.lit("superseded"))
            .when(pl.col("expires_at") <= now)
            .then(pl.lit("expired"))
            .otherwise(pl.lit("in_force"))
        )
        .sort("line")
    )


def _problem() -> pl.Expr:
    instant = "is no instant with a zone, like 2026-10-01T08:00:00+05:30"
    reasons = {
        "the line has not six cells": pl.col("torn"),
        "mismatch_id is missing or no id of 16 characters": ~pl.col("is_id").fill_null(value=False),
        "mismatch_id is in no run of this home": pl.col("is_known").is_null(),
        f"decision is none of {', '.join(DECISIONS)}": pl.col("decision").is_null(),
        "the reason is missing": pl.col("reason").is_null(),
        f"decided_at {instant}": pl.col("decided_at").is_null(),
        f"expires_at {instant}": pl.col("expires_at").is_null() & pl.col("expires_text").is_not_null(),
    }
    return pl.coalesce([pl.when(holds).then(pl.lit(reason)) for reason, holds in reasons.items()])


def _covering(mismatches: pl.DataFrame, in_force: pl.DataFrame) -> pl.DataFrame:
    """``mismatch_id, line``: the one line that each decided mismatch has, its own or one for all alike."""
    own = in_force.select("mismatch_id", "line")
    alike = (
        in_force.filter(pl.col("decision") == ACCEPT_ALL)
        .join(mismatches.select("mismatch_id", *_ALIKE), on="mismatch_id", how="left", validate="1:1")
        .sort("decided_at", "line")
        .unique(_ALIKE, keep="first", maintain_order=True)
        .select("line", "decided_at", *_ALIKE)
    )
    others = (
        mismatches.join(own, on="mismatch_id", how="anti")
        .join(alike, on=_ALIKE, how="inner", validate="m:1", nulls_equal=True)
        .filter(pl.col("first_seen_at") > pl.col("decided_at"))
    )
    return pl.concat([own, others.select("mismatch_id", "line")])


def _instant(column: str) -> pl.Expr:
    text = pl.col(column).str.replace(" ", "T").str.replace(r"Z$", "+00:00")
    shaped = pl.when(pl.col(column).str.contains(_INSTANT)).then(text)
    return pl.coalesce(
        shaped.str.to_datetime(form, time_unit="us", time_zone="UTC", strict=False)
        for form in ("%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%dT%H:%M%z")
    )


def _masked(text: pl.Expr) -> pl.Expr:
    return text.str.replace_all(_EMAIL, "…").str.replace_all(_PHONE, "…")
