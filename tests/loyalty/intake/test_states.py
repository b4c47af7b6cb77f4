import datetime as dt
from typing import Any

import polars as pl
import pytest

from loyalty.intake import states
from loyalty.intake.states import status_words
from loyalty.values.errors import UserError

WORDS = status_words()
DAY = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
BEFORE, AFTER = DAY - dt.timedelta(days=1), DAY + dt.timedelta(microseconds=1)


def state_of(
    order: str | None = None, shipment: str | None = None, payment: str | None = None, **words: str
) -> str:
    row = {"order_status": order, "shipment_status": shipment, "payment_status": payment}
    frame = pl.DataFrame([row], schema=dict.fromkeys(row, pl.String))
    return str(frame.select(states.state({**WORDS, **words})).item())


def chosen(expression: pl.Expr, text: str | None) -> Any:
    return pl.DataFrame({"text": [text]}, schema={"text": pl.String}).select(expression).item()


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("pending", "placed"), ("placed", "placed"), ("created", "placed"), ("open", "placed"),
        ("confirmed", "confirmed"), ("processing", "confirmed"), ("paid", "confirmed"),
        ("shipped", "shipped"), ("in_transit", "shipped"), ("out_for_delivery", "shipped"), ("picked_up", "shipped"),
        ("undelivered", "shipped"),
        ("delivered", "delivered"), ("completed", "delivered"), ("fulfilled", "delivered"),
        ("partially_refunded", "partially_refunded"), ("refunded", "refunded"),
        ("returned", "returned"), ("return_delivered", "returned"),
        ("rto", "rto"), ("rto_initiated", "rto"), ("rto_in_transit", "rto"), ("rto_delivered", "rto"),
        ("cancelled", "cancelled"), ("canceled", "cancelled"), ("voided", "cancelled"),
        ("failed", "failed"), ("payment_failed", "failed"),
    ],
)  # fmt: skip
def test_a_status_word_is_read_whole(word: str, state: str) -> None:
    assert state_of(word) == state
    assert state_of("placed", word) == state


def test_the_table_of_words_has_no_other() -> None:
    assert len(WORDS) == 28


@pytest.mark.parametrize(
    ("words", "state"),
    [
        (("delivered", "rto_delivered", None), "rto"),
        (("cancelled", "delivered", None), "cancelled"),
        (("delivered", "delivered", "partially_refunded"), "partially_refunded"),
        (("delivered", "returned", "refunded"), "returned"),
        (("cancelled", None, "failed"), "failed"),
        (("placed", None, "voided"), "cancelled"),
    ],
)
def test_the_most_severe_word_wins(words: tuple[str | None, str | None, str | None], state: str) -> None:
    assert state_of(*words) == state


@pytest.mark.parametrize("word", ["paid", "pending", "authorized", "whatever"])
def test_other_payment_words_say_nothing_of_the_order(word: str) -> None:
    assert state_of("placed", None, word) == "placed"


def test_an_unknown_word_makes_the_state_unknown_however_severe_the_others() -> None:
    assert state_of("on_hold_kyc") == "unknown"
    assert state_of("cancelled", "lost_in_space") == "unknown"


def test_a_brand_can_add_words() -> None:
    assert status_words({"On Hold - KYC": "placed"})["on_hold_kyc"] == "placed"
    with pytest.raises(
        UserError, match="the status word Parked is read as asleep, which is none of placed, "
    ):
        status_words({"Parked": "asleep"})
    with pytest.raises(UserError, match="Parked"):
        status_words({"Parked": "unknown"})


def test_words_that_no_table_knows_are_listed() -> None:
    texts = pl.DataFrame({"order_status": ["delivered", "parked"], "shipment_status": ["lost", None]})
    assert states.unknown_words(texts, WORDS) == ["lost", "parked"]
    assert states.unknown_words(pl.DataFrame(), WORDS) == []


