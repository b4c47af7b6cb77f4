"""Which setting explains the mismatches of a group: one leg, one surface, one rule version (details B5a).

The cause of most weight is taken first, then what it explains is set aside and the next is looked for. Weight is
the orders that a cause reproduces less the matching orders that it would break between them. What a
cause does not reproduce is replayed only for causes that may still win, dearest guess first, so that one
replay of a group is the rule.
"""

from collections.abc import Callable
from typing import NamedTuple

import polars as pl

from loyalty.reconcile.causes.change_points import ChangePoint, change_point
from loyalty.reconcile.causes.earnings import ROUNDINGS_TRIED
from loyalty.reconcile.causes.marks import (
    PER_ORDER,
    TIMED,
    Stretch,
    best_stretch,
    explained,
    marked,
    unopposed,
    whole_stretch,
)
from loyalty.reconcile.causes.replay import TIMINGS, named
from loyalty.reconcile.causes.screening import Screen

Support = dict[str, frozenset[int]]
"""By cause, the orders whose mismatch it is listed for."""

LEAST_ORDERS = 3
"""Fewer orders than this may be reproduced by chance."""
LEAST_MIXED = 5
"""The same for a cause that does not hold on every order: it must reproduce half of them too, as a rate must
(details B6)."""

_TOLERANCE = 20
"""A rival may leave one order in twenty, at least one, to the chance of a customer who took less."""


class Finding(NamedTuple):
    """One cause of a group, with the orders that it explains: marks, of which ``exact`` are reproduced."""

    cause: str
    verdict: str
    others: tuple[str, ...]
    stretch: Stretch
    orders: pl.DataFrame
    change: ChangePoint


