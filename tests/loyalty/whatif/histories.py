"""Small worlds as a replay takes them."""

from collections.abc import Sequence

from loyalty.expected.facts import order_facts, refunds
from loyalty.expected.redemptions import claims
from loyalty.ledger.links import linked_entries
from loyalty.rulebook.models import Rulebook
from loyalty.whatif.comparison import Comparison, compare
from loyalty.whatif.history import History
from tests.builders import AS_OF, BARE, Thing, When, a_world, instant


def compared(
    things: Sequence[Thing], other: Rulebook, *, present: Rulebook = BARE, as_of: When = AS_OF
) -> Comparison:
    """What another law would have done with what was exported and judged under the present one."""
    world = a_world(*things)
    refunded = refunds(world.orders, world.refund_rows)
    facts = order_facts(world.orders, refunded, world.members, present)
    linked = linked_entries(world.entries, world.orders, world.references, claims(facts, present))
    history = History(facts, refunded, linked, instant(as_of))
    return compare(history, world.member_keys, present, other)
