from collections.abc import Callable
from functools import partial
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.intake import parse
from loyalty.values.money import LIMIT, group_lakh

Reader = Callable[[pl.LazyFrame], pl.LazyFrame]


def read(reader: Reader, *texts: str | None) -> list[tuple[Any, set[str]]]:
    """Value and reasons of each text, cleaned first as intake does."""
    cleaned = pl.DataFrame({"text": texts}, schema={"text": pl.String}).select(
        text=parse.cleaned(pl.col("text"))
    )
    read = reader(cleaned.lazy()).collect()
    names = read.columns[1:]
    return [(row["value"], {name for name in names if row[name]}) for row in read.iter_rows(named=True)]


def through(expression: Callable[[pl.Expr], pl.Expr], *texts: str | None) -> list[Any]:
    return (
        pl.DataFrame({"text": texts}, schema={"text": pl.String})
        .select(expression(pl.col("text")))
        .to_series()
        .to_list()
    )


amounts = partial(parse.rupees, may_be_negative=False)
counts = partial(parse.coins, may_be_signed=False)
order_ids = partial(parse.identifier, has_hash=True)


@pytest.mark.parametrize("text", ["", "  ", "NA", "n/a", "N/A", "-", " - ", "null", "NULL", "Null", None])
def test_words_for_nothing_are_nothing(text: str | None) -> None:
    assert through(parse.cleaned, text) == [None]
    assert read(amounts, text) == [(None, set())]


@pytest.mark.parametrize("text", ["nab", "--", "nulls", "0", "none"])
def test_other_words_are_not_nothing(text: str) -> None:
    assert through(parse.cleaned, text) == [text]


@pytest.mark.parametrize(
    ("text", "paise"),
    [
        ("50", 5000),
        ("50.5", 5050),
        ("50.05", 5005),
        (".50", 50),
        ("0", 0),
        ("Rs. 50", 5000),
        ("rs50.00", 5000),
        ("₹200.00", 20000),
        ("₹ 1,23,456.00", 12345600),
        ("123,456.00", 12345600),
        ("1,23,45,678", 1234567800),
        ("INR 1,000", 100000),
        ("1,000 INR", 100000),
        ("\u00a0₹5\u00a0", 500),
        ("-250", -25000),
        ("250-", -25000),
        ("(250.00)", -25000),
        ("(₹250.00)", -25000),
        ("-₹5", -500),
        ("₹-5", -500),
        ("\u22123.10", -310),
        ("-0", 0),
        ("10000000000000", LIMIT),
    ],
)
def test_rupee_text_of_an_accepted_form_is_paise(text: str, paise: int) -> None:
    assert read(parse.rupees, text) == [(paise, set())]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("10.005", "more than two decimals"),
        ("10.000", "more than two decimals"),
        ("1e3", "not an amount in rupees"),
        ("NaN", "not an amount in rupees"),
        ("inf", "not an amount in rupees"),
        ("#VALUE!", "not an amount in rupees"),
        ("१२३", "not an amount in rupees"),
        ("１２", "not an amount in rupees"),
        ("1_000", "not an amount in rupees"),
        ("12,34", "not an amount in rupees"),
        ("1,2345", "not an amount in rupees"),
        ("1,23,4567", "not an amount in rupees"),
        ("₹", "not an amount in rupees"),
        (".", "not an amount in rupees"),
        ("(50", "not an amount in rupees"),
        ("(-50)", "not an amount in rupees"),
        ("--50", "not an amount in rupees"),
        ("50 paid", "not an amount in rupees"),
        ("1 000", "not an amount in rupees"),
        ("$5", "not an amount in rupees"),
        ("10000000000000.01", "too large"),
        ("10000000000001", "too large"),
        ("9" * 30, "too large"),
    ],
)
def test_rupee_text_of_no_accepted_form_is_a_fault_and_never_a_guess(text: str, reason: str) -> None:
    assert read(parse.rupees, text) == [(None, {reason})]


def test_an_amount_that_may_not_be_negative_says_so() -> None:
    assert read(amounts, "-1.00") == [(-100, {"negative"})]
    assert read(amounts, "-0.00") == [(0, set())]


@given(
    st.integers(0, LIMIT),
    st.sampled_from(["{}", "₹{}", "Rs. {}", "INR {}", "{} INR"]),
    st.booleans(),
    st.booleans(),
)
def test_any_amount_survives_being_written(
    paise: int, form: str, is_grouped: bool, is_negative: bool
) -> None:
    whole, rest = divmod(paise, 100)
    digits = group_lakh(whole) if is_grouped else str(whole)
    text = form.format(f"{digits}.{rest:02d}")
    spelt = f"({text})" if is_negative else text
    assert read(parse.rupees, spelt) == [(-paise if is_negative else paise, set())]


