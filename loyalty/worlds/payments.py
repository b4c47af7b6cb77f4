"""GoKwik's settlements: what customers paid and got back through the gateway, and when the bank had it."""

from random import Random

from loyalty.worlds.brand import Brand
from loyalty.worlds.exports import Row
from loyalty.worlds.moments import DAY, MINUTE, date_text, day_of, midnight, sql_ist
from loyalty.worlds.naming import plain_rupees
from loyalty.worlds.records import Order
from loyalty.worlds.spelling import line

SETTLEMENT_HEADER = (
    "S. No.,Transaction Type,Payment Id,Order Id,Amount,Currency,Tax,Fee,Additional Fees,Additional Tax,"
    "gokwik Deduction,Debit,Credit,Payment Method,Transaction Date,Transaction RRN,Merchant Order Id,"
    "Platform Order Id,Shopify Transaction Id,Settlement UTR,Settlement Date,Settled By,Payment Mode,Bank Code,"
    "Card Network"
)
_COLUMNS = SETTLEMENT_HEADER.split(",")
_FEE_BPS, _TAX_PERCENT, _ADVANCE_PERCENT = 195, 18, 10
_BANK_DAYS = 2


class Payments:
    """Writes the transactions of one brand; cash on delivery never passes the gateway."""

    def __init__(self, brand: Brand, rng: Random) -> None:
        self.brand = brand
        self.rng = rng

    def rows(self, order: Order) -> list[Row]:
        """The sale of an order that was paid online, in full or as an advance, and its refunds."""
        if order.surface == "pos" or order.payment == "cod" or order.outcome == "failed":
            return []
        is_part = order.payment == "ppcod"
        paid = order.grand_total * _ADVANCE_PERCENT // 100 if is_part else order.grand_total
        payment = f"KWIK{order.slot.serial:08d}"
        rows = [self._row(order, payment, "Sale", order.placed + MINUTE, paid)]
        if not is_part:
            refunds = [(at, paise) for at, paise in order.refunds if at <= self.brand.as_of]
            rows += [self._row(order, f"{payment}R", "Refund", at, paise) for at, paise in refunds]
        return rows

    def _row(self, order: Order, payment: str, kind: str, at: int, paise: int) -> Row:
        is_sale = kind == "Sale"
        fee = paise * _FEE_BPS // 10_000 if is_sale else 0
        tax = fee * _TAX_PERCENT // 100
        day = day_of(at) + _BANK_DAYS
        is_settled = midnight(day) + DAY // 2 <= self.brand.as_of and (is_sale or self.rng.random() < 0.9)
        told = {
            "Transaction Type": kind,
            "Payment Id": payment,
            "Order Id": order.gokwik_id,
            "Amount": plain_rupees(paise),
            "Currency": "INR",
            "Tax": plain_rupees(tax),
            "Fee": plain_rupees(fee),
            "Additional Fees": "0.00",
            "Additional Tax": "0.00",
            "gokwik Deduction": "0.00",
            "Debit": "0.00" if is_sale else plain_rupees(paise),
            "Credit": plain_rupees(paise - fee - tax) if is_sale else "0.00",
            "Payment Method": order.payment_text,
            "Transaction Date": sql_ist(at),
            "Transaction RRN": f"4{int(self.rng.random() * 10**11):011d}",
            "Merchant Order Id": order.name,
            "Platform Order Id": order.order_id,
            "Settlement UTR": f"AXISN{day}{day * 7919 % 100_000:05d}" if is_settled else "",
            "Settlement Date": date_text(day) if is_settled else "",
            "Settled By": "GoKwik",
        }
        return at, line(_COLUMNS, told)
