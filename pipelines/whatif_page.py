"""A comparison of two laws for people, as a table with its caveats, and for machines, as JSON."""

import io
import json
from typing import Any

import polars as pl
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from loyalty.reconcile.wording import instant_words
from loyalty.values.money import group_lakh, rupees
from loyalty.whatif.comparison import Totals
from loyalty.whatif.wording import BASELINE, BEHAVIOUR, LABEL, MECHANICAL
from pipelines.whatif import Asked

_WIDTH = 100
_MOST = 5
_SHORT_MEMBER = 8
_ROWS = (
    ("living orders with a loyalty discount", "redeeming_orders"),
    ("discount given on them", "discount_paise"),
    ("coins earned", "earned_coins"),
    ("coins added: bonuses, imports, by hand", "added_coins"),
    ("coins given back", "restored_coins"),
    ("coins redeemed", "redeemed_coins"),
    ("coins taken back", "reversed_coins"),
    ("coins expired", "expired_coins"),
    ("coins removed by hand", "removed_coins"),
    ("coins held at the end", "balance_coins"),
    ("their worth", "balance_paise"),
    ("discount and worth together", "benefit_paise"),
)


def as_page(asked: Asked) -> str:
    """Two columns and their difference, who gains and loses, and what none of it says."""
    page = io.StringIO()
    console = Console(file=page, width=_WIDTH, highlight=False, markup=False, emoji=False)
    found = asked.found
    versions = ", ".join(law.version for law in asked.law.versions)
    console.print(f"What if {versions} ({asked.rules}) had been the rules from {_from(asked)}?")
    console.print(
        f"{_many(found.orders, 'order')} known up to {instant_words(asked.as_of)} IST, replayed in order of time."
    )
    console.print(_totals(found.present, found.other))
    for line in _who(found.by_member):
        console.print(line)
    console.print()
    for line in (MECHANICAL, BEHAVIOUR, BASELINE, *_caveats(asked)):
        console.print(f"- {line}")
    return "\n".join(line.rstrip() for line in page.getvalue().splitlines()) + "\n"


def _from(asked: Asked) -> str:
    return f"{instant_words(asked.begins)} IST on"


def _totals(present: Totals, other: Totals) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, title=LABEL, title_justify="left", title_style="")
    table.add_column("")
    for name in ("present rules", "other rules", "difference"):
        table.add_column(name, justify="right")
    for label, name in _ROWS:
        before, after = getattr(present, name), getattr(other, name)
        is_money = name.endswith("_paise")
        shown = rupees if is_money else group_lakh
        change = rupees(after - before, signed=True) if is_money else _signed(after - before)
        table.add_row(label, shown(before), shown(after), change)
    return table


def _who(by_member: pl.DataFrame) -> list[str]:
    """How many gain and lose how much, and the most of each; members go by how their member_id begins."""
    gain = pl.col("gain_paise")
    told = []
    for word, part in (("gain", by_member.filter(gain > 0)), ("lose", by_member.filter(gain < 0).reverse())):
        total = rupees(abs(int(part["gain_paise"].sum())))
        most = ", ".join(
            f"{member_id[:_SHORT_MEMBER]} {rupees(paise, signed=True)}"
            for member_id, paise in part.head(_MOST).select("member_id", "gain_paise").iter_rows()
        )
        told.append(
            f"{_many(part.height, 'member')} {word} {total}" + (f"; the most: {most}" if most else "")
        )
    same = by_member.filter(gain == 0).height
    return [*told, f"{_many(same, 'member')} neither gain nor lose"]


def _caveats(asked: Asked) -> list[str]:
    found = asked.found
    recorded = found.recorded_discount_paise
    gap = rupees(found.present.discount_paise - recorded, signed=True)
    told = (
        f"The present rules, replayed, differ from what was recorded ({rupees(recorded)} of discount) by {gap}: "
        "mistakes and delays in the data, which are in neither column."
    )
    lines = [told]
    if found.kept_orders:
        lines.append(
            f"{_many(found.kept_orders, 'order')} stay as recorded in both columns: one of the two laws says "
            "nothing of them, or their state is unknown."
        )
    if found.unknown_words:
        lines.append(
            f"The snapshot knows no {', no '.join(found.unknown_words)}: the present rules do not name them, so "
            "they were not kept and match nothing here."
        )
    return lines


def as_text(asked: Asked) -> str:
    """The comparison as one JSON object: totals of both replays, their difference, gains and losses by member."""
    found = asked.found
    changed = found.by_member.filter(pl.col("gain_paise") != 0)
    said: dict[str, Any] = {
        "as_of": asked.as_of.isoformat(),
        "rules": [law.version for law in asked.law.versions],
        "effective_from": asked.begins.isoformat(),
        "says": MECHANICAL,
        "behaviour": BEHAVIOUR,
        "orders": found.orders,
        "orders_kept_as_recorded": found.kept_orders,
        "recorded_discount_paise": found.recorded_discount_paise,
        "present": _numbers(found.present),
        "other": _numbers(found.other),
        "difference": {
            name: number - _numbers(found.present)[name] for name, number in _numbers(found.other).items()
        },
        "members": {
            "gain": changed.filter(pl.col("gain_paise") > 0).height,
            "lose": changed.filter(pl.col("gain_paise") < 0).height,
            "same": found.by_member.height - changed.height,
            "changed": changed.to_dicts(),
        },
        "unknown_words": list(found.unknown_words),
    }
    return json.dumps(said, indent=1, ensure_ascii=False) + "\n"


def _numbers(totals: Totals) -> dict[str, int]:
    return {**totals._asdict(), "benefit_paise": totals.benefit_paise}


def _signed(number: int) -> str:
    return ("+" if number > 0 else "") + group_lakh(number)


def _many(number: int, word: str) -> str:
    return f"{group_lakh(number)} {word}{'' if number == 1 else 's'}"
