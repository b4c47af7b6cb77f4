"""How sure a figure is: one interval of 95 % for each sort of figure, all of them deterministic (details M6)."""

import math

import polars as pl

Z_95 = 1.959963984540054
_ALPHA = 0.05
_TINY = 1e-300
_BISECTIONS = 200


def wilson(successes: pl.Expr, trials: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Low and high end of the 95 % interval of ``successes / trials``, without continuity correction.

    Needs 0 ≤ successes ≤ trials. The low of none is exactly 0, the high of all exactly 1; null without a trial.
    """
    share = successes / trials
    squared = Z_95**2
    centre = share + squared / (2 * trials)
    spread = Z_95 * (share * (1 - share) / trials + squared / (4 * trials.cast(pl.Float64) ** 2)).sqrt()
    scale = 1 + squared / trials
    low = pl.when(successes == 0).then(0.0).otherwise((centre - spread) / scale)
    high = pl.when(successes == trials).then(1.0).otherwise((centre + spread) / scale)
    return pl.when(trials > 0).then(low), pl.when(trials > 0).then(high)


def newcombe(
    successes: pl.Expr, trials: pl.Expr, other_successes: pl.Expr, other_trials: pl.Expr
) -> tuple[pl.Expr, pl.Expr]:
    """Low and high end of the difference of two shares of independent people: Newcombe's hybrid of two Wilsons.

    The difference is the first share less the other; null unless both have a trial.
    """
    low, high = wilson(successes, trials)
    other_low, other_high = wilson(other_successes, other_trials)
    share, other = successes / trials, other_successes / other_trials
    below = ((share - low) ** 2 + (other_high - other) ** 2).sqrt()
    above = ((high - share) ** 2 + (other - other_low) ** 2).sqrt()
    return share - other - below, share - other + above


def clustered_error(top: pl.Expr, bottom: pl.Expr) -> pl.Expr:
    """Standard error of Σ ``top`` / Σ ``bottom``; one row per customer, to be aggregated over customers.

    The delta method on customer totals: se² = Var(S − R·m) / (n·m̄²). Orders of one customer resemble each
    other: to treat them as independent makes an interval that holds 79 times of 100 instead of 95. Squares are added
    up as whole numbers, whose sum does not depend on an order. Null for fewer than two customers.
    """
    s, m = top.cast(pl.Int128), bottom.cast(pl.Int128)
    n = ((top != 0) | (bottom != 0)).sum()
    ratio = top.sum() / bottom.sum()
    ss, sm, mm = ((one * other).sum().cast(pl.Float64) for one, other in ((s, s), (s, m), (m, m)))
    squares = (ss - 2 * ratio * sm + ratio**2 * mm).clip(lower_bound=0)
    return pl.when((n > 1) & (bottom.sum() != 0)).then((squares / (n - 1) * n).sqrt() / bottom.sum().abs())


def garwood(events: int) -> tuple[float, float]:
    """Low and high end of the mean of a Poisson count of which ``events`` were seen: Garwood's exact interval.

    The low is where so many events or more have 2.5 %, the high where so many or fewer have 2.5 %.
    """
    low = 0.0 if events == 0 else _mean_where(events, _ALPHA / 2)
    return low, _mean_where(events + 1, 1 - _ALPHA / 2)


def _mean_where(shape: int, chance: float) -> float:
    """The Poisson mean at which ``shape`` events or more have this chance, by bisection."""
    low, high = 0.0, shape + 10.0 * math.sqrt(shape) + 20.0
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if _at_least(shape, middle) < chance:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _at_least(shape: int, mean: float) -> float:
    """The chance of ``shape`` events or more: the regularised lower incomplete gamma function.

    By its series where that converges fast, else by Lentz's continued fraction of the upper one.
    """
    if mean <= 0:
        return 0.0
    scale = math.exp(shape * math.log(mean) - mean - math.lgamma(shape))
    if mean < shape + 1:
        term = total = 1 / shape
        step = shape
        while term > total * 1e-17:
            step += 1
            term *= mean / step
            total += term
        return total * scale
    b = mean + 1 - shape
    c, d = 1 / _TINY, 1 / b
    fraction, number, delta = d, 0, 0.0
    while abs(delta - 1) > 1e-16 and number < 100_000:
        number += 1
        a = -number * (number - shape)
        b += 2
        d = 1 / (a * d + b or _TINY)
        c = b + a / c or _TINY
        delta = d * c
        fraction *= delta
    return 1 - scale * fraction
