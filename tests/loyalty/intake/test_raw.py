import pandera.errors
import polars as pl
import pytest

from loyalty.contracts.base import Contract
from loyalty.contracts.raw import RawEntries, RawOrders, RawRefunds
from tests.loyalty.intake.exports import entries, orders, refunds, staged


def test_a_quarantined_record_keeps_its_place_and_its_reasons_and_no_value() -> None:
    rows = staged(orders({}, {"Merchant Order ID": "2", "Tax": "x", "MRP Total": "y"})).raw_orders
    assert rows.select("line", "fate", "reasons", "shapes").rows() == [
        (2, "accepted", [], []),
        (
            3,
            "quarantined",
            ["MRP Total: not an amount in rupees", "Tax: not an amount in rupees"],
            ["MRP Total: a", "Tax: a"],
        ),
    ]
    kept = rows.filter(pl.col("fate") == "quarantined").drop("file", "line", "fate", "reasons", "shapes")
    assert sum(kept.null_count().row(0)) == kept.width


def test_raw_tables_hold_every_record_in_order_of_file_and_line() -> None:
    told = staged(
        entries({"_id": "b"}, {"_id": "a", "amount": "-1"}, file="2.csv"),
        entries({"_id": "b"}, {"_id": "c"}, file="1.csv"),
    )
    assert told.raw_entries.select("file", "line", "fate", "entry_id").rows() == [
        ("1.csv", 2, "accepted", "b"),
        ("1.csv", 3, "accepted", "c"),
        ("2.csv", 2, "duplicate", "b"),
        ("2.csv", 3, "quarantined", None),
    ]


@pytest.mark.parametrize(
    ("contract", "column"),
    [(RawOrders, "placed_at"), (RawEntries, "text_seal"), (RawRefunds, "amount_paise")],
)
def test_the_contract_of_a_raw_table_refuses_a_kept_record_without_what_its_kind_requires(
    contract: type[Contract], column: str
) -> None:
    told = staged(orders({}), entries({}), refunds({}))
    frame = {RawOrders: told.raw_orders, RawEntries: told.raw_entries, RawRefunds: told.raw_refunds}[contract]
    assert contract.validate(frame).height == 1
    hollow = frame.with_columns(pl.lit(None, frame.schema[column]).alias(column))
    with pytest.raises(pandera.errors.SchemaError, match="kept_rows_are_whole"):
        contract.validate(hollow)
    assert contract.validate(hollow.with_columns(fate=pl.lit("quarantined"))).height == 1
