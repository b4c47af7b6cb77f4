"""`milaan explain`: the published figures of one order, laid out step by step."""

import polars as pl

from loyalty.expected.accruals import expected_earning
from loyalty.expected.redemptions import cap_paise, room_paise, with_maximum, with_rule
from loyalty.intake.parse import reference_key
from loyalty.reconcile.explain import Heading, explanation
from loyalty.reconcile.wording import sentences
from loyalty.rulebook.models import Rulebook
from loyalty.values.errors import UserError
from resources.home import Home
from resources.lake import Release, published
from resources.provenance import law_of
from resources.rulebook_files import read_rulebook


def explain_order(home: Home, asked: str) -> str:
    """The page of one order, named as any export names it.

    Raises:
        UserError: No such order, or other rules than those of the snapshot.
    """
    release = published(home)
    rulebook = read_rulebook(home.rules)
    if law_of(rulebook) != release.manifest["rules"]:
        raise UserError(f"{home.rules} has changed since the last run; run `milaan run {home.path}` first")
    order_no = _order_no(release, asked)
    facts = release.read("int_order_facts").filter(pl.col("order_no") == order_no)
    ruled = _ruled(release, facts, rulebook)
    earning = expected_earning(facts, release.read("int_refunds"), rulebook, release.as_of)
    heading = _heading(release, order_no, facts, rulebook)
    legs = release.read("mart_reconciliation").filter(pl.col("order_id") == heading.order_id)
    is_wrong = pl.col("status") == "mismatch"
    told = legs.with_columns(sentence=pl.when(is_wrong).then(sentences(legs)))
    return explanation(heading, ruled.row(0, named=True), earning.row(0, named=True), told.to_dicts())


def _ruled(release: Release, facts: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    spendable = release.read("int_spendable")
    ruled = with_rule(facts, rulebook).join(
        spendable, on="order_no", how="left", validate="1:1", maintain_order="left"
    )
    filled = ruled.with_columns(pl.col("spendable_coins", "paper_coins").fill_null(0))
    return with_maximum(filled).with_columns(cap_paise=cap_paise(), room_paise=room_paise())


def _heading(release: Release, order_no: int, facts: pl.DataFrame, rulebook: Rulebook) -> Heading:
    orders = release.read("stg_orders").filter(pl.col("order_no") == order_no)
    people = release.read("stg_member_keys")
    named = orders.join(people, on="member_no", how="left", validate="m:1", maintain_order="left")
    order, version = named.row(0, named=True), facts["version_no"].item()
    return Heading(
        order_id=order["order_id"],
        surface=order["surface"],
        placed_at=order["placed_at"],
        member_id=order["member_id"],
        rule_version=None if version is None else rulebook.versions[version].version,
    )


def _order_no(release: Release, asked: str) -> int:
    """The number of an order by its id, else by its Shopify name or GoKwik id."""
    orders = release.read("stg_orders")
    exact = orders.filter(pl.col("order_id") == asked.strip())
    if not exact.is_empty():
        return int(exact["order_no"].item())
    key = pl.select(reference_key(pl.lit(asked))).item()
    named = release.read("stg_references").filter(pl.col("reference_key") == key)["order_no"].unique().sort()
    if named.is_empty():
        raise UserError(f"no order {asked} in the snapshot as of {release.manifest['as_of']}")
    if named.len() > 1:
        ids = orders.filter(pl.col("order_no").is_in(named.implode()))["order_id"].sort()
        raise UserError(f"{asked} names several orders; say which: {', '.join(ids.head(5))}")
    return int(named.item())
