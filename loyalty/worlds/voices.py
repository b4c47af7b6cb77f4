"""What customers say: tickets to the support desk, and answers to the question after delivery."""

from collections.abc import Collection
from random import Random

from loyalty.worlds.brand import Brand
from loyalty.worlds.exports import Row
from loyalty.worlds.moments import DAY, HOUR, sql_ist
from loyalty.worlds.naming import phone_spelling
from loyalty.worlds.records import Order
from loyalty.worlds.spelling import line

TICKET_HEADER = "Ticket ID,Created At,Phone,Email,Merchant Order ID,Tags,Subject,Body,Status"
FEEDBACK_HEADER = "Response ID,Answered At,Phone,Email,Merchant Order ID,Score,Scale,Comment"
_TICKET, _FEEDBACK = TICKET_HEADER.split(","), FEEDBACK_HEADER.split(",")
_ABOUT_COINS = (
    (
        "loyalty-redemption",
        "Coins deducted but no discount",
        "My coins were used at checkout, I paid the full price.",
    ),
    ("loyalty-redemption", "Cannot redeem", "The app shows coins but I cannot apply them on my cart."),
    ("loyalty", "Coins not credited", "My order {name} was delivered, coins still not received."),
    ("loyalty", "Where are my coins?", "Order cancelled, coins not returned to my balance."),
    ("loyalty", "Coins expired", "My points expired, please extend the validity."),
)
_ABOUT_ORDERS = (
    ("delivery", "Order delayed", "Courier shows no update for {name}, please check."),
    ("delivery", "Where is my parcel", "Tracking does not move since three days."),
    ("product", "Box was damaged", "Two pieces were broken, packaging was poor."),
    ("refund", "Refund status", "I returned the box, when does the refund come?"),
    ("payment", "Charged twice", "UPI payment went twice for one order."),
    ("coupon", "Coupon not working", "Code SAVE10 says invalid."),
)
_STATUSES = ("Closed", "Closed", "Resolved", "Open", "Pending")
_HAPPY = ("Loved the box", "Coins made it cheaper, nice", "Quick delivery", "Redeeming was easy", "")
_CROSS = ("Coins did not apply at checkout", "Delivery was late", "Packaging could be better", "")
_ASKED, _COMPLAINED, _WRONGED = 0.16, 0.035, 0.45


class Voices:
    """Writes what the customers of one brand say."""

    def __init__(self, brand: Brand, rng: Random) -> None:
        self.brand = brand
        self.rng = rng

    def tickets(self, orders: Collection[Order], wronged: Collection[Order]) -> list[Row]:
        """Of those whom something went wrong for, many write about their coins; of the others, few about anything."""
        rows = []
        for order in orders:
            is_wronged = order in wronged
            if order.person.lead and self.rng.random() < (_WRONGED if is_wronged else _COMPLAINED):
                about = _ABOUT_COINS if is_wronged or self.rng.random() < 0.25 else _ABOUT_ORDERS
                rows += self._ticket(order, about[int(self.rng.random() * len(about))])
        return rows

    def _ticket(self, order: Order, words: tuple[str, str, str]) -> list[Row]:
        at = max(order.placed, order.delivered) + 2 * HOUR + int(self.rng.random() * 9 * DAY)
        if at > self.brand.as_of:
            return []
        tags, subject, body = words
        told = {
            "Ticket ID": f"tk{order.order_id}",
            "Created At": sql_ist(at),
            "Phone": phone_spelling(order.person.phone, self.rng),
            "Email": order.person.email,
            "Merchant Order ID": order.order_id if self.rng.random() < 0.6 else "",
            "Tags": tags,
            "Subject": subject,
            "Body": body.format(name=order.name),
            "Status": _STATUSES[int(self.rng.random() * len(_STATUSES))],
        }
        return [(at, line(_TICKET, told))]

    def answers(self, orders: Collection[Order], wronged: Collection[Order]) -> list[Row]:
        """One delivered order in six is answered for: stars, or how likely one is to recommend the shop."""
        rows = []
        for order in orders:
            at = order.delivered + DAY + int(self.rng.random() * 4 * DAY)
            if order.delivered and at <= self.brand.as_of and self.rng.random() < _ASKED:
                rows.append((at, self._answer(order, at, is_wronged=order in wronged)))
        return rows

    def _answer(self, order: Order, at: int, *, is_wronged: bool) -> str:
        mood = self.rng.random() + (0.08 if order.coins else 0.0) - (0.6 if is_wronged else 0.0)
        is_nps = self.rng.random() < 0.4
        best = 10 if is_nps else 5
        score = min(max(int((0.35 + 0.8 * mood) * best + 1), 0 if is_nps else 1), best)
        words = _HAPPY if mood > 0.4 else _CROSS
        told = {
            "Response ID": f"fb{order.order_id}",
            "Answered At": sql_ist(at),
            "Phone": phone_spelling(order.person.phone, self.rng) if order.person.lead else "",
            "Email": order.person.email,
            "Merchant Order ID": order.order_id,
            "Score": score,
            "Scale": "nps" if is_nps else "csat5",
            "Comment": words[int(self.rng.random() * len(words))],
        }
        return line(_FEEDBACK, told)
