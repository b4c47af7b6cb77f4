"""Rupees as Indians write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.values.money import LIMIT, group_lakh, rupees


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1_000, "1,000"),
        (99_999, "99,999"),
        (1_00_000, "1,00,000"),
        (12_34_567, "12,34,567"),
        (1_00_00_000, "1,00,00,000"),
        (-1_23_456, "-1,23,456"),
    ],
)
def test_digits_are_grouped_by_lakh_and_crore(number: int, text: str) -> None:
    assert group_lakh(number) == text


@pytest.mark.parametrize(
    ("paise", "plain", "signed"),
    [
        (0, "₹0", "₹0"),
        (1, "₹0.01", "+₹0.01"),
        (-1, "-₹0.01", "-₹0.01"),
        (100, "₹1", "+₹1"),
        (12_34_567_00, "₹12,34,567", "+₹12,34,567"),
        (-12_34_567_50, "-₹12,34,567.50", "-₹12,34,567.50"),
        (199_905, "₹1,999.05", "+₹1,999.05"),
    ],
)
def test_paise_show_only_where_there_are_any(paise: int, plain: str, signed: str) -> None:
    assert rupees(paise) == plain
    assert rupees(paise, signed=True) == signed


@given(st.integers(-LIMIT, LIMIT))
def test_no_paisa_is_lost_on_the_way_to_a_reader(paise: int) -> None:
    text = rupees(paise).replace(",", "").replace("₹", "")
    whole, _, rest = text.lstrip("-").partition(".")
    sign = -1 if text.startswith("-") else 1
    assert sign * (int(whole) * 100 + int(rest or 0)) == paise
