"""Every group of mismatches diagnosed: its causes, and which mismatch each of them explains."""

from typing import Any, NamedTuple

import polars as pl

from loyalty.reconcile.causes.earning_evidence import earn_evidence, reversal_evidence
from loyalty.reconcile.causes.evidence import Books, Evidence, Suspects
from loyalty.reconcile.causes.groups import LEAST_ORDERS, Finding, Group, Support, candidates
from loyalty.reconcile.causes.redemption_evidence import redemption_evidence
from loyalty.rulebook.timeline import versions
from loyalty.values.times import INSTANT

GROUP = ("leg", "surface", "rule_version")
EVIDENCE = {"redemption": redemption_evidence, "earn": earn_evidence, "reversal": reversal_evidence}
"""The legs whose mismatches are searched for a cause; the others say themselves what went wrong."""

FOUND_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "group_no": pl.Int64,
    "cause": pl.String,
    "verdict": pl.String,
    "other_causes": pl.List(pl.String),
    "contradicted": pl.Int64,
    "began_after_at": INSTANT,
    "began_by_at": INSTANT,
    "ended_after_at": INSTANT,
    "ended_by_at": INSTANT,
    "episodes": pl.Int64,
}
BEHIND_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "group_no": pl.Int64,
    "order_no": pl.Int64,
    "cause": pl.String,
    "is_exact": pl.Boolean,
}


class Diagnosis(NamedTuple):
    """What was found of the groups.

    ``wrong``: the mismatches with ``group_no``, ``order_no`` and ``version_no``; ``found``: one row per (group,
    cause); ``behind``: which cause explains the order of a group, and whether it reproduces it.
    """

    wrong: pl.DataFrame
    found: pl.DataFrame
    behind: pl.DataFrame


def diagnose(mismatches: pl.DataFrame, books: Books) -> Diagnosis:
    """The open rows of ``mart_mismatches`` grouped and explained."""
    wrong = numbered(mismatches, books)
    found: list[dict[str, Any]] = []
    behind = [pl.DataFrame(schema=BEHIND_SCHEMA)]
    for leg, make in EVIDENCE.items():
        of_leg = wrong.filter((pl.col("leg") == leg) & pl.col("order_no").is_not_null())
        support = candidates(of_leg)
        if not support:
            continue
        evidence = make(suspects(of_leg, support), books)
        for group_no, findings in _of_groups(evidence, support):
            found += [_row(group_no, finding) for finding in findings]
            behind += [_behind(group_no, finding) for finding in findings]
    return Diagnosis(wrong, pl.DataFrame(found, schema=FOUND_SCHEMA), pl.concat(behind))


def numbered(mismatches: pl.DataFrame, books: Books) -> pl.DataFrame:
    """Mismatches with their ``group_no``, and ``order_no`` and ``version_no`` where they have such."""
    groups = mismatches.select(GROUP).unique().sort(GROUP, nulls_last=True).with_row_index("group_no")
    law = versions(books.rulebook).select("rule_version", "version_no")
    known = books.orders.select("order_id", "order_no").join(
        mismatches.lazy().select("order_id"), on="order_id", how="semi"
    )
    named = mismatches.join(
        groups.with_columns(pl.col("group_no").cast(pl.Int64)),
        on=GROUP,
        how="left",
        validate="m:1",
        nulls_equal=True,
        maintain_order="left",
    )
    for other, key in ((law, "rule_version"), (known.collect(engine="streaming"), "order_id")):
        named = named.join(other, on=key, how="left", validate="m:1", maintain_order="left")
    return named


def suspects(of_leg: pl.DataFrame, support: dict[int, Support]) -> Suspects:
    """The numbered mismatches of a leg that an order has, and the groups that have a candidate."""
    big = [number for number, causes in support.items() if max(map(len, causes.values())) >= LEAST_ORDERS]
    groups = of_leg.filter(pl.col("group_no").is_in(list(support))).select(
        "group_no", "version_no", "surface", is_big=pl.col("group_no").is_in(big)
    )
    is_stale = pl.col("causes").list.eval(pl.element().str.starts_with("balance_at=")).list.any()
    return Suspects(of_leg.select("order_no", "kind", is_stale=is_stale), groups.unique())


def _of_groups(evidence: Evidence, support: dict[int, Support]) -> list[tuple[int, list[Finding]]]:
    parts = evidence.rows.partition_by("group_no", as_dict=True, maintain_order=True)
    return [
        (number, Group(parts[number,], support[number], evidence.asked).findings())
        for number in sorted(support)
        if (number,) in parts
    ]


def _row(group_no: int, finding: Finding) -> dict[str, Any]:
    """A row of ``found``; orders too few to be sure of a cause say nothing of when it began."""
    change = {} if finding.verdict == "too_few" else finding.change._asdict()
    return {
        "group_no": group_no,
        "cause": finding.cause,
        "verdict": finding.verdict,
        "other_causes": list(finding.others),
        "contradicted": finding.stretch.broken,
        **change,
        "episodes": finding.change.episodes,
    }


def _behind(group_no: int, finding: Finding) -> pl.DataFrame:
    return finding.orders.select(
        group_no=pl.lit(group_no, pl.Int64),
        order_no="order_no",
        cause=pl.lit(finding.cause),
        is_exact="exact",
    )
