"""Where nothing is wrong, a replay under the rules of the day gives every order what was recorded."""

import polars as pl
import pytest

from loyalty.whatif.history import requests
from loyalty.whatif.replay import replay
from tests.golden_tables import golden


@pytest.mark.parametrize("name", ["clean-auto", "clean-linear", "clean-manual", "clean-percent"])
def test_a_history_without_mismatches_is_replayed_as_it_was(name: str) -> None:
    home = golden(name)
    asked = requests(home.history, home.rulebook, home.rulebook)
    found = replay(home.history, asked, home.rulebook, home.rulebook)
    debits = (
        home.history.linked.filter(
            "is_posted", pl.col("leg") == "redemption", pl.col("order_no").is_not_null()
        )
        .group_by("order_no")
        .agg(debited_coins=pl.col("amount_coins").sum())
    )
    ruled = asked.filter("is_redeeming_ruled").select("order_no", "recorded_paise")
    both = ruled.join(found.orders, on="order_no", how="inner", validate="1:1").join(
        debits, on="order_no", how="left", validate="1:1"
    )
    alive = both.filter(~pl.col("is_dead"))
    assert alive.filter(pl.col("recorded_paise") > 0).height > 30
    assert alive.filter(pl.col("discount_paise") != pl.col("recorded_paise")).is_empty()
    assert alive.filter(pl.col("redeemed_coins") != pl.col("debited_coins").fill_null(0)).is_empty()
