"""How sure a share is: Wilson's interval, for units that are one person or one answer each (details M6)."""

import polars as pl

Z_95 = 1.959963984540054


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
