"""What leaves the house to put things right: coins to import, what a person must decide, what the merchant lost."""

import datetime as dt
from pathlib import Path

import polars as pl

from loyalty.reconcile.wording import instant_words
from loyalty.values.money import group_lakh, rupees
from resources.csv_files import write_csv

IMPORT, REVIEW, LEAKS, READ_ME = "make-good.csv", "make-good-review.csv", "leaks.csv", "make-good.txt"
_PAGE = f"""\
What customers are owed, known up to {{as_of}} IST

{IMPORT}: {{lines}} with {{coins}} worth {{worth}} for {{members}}. Review it, then import it once.
{REVIEW}: {{all}} in all that owe a customer something, {{all_worth}}, with the reason of each.

Left to a person: {{rest}} worth {{rest_worth}}.
{{reasons}}
Nothing is netted. Of the import, {{also_over}} also hold coins that were over-granted: see over_granted_coins in the
review.

{LEAKS}: {{losses}} that cost the merchant {{lost}}.
"""


def write_make_good(
    owed: pl.DataFrame, lines: pl.DataFrame, leaks: pl.DataFrame, folder: Path, as_of: dt.datetime
) -> tuple[Path, ...]:
    """Write the import, the review, the leak list and a page about them into ``folder``; the paths written.

    ``owed``, ``lines`` of it that are ready, and ``leaks``, as `loyalty.reconcile` makes them. All four are written
    in every run, with or without rows, so that nobody imports a file of an earlier one.
    """
    about = folder / READ_ME
    about.write_text(make_good_words(owed, leaks, as_of), encoding="utf-8", newline="\n")
    return (
        write_csv(lines, folder / IMPORT),
        write_csv(owed, folder / REVIEW, for_spreadsheet=True),
        write_csv(leaks, folder / LEAKS, for_spreadsheet=True),
        about,
    )


def make_good_words(owed: pl.DataFrame, leaks: pl.DataFrame, as_of: dt.datetime) -> str:
    """What is ready, what is not and why, in plain words."""
    ready, rest = owed.filter(pl.col("by_hand").is_null()), owed.filter(pl.col("by_hand").is_not_null())
    also_over = ready.filter(pl.col("over_granted_coins") > 0)["lead_id"].n_unique()
    why = rest.group_by("by_hand").len("rows").sort("rows", "by_hand", descending=[True, False])
    return _PAGE.format(
        as_of=instant_words(as_of),
        lines=_many(ready.height, "line"),
        coins=_many(_sum(ready, "coins"), "coin"),
        worth=rupees(_sum(ready, "owed_paise")),
        members=_many(ready["lead_id"].n_unique(), "member"),
        all=_many(owed.height, "mismatch", "es"),
        all_worth=rupees(_sum(owed, "owed_paise")),
        rest=_many(rest.height, "mismatch", "es"),
        rest_worth=rupees(_sum(rest, "owed_paise")),
        reasons="".join(f"{group_lakh(rows):>8}  {reason}\n" for reason, rows in why.iter_rows()),
        also_over=_many(also_over, "member"),
        losses=_many(leaks.height, "mismatch", "es"),
        lost=rupees(_sum(leaks, "lost_paise")),
    )


def _sum(rows: pl.DataFrame, column: str) -> int:
    return int(rows[column].sum())


def _many(number: int, word: str, plural: str = "s") -> str:
    return f"{group_lakh(number)} {word}{'' if number == 1 else plural}"
