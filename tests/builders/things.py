"""What the exports said: orders, entries, refunds and members, one call each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tests.builders.units import NOON, Rupees, When, instant, paise

AMPLE = 10**9
"""More coins than any test spends."""


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
        "is_itemised": True,
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


def a_member(
    name: str = "M", *, tier: str | None = None, as_of: When | None = None, joined: When | None = None
) -> Member:
    dated = {"as_of": as_of, "joined_at": joined}
    known = {column: None if when is None else instant(when) for column, when in dated.items()}
    return Member(name, {"tier": tier, **known})


def _key(reference: str | None) -> str | None:
    return None if reference is None else reference.lower()
