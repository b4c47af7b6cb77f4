"""Small worlds to judge: orders, entries, refunds, members and a rulebook, each as short as its story.

Nothing here is a fixture. Orders and refunds speak rupees, as the exports do; verdicts speak paise and
coins, as the marts do. Wall-clock texts are Indian time. A test says only what it is about; the rest is
an order of ₹1,999 of member M, placed at noon on 10 April 2026, alive and not yet delivered.
"""

from tests.builders.frames import World, a_world, unchecked
from tests.builders.given import EVERY_KIND, a_given
from tests.builders.law import BARE, AsText, a_law, a_rulebook
from tests.builders.things import (
    Entry,
    Member,
    Order,
    Refund,
    Thing,
    a_member,
    a_refund,
    an_entry,
    an_order,
)
from tests.builders.units import (
    AS_OF,
    DAY,
    HOUR,
    MICROSECOND,
    MINUTE,
    NOON,
    SECOND,
    Rupees,
    When,
    instant,
    ist,
    paise,
)
from tests.builders.verdicts import LEGS, Verdict, Verdicts, judge, judged

__all__ = [
    "AS_OF",
    "BARE",
    "DAY",
    "EVERY_KIND",
    "HOUR",
    "LEGS",
    "MICROSECOND",
    "MINUTE",
    "NOON",
    "SECOND",
    "AsText",
    "Entry",
    "Member",
    "Order",
    "Refund",
    "Rupees",
    "Thing",
    "Verdict",
    "Verdicts",
    "When",
    "World",
    "a_given",
    "a_law",
    "a_member",
    "a_refund",
    "a_rulebook",
    "a_world",
    "an_entry",
    "an_order",
    "instant",
    "ist",
    "judge",
    "judged",
    "paise",
    "unchecked",
]