@pytest.mark.parametrize(
    ("state", "told_by"),
    [
        ("cancelled", "cancelled_at"), ("failed", "cancelled_at"), ("rto", "rto_at"), ("returned", "refunded_at"),
        ("refunded", "refunded_at"), ("partially_refunded", "first_refunded_at"), ("delivered", "delivered_at"),
        ("confirmed", "confirmed_at"),
    ],
)  # fmt: skip
def test_a_state_whose_instant_is_still_to_come_gives_way_to_what_was_reached(
    state: str, told_by: str
) -> None:
    names = ("cancelled_at", "rto_at", "refunded_at", "first_refunded_at", "delivered_at", "confirmed_at")

    def at(told: dt.datetime | None, **reached: dt.datetime) -> str:
        row = {"state": state, **dict.fromkeys(names), **reached, told_by: told}
        schema: dict[str, pl.DataType] = {
            "state": pl.String(),
            **dict.fromkeys(names, pl.Datetime("us", "UTC")),
        }
        return str(pl.DataFrame([row], schema=schema).select(states.state_as_of(DAY)).item())

    assert at(DAY) == state
    assert at(None) == state
    assert at(AFTER) == "placed"
    if told_by != "confirmed_at":
        assert at(AFTER, confirmed_at=BEFORE) == "confirmed"
    if told_by not in ("confirmed_at", "delivered_at"):
        assert at(AFTER, confirmed_at=BEFORE, delivered_at=DAY) == "delivered"
        assert at(AFTER, confirmed_at=BEFORE, delivered_at=AFTER) == "confirmed"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("COD", "cod"), ("Cash on Delivery (COD)", "cod"), ("cod", "cod"), ("PPCOD", "ppcod"), ("pp-cod", "ppcod"),
        ("Partial COD", "ppcod"), ("Gokwik UPI", "prepaid"), ("Partial", "prepaid"), ("Prepaid", "prepaid"), (None, None),
    ],
)  # fmt: skip
def test_the_payment_kind_is_in_the_words_of_the_method(text: str | None, kind: str | None) -> None:
    assert chosen(states.payment_kind(pl.col("text")), text) == kind


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("placed", "cod"),
        ("confirmed", "cod"),
        ("shipped", "prepaid"),
        ("delivered", "prepaid"),
        ("unknown", "prepaid"),
    ],
)
def test_a_blank_method_is_cod_while_the_order_is_open(state: str, kind: str) -> None:
    assert chosen(states.payment_of_blank(pl.col("text")), state) == kind


@pytest.mark.parametrize(
    ("text", "device"),
    [
        ("Desktop", "web"), ("laptop", "web"), ("Web", "web"), ("iOS", "mobile"), ("android", "mobile"), ("App", "mobile"),
        ("Tablet", "mobile"), ("Phone", "mobile"), ("Self Service-Kiosk", "self_service_kiosk"), ("fridge", "other"), (None, None),
    ],
)  # fmt: skip
def test_devices_are_web_mobile_or_named_by_a_rule(text: str | None, device: str | None) -> None:
    assert chosen(states.device(pl.col("text"), ["web", "self_service_kiosk"]), text) == device


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        (None, "gokwik"),
        ("GoKwik", "gokwik"),
        ("Rewards Page", "rewards_page"),
        ("Till-1", "till_1"),
        ("Asha's", "other"),
    ],
)
def test_a_surface_is_a_known_one_gokwik_when_blank(text: str | None, surface: str) -> None:
    assert chosen(states.surface(pl.col("text"), ["till_1"]), text) == surface


def test_only_tags_that_a_rulebook_names_stay() -> None:
    tags = chosen(
        states.skip_tags(pl.col("text"), ["staff", "wholesale"]),
        " Wholesale,vip ,STAFF, wholesale,9876543210",
    )
    assert tags.to_list() == ["staff", "wholesale"]
    assert chosen(states.skip_tags(pl.col("text"), ["staff"]), None).to_list() == []


def test_a_tier_is_a_named_or_a_common_one() -> None:
    assert [chosen(states.tier(pl.col("text"), ["royal"]), text) for text in ("GOLD", "Royal", "Asha", None)] == [
        "gold", "royal", "other", None,
    ]  # fmt: skip
