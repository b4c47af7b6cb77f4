"""Shopify's order export: a row a line item, the whole order told on the first, in the shop's own columns."""

from collections import Counter
from random import Random

from loyalty.worlds.brand import Brand
from loyalty.worlds.exports import Row, state_at
from loyalty.worlds.moments import MINUTE, SECOND, sql_ist_zone
from loyalty.worlds.naming import phone_spelling, plain_rupees
from loyalty.worlds.records import Order
from loyalty.worlds.shop import PRICES
from loyalty.worlds.spelling import address, full_name, line

SHOPIFY_HEADER = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,"
    "Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,"
    "Lineitem price,Lineitem compare at price,Lineitem sku,Lineitem requires shipping,Lineitem taxable,"
    "Lineitem fulfillment status,Billing Name,Billing Street,Billing Address1,Billing Address2,Billing Company,"
    "Billing City,Billing Zip,Billing Province,Billing Country,Billing Phone,Shipping Name,Shipping Street,"
    "Shipping Address1,Shipping Address2,Shipping Company,Shipping City,Shipping Zip,Shipping Province,"
    "Shipping Country,Shipping Phone,Notes,Note Attributes,Cancelled at,Payment Method,Payment Reference,"
    "Refunded Amount,Vendor,Outstanding Balance,Employee,Location,Device ID,Id,Tags,Risk Level,Source,"
    "Lineitem discount,Tax 1 Name,Tax 1 Value,Tax 2 Name,Tax 2 Value,Tax 3 Name,Tax 3 Value,Tax 4 Name,Tax 4 Value,"
    "Tax 5 Name,Tax 5 Value,Phone,Receipt Number,Duties,Billing Province Name,Shipping Province Name,Payment ID,"
    "Payment Terms Name,Next Payment Due At,Payment References"
)
_COLUMNS = SHOPIFY_HEADER.split(",")
_SWEETS = (
    "Besan laddu 200 g", "Mathri jar", "Soan papdi box", "Nankhatai tin", "Chikki sampler", "Kaju katli 250 g",
    "Motichoor laddu 500 g", "Gulab jamun tin", "Dry fruit barfi", "Mysore pak box", "Rasgulla party tin",
    "Festive hamper small", "Saffron peda box", "Festive hamper large", "Wedding trousseau box",
)  # fmt: skip
_GATEWAYS = {
    "UPI": "Gokwik UPI",
    "Card": "Gokwik Cards",
    "Prepaid": "Gokwik Cards",
    "Netbanking": "Gokwik NB",
}
_DOUBLE = 0.012
"""Share of prepaid orders whose customer pays twice; the second is called off at once."""


