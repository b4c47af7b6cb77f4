"""`milaan decide`: a person's word on mismatches, written down with its reason (contract §7)."""

import datetime as dt
from collections.abc import Sequence

import polars as pl

from loyalty.values.errors import UserError
from resources.decision_file import Decision, add_decisions
from resources.home import Home
from resources.lake import published
from resources.lock import locked

_SHORTEST = 6


def decide(
    home: Home,
    beginnings: Sequence[str],
    word: str,
    *,
    reason: str,
    owner: str,
    now: dt.datetime,
    until: dt.datetime | None,
) -> str:
    """Write a decision on mismatches of the published snapshot, named by id or how it begins; what was done.

    Raises:
        UserError: No reason, an id of none or of several mismatches, an end before now, or no snapshot.
    """
    if not reason.strip():
        raise UserError("--reason must say why; a decision without one is not taken")
    if until is not None and until <= now:
        raise UserError(f"--until must lie ahead, not at {until.isoformat()}")
    mart = published(home).read("mart_mismatches")
    found = [_found(mart, beginning) for beginning in beginnings]
    chosen = mart.filter(pl.col("mismatch_id").is_in(found)).sort("mismatch_id")
    with locked(home):
        add_decisions(
            home,
            (
                Decision(each, word, reason.strip(), owner.strip(), now, until)
                for each in chosen["mismatch_id"]
            ),
        )
    said = [
        f"{mismatch}  {sentence}" for mismatch, sentence in chosen.select("mismatch_id", "sentence").rows()
    ]
    return "\n".join([*said, f"{word}, in {home.decisions}; the next run shows it"])


def _found(mart: pl.DataFrame, beginning: str) -> str:
    ids = mart.filter(pl.col("mismatch_id").str.starts_with(beginning.lower()))["mismatch_id"]
    if len(beginning) < _SHORTEST or ids.len() != 1:
        many = f"{ids.len()} mismatches of the published snapshot" if ids.len() else "no published mismatch"
        raise UserError(
            f"{beginning!r} names {many}; give a mismatch_id of mart_mismatches or its first "
            f"{_SHORTEST} characters or more"
        )
    return str(ids[0])
