import polars as pl
import pytest

from loyalty.contracts.raw_events import THEMES
from loyalty.intake.themes import LOYALTY, is_loyalty, themes


def said(*texts: str | None) -> list[str]:
    frame = pl.DataFrame(
        {str(number): [text] for number, text in enumerate(texts)}, schema_overrides={"0": pl.String}
    )
    labels: list[str] = frame.select(themes([pl.col(name) for name in frame.columns])).item().to_list()
    return labels


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Cannot redeem at checkout", ["redemption"]),
        ("loyalty-redemption", ["redemption"]),
        ("Points were deducted but no discount", ["redemption"]),
        ("Coins not credited for my order", ["points_missing"]),
        ("My points expired!", ["expiry"]),
        ("What is my reward balance?", ["balance"]),
        ("Tell me about your loyalty thing", ["points_other"]),
        ("Coupon SAVE10 does not work", ["coupon"]),
        ("Refund of my cancelled order, paid by UPI", ["payment", "refund"]),
        ("The point is: my parcel is late", ["delivery"]),
        ("Box arrived broken", ["product"]),
        ("OTP never comes", ["account"]),
        ("redeem nahi ho raha", ["redemption"]),
        ("Hello", []),
        ("", []),
    ],
)
def test_themes_are_found_by_words(text: str, labels: list[str]) -> None:
    assert said(text) == labels


def test_a_word_counts_whole_whatever_stands_around_it() -> None:
    assert said("predelivered") == []
    assert said("late/delivery,please") == ["delivery"]


def test_every_text_of_a_row_counts_together() -> None:
    assert said("coins", None, "not received") == ["points_missing"]


def test_nothing_said_is_about_nothing() -> None:
    assert said(None) == []


def test_themes_are_sorted_and_of_the_list() -> None:
    labels = said("refund my coins, redeem failed, delivery late, coupon broken, otp, balance, expired, upi")
    assert labels == sorted(labels)
    assert set(labels) <= set(THEMES)


def test_only_some_themes_are_about_coins() -> None:
    frame = pl.DataFrame({"themes": [["redemption"], ["coupon", "points_other"], ["refund"], []]})
    assert frame.select(is_loyalty(pl.col("themes"))).to_series().to_list() == [True, True, False, False]
    assert set(LOYALTY) <= set(THEMES)
