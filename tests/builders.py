"""Small worlds to judge: orders, entries, refunds, members and a rulebook, each as short as its story.

Nothing here is a fixture. Orders and refunds speak rupees, as the exports do; verdicts speak paise and
coins, as the marts do. Wall-clock texts are Indian time. A test says only what it is about; the rest is
an order of ₹1,999 of member M, placed at noon on 10 April 2026, alive and not yet delivered.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import polars as pl
import yaml
from pandera.config import config_context

from loyalty.contracts.base import Contract, polars_schema
from loyalty.contracts.intermediate import Spendable
from loyalty.contracts.staged import (
    StagedEntries,
    StagedMembers,
    StagedOrders,
    StagedReferences,
    StagedRefunds,
)
from loyalty.expected.facts import order_facts, refunds
from loyalty.expected.redemptions import claims
from loyalty.ledger.links import linked_entries
from loyalty.reconcile.comebacks import restore_rows, reversal_rows
from loyalty.reconcile.earn import earn_rows, earnings
from loyalty.reconcile.reconciliation import reconciliation
from loyalty.reconcile.redemption import redemption_rows
from loyalty.rulebook.models import Rulebook, RuleVersion

IST = dt.timezone(dt.timedelta(hours=5, minutes=30))
MICROSECOND = dt.timedelta(microseconds=1)
SECOND = dt.timedelta(seconds=1)
MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
AMPLE = 10**9
"""More coins than any test spends."""

Rupees = int | str
When = dt.datetime | str


def ist(text: str) -> dt.datetime:
    """``2026-04-10 12:00`` on an Indian clock, as a UTC instant."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=IST).astimezone(dt.UTC)


def instant(when: When) -> dt.datetime:
    return ist(when) if isinstance(when, str) else when


def paise(rupees: Rupees) -> int:
    amount = Decimal(rupees) * 100
    assert amount == int(amount), f"{rupees} is no whole number of paise"
    return int(amount)


NOON = ist("2026-04-10 12:00")
AS_OF = ist("2026-07-01 12:00")


# --- the law --------------------------------------------------------------------------------------


class AsText(yaml.BaseLoader):
    """Scalars stay the text that stands in the file; a blank or ``null`` is nothing."""


_NULL = "tag:yaml.org,2002:null"
AsText.add_implicit_resolver(_NULL, re.compile("^(?:~|null|)$"), ["~", "n", ""])
AsText.add_constructor(_NULL, lambda _loader, _node: None)


def a_rulebook(*texts: str) -> Rulebook:
    """The versions, one rulebook file each; see `a_law` for what a text may leave out."""
    return a_law(*(yaml.load(text, Loader=AsText) for text in texts))  # noqa: S506 - makes nothing but text


def a_law(*files: Mapping[str, Any]) -> Rulebook:
    """The versions, one mapping of texts each.

    The first version is of 1 January 2026 and surface gokwik has a block of defaults, unless they say so.
    """
    bare = {"version": "2026-01-01", "effective_from": "2026-01-01T00:00:00+05:30", "redeem": {"gokwik": {}}}
    return Rulebook.of(RuleVersion.model_validate({**bare, **law}) for law in files or ({},))


BARE = a_law()


# --- what the exports said ------------------------------------------------------------------------


@dataclass(frozen=True)
class Order:
    order_id: str
    member: str | None
    row: Mapping[str, Any]
    spendable: tuple[int, int]


@dataclass(frozen=True)
class Entry:
    entry_id: str
    member: str | None
    row: Mapping[str, Any]


@dataclass(frozen=True)
class Refund:
    order_id: str
    row: Mapping[str, Any]


@dataclass(frozen=True)
class Member:
    name: str
    row: Mapping[str, Any]


Thing = Order | Entry | Refund | Member


