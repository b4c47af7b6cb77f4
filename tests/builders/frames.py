"""Things as the frames that intake would stage of them."""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import polars as pl
from pandera.config import config_context

from loyalty.contracts.base import Contract, polars_schema
from loyalty.contracts.intermediate import Spendable
from loyalty.contracts.staged import (
    StagedEntries,
    StagedMembers,
    StagedOrders,
    StagedReferences,
    StagedRefunds,
)
from loyalty.intake.references import numbered
from tests.builders.things import Entry, Member, Order, Refund, Thing


@dataclass(frozen=True)
class World:
    """What was exported, staged as intake would stage it."""

    orders: pl.DataFrame
    entries: pl.DataFrame
    refund_rows: pl.DataFrame
    members: pl.DataFrame
    member_keys: pl.DataFrame
    references: pl.DataFrame
    spendable: pl.DataFrame


def a_world(*things: Thing) -> World:
    """Staged frames of these things; the order in which they are given says nothing."""
    orders = sorted((each for each in things if isinstance(each, Order)), key=lambda each: each.order_id)
    entries = sorted((each for each in things if isinstance(each, Entry)), key=lambda each: each.entry_id)
    said = [each for each in things if isinstance(each, Refund)]
    members = [each for each in things if isinstance(each, Member)]
    people = (
        {each.member for each in orders} | {each.member for each in entries} | {each.name for each in members}
    )
    names = sorted(name for name in people if name is not None)
    number = {name: position for position, name in enumerate(names)}
    place = {each.order_id: position for position, each in enumerate(orders)}
    assert len(place) == len(orders), "two orders share an id"
    assert len({each.entry_id for each in entries}) == len(entries), "two entries share an id"
    order_frame = _frame(
        StagedOrders,
        (
            {**each.row, "order_no": place[each.order_id], "member_no": number.get(each.member or "")}
            for each in orders
        ),
    )
    reference_frame = _frame(StagedReferences, _references(orders, place)).sort("reference_key", "order_no")
    entry_frame = _frame(
        StagedEntries,
        (
            {
                **each.row,
                "entry_no": position,
                "entry_id": each.entry_id,
                "member_no": number.get(each.member or ""),
            }
            for position, each in enumerate(entries)
        ),
    )
    return World(
        orders=order_frame,
        entries=numbered(entry_frame, order_frame, reference_frame),
        refund_rows=_frame(StagedRefunds, ({**each.row, "order_no": place[each.order_id]} for each in said)),
        members=_frame(StagedMembers, ({**each.row, "member_no": number[each.name]} for each in members)),
        member_keys=pl.DataFrame(
            {"member_no": range(len(names)), "member_id": names},
            schema={"member_no": pl.Int64, "member_id": pl.String},
        ),
        references=reference_frame,
        spendable=_frame(
            Spendable,
            (
                {
                    "order_no": place[each.order_id],
                    "spendable_coins": each.spendable[0],
                    "paper_coins": each.spendable[1],
                }
                for each in orders
                if each.member is not None
            ),
        ),
    )


def _references(orders: Iterable[Order], place: Mapping[str, int]) -> Iterable[Mapping[str, Any]]:
    for each in orders:
        for name in (each.order_id, each.row["order_name"], each.row["gokwik_id"]):
            if name is not None:
                key = name.lower().lstrip("#")
                yield {"reference_key": key, "token_seal": key, "order_no": place[each.order_id]}


def _frame(contract: type[Contract], rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    schema = polars_schema(contract)
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)


def unchecked() -> AbstractContextManager[None]:
    """Contracts hold in every other test: a property of thousands of cases need not prove them each time."""
    return config_context(validation_enabled=False)
