"""`milaan explain`: the published figures of one order or one member, laid out step by step."""

import datetime as dt
from functools import partial

import polars as pl

from loyalty.expected.redemptions import (
    balance_queries,
    cap_paise,
    redemption_instants,
    room_paise,
    with_maximum,
    with_rule,
)
from loyalty.intake.parse import reference_key
from loyalty.ledger.recent import balances_before_debits
from loyalty.ledger.standing import standing
from loyalty.reconcile.explain import Heading, explanation
from loyalty.reconcile.explain_member import Account, member_explanation
from loyalty.reconcile.explain_why import Case, why_sections
from loyalty.reconcile.summary import open_mismatches
from loyalty.reconcile.under_cause import earned
from loyalty.reconcile.wording import sentences
from loyalty.rulebook.models import Rulebook
from loyalty.values.errors import UserError
from resources.home import Home
from resources.lake import Release, published
from resources.provenance import law_behind

_SHORTEST_KEY = 6


def explain_order(home: Home, asked: str) -> str:
    """The page of one order, named as any export names it.

    Raises:
        UserError: No such order, or other rules than those of the snapshot.
    """
    release = published(home)
    rulebook = law_behind(home, release)
    order_no = _order_no(release, asked)
    case = _case(release, order_no, rulebook)
    heading = _heading(release, order_no, case.ruled, rulebook)
    legs = release.read("mart_reconciliation").filter(pl.col("order_id") == heading.order_id)
    is_wrong = pl.col("status") == "mismatch"
    told = legs.with_columns(sentence=pl.when(is_wrong).then(sentences(legs)))
    rows = (case.ruled.row(0, named=True), case.earned.row(0, named=True))
    return explanation(heading, *rows, told.to_dicts(), partial(why_sections, case))


def _case(release: Release, order_no: int, rulebook: Rulebook) -> Case:
    """One order with everything that it was judged by, and can be judged again on."""
    mine = pl.col("order_no") == order_no
    facts, refunded = release.read("int_order_facts").filter(mine), release.read("int_refunds").filter(mine)
    entries = release.read("int_linked_entries")
    linked = entries.filter(mine)
    return Case(
        ruled=_ruled(release, facts, rulebook),
        earned=earned(facts, refunded, linked, rulebook, release.as_of),
        refunded=refunded,
        balances=_balances(release, facts, linked, entries),
        rulebook=rulebook,
        as_of=release.as_of,
    )


def _balances(
    release: Release, facts: pl.DataFrame, linked: pl.DataFrame, entries: pl.DataFrame
) -> dict[str, int]:
    """What the order's member could spend just before each other debit of the last 30 minutes, by entry id."""
    whose = facts.select("member_no")
    asked = balance_queries(facts, redemption_instants(facts, linked))
    moved = release.read("int_movements").join(whose, on="member_no", how="semi", maintain_order="left")
    theirs = entries.join(whose, on="member_no", how="semi", maintain_order="left")
    before = balances_before_debits(theirs, moved, asked)
    return dict(before.select("entry_id", "spendable_coins").iter_rows())


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


def explain_member(home: Home, key: str, at: dt.datetime | None) -> str:
    """The page of one member at an instant, or at the as-of; ``key`` is a member_id or how it begins.

    Raises:
        UserError: No such member, or several; an instant that the snapshot does not know.
    """
    release = published(home)
    account = Account(*_member(release, key), at or release.as_of, release.as_of)
    if account.at > release.as_of:
        raise UserError(f"the snapshot knows nothing after {release.manifest['as_of']}; name an earlier --at")
    is_theirs = pl.col("member_no") == account.member_no
    moved = release.read("int_movements").filter(is_theirs)
    allocations = release.read("int_allocations").join(moved, on="entry_no", how="semi")
    held = standing(moved, allocations, release.read("int_lots").filter(is_theirs), account.at)
    wrong = release.read("mart_mismatches").filter(pl.col("member_id") == account.member_id)
    entries = _entries(release, moved.filter(pl.col("created_at") <= account.at))
    return member_explanation(account, held, entries.to_dicts(), open_mismatches(wrong).to_dicts())


def _entries(release: Release, moved: pl.DataFrame) -> pl.DataFrame:
    """Movements with the names of their entries and orders."""
    entries = release.read("stg_entries").select("entry_no", "entry_id", "type")
    orders = release.read("stg_orders").select("order_no", "order_id")
    return moved.join(entries, on="entry_no", how="left", validate="1:1", maintain_order="left").join(
        orders, on="order_no", how="left", validate="m:1", maintain_order="left"
    )


def _member(release: Release, key: str) -> tuple[int, str]:
    """Number and id of the member whose id is, or begins with, a key."""
    asked = key.strip().lower()
    if len(asked) < _SHORTEST_KEY:
        raise UserError(f"--member needs at least {_SHORTEST_KEY} characters of a member_id, not {key!r}")
    people = release.read("stg_member_keys")
    found = people.filter(pl.col("member_id").str.starts_with(asked)).sort("member_id")
    if found.is_empty():
        raise UserError(f"no member {asked} in the snapshot as of {release.manifest['as_of']}")
    exact = found.filter(pl.col("member_id") == asked)
    if exact.is_empty() and found.height > 1:
        ids = ", ".join(found["member_id"].head(5))
        raise UserError(f"{asked} begins several member ids; say which: {ids}")
    number, member_id = (found if exact.is_empty() else exact).select("member_no", "member_id").row(0)
    return number, member_id