class Group:
    """The orders of one group that can speak, and the causes that may explain its mismatches."""

    def __init__(
        self,
        rows: pl.DataFrame,
        support: Support,
        asked: Callable[[pl.DataFrame, str], pl.DataFrame],
    ) -> None:
        self.rows = rows
        self.support = support
        self.asked = asked
        self.searched = frozenset(rows.filter("is_searched")["order_no"])
        self._screen = Screen(rows)
        self._marks: dict[str, pl.DataFrame] = {}
        self._ruled_out: dict[str, bool] = {}

    def marks(self, cause: str) -> pl.DataFrame:
        """The marks for and against a cause; replayed once."""
        if cause not in self._marks:
            self._marks[cause] = marked(self.asked(self.rows, cause), cause)
        return self._marks[cause]

    def findings(self) -> list[Finding]:
        """The causes of the group, the weightiest first; what none of them explains is left over."""
        taken: frozenset[int] = frozenset()
        behind: dict[str, frozenset[int]] = {}
        while (chosen := self._weightiest(taken) or self._commonest(taken, behind)) is not None:
            cause, stretch = chosen
            orders = frozenset(explained(self._for(cause, stretch), stretch, taken)["order_no"])
            known = self._known(cause, orders, behind)
            behind[known] = behind.get(known, frozenset()) | orders
            taken |= orders
        found = []
        for cause, own in self._absorbed(behind).items():
            finding = self._finding(cause, own, taken)
            taken |= frozenset(finding.orders["order_no"])
            found.append(finding)
        return found

    def _is_ruled_out(self, cause: str) -> bool:
        """Whether a few orders already tell that a cause has no weight anywhere."""
        if cause not in self._ruled_out:
            self._ruled_out[cause] = cause not in self._marks and self._screen.rules_out(
                self.support[cause], lambda rows: marked(self.asked(rows, cause), cause)
            )
        return self._ruled_out[cause]

    def _for(self, cause: str, stretch: Stretch) -> pl.DataFrame:
        """The marks that count: a cause of single members or moments need not hold throughout."""
        marks = self.marks(cause)
        return marks if stretch.holds or named(cause).setting not in PER_ORDER else unopposed(marks)

    def _fits(self, cause: str) -> frozenset[int]:
        return frozenset(self.marks(cause).filter("fits")["order_no"])

    def _left(self, taken: frozenset[int]) -> list[tuple[int, str]]:
        """How many orders each cause may still reproduce at most, the most first."""
        left = [(len(orders - taken), cause) for cause, orders in self.support.items()]
        return sorted(((most, cause) for most, cause in left if most), key=lambda pair: (-pair[0], pair[1]))

    def _weightiest(self, taken: frozenset[int]) -> tuple[str, Stretch] | None:
        """The cause with the greatest weight; of equals what reproduces most, most in time, then the first by name."""
        best: tuple[tuple[int, int, int], str, Stretch] | None = None
        for most, cause in self._left(taken):
            if most < LEAST_ORDERS or (best is not None and most < best[0][0]):
                break
            if self._is_ruled_out(cause):
                continue
            stretch = best_stretch(self.marks(cause), taken)
            if stretch is None or stretch.fits < LEAST_ORDERS or stretch.score < 1 or not stretch.exact:
                continue
            if named(cause).setting in PER_ORDER and not stretch.holds:
                continue
            weight = (stretch.score, stretch.fits, stretch.timely)
            if best is None or (weight, _name(best[1])) > (best[0], _name(cause)):
                best = weight, cause, stretch
        return None if best is None else best[1:]

    def _commonest(
        self, taken: frozenset[int], behind: dict[str, frozenset[int]]
    ) -> tuple[str, Stretch] | None:
        """Where nothing holds throughout: the cause of half of what is left, at least, and of several orders.

        Only a group without any cause is told one of fewer.
        """
        left = self.searched - taken
        least = LEAST_MIXED if behind else 1
        stretches = [
            (cause, stretch)
            for most, cause in self._left(taken)
            if 2 * most >= len(left)
            and most >= least
            and (stretch := whole_stretch(self.marks(cause), left)) is not None
            and 2 * stretch.fits >= len(left)
            and stretch.fits >= least
            and stretch.exact
        ]

        def order(pair: tuple[str, Stretch]) -> tuple[int, int, int, tuple[str, int, str]]:
            cause, stretch = pair
            return -stretch.fits, -stretch.timely, stretch.broken, _name(cause)

        return min(stretches, key=order, default=None)

    def _known(self, cause: str, orders: frozenset[int], behind: dict[str, frozenset[int]]) -> str:
        """A cause already found in the group that reproduces all of these orders as well, else the one chosen."""
        own = orders & self._fits(cause)
        return next((known for known in behind if own <= self._fits(known)), cause)

    def _absorbed(self, behind: dict[str, frozenset[int]]) -> dict[str, frozenset[int]]:
        """Causes without those whose orders another reproduces too: one cause is likelier than two.

        Not where both hold throughout, each in a time of its own: those are two.
        """
        kept = dict(behind)
        for cause in sorted(behind, key=lambda cause: (len(behind[cause]), _name(cause))):
            own, span = kept[cause] & self._fits(cause), self._span(cause, kept)
            for other in sorted(kept, key=lambda other: (-len(kept[other]), _name(other))):
                around = self._span(other, kept)
                is_apart = span.holds and around.holds and not span.is_within(around)
                if other != cause and own <= self._fits(other) and not is_apart:
                    kept[other] |= kept.pop(cause)
                    break
        return kept

    def _span(self, cause: str, behind: dict[str, frozenset[int]]) -> Stretch:
        found = whole_stretch(self.marks(cause), behind[cause])
        assert found is not None  # it was chosen for what it reproduces
        return found

    def _finding(self, cause: str, orders: frozenset[int], taken: frozenset[int]) -> Finding:
        """A cause over all its stretches, with what is left between them that it explains."""
        first = self._span(cause, {cause: orders})
        marks = self._for(cause, first)
        own = explained(marks, first, taken - orders)
        stretch = whole_stretch(marks, frozenset(own["order_no"])) or first
        others = self._rivals(cause, stretch, own)
        return Finding(
            cause, _verdict(cause, stretch, others), others, stretch, own, change_point(marks, stretch, own)
        )

    def _rivals(self, cause: str, stretch: Stretch, orders: pl.DataFrame) -> tuple[str, ...]:
        """Other causes that explain the same orders and, if this one holds throughout, break no more in between."""
        own = orders.filter("fits")
        slack = max(1, own.height // _TOLERANCE)
        reproduced = frozenset(own["order_no"])
        is_loose = named(cause).setting in PER_ORDER
        strict_here, soft_here = (stretch.broken, 0) if is_loose else self._against(cause, stretch)
        found = []
        for other, support in self.support.items():
            if other == cause or len(support & reproduced) < own.height - slack:
                continue
            same = own.select("order_no").join(
                self.marks(other).select("order_no", "fits", "allowed", "in_time"),
                on="order_no",
                how="left",
                validate="1:1",
            )
            same = same.with_columns(pl.col("fits", "allowed", "in_time").fill_null(value=False))
            strict, soft = self._against(other, stretch)
            breaks_more = stretch.holds and (strict > strict_here or soft > soft_here + slack)
            comes_later = int(same["in_time"].sum()) + slack < stretch.timely
            is_short = int(same["fits"].sum()) + slack < own.height or not same["allowed"].all()
            if not (is_short or comes_later or breaks_more):
                found.append(other)
        return tuple(sorted(found))

    def _against(self, cause: str, stretch: Stretch) -> tuple[int, int]:
        """Strict and soft breaks of a cause within a stretch."""
        inside = self.marks(cause).filter(pl.col("place").is_between(stretch.first, stretch.last))
        return int(inside["strict"].sum()), int(inside["soft"].sum())


def _name(cause: str) -> tuple[str, int, str]:
    """Causes in order of name, roundings in the order in which they are tried (details B5)."""
    setting, value = named(cause)
    return setting, ROUNDINGS_TRIED.index(value) if setting == "rounding" else 0, cause


def _verdict(cause: str, stretch: Stretch, others: tuple[str, ...]) -> str:
    is_sure = stretch.score > 0 and named(cause).setting not in PER_ORDER
    if stretch.fits < (LEAST_ORDERS if is_sure else LEAST_MIXED):
        return "too_few"
    return "ambiguous" if others else "identified"


def candidates(wrong: pl.DataFrame) -> dict[int, Support]:
    """By group, each cause with the orders that it is listed for, from ``group_no, order_no, kind, causes``.

    ``balance_at`` is one cause, whichever debit it names. Of the rounding modes that reproduce a row only the
    first is listed (details B5), so each may stand for all of them.
    """
    pairs = (
        wrong.select("group_no", "order_no", cause="causes")
        .explode("cause")
        .drop_nulls("cause")
        .with_columns(
            pl.when(pl.col("cause").str.starts_with("balance_at="))
            .then(pl.lit("balance_at"))
            .otherwise("cause")
            .alias("cause")
        )
    )
    rounded = pairs.filter(pl.col("cause").str.starts_with("rounding="))
    every = [
        rounded.with_columns(cause=pl.lit(f"rounding={mode}"))
        for mode in ROUNDINGS_TRIED
        if not rounded.is_empty()
    ]
    listed = pl.concat([pairs, *every]).unique().sort("group_no", "cause", "order_no")
    found: dict[int, Support] = {}
    for (group, cause), part in listed.partition_by("group_no", "cause", as_dict=True).items():
        found.setdefault(group, {})[cause] = frozenset(part["order_no"])
    timed = wrong.filter(pl.col("kind").is_in(TIMED)).group_by("group_no").agg("order_no")
    late = {group: frozenset(orders) for group, orders in timed.iter_rows()}
    return {
        group: _with_timings(_without_doubles(causes), late.get(group, frozenset()))
        for group, causes in found.items()
    }


def _without_doubles(causes: Support) -> Support:
    """A coin value that is off by a hundred is the mix-up of rupees and paise, and says less."""
    mixed_up = causes.get("units_x100", frozenset())
    return {
        cause: orders
        for cause, orders in causes.items()
        if named(cause).setting != "rate" or not orders <= mixed_up
    }


def _with_timings(causes: Support, timed: frozenset[int]) -> Support:
    """Causes of timing with all credits that came at the wrong time, unless few of those name them (see `marked`)."""
    of_timing = {cause for cause in causes if named(cause).setting in TIMINGS}
    most = max((len(causes[cause]) for cause in of_timing), default=0)
    return {
        cause: timed if cause in of_timing and 5 * len(orders) >= most else orders
        for cause, orders in causes.items()
    }