@given(st.text())
def test_no_text_at_all_makes_a_reader_stumble(text: str) -> None:
    for reader in (
        parse.rupees,
        parse.coins,
        order_ids,
        parse.flag,
        parse.operation,
        parse.wallet,
        parse.reference,
    ):
        [(value, faults)] = read(reader, text)
        assert (
            value is not None or faults or through(parse.cleaned, text) == [None] or reader is parse.reference
        )


@pytest.mark.parametrize(
    ("text", "coins"), [("50", 50), ("50.0", 50), ("50.00", 50), ("1,000", 1000), ("-50", -50), ("(7)", -7)]
)
def test_whole_coins_are_coins(text: str, coins: int) -> None:
    assert read(parse.coins, text) == [(coins, set())]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("50.5", "not whole coins"),
        ("50.000", "not whole coins"),
        ("₹5", "not a number of coins"),
        ("5e1", "not a number of coins"),
    ],
)
def test_a_fraction_of_a_coin_is_a_fault(text: str, reason: str) -> None:
    assert read(parse.coins, text) == [(None, {reason})]


@pytest.mark.parametrize("text", ["-50", "(50)", "50-", "\u221250"])
def test_the_coins_of_an_entry_carry_no_sign(text: str) -> None:
    [(_, faults)] = read(counts, text)
    assert faults == {"must be unsigned"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("#1001", "1001"),
        (" 1001.0 ", "1001"),
        ("00123", "00123"),
        ("Ab-9", "Ab-9"),
        ("# 7.0", "7"),
        ("5e10", "5e10"),
        ("1.5", "1.5"),
    ],
)
def test_an_order_id_loses_hash_and_point_zero_and_nothing_else(text: str, value: str) -> None:
    assert read(order_ids, text) == [(value, set())]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("5.12E+12", "id in scientific notation"),
        ("5e+12", "id in scientific notation"),
        ("-5.12E+12", "id in scientific notation"),
        ("5,12E+12", "id in scientific notation"),
        ("5.12e12", "id in scientific notation"),
        ("Total", "totals row"),
        ("GRAND TOTAL", "totals row"),
        ("#", "blank"),
    ],
)
def test_what_is_no_id_is_a_fault(text: str, reason: str) -> None:
    [(_, faults)] = read(order_ids, text)
    assert faults == {reason}


def test_a_hash_belongs_to_the_id_where_it_is_no_order_id() -> None:
    assert read(parse.identifier, "#w1.0") == [("#w1", set())]


@pytest.mark.parametrize("text", ["SH100141", "#SH100141", " #sh100141.0 ", "Sh100141"])
def test_references_are_compared_without_hash_case_and_point_zero(text: str) -> None:
    assert through(parse.reference_key, text) == ["sh100141"]


@pytest.mark.parametrize("text", ["", " ", "#", ".0", None])
def test_a_blank_reference_is_none(text: str | None) -> None:
    assert through(parse.reference_key, text) == [None]


@pytest.mark.parametrize(
    "text",
    [
        "9876543210", "+91 98765 43210", "+9198765 43210", "919876543210", "09876543210", "'9876543210", "'98765 43210",
        "9876543210.0", "98765-43210", "(+91) 9876543210", "9876543210|Asha", "00919876543210", "+91-09876543210",
        "\u202a+91 98765 43210\u202c", "098765 43210", " 9876543210 ",
    ],
)  # fmt: skip
def test_a_phone_is_its_last_ten_digits_however_it_is_written(text: str) -> None:
    assert through(parse.phone_digits, text) == ["9876543210"]


@pytest.mark.parametrize(
    "text",
    [
        "5876543210", "987654321", "98765432101", "9999999999", "6666666666", "0000000000", "9.19E+11", "9.876543210e+09",
        "+1 9876543210", "98765abc43210", "९८७६५४३२१०", "|9876543210", "5101234567890", "", None,
    ],
)  # fmt: skip
def test_what_is_no_indian_mobile_is_no_key(text: str | None) -> None:
    assert through(parse.phone_digits, text) == [None]


def test_an_e_mail_is_compared_in_lower_case() -> None:
    assert through(parse.email_address, "Asha@Example.IN", "asha", "@", "a b@c.in", None) == [
        "asha@example.in", None, None, None, None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value"), [("TRUE", True), ("yes", True), ("1", True), ("False", False), ("n", False)]
)
def test_yes_and_no_have_many_words(text: str, value: bool) -> None:
    assert read(parse.flag, text) == [(value, set())]


def test_words_outside_the_tables_are_faults() -> None:
    assert read(parse.flag, "maybe") == [(None, {"neither true nor false"})]
    assert read(parse.operation, "CR", "Debit", "credited") == [
        ("cr", set()),
        ("dr", set()),
        (None, {"neither cr nor dr"}),
    ]
    assert read(parse.wallet, "Credits", "gold") == [
        ("credits", set()),
        (None, {"neither coins nor credits"}),
    ]


def test_status_words_are_whole_words_with_underscores() -> None:
    assert through(parse.word, "Out for-Delivery", "On Hold - KYC", "RTO") == [
        "out_for_delivery",
        "on_hold_kyc",
        "rto",
    ]
