"""From raw records to what the domain reads: accepted rows known at the as-of, numbered and keyed.

One function per staged table, each over earlier tables only; `stage` is all of them at once. Numbers
(`order_no`, `entry_no`, `member_no`) are ranks, so that they depend on the data alone.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from loyalty.contracts.base import polars_schema
from loyalty.contracts.staged import (
    StagedEntries,
    StagedMemberKeys,
    StagedMembers,
    StagedOrders,
    StagedReferences,
    StagedRefunds,
)
from loyalty.intake.identity import ACCEPTED, bridge, member_ids
from loyalty.intake.parse import reference_key
from loyalty.intake.raw import raw_entries, raw_members, raw_orders, raw_refunds
from loyalty.intake.raw_events import RAW_EVENTS
from loyalty.intake.records import quarantine, sources
from loyalty.intake.references import numbered
from loyalty.intake.settings import Intake
from loyalty.intake.stage_events import people_met, staged_events
from loyalty.intake.states import ROW_INSTANTS, payment_of_blank, state_as_of
from loyalty.intake.survey import raw_files, survey
from loyalty.intake.tables import TextTable

_ORDER_SEALS = ("phone_seal", "email_seal")
_PERSON_SEALS = ("phone_seal", "email_seal", "lead_seal")


@dataclass(frozen=True, kw_only=True)
class Staged:
    """Every table from the inbox to the domain's door; those beside orders and ledger by the name of their asset."""

    raw_files: pl.DataFrame
    raw_orders: pl.DataFrame
    raw_entries: pl.DataFrame
    raw_refunds: pl.DataFrame
    raw_members: pl.DataFrame
    orders: pl.DataFrame
    entries: pl.DataFrame
    refunds: pl.DataFrame
    members: pl.DataFrame
    member_keys: pl.DataFrame
    references: pl.DataFrame
    raw_events: Mapping[str, pl.DataFrame]
    events: Mapping[str, pl.DataFrame]
    sources: pl.DataFrame
    quarantine: pl.DataFrame


def stage(tables: Iterable[TextTable], intake: Intake, as_of: dt.datetime) -> Staged:
    """All tables of intake from the text of an inbox, as known at ``as_of`` (an instant with a zone)."""
    exports = survey(tables, intake.headers)
    files = raw_files(exports)
    order_rows, entry_rows = raw_orders(exports, intake), raw_entries(exports, intake)
    refund_rows, member_rows = raw_refunds(exports, intake), raw_members(exports, intake)
    events = {name: read(exports, intake) for name, read in RAW_EVENTS.items()}
    landed = {
        "raw_gokwik__orders": order_rows,
        "raw_nector__entries": entry_rows,
        "raw_refunds": refund_rows,
        "raw_members": member_rows,
        **events,
    }
    keys = staged_member_keys(order_rows, entry_rows, member_rows, people_met(events, as_of), as_of)
    orders = staged_orders(order_rows, refund_rows, member_rows, keys, as_of)
    references = staged_references(order_rows, orders)
    return Staged(
        raw_files=files,
        raw_orders=order_rows,
        raw_entries=entry_rows,
        raw_refunds=refund_rows,
        raw_members=member_rows,
        orders=orders,
        entries=staged_entries(entry_rows, member_rows, keys, orders, references, as_of),
        refunds=staged_refunds(refund_rows, orders, as_of),
        members=staged_members(member_rows, keys),
        member_keys=keys,
        references=references,
        raw_events=events,
        events=staged_events(events, member_rows, keys, references, as_of),
        sources=sources(files, landed, as_of),
        quarantine=quarantine(files, landed),
    )


def staged_member_keys(
    order_rows: pl.DataFrame,
    entry_rows: pl.DataFrame,
    member_rows: pl.DataFrame,
    others: Iterable[pl.DataFrame],
    as_of: dt.datetime,
) -> pl.DataFrame:
    """Every person met by the as-of in any export (contract `StagedMemberKeys`).

    ``others``: the phone and e-mail seals of everybody met beside orders, ledger and members.
    """
    bridged = bridge(member_rows)
    orders = order_rows.filter(ACCEPTED & (pl.col("placed_at") <= as_of))
    entries = entry_rows.filter(ACCEPTED & (pl.col("created_at") <= as_of))
    met = [
        member_ids(orders, bridged, *_ORDER_SEALS),
        member_ids(entries, bridged, *_PERSON_SEALS),
        member_ids(member_rows.filter(ACCEPTED), bridged, *_PERSON_SEALS),
        *(member_ids(seals, bridged, *_ORDER_SEALS) for seals in others),
    ]
    people = pl.concat(met).alias("member_id").drop_nulls().unique().sort().to_frame()
    numbered = people.select(member_no=pl.int_range(pl.len()), member_id="member_id")
    return StagedMemberKeys.validate(numbered)


