"""How ledger rows name an order, and how people spell phones and rupees. None of it changes a meaning."""

from random import Random

from loyalty.values.money import group_lakh
from loyalty.worlds.records import Fields, Order


def references(order: Order, rng: Random, *, noise: bool) -> Fields:
    """Reference columns of a row that names the order (link method 2 of contract §3)."""
    draw = rng.random()
    if draw < 0.50 or not noise:
        return {"reference": order.order_id}
    if draw < 0.58:
        return {"reference": order.order_id + ".0"}
    if draw < 0.76:
        return {"reference": order.name}
    if draw < 0.82:
        return {"reference": order.name.lower()}
    if draw < 0.90:
        return {"reference": order.gokwik_id if draw < 0.87 else order.gokwik_id.upper()}
    if draw < 0.95:
        return {"hash": order.name[1:]}
    return {"parent": order.order_id}


def phone_spelling(phone: str, rng: Random) -> str:
    """A ten-digit mobile as some system or spreadsheet writes it."""
    draw = int(rng.random() * 9)
    if draw < 3:
        return ("+91" if draw else "") + phone
    if draw == 3:
        return "91" + phone
    if draw == 4:
        return "0" + phone
    if draw == 5:
        return "'" + phone
    if draw == 6:
        return f"+91 {phone[:5]} {phone[5:]}"
    return f"{phone[:5]} {phone[5:]}" if draw == 7 else f"+91 {phone}"


def plain_rupees(paise: int) -> str:
    """``1234.50``."""
    return f"{paise // 100}.{paise % 100:02d}"


def rupee_spelling(paise: int, rng: Random) -> str:
    """An amount as exports write it: with or without sign, decimals and grouping; quoted when it has a comma."""
    whole, rest = divmod(paise, 100)
    draw = rng.random()
    text = str(whole) if not rest and draw < 0.3 else f"{whole}.{rest:02d}"
    if whole >= 1000 and 0.5 < draw < 0.72:
        return f'"{"₹" if draw < 0.66 else ""}{group_lakh(whole) if draw < 0.6 else f"{whole:,}"}.{rest:02d}"'
    if draw > 0.86:
        return ("₹" if draw < 0.94 else "Rs. ") + text
    return text
