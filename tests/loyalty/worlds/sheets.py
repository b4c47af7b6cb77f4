"""The files of a world read back, a row seen twice counted once."""

import csv
import io
from collections import defaultdict

from loyalty.worlds import World

Row = dict[str, str]


def rows(world: World, kind: str) -> list[Row]:
    """Rows of every file whose name begins with ``kind``, as exported; repeated rows once, in order of files."""
    seen: dict[tuple[tuple[str, str], ...], Row] = {}
    for name in sorted(world.files):
        if name.startswith(kind):
            for row in csv.DictReader(io.StringIO(world.files[name])):
                seen[tuple(row.items())] = row
    return list(seen.values())


def ledgers(world: World) -> dict[str, list[Row]]:
    """Posted rows of the coins wallet by lead, in the ledger's own order; of a world without noise."""
    phases = {("cr", True): 2, ("dr", True): 3, ("cr", False): 0, ("dr", False): 1}
    members: dict[str, list[Row]] = defaultdict(list)
    for row in rows(world, "nector-ledger"):
        if row["status"] == "success" and row["wallet"] == "coins":
            members[row["lead_id"]].append(row)
    for entries in members.values():
        entries.sort(
            key=lambda row: (
                row["created_at"],
                4 if row["type"] == "expire" else phases[row["operation"], row["type"] == "revert"],
                row["_id"],
            )
        )
    return members


def signed(row: Row) -> int:
    return int(row["amount"]) * (1 if row["operation"] == "cr" else -1)


def paise(text: str) -> int:
    """Rupees as a world without noise spells them."""
    whole, _, rest = text.removeprefix("Rs. ").partition(".")
    return int(whole or 0) * 100 + int((rest or "0").ljust(2, "0"))
