"""A rule that can never fire is refused, and one that just can is not."""

from collections.abc import Mapping

import pytest

from loyalty.rulebook.lint import faults
from loyalty.rulebook.models import RuleVersion


def a_law(block: Mapping[str, object], earn: Mapping[str, object] | None = None) -> RuleVersion:
    """A version whose gokwik block buys ₹10 with 100 coins, changed as given."""
    return RuleVersion.model_validate(
        {
            "version": "v",
            "effective_from": "2026-04-01T00:00:00+05:30",
            "earn": earn or {},
            "redeem": {"gokwik": {"kind": "amount_variable", "coins": "100", "value_rupees": "10", **block}},
        }
    )


@pytest.mark.parametrize(
    ("block", "key"),
    [
        ({"payment": []}, "payment"),
        ({"devices": []}, "devices"),
        ({"tiers": []}, "tiers"),
        ({"cap_percent": "0"}, "cap_percent"),
        ({"max_discount_rupees": "9.99"}, "max_discount_rupees"),
        ({"max_coins": "99"}, "max_coins"),
        ({"max_coins": "299", "min_coins": "300"}, "max_coins"),
        ({"max_discount_rupees": "20", "min_coins": "300"}, "max_discount_rupees"),
        ({"step": "false", "granularity_rupees": "10", "max_discount_rupees": "9"}, "max_discount_rupees"),
        ({"kind": "amount_fixed", "min_coins": "101"}, "min_coins"),
    ],
)
def test_a_block_that_can_never_grant_anything_is_named(block: dict[str, object], key: str) -> None:
    (fault,) = faults(a_law(block))
    assert fault.place == ("redeem", "gokwik", key)
    assert fault.text.endswith("so gokwik can never redeem")


@pytest.mark.parametrize(
    "block",
    [
        {"cap_percent": "0.01"},
        {"max_discount_rupees": "10"},
        {"max_coins": "100"},
        {"max_coins": "300", "min_coins": "300"},
        {"max_discount_rupees": "30", "min_coins": "300"},
        {"step": "false", "granularity_rupees": "10", "max_discount_rupees": "10"},
        {"kind": "amount_fixed", "min_coins": "100"},
        {"enabled": "false", "payment": []},
    ],
)
def test_a_block_that_just_can_or_is_switched_off_is_left_alone(block: dict[str, object]) -> None:
    assert faults(a_law(block)) == ()


def test_earning_at_most_nothing_is_named_unless_nothing_is_earned_anyway() -> None:
    (fault,) = faults(a_law({}, earn={"coins": "5", "max_coins": "0"}))
    assert fault.place == ("earn", "max_coins")
    assert faults(a_law({}, earn={"coins": "0", "max_coins": "0"})) == ()