def an_order(
    order_id: str = "A",
    *,
    member: str | None = "M",
    subtotal: Rupees = 1999,
    coupon: Rupees = 0,
    other_discount: Rupees = 0,
    prepaid_discount: Rupees = 0,
    shipping: Rupees = 0,
    cod_fee: Rupees = 0,
    tax: Rupees = 0,
    loyalty: Rupees = 0,
    grand_total: Rupees | None = None,
    refunded: Rupees | None = None,
    placed: When = NOON,
    confirmed: When | None = None,
    delivered: When | None = None,
    cancelled: When | None = None,
    rto: When | None = None,
    refunded_at: When | None = None,
    latest: When | None = None,
    state: str | None = None,
    surface: str = "gokwik",
    device: str | None = None,
    payment: str = "prepaid",
    applied: Literal["auto", "manual"] | None = None,
    coupon_code: bool = False,
    tags: Iterable[str] = (),
    coins_used: int | None = None,
    reward_ref: str | None = None,
    name: str | None = None,
    gokwik_id: str | None = None,
    has: int = AMPLE,
    on_paper: int | None = None,
) -> Order:
    """An order in rupees; the total adds up unless given. Its instants say its state unless given.

    ``has``: coins that the member could spend then (A); ``on_paper``: with those past expiry (A_paper).
    """
    parts = [subtotal, shipping, cod_fee, tax]
    discounts = [coupon, other_discount, prepaid_discount, loyalty]
    total = sum(map(paise, parts)) - sum(map(paise, discounts)) if grand_total is None else paise(grand_total)
    instants = {
        "placed_at": placed, "confirmed_at": confirmed, "delivered_at": delivered, "cancelled_at": cancelled,
        "rto_at": rto, "refunded_at": refunded_at,
    }  # fmt: skip
    dated = {column: instant(when) for column, when in instants.items() if when is not None}
    said = {
        "cancelled_at": "cancelled",
        "rto_at": "rto",
        "delivered_at": "delivered",
        "confirmed_at": "confirmed",
    }
    known = next((word for column, word in said.items() if column in dated), "placed")
    row = {
        "order_id": order_id,
        "order_name": name,
        "gokwik_id": gokwik_id,
        "surface": surface,
        "device": device,
        "payment_kind": payment,
        "apply_mode": applied,
        "state": state or known,
        "has_coupon": coupon_code or paise(coupon) > 0,
        "skip_tags": sorted(tags),
        "subtotal_paise": paise(subtotal),
        "coupon_paise": paise(coupon),
        "other_discount_paise": paise(other_discount),
        "prepaid_discount_paise": paise(prepaid_discount),
        "shipping_paise": paise(shipping),
        "cod_fee_paise": paise(cod_fee),
        "tax_paise": paise(tax),
        "grand_total_paise": total,
        "loyalty_paise": paise(loyalty),
        "coins_used": coins_used,
        "reward_ref": reward_ref,
        "refunded_paise": None if refunded is None else paise(refunded),
        "latest_at": max(dated.values()) if latest is None else instant(latest),
        **dated,
    }
    return Order(order_id, member, row, (has, has if on_paper is None else on_paper))


def an_entry(
    role: str,
    coins: int,
    at: When = NOON,
    *,
    entry_id: str | None = None,
    member: str | None = "M",
    order: str | None = None,
    parent: str | None = None,
    hashed: str | None = None,
    status: Literal["posted", "pending", "void"] = "posted",
    wallet: Literal["coins", "credits"] = "coins",
    tokens: Iterable[str] = (),
    expires: When | None = None,
) -> Entry:
    """A ledger row: ``an_entry("redeem dr", 500, order="A")``. Its id tells what it is, unless given."""
    kind, _, operation = role.rpartition(" ")
    posted_at = instant(at)
    row = {
        "wallet": wallet,
        "status": status,
        "type": kind,
        "operation": operation,
        "amount_coins": coins,
        "signed_coins": coins if operation == "cr" else -coins,
        "reference_key": _key(order),
        "parent_key": _key(parent),
        "hash_key": _key(hashed),
        "text_tokens": sorted(tokens),
        "has_text": bool(tokens),
        "text_seal": "",
        "expires_at": None if expires is None else instant(expires),
        "created_at": posted_at,
    }
    return Entry(entry_id or f"{role} {coins} {order or ''} {posted_at:%d-%H%M%S%f}", member, row)


def a_refund(amount: Rupees, at: When, *, order: str = "A", refund_id: str | None = None) -> Refund:
    refunded_at = instant(at)
    row = {"amount_paise": paise(amount), "refunded_at": refunded_at}
    return Refund(order, {"refund_id": refund_id or f"refund {amount} {refunded_at.isoformat()}", **row})


def a_member(name: str = "M", *, tier: str | None = None, as_of: When | None = None) -> Member:
    return Member(name, {"tier": tier, "as_of": None if as_of is None else instant(as_of)})


def _key(reference: str | None) -> str | None:
    return None if reference is None else reference.lower()


# --- frames ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class World:
    """What was exported, staged as intake would stage it."""

    orders: pl.DataFrame
    entries: pl.DataFrame
    refund_rows: pl.DataFrame
    members: pl.DataFrame
    member_keys: pl.DataFrame
    references: pl.DataFrame
    spendable: pl.DataFrame


