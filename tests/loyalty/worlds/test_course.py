"""What becomes of an order after it is placed."""

from loyalty.worlds.course import one_by_one
from loyalty.worlds.moments import HOUR, SECOND


def test_what_a_later_refund_asks_for_is_never_posted_before_what_an_earlier_one_asks_for() -> None:
    assert one_by_one([(60 * HOUR, 59), (15 * HOUR, 15), (61 * HOUR, 4)]) == [
        (60 * HOUR, 59),
        (60 * HOUR + SECOND, 15),
        (61 * HOUR, 4),
    ]
    assert one_by_one([]) == []
