"""Every measure in one table, those that cannot be taken included."""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import polars as pl

from loyalty.contracts.marts import Metrics
from loyalty.metrics import (
    bridge,
    checkout,
    cohorts,
    coins,
    cost,
    first,
    quality,
    repeat,
    takers,
    usage,
    voices,
)
from loyalty.metrics.given import Given
from loyalty.metrics.redemption import rr_m1
from loyalty.metrics.rows import unmeasurable

_ORDERS, _LEDGER = "gokwik_orders", "nector_ledger"
_SIDES = (_ORDERS, _LEDGER)


@dataclass(frozen=True)
class Measure:
    """What one question answers: its metrics with their units, the kinds of export that it needs, and how.

    ``defined_by``: the function whose docstring is the definition, where it is not ``take`` itself.
    """

    metrics: tuple[str, ...]
    needs: tuple[str, ...]
    take: Callable[[Given], pl.DataFrame]
    units: tuple[str, ...] = ("ratio",)
    defined_by: Callable[..., pl.DataFrame] | None = None

    @property
    def definition(self) -> str:
        """The docstring that says what is counted."""
        return inspect.getdoc(self.defined_by or self.take) or ""

    def rows(self, given: Given) -> pl.DataFrame:
        """The rows of its metrics, or one row each that says which kind of export is missing (details M3)."""
        missing = given.missing(*self.needs)
        if missing is None:
            return self.take(given)
        units = self.units * len(self.metrics) if len(self.units) == 1 else self.units
        return pl.concat(
            unmeasurable(metric, unit, missing) for metric, unit in zip(self.metrics, units, strict=True)
        )


def _repeat(days: int) -> Measure:
    return Measure(
        (f"rpr_1_d{days}",), (_ORDERS,), lambda given: repeat.rpr_1(given, days), defined_by=repeat.rpr_1
    )


def _rr_m1(given: Given) -> pl.DataFrame:
    people = given.people.select("member_no", "tier", "member_cohort")
    return rr_m1(given.linked, given.allocations, given.lots, given.rulebook, given.as_of, people)


_RATIO, _PAISE = "ratio", "paise"
MEASURES: tuple[Measure, ...] = (
    Measure(("rr_m1",), (_LEDGER,), _rr_m1, defined_by=rr_m1),
    Measure(
        ("rr_m2", "rr_m3", "er_1_earn_only", "er_1_redeem_only", "er_1_both", "er_1_neither", "er_2"),
        (_LEDGER,),
        takers.of_members,
    ),
    Measure(
        ("cru_1", "cru_2", "cru_4", "aov_1", "aov_1_gross", "aov_1_paid", "aov_2"),
        _SIDES,
        usage.checkout_usage,
        (_RATIO, _RATIO, _RATIO, _PAISE, _PAISE, _PAISE, _PAISE),
    ),
    Measure(("cru_3",), (_ORDERS,), usage.surface_mix),
    Measure(("aov_3",), (_ORDERS,), usage.same_customer, (_PAISE,)),
    *map(_repeat, repeat.DAYS),
    Measure(("rpr_2",), (_ORDERS,), repeat.rpr_2),
    Measure(("rpr_3",), (_ORDERS,), repeat.rpr_3),
    Measure(("rpr_diff_d90",), (_ORDERS,), repeat.repeat_contrast, ("difference",)),
    Measure(checkout.NAMES, ("checkouts", *_SIDES), checkout.completion),
    Measure(("tk_1",), ("tickets", _LEDGER), voices.tickets_per_redemption, ("per_1000",)),
    Measure(("tk_2",), ("tickets", _ORDERS), voices.tickets_per_order, ("per_1000",)),
    Measure(("tk_3",), ("tickets", *_SIDES), voices.tickets_with_mismatch),
    Measure(("fb_1",), ("feedback",), voices.csat),
    Measure(("fb_2",), ("feedback",), voices.nps, ("points",)),
    Measure(("fb_3",), ("feedback",), voices.feedback_themes),
    Measure(("rr_p1",), _SIDES, coins.flow),
    Measure(("rr_p2", "rr_p2_d30", "rr_p2_d90", "rr_p2_d365", "brk_1"), _SIDES, coins.vintages),
    Measure(("rr_p3",), _SIDES, coins.of_spendable),
    Measure(("brk_2",), (_LEDGER,), coins.brk_2),
    Measure(("tfr", "tfr_d90"), _SIDES, first.time_to_first, ("days", _RATIO)),
    Measure(("act",), _SIDES, takers.act),
    Measure(("ret", *(f"ret_m{age}" for age in range(1, cohorts.MONTHS + 1))), (_ORDERS,), cohorts.retention),
    Measure(("rc_1", "rc_1_placed"), (_ORDERS,), cost.reward_cost),
    Measure(("rq_1", "rq_1_paise"), _SIDES, quality.match_rate),
    Measure(("rq_2",), _SIDES, quality.restore_sla),
    Measure(("bridge_ours", "bridge_nector", "bridge_smile", "bridge_yotpo"), _SIDES, bridge.bridge),
)
"""Every question of the metric list, in its order; some answer with several metrics at once."""


def metrics(given: Given, asked: Iterable[Measure] = MEASURES) -> pl.DataFrame:
    """``mart_metrics``; one row per (metric, period, segment, segment value).

    A measure whose kind of export is not among ``given.kinds`` has one row that says so (details M3).
    """
    return (
        pl.concat(measure.rows(given) for measure in asked)
        .sort("metric", "period", "segment", "segment_value")
        .pipe(Metrics.validate)
    )
