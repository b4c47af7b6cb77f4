"""Orders as the functions of this room take them."""

import polars as pl

from loyalty.expected.facts import order_facts, refunds
from loyalty.rulebook.models import Rulebook
from tests.builders import Thing, a_world


def carts_of(*things: Thing, rules: Rulebook) -> tuple[pl.DataFrame, pl.DataFrame]:
    """OrderFacts and Spendable; living orders of known members alone have a balance, as in a run."""
    world = a_world(*things)
    facts = order_facts(world.orders, refunds(world.orders, world.refund_rows), world.members, rules)
    alive = facts.filter(~pl.col("is_dead") & (pl.col("state") != "unknown"))
    return facts, world.spendable.join(alive, on="order_no", how="semi")