def a_world(*things: Thing) -> World:
    """Staged frames of these things; the order in which they are given says nothing."""
    orders = sorted((each for each in things if isinstance(each, Order)), key=lambda each: each.order_id)
    entries = sorted((each for each in things if isinstance(each, Entry)), key=lambda each: each.entry_id)
    said = [each for each in things if isinstance(each, Refund)]
    members = [each for each in things if isinstance(each, Member)]
    people = (
        {each.member for each in orders} | {each.member for each in entries} | {each.name for each in members}
    )
    names = sorted(name for name in people if name is not None)
    number = {name: position for position, name in enumerate(names)}
    place = {each.order_id: position for position, each in enumerate(orders)}
    assert len(place) == len(orders), "two orders share an id"
    assert len({each.entry_id for each in entries}) == len(entries), "two entries share an id"
    return World(
        orders=_frame(
            StagedOrders,
            (
                {**each.row, "order_no": place[each.order_id], "member_no": number.get(each.member or "")}
                for each in orders
            ),
        ),
        entries=_frame(
            StagedEntries,
            (
                {
                    **each.row,
                    "entry_no": position,
                    "entry_id": each.entry_id,
                    "member_no": number.get(each.member or ""),
                }
                for position, each in enumerate(entries)
            ),
        ),
        refund_rows=_frame(StagedRefunds, ({**each.row, "order_no": place[each.order_id]} for each in said)),
        members=_frame(StagedMembers, ({**each.row, "member_no": number[each.name]} for each in members)),
        member_keys=pl.DataFrame(
            {"member_no": range(len(names)), "member_id": names},
            schema={"member_no": pl.Int64, "member_id": pl.String},
        ),
        references=_frame(StagedReferences, _references(orders, place)),
        spendable=_frame(
            Spendable,
            (
                {
                    "order_no": place[each.order_id],
                    "spendable_coins": each.spendable[0],
                    "paper_coins": each.spendable[1],
                }
                for each in orders
                if each.member is not None
            ),
        ),
    )


def _references(orders: Iterable[Order], place: Mapping[str, int]) -> Iterable[Mapping[str, Any]]:
    for each in orders:
        for name in (each.order_id, each.row["order_name"], each.row["gokwik_id"]):
            if name is not None:
                key = name.lower().lstrip("#")
                yield {"reference_key": key, "token_seal": key, "order_no": place[each.order_id]}


def _frame(contract: type[Contract], rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    schema = polars_schema(contract)
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)


def unchecked() -> AbstractContextManager[None]:
    """Contracts hold in every other test: a property of thousands of cases need not prove them each time."""
    return config_context(validation_enabled=False)


# --- the verdict ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    """One row of mart_reconciliation."""

    leg: str
    status: str
    kind: str | None
    expected: tuple[int, int]
    """Coins and paise."""
    recorded: tuple[int, int]
    effect_paise: int
    secondary_kinds: list[str]
    causes: list[str]
    entry_ids: list[str]
    member_id: str | None
    surface: str | None
    rule_version: str | None
    placed_at: dt.datetime | None
    business_date: dt.date
    due_at: dt.datetime | None
    match_method: str | None

    @property
    def coins(self) -> tuple[int, int]:
        """Expected and recorded coins, of legs without money."""
        return self.expected[0], self.recorded[0]


Verdicts = dict[tuple[str, str], Verdict]
"""By leg and order id; by leg and first entry id where there is no order."""

LEGS = ("redemption", "earn", "reversal", "restore")


def judge(
    *things: Thing, rules: Rulebook = BARE, as_of: When = AS_OF, legs: Iterable[str] = LEGS
) -> Verdicts:
    """The verdict on these legs of everything that was exported, by leg and order (else first entry)."""
    rows = judged(a_world(*things), rules, instant(as_of), tuple(legs))
    verdicts = {
        (row["leg"], row["order_id"] or row["entry_ids"][0]): _verdict(row)
        for row in rows.iter_rows(named=True)
    }
    assert len(verdicts) == rows.height, "two rows of a leg for one subject"
    return verdicts


def judged(world: World, rules: Rulebook, as_of: dt.datetime, legs: tuple[str, ...] = LEGS) -> pl.DataFrame:
    """The same as mart_reconciliation."""
    refunded = refunds(world.orders, world.refund_rows)
    facts = order_facts(world.orders, refunded, world.members, rules)
    linked = linked_entries(world.entries, world.orders, world.references, claims(facts, rules))
    earned = earnings(facts, refunded, linked, rules, as_of)
    judges = {
        "redemption": lambda: redemption_rows(facts, linked, world.spendable, rules, as_of),
        "earn": lambda: earn_rows(earned, refunded, linked, rules, as_of),
        "reversal": lambda: reversal_rows(earned, refunded, linked, rules, as_of),
        "restore": lambda: restore_rows(facts, refunded, linked, rules, as_of),
    }
    leg_rows = pl.concat([judges[leg]() for leg in legs])
    return reconciliation(leg_rows, world.orders, world.entries, world.member_keys, rules)


def _verdict(row: Mapping[str, Any]) -> Verdict:
    values = {name: row[name] for name in Verdict.__dataclass_fields__ if name in row}
    values |= {side: (row[f"{side}_coins"], row[f"{side}_paise"]) for side in ("expected", "recorded")}
    return Verdict(**values)
