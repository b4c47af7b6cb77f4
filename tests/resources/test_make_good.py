"""Four files in every run: what to import, what to review, what leaked, and what all of it means."""

import datetime as dt
from pathlib import Path

import polars as pl

from resources.make_good import make_good_words, write_make_good
from tests.builders import AS_OF


def owed(*rows: tuple[str | None, int, int, str | None]) -> pl.DataFrame:
    """Rows of lead, coins, coins over-granted elsewhere, and why a person must decide."""
    columns = {"lead_id": pl.String, "coins": pl.Int64, "over_granted_coins": pl.Int64, "by_hand": pl.String}
    return pl.DataFrame(rows, schema=columns, orient="row").with_columns(owed_paise=10 * pl.col("coins"))


LEAKS = pl.DataFrame({"kind": ["=over_cap"], "lost_paise": [123_450]})


def test_the_page_counts_what_is_ready_what_is_not_and_why() -> None:
    rows = owed(("a", 1000, 0, None), ("a", 50, 0, None), ("b", 7, 3, None), (None, 5, 0, "no lead"))
    assert make_good_words(rows, LEAKS, AS_OF).splitlines() == [
        "What customers are owed, known up to 1 Jul 2026, 12:00 pm IST",
        "",
        "make-good.csv: 3 lines with 1,057 coins worth ₹105.70 for 2 members. Review it, then import it once.",
        "make-good-review.csv: 4 mismatches in all that owe a customer something, ₹106.20, with the reason of each.",
        "",
        "Left to a person: 1 mismatch worth ₹0.50.",
        "       1  no lead",
        "",
        "Nothing is netted. Of the import, 1 member also hold coins that were over-granted: see over_granted_coins in the",
        "review.",
        "",
        "leaks.csv: 1 mismatch that cost the merchant ₹1,234.50.",
    ]


def test_every_file_is_written_also_without_a_row(tmp_path: Path) -> None:
    lines = pl.DataFrame(schema={"lead_id": pl.String, "amount": pl.Int64})
    for _ in range(2):
        paths = write_make_good(owed(), lines, LEAKS, tmp_path, AS_OF.astimezone(dt.UTC))
    assert sorted(path.name for path in paths) == sorted(path.name for path in tmp_path.iterdir())
    assert (tmp_path / "make-good.csv").read_text() == "lead_id,amount\n"
    assert (tmp_path / "leaks.csv").read_text("utf-8-sig") == "kind,lost_paise\n'=over_cap,123450\n"