def staged_orders(
    order_rows: pl.DataFrame,
    refund_rows: pl.DataFrame,
    member_rows: pl.DataFrame,
    member_keys: pl.DataFrame,
    as_of: dt.datetime,
) -> pl.DataFrame:
    """Orders placed by the as-of, in the state that stood then (contract `StagedOrders`, details D6, D7)."""
    placed = order_rows.filter(ACCEPTED & (pl.col("placed_at") <= as_of)).sort("order_id")
    known = {name: pl.when(pl.col(name) <= as_of).then(name).alias(name) for name in ROW_INSTANTS}
    has_refund = pl.col("own_refunded_at").is_null() | (pl.col("own_refunded_at") <= as_of)
    staged = (
        placed.with_columns(member_id=member_ids(placed, bridge(member_rows), *_ORDER_SEALS))
        .join(member_keys, on="member_id", how="left", validate="m:1", maintain_order="left")
        .join(_refund_span(refund_rows), on="order_id", how="left", validate="1:1", maintain_order="left")
        .with_columns(
            own_refunded_at="refunded_at",
            refunded_at=pl.coalesce("last_refunded_at", "refunded_at"),
            first_refunded_at=pl.coalesce("first_refunded_at", "refunded_at"),
        )
        .with_columns(state=state_as_of(as_of), refunded_paise=pl.when(has_refund).then("refunded_paise"))
        .with_columns(refunded_at="own_refunded_at")
        .with_columns(known.values())
        .with_columns(
            order_no=pl.int_range(pl.len()),
            payment_kind=pl.coalesce("payment_kind", payment_of_blank(pl.col("state"))),
            latest_at=pl.max_horizontal(ROW_INSTANTS),
        )
    )
    return StagedOrders.validate(staged.select(list(polars_schema(StagedOrders))))


def staged_references(order_rows: pl.DataFrame, orders: pl.DataFrame) -> pl.DataFrame:
    """Every id by which an entry may name a staged order (contract `StagedReferences`)."""
    rows = order_rows.filter(ACCEPTED).join(
        orders.select("order_id", "order_no"), on="order_id", how="inner", validate="1:1"
    )
    named = (("order_key", "order_token"), ("order_name", "name_token"), ("gokwik_id", "gokwik_token"))
    told = pl.concat(
        rows.select("order_no", reference_key=reference_key(pl.col(name)), token_seal=token)
        for name, token in named
    )
    kept = told.drop_nulls("reference_key").unique().sort("reference_key", "order_no")
    return StagedReferences.validate(kept.select(list(polars_schema(StagedReferences))))


def staged_entries(
    entry_rows: pl.DataFrame,
    member_rows: pl.DataFrame,
    member_keys: pl.DataFrame,
    orders: pl.DataFrame,
    references: pl.DataFrame,
    as_of: dt.datetime,
) -> pl.DataFrame:
    """Ledger entries created by the as-of (contract `StagedEntries`).

    Of the tokens of a text only those stay that name a staged order: no other can ever link.
    """
    created = entry_rows.filter(ACCEPTED & (pl.col("created_at") <= as_of)).sort("entry_id")
    known = references["token_seal"].drop_nulls().unique().sort()
    naming = (
        created.select("entry_id", "text_tokens")
        .explode("text_tokens", empty_as_null=True)
        .filter(pl.col("text_tokens").is_in(known.implode()))
        .group_by("entry_id")
        .agg(pl.col("text_tokens").sort())
    )
    is_credit = pl.col("operation") == "cr"
    staged = (
        created.drop("text_tokens")
        .join(naming, on="entry_id", how="left", validate="1:1", maintain_order="left")
        .with_columns(member_id=member_ids(created, bridge(member_rows), *_PERSON_SEALS))
        .join(member_keys, on="member_id", how="left", validate="m:1", maintain_order="left")
        .with_columns(
            entry_no=pl.int_range(pl.len()),
            signed_coins=pl.when(is_credit).then("amount_coins").otherwise(-pl.col("amount_coins")),
            text_tokens=pl.col("text_tokens").fill_null([]),
        )
        .pipe(numbered, orders, references)
    )
    return StagedEntries.validate(staged.select(list(polars_schema(StagedEntries))))


def staged_refunds(refund_rows: pl.DataFrame, orders: pl.DataFrame, as_of: dt.datetime) -> pl.DataFrame:
    """Refunds dated by the as-of, of staged orders (contract `StagedRefunds`)."""
    dated = refund_rows.filter(ACCEPTED & (pl.col("refunded_at") <= as_of))
    known = dated.join(orders.select("order_id", "order_no"), on="order_id", how="inner", validate="m:1")
    return StagedRefunds.validate(known.select(list(polars_schema(StagedRefunds))).sort("refund_id"))


def staged_members(member_rows: pl.DataFrame, member_keys: pl.DataFrame) -> pl.DataFrame:
    """Members as exported, whatever their date (contract `StagedMembers`)."""
    rows = member_rows.filter(ACCEPTED)
    staged = rows.with_columns(member_id=member_ids(rows, bridge(member_rows), *_PERSON_SEALS)).join(
        member_keys, on="member_id", how="inner", validate="m:1"
    )
    columns = list(polars_schema(StagedMembers))
    return StagedMembers.validate(
        staged.select(columns).sort("member_no", "as_of", "lead_id", *columns[2:-1])
    )


def _refund_span(refund_rows: pl.DataFrame) -> pl.DataFrame:
    """First and last refund of each order that the refunds export names, whenever they came (details D1)."""
    return (
        refund_rows.filter(ACCEPTED)
        .group_by("order_id")
        .agg(first_refunded_at=pl.col("refunded_at").min(), last_refunded_at=pl.col("refunded_at").max())
    )
