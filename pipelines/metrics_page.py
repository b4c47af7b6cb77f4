"""Writes docs/metrics.md: every metric with its definition, which is the docstring of the function that takes it."""

from itertools import groupby
from pathlib import Path

from loyalty.metrics.measures import MEASURES, Measure

PAGE = Path(__file__).parent.parent / "docs" / "metrics.md"

_HEAD = """\
# The metrics, to the letter

Written by `make metrics-page` from the docstrings of `loyalty/metrics`; a test holds it to them. Change the docstring.

Every row of `mart_metrics` is one (metric, period, segment, segment value). `period` is an Indian month or `all`;
the whole population is segment `all`. Shares show n of N as numerator and denominator, with a 95 % interval and,
where a row may still change, its maturity: the share of the denominator that will not. Nothing to divide by is null,
never 0, and the note says why. A metric whose kind of export is absent has one row with `measurable` false that
names the kind; nothing is ever guessed from another. Every numerator and denominator of a segment adds up to that of
the whole population, but for `fb_3`, whose answers may speak of several themes, and the denominators of `cru_3`.

A *valid order* is not cancelled, RTO or failed as of the run, and worth more than ₹0; a returned order was a purchase.
*r* is the most coins that the rules then in force let a customer redeem on the cart, with the balance rebuilt at that
instant. Sums of money are in paise.

## What a comparison cannot show

Members join, and customers redeem, because they already mean to buy. So members beside others, and orders with coins
beside orders without, differ by who chose; the rows say so in their note. The segment `launch`, before and after
redemption went live, is descriptive too: everything else changed with it. Only a randomised holdout can say "caused".

## Intervals

| Figure | Interval |
|---|---|
| share of people or of answers | Wilson, no continuity correction |
| difference of two such shares | Newcombe's hybrid of two Wilsons |
| ratio of sums over orders, sessions or coins | delta method, by customer; Wilson over customers where all or none |
| events per 1,000 | Garwood, exact |
| time until an event | Kaplan–Meier, log-log Greenwood |

They are written out in `loyalty/metrics/intervals.py`, but for the last, which is in `first.py`: a statistics library
at run time would weigh more than all of them.
"""


def page() -> str:
    """The page as it should stand."""
    parts = [_HEAD]
    for definition, group in groupby(MEASURES, key=lambda measure: measure.definition):
        measures = list(group)
        names = ", ".join(f"`{metric}`" for measure in measures for metric in measure.metrics)
        parts.append(f"## {names}\n\nNeeds: {_needs(measures[0])}.\n\n{definition.replace('``', '`')}\n")
    return "\n".join(parts)


def main() -> None:
    """Write the page anew."""
    PAGE.write_text(page(), encoding="utf-8")


def _needs(measure: Measure) -> str:
    return ", ".join(f"`{kind}`" for kind in measure.needs)


if __name__ == "__main__":
    main()
