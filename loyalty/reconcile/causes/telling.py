"""A case in one sentence: who does what, since when, and what it cost."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from loyalty.reconcile.causes.fixes import Words, surface_name
from loyalty.reconcile.wording import instant_words
from loyalty.values.money import group_lakh, rupees

Case = Mapping[str, Any]


def sentence(case: Case, said: Words | None) -> str:
    """One plain English sentence with the numbers of a row of ``mart_causes``; ``said`` is None when unexplained."""
    if said is None:
        number, kinds = _many(case["mismatches"], "mismatch", "mismatches"), ", ".join(case["kinds"])
        return f"No setting explains {number} {_where(case)} ({kinds}): {_cost(case)}."
    doubt = ""
    if case["verdict"] == "ambiguous":
        doubt = f" (or: {', '.join(case['other_causes'])})"
    elif case["verdict"] == "too_few":
        doubt = " (too few orders to be sure)"
    often = " on some orders only" if 20 * case["contradicted"] > case["reproduced"] else ""
    orders = _many(case["orders"], "order", "orders")
    return f"{_who(case)} {said.does}{often}{doubt}, {_when(case)}: {orders}, {_cost(case)}."


def _who(case: Case) -> str:
    name = surface_name(case["surface"])
    if case["leg"] == "redemption":
        return name[0].upper() + name[1:]
    return f"On orders of {name} Nector"


def _where(case: Case) -> str:
    surface = f" on {surface_name(case['surface'])}" if case["surface"] else ""
    version = f" under the rules of {case['rule_version']}" if case["rule_version"] else ""
    return f"of the {case['leg']} leg{surface}{version}"


def _when(case: Case) -> str:
    began_by, ended_by = case["began_by_at"], case["ended_by_at"]
    if began_by is None:
        return f"first seen {instant_words(case['first_at'])}"
    began = _between(case["began_after_at"], began_by)
    again = "again " if case["episodes"] > 1 else ""
    if ended_by is None:
        return f"{again}since some time {began}"
    return f"{again}from some time {began} to some time {_between(case['ended_after_at'], ended_by)}"


def _between(early: dt.datetime | None, late: dt.datetime) -> str:
    if early is None:
        return f"before {instant_words(late)}"
    return f"between {instant_words(early)} and {instant_words(late)}"


def _cost(case: Case) -> str:
    parts = []
    if case["merchant_paise"]:
        parts.append(f"{rupees(case['merchant_paise'])} over-granted")
    if case["customer_paise"]:
        parts.append(f"{rupees(-case['customer_paise'])} owed to customers")
    return " and ".join(parts) or "no money lost"


def _many(number: int, one: str, more: str) -> str:
    return f"{group_lakh(number)} {one if number == 1 else more}"
