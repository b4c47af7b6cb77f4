"""Posted entries as movements of coins, in the one order in which a ledger is read.

Every entry moves a member's coins in one of five ways; at one instant they happen in the order of
`phase`. A credit also fixes when the lot that it makes will die.
"""

import polars as pl

from loyalty.contracts.intermediate import Movements
from loyalty.rulebook.models import Rulebook
from loyalty.rulebook.timeline import in_force, versions
from loyalty.values.frames import beside
from loyalty.values.times import business_date, end_of_day

CREDIT, DEBIT, RESTORE, REVERSAL, EXPIRY = range(5)
"""Phases: the contract's order of simultaneous entries (§5)."""
LEDGER_ORDER = ("member_no", "created_at", "phase", "entry_no")


def phase() -> pl.Expr:
    """The phase of an entry by its leg and operation."""
    return (
        pl.when(pl.col("leg") == "restore")
        .then(RESTORE)
        .when(pl.col("leg") == "reversal")
        .then(REVERSAL)
        .when(pl.col("leg") == "expiry")
        .then(EXPIRY)
        .when(pl.col("operation") == "cr")
        .then(CREDIT)
        .otherwise(DEBIT)
        .cast(pl.Int64)
    )


def posted(linked: pl.LazyFrame) -> pl.LazyFrame:
    """The entries that move coins of somebody: posted, of a known member."""
    return linked.filter(pl.col("is_posted") & pl.col("member_no").is_not_null())


def in_ledger_order(linked: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """Posted entries of known members, sorted as a ledger is read; one row per entry.

    The columns of LEDGER_ORDER and those asked for: to sort costs by the column.
    """
    keys = ("member_no", "created_at", "entry_no")
    return posted(linked.lazy()).select(*keys, *columns, phase=phase()).collect().sort(LEDGER_ORDER)


def movements(linked: pl.DataFrame, redemption_at: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """LinkedEntries as Movements; ``redemption_at`` is ``order_no, at`` (details R4)."""
    asked = redemption_at.select("order_no", asked_at="at")
    is_order_debit = (pl.col("leg") == "redemption") & pl.col("asked_at").is_not_null()
    return (
        in_ledger_order(linked, "leg", "signed_coins", "order_no", "expires_at")
        .pipe(beside, asked, "order_no")
        .with_columns(judged_at=pl.when(is_order_debit).then("asked_at").otherwise("created_at"))
        .pipe(_with_lot_expiry, rulebook)
        .select(list(Movements.to_schema().columns))
        .pipe(Movements.validate)
    )


def _with_lot_expiry(entries: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """24:00 IST of the credit's date plus the months then in force; the row's own expiry wins (details E1, X2)."""
    dated = (
        in_force(entries, rulebook, "created_at", clamp=True)
        .with_columns(credited_on=business_date(pl.col("created_at")))
        .with_columns(law_day=pl.col("version_no") * 2**32 + pl.col("credited_on").to_physical())
    )
    months = versions(rulebook).select("version_no", "expiry_months")
    last_day = pl.col("credited_on").dt.offset_by(pl.format("{}mo", "expiry_months"))
    # Days are few and entries many: the calendar is asked once a day.
    ends = (
        dated.select("law_day", "version_no", "credited_on")
        .unique("law_day")
        .pipe(beside, months, "version_no")
        .select("law_day", end_at=end_of_day(last_day))
    )
    return beside(dated, ends, "law_day").with_columns(
        lot_expires_at=pl.when(pl.col("phase").is_in((CREDIT, RESTORE))).then(
            pl.coalesce("expires_at", "end_at")
        )
    )