class Shopfront:
    """Writes the orders of one brand as Shopify exports them."""

    def __init__(self, brand: Brand, rng: Random) -> None:
        self.brand = brand
        self.rng = rng

    def rows(self, order: Order) -> list[Row]:
        """The order, if Shopify got it: a failed payment makes none; now and then a second payment's order too."""
        if order.outcome == "failed" or order.oddity.unbooked:
            return []
        rows = [(order.placed, self._order(order))]
        may_pay_twice = order.payment == "prepaid" and order.surface != "pos" and bool(order.person.lead)
        if may_pay_twice and self.rng.random() < _DOUBLE:
            rows.append((order.placed + 40 * SECOND, self._called_off(order)))
        return rows

    def _order(self, order: Order) -> str:
        prices = Counter(order.items)
        first, *others = [self._item(price, number) for price, number in prices.items()]
        told = {**self._whole(order), **first}
        return "\n".join(
            [line(_COLUMNS, told), *(line(_COLUMNS, {**self._again(order), **item}) for item in others)]
        )

    def _item(self, price: int, number: int) -> dict[str, object]:
        place = min(range(len(PRICES)), key=lambda place: abs(PRICES[place] - price))
        return {
            "Lineitem quantity": number,
            "Lineitem name": _SWEETS[place],
            "Lineitem price": plain_rupees(price),
            "Lineitem sku": f"MCO-{place:02d}",
            "Lineitem requires shipping": "true",
            "Lineitem taxable": "true",
            "Lineitem fulfillment status": "fulfilled",
            "Lineitem discount": "0.00",
        }

    def _again(self, order: Order) -> dict[str, object]:
        return {"Name": order.name, "Email": order.person.email, "Vendor": self.brand.style.name}

    def _whole(self, order: Order) -> dict[str, object]:
        """What stands on the first line only. Subtotal is after discounts, COD fees travel as shipping."""
        as_of = self.brand.as_of
        off = order.coupon + order.other + order.prepaid + order.loyalty
        state = state_at(order, as_of)
        refunded = sum([paise for at, paise in order.refunds if at <= as_of])
        is_cancelled = order.outcome == "cancelled" and order.cancelled <= as_of
        codes = [order.coupon_code] if order.coupon_code else []
        return {
            **self._again(order),
            **self._contact(order),
            "Financial Status": self._financial(order, state, refunded),
            "Fulfillment Status": "fulfilled"
            if order.delivered and order.delivered <= as_of
            else "unfulfilled",
            "Accepts Marketing": "yes" if self.rng.random() < 0.6 else "no",
            "Currency": "INR",
            "Subtotal": plain_rupees(order.subtotal - off),
            "Shipping": plain_rupees(order.shipping + order.cod_fee),
            "Taxes": plain_rupees(order.tax),
            "Total": plain_rupees(order.grand_total + order.oddity.shop_off),
            "Discount Code": ", ".join(codes + (["Nector Discount"] if order.loyalty else [])),
            "Discount Amount": plain_rupees(off),
            "Shipping Method": "Standard",
            "Created at": sql_ist_zone(order.placed),
            "Cancelled at": sql_ist_zone(order.cancelled) if is_cancelled else "",
            "Note Attributes": self._notes(order),
            "Payment Method": self._method(order),
            "Refunded Amount": plain_rupees(refunded + (order.oddity.over_refund if refunded else 0)),
            "Outstanding Balance": "0.00",
            "Id": order.order_id,
            "Tags": ", ".join(self._tags(order)),
            "Risk Level": "Low",
            "Source": "pos" if order.surface == "pos" else "web",
        }

    def _contact(self, order: Order) -> dict[str, object]:
        person = order.person
        street, city, code, province = address(person)
        phone = phone_spelling(person.phone, self.rng) if person.lead else ""
        told: dict[str, object] = {
            "Phone": f"+91{person.phone}" if person.lead and self.rng.random() < 0.6 else ""
        }
        for side in ("Billing", "Shipping"):
            parts = {
                "Name": full_name(person),
                "Street": street,
                "Address1": street,
                "City": city,
                "Zip": f"'{code}",
            }
            parts |= {"Province": province, "Country": "IN", "Phone": phone}
            told |= {f"{side} {name}": text for name, text in parts.items()}
        return told

    def _financial(self, order: Order, state: str, refunded: int) -> str:
        if refunded:
            return "refunded" if refunded >= order.grand_total else "partially_refunded"
        if order.payment == "cod":
            if state == "cancelled":
                return "voided"
            return "paid" if state == "delivered" and self.rng.random() < 0.7 else "pending"
        return "partially_paid" if order.payment == "ppcod" and state != "delivered" else "paid"

    def _method(self, order: Order) -> str:
        if order.surface == "pos":
            return "Cash" if order.payment_text == "Prepaid" else order.payment_text
        if order.payment == "cod":
            return "" if self.rng.random() < 0.5 else "Cash on Delivery (COD)"
        return "Gokwik PPCOD" if order.payment == "ppcod" else _GATEWAYS[order.payment_text]

    def _tags(self, order: Order) -> list[str]:
        tags = [order.tags] if order.tags else []
        if order.surface != "pos":
            tags += ["GoKwik", "COD"] if order.payment == "cod" else ["GoKwik", order.payment_text]
        if order.prepaid:
            tags.append("PREPAID-DISCOUNT")
        if order.oddity.became:
            tags.append(f"Converted to Prepaid Order {order.oddity.became}")
        if order.oddity.was:
            tags.append(f"Converted from COD Order {order.oddity.was}")
        return tags

    def _notes(self, order: Order) -> str:
        if order.surface == "pos":
            return ""
        notes = [f"gokwik_cid: {self.rng.getrandbits(48):012x}"]
        if order.loyalty:
            notes += [
                f"NECTOR_USED_AMOUNT: {plain_rupees(order.loyalty)}",
                f"nector_points_used: {order.coins_used}",
            ]
        return "\n".join(notes)

    def _called_off(self, order: Order) -> str:
        """The order of a second payment: GoKwik cancels and refunds it by itself, and shows it nowhere."""
        told = self._whole(order)
        made = order.placed + 40 * SECOND
        number = int(self.rng.random() * 2**31)
        changed = {
            "Name": f"{order.name}-D",
            "Id": str(5_700_000_000_000 + number * 100 + int(self.rng.random() * 100)),
            "Created at": sql_ist_zone(made),
            "Cancelled at": sql_ist_zone(made + 2 * MINUTE),
            "Financial Status": "refunded",
            "Refunded Amount": told["Total"],
        }
        return line(_COLUMNS, {**told, **self._item(order.items[0], 1), **changed})
