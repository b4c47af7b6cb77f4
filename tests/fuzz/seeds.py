"""Where the fuzzer starts: small exports of every kind and dialect, and the words that matter in them."""

import gzip
import json
from pathlib import Path

from loyalty.intake.kinds import GOKWIK_ORDERS, MEMBERS, NECTOR_LEDGER, REFUNDS
from tests.loyalty.intake.exports import ENTRY, MEMBER, ORDER, REFUND, csv_text

CORPUS = Path(__file__).parents[1] / "corpora" / "csv-spectrum" / "csvs"
PERSON = {"Customer Email": "asha.raghunathan@example.in"}
NOTED = {
    "title": "Reward for 5101",
    "description": "call +91 98765 43210",
    "email": "asha.raghunathan@example.in",
}
CSV, JSONL, GZIP, WINDOWS = b"\0", b"\1", b"\2", b"\3"

TEXTS = {
    "orders": csv_text(
        [{**ORDER, **PERSON}, {**ORDER, **PERSON, "Merchant Order ID": "5102", "Grand Total": "₹1,23,456.00"}]
    ),
    "ledger": csv_text([{**ENTRY, **NOTED}, {**ENTRY, **NOTED, "_id": "w2", "amount": "(7)"}]),
    "refunds": csv_text([REFUND, REFUND, {**REFUND, "Amount": "50"}]),
    "members": csv_text([MEMBER, {**MEMBER, "balance": "1,000"}]),
    "titles": "Report\n\n" + csv_text([{**ORDER, "Tags": 'a,"b"\nc'}]) + "Total,,,,,\n1\n",
}
WORDS = (
    "5.12E+12", "NaN", "#VALUE!", "1e3", "10.005", "25/06/2026", "06/25/2026", "46122.5", "NA", "Total", "\\x00", "\\xef\\xbb\\xbf", "\\xff\\xfe",
    "\\x1e", "\\x1f", '\\"\\"', '\\"', "\\x0d\\x0a", ",", ";", "\\x09", "|", "\\xe2\\x82\\xb9", "\\\\ud800", "cr", "dr", "redeem", "Delivered",
)  # fmt: skip


def seeds() -> list[bytes]:
    """Inputs as `law.hold` takes them."""
    made = [CSV + path.read_bytes() for path in sorted(CORPUS.glob("*.csv"))]
    for text in TEXTS.values():
        made += [
            CSV + text.encode(),
            CSV + text.encode("utf-16"),
            CSV + text.replace("\n", "\r\n").encode("utf-8-sig"),
        ]
        made += [CSV + text.replace(",", mark).encode() for mark in ";\t|"]
        made += [
            WINDOWS + text.replace("₹", "é").encode("cp1252"),
            GZIP + gzip.compress(text.encode(), mtime=0),
        ]
    made.append(CSV + csv_text([ORDER]).splitlines()[0].encode() + b"\r")
    for rows in ([ORDER], [ENTRY, ENTRY], [REFUND], [MEMBER]):
        made.append(JSONL + "".join(json.dumps(row) + "\n" for row in rows).encode())
    return made


def words() -> str:
    """The fuzzer's dictionary: columns of every kind and forms of cells."""
    names = [
        column.name for kind in (GOKWIK_ORDERS, NECTOR_LEDGER, REFUNDS, MEMBERS) for column in kind.columns
    ]
    return "".join(f'"{word}"\n' for word in dict.fromkeys([*names, *WORDS]))
