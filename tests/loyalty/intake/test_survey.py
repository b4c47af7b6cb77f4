import polars as pl
import pytest

from loyalty.contracts.raw import RawFiles
from loyalty.intake.recognition import recognise
from loyalty.intake.states import status_words
from loyalty.intake.survey import header_label, inspect_table, raw_files, survey
from loyalty.intake.tables import TextTable, shape_of
from tests.loyalty.intake.exports import ORDER, a_table, csv_text, entries, orders


def surveyed(*tables: TextTable) -> pl.DataFrame:
    return raw_files(survey(tables))


def test_files_are_surveyed_in_order_of_name() -> None:
    files = surveyed(orders({}, file="b.csv"), entries({}, file="a.csv"))
    assert files.select("file", "kind", "lines", "header", "reason").rows() == [
        ("a.csv", "nector_ledger", 1, 1, None),
        ("b.csv", "gokwik_orders", 1, 1, None),
    ]


def test_the_second_file_with_the_same_bytes_repeats_the_first() -> None:
    files = surveyed(orders({}, file="b.csv"), orders({}, file="a.csv"))
    assert files["is_repeat"].to_list() == [False, True]
    assert files["reason"].to_list() == [None, "the same bytes as a file before it"]
    assert files["kind"].to_list() == ["gokwik_orders", "gokwik_orders"]


def test_files_that_cannot_be_opened_do_not_repeat_each_other() -> None:
    tables = [TextTable(file=name, sha256="", fault="cannot be read: No such file") for name in ("a", "b")]
    assert surveyed(*tables)["is_repeat"].to_list() == [False, False]


@pytest.mark.parametrize("text", ["", "\n\n", "   \n"])
def test_a_file_without_any_cell_is_empty_or_of_no_kind_and_has_no_lines(text: str) -> None:
    files = surveyed(a_table(text))
    assert files["lines"].to_list() == [0]
    assert files["kind"].to_list() == [None]


def test_a_file_with_nothing_but_a_header_has_a_kind_and_no_lines() -> None:
    files = surveyed(a_table(csv_text([ORDER]).splitlines()[0]))
    assert files.select("kind", "lines", "header", "reason").rows() == [("gokwik_orders", 0, 1, None)]


def test_unknown_columns_are_reported() -> None:
    files = surveyed(orders({"Utm Medium": "x", "Note 12": "x", "Asha Verma": "x", "a@b.in": "x", "": "x"}))
    assert files["columns_unknown"].to_list() == [["Utm Medium", "Note 99", "aaaa aaaaa", "a@a.aa"]]


def test_a_row_that_may_be_no_header_is_shown_as_shapes_only() -> None:
    files = surveyed(a_table("Name,Status\n1,2\n"))
    assert files["columns_unknown"].to_list() == [["aaaa", "aaaaaa"]]
    assert files["shape"].to_list() == ["aaaa,aaaaaa"]
    assert files["reason"].to_list() == ["not a known kind of export"]


@pytest.mark.parametrize(
    ("header", "label"),
    [("Landing Page", "Landing Page"), ("Utm_Source-2", "Utm_Source-9"), ("Devyani", "aaaaaaa"), ("call 98765", "aaaa 99999"),
     ("phone@x", "aaaaa@a"), ("आशा", "aaa")],
)  # fmt: skip
def test_a_header_is_shown_when_every_word_names_columns(header: str, label: str) -> None:
    assert header_label(header) == label


def test_the_shape_of_a_text_is_all_that_is_shown_of_it() -> None:
    assert shape_of("+91 98765-43210, आशा\tx\n") == "+99 99999-99999, aaa a "
    assert shape_of("१२३") == "999"
    assert len(shape_of("x" * 10_000)) == 120


def test_the_date_format_of_a_file_is_reported() -> None:
    dates = ("25/04/2026 10:00", "04/25/2026 10:00", "04/05/2026", "2026-04-25 10:00")
    files = surveyed(
        *(orders({"Created At": date}, file=f"{number}.csv") for number, date in enumerate(dates))
    )
    assert files["date_format"].to_list() == ["day_first", "month_first", "ambiguous_day_first", "iso"]


def test_a_brand_may_say_how_days_and_months_stand_in_every_file_of_a_kind() -> None:
    tables = [
        orders({"Created At": "25/04/2026"}, file="a.csv"),
        entries({"created_at": "1/2/2026"}, file="b.csv"),
    ]
    exports = survey(tables, dates={"gokwik_orders": "month_first"})
    assert [export.date_order for export in exports] == ["month_first", "ambiguous_day_first"]


def test_a_survey_of_nothing_is_a_table_all_the_same() -> None:
    assert RawFiles.validate(raw_files(survey([]))).is_empty()


def test_an_inspection_tells_how_a_file_was_understood() -> None:
    table = orders(
        {
            "Created At": "25/04/2026 10:00",
            "moid": "5101",
            "Merchant Order Status": "Parked 7",
            "Utm Medium": "x",
            "Devyani": "x",
        },
        without=("Merchant Order ID",),
    )
    found = inspect_table(table, status_words({"Dropped": "failed"}))
    assert (found.kind, found.fault, found.records) == ("gokwik_orders", None, 1)
    assert ("Created At", "Created At") in found.matched
    assert found.guessed == (("Merchant Order ID", "moid"),)
    assert found.unmatched == ("Utm Medium", "aaaaaaa")
    assert found.date_format == "day_first"
    assert found.unknown_words == ("parked_9",)
    assert found.missing == ()


def test_an_inspection_of_a_stranger_names_no_kind() -> None:
    found = inspect_table(a_table("a,b\n1,2\n"), status_words())
    assert (found.kind, found.fault, found.matched, found.records) == (
        None,
        "not a known kind of export",
        (),
        1,
    )
    assert found.unmatched == ("a", "a")


def test_an_inspection_names_what_is_missing() -> None:
    found = inspect_table(orders({}, without=("Grand Total",)), status_words())
    assert found.missing == ("Grand Total",)
    assert found.fault == "gokwik_orders without the required column Grand Total"
    assert recognise(["a"]).missing == ()


def test_columns_that_are_known_and_not_read_are_no_news_to_a_person() -> None:
    table = a_table("Name,Created at,Total,Lineitem price,Billing Street,Shoe size\n#1,2026-04-01,5,5,x,x\n")
    found = inspect_table(table, status_words())
    assert (found.kind, found.fault) == ("shopify_orders", None)
    assert [name for name, _ in found.matched] == ["Name", "Created at", "Total", "Lineitem price"]
    assert found.unmatched == ("aaaa aaaa",)
