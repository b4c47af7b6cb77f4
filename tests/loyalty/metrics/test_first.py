"""The curve of members who have not redeemed yet, against the textbook."""

import polars as pl
import pytest

from loyalty.metrics.first import kaplan_meier

FREIREICH = [
    (6, True), (6, True), (6, True), (6, False), (7, True), (9, False), (10, True), (10, False), (11, False),
    (13, True), (16, True), (17, False), (19, False), (20, False), (22, True), (23, True), (25, False),
    (32, False), (32, False), (34, False), (35, False),
]  # fmt: skip
"""Weeks to relapse of 21 patients on 6-MP (Freireich and others, 1963): the data of most textbooks."""


def curve(waits: list[tuple[int, bool]]) -> pl.DataFrame:
    rows = [("all", float(days), event) for days, event in waits]
    return kaplan_meier(pl.DataFrame(rows, schema=["period", "days", "has_redeemed"], orient="row"))


def test_the_curve_is_that_of_the_textbooks() -> None:
    found = dict(curve(FREIREICH).select("days", "survival").iter_rows())
    told = {6: 0.8571, 7: 0.8067, 10: 0.7529, 13: 0.6902, 16: 0.6275, 22: 0.5378, 23: 0.4482}
    assert found == pytest.approx(told, abs=5.1e-5)


def test_the_interval_is_greenwoods_on_the_log_log_scale() -> None:
    at_6, at_23 = (curve(FREIREICH).row(by_predicate=pl.col("days") == day) for day in (6, 23))
    assert at_6[3:] == pytest.approx((0.6197, 0.9516), abs=5.1e-5)
    assert at_23[3:] == pytest.approx((0.1881, 0.6801), abs=5.1e-5)


def test_when_all_have_redeemed_nobody_is_left() -> None:
    assert curve([(1, True), (2, True)])["survival"].to_list() == [0.5, 0.0]
