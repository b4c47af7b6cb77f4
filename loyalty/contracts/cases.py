"""What people decided about mismatches, as the published snapshot keeps it (contract §7)."""

import pandera.polars as pa
import polars as pl

from loyalty.contracts.base import Contract, Instant

DECISIONS = ("acknowledged", "accepted_loss", "wont_fix", "accept_all_future", "reopen")
DECISION_STATES = ("in_force", "superseded", "expired", "not_yet", "refused")


class Decisions(Contract):
    """What became of every line of decisions.csv; one row per line, those that were not taken included.

    At most one line per mismatch is in force: the one decided last, unless it has expired. Cells that are no
    id or no known word are not published; e-mails and phone numbers in a reason are masked.
    """

    line: pl.Int64 = pa.Field(unique=True, ge=2, description="in the file; the header is line 1")
    mismatch_id: pl.String = pa.Field(nullable=True)
    decision: pl.String = pa.Field(nullable=True, isin=DECISIONS)
    reason: pl.String = pa.Field(nullable=True)
    owner: pl.String = pa.Field(nullable=True)
    decided_at: Instant = pa.Field(nullable=True)
    expires_at: Instant = pa.Field(nullable=True, description="from then on it no longer counts")
    state: pl.String = pa.Field(isin=DECISION_STATES)
    problem: pl.String = pa.Field(nullable=True, description="why it was refused; null unless it was")
    mismatches: pl.Int64 = pa.Field(ge=0, description="rows of mart_mismatches that it stands on")
