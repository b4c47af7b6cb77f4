"""Members who could redeem, and those of them who did."""

import datetime as dt
import random
from typing import Any

import polars as pl
import pytest

from loyalty.expected.facts import order_facts, refunds
from loyalty.expected.redemptions import claims, redemption_instants
from loyalty.ledger.links import linked_entries
from loyalty.ledger.lots import Walk, walk
from loyalty.ledger.movements import movements
from loyalty.metrics.redemption import fewest_coins, rr_m1, spendable_spans
from loyalty.rulebook.models import Redemption, Rulebook
from tests.builders import (
    BARE,
    DAY,
    HOUR,
    MICROSECOND,
    Entry,
    Order,
    a_law,
    a_world,
    an_entry,
    an_order,
    ist,
)

AS_OF = ist("2026-06-30 18:00")
LAW = a_law({"redeem": {"gokwik": {"coins": "100", "min_coins": "100"}}, "expiry": {"months": "2"}})


def walked(
    *things: Entry | Order,
    rules: Rulebook = LAW,
    as_of: dt.datetime = AS_OF,
    asked: pl.DataFrame | None = None,
) -> tuple[pl.DataFrame, Walk]:
    world = a_world(*things)
    facts = order_facts(world.orders, refunds(world.orders, world.refund_rows), world.members, rules)
    linked = linked_entries(world.entries, world.orders, world.references, claims(facts, rules))
    moves = movements(linked, redemption_instants(facts, linked), rules)
    nobody = pl.DataFrame(
        schema={"order_no": pl.Int64, "member_no": pl.Int64, "at": pl.Datetime("us", "UTC")}
    )
    return linked, walk(moves, nobody if asked is None else asked, as_of)


def measured(
    *things: Entry | Order, rules: Rulebook = LAW, as_of: dt.datetime = AS_OF
) -> dict[str, dict[str, Any]]:
    linked, walk_ = walked(*things, rules=rules, as_of=as_of)
    rows = rr_m1(linked, walk_.allocations, walk_.lots, rules, as_of)
    return {row["period"]: row for row in rows.iter_rows(named=True)}


def shares(rows: dict[str, dict[str, Any]]) -> dict[str, tuple[int, int]]:
    return {period: (row["numerator"], row["denominator"]) for period, row in rows.items()}


def test_a_member_counts_in_every_month_in_which_the_coins_lasted() -> None:
    rows = measured(an_entry("import cr", 100, ist("2026-04-10 12:00")))
    assert shares(rows) == {"2026-04": (0, 1), "2026-05": (0, 1), "2026-06": (0, 1), "all": (0, 1)}


def test_coins_that_die_at_midnight_do_not_reach_the_next_month() -> None:
    rows = measured(an_entry("import cr", 100, ist("2026-03-31 12:00"), expires=ist("2026-05-01 00:00")))
    assert shares(rows)["2026-04"] == (0, 1)
    assert shares(rows)["2026-05"] == (0, 0)


def test_one_coin_short_of_the_minimum_is_not_able() -> None:
    assert shares(measured(an_entry("import cr", 99)))["all"] == (0, 0)


def test_a_member_who_redeemed_and_kept_it_counts() -> None:
    order = an_order(loyalty=10, placed=ist("2026-05-03 12:00"))
    rows = measured(
        an_entry("import cr", 100, ist("2026-04-20 12:00")),
        an_entry("redeem dr", 100, ist("2026-05-03 12:00"), order="A"),
        order,
    )
    assert shares(rows) == {"2026-04": (0, 1), "2026-05": (1, 1), "2026-06": (0, 0), "all": (1, 1)}


@pytest.mark.parametrize(("back", "counts"), [(100, 0), (99, 1)])
def test_a_redemption_that_came_back_in_full_is_none(back: int, counts: int) -> None:
    rows = measured(
        an_order(loyalty=10, state="cancelled"),
        an_entry("import cr", 100, ist("2026-04-01 12:00")),
        an_entry("redeem dr", 100, order="A"),
        an_entry("revert cr", back, ist("2026-06-02 12:00"), order="A"),
    )
    assert shares(rows)["2026-04"] == (counts, 1)
    assert shares(rows)["all"] == (counts, 1)


def test_a_debit_of_no_order_counts_until_its_coins_come_back() -> None:
    credit = an_entry("import cr", 100, ist("2026-04-01 12:00"))
    debit = an_entry("redeem dr", 100, entry_id="d")
    assert shares(measured(credit, debit))["all"] == (1, 1)
    back = an_entry("revert cr", 100, ist("2026-04-12 12:00"), parent="d")
    assert shares(measured(credit, debit, back))["all"] == (0, 1)


def test_a_redeemer_who_never_had_the_minimum_is_not_in_the_rate() -> None:
    """The numerator is part of the denominator, so that the rate is a share of people."""
    rows = measured(an_entry("import cr", 30), an_entry("redeem dr", 30, ist("2026-04-11 12:00")))
    assert shares(rows)["all"] == (0, 0)


def test_pending_coins_are_not_spendable() -> None:
    assert shares(measured(an_entry("import cr", 100, status="pending")))["all"] == (0, 0)


def test_a_new_law_can_make_the_same_coins_enough() -> None:
    rules = a_law(
        {"redeem": {"gokwik": {"coins": "200"}}},
        {
            "version": "2026-05-15",
            "effective_from": "2026-05-15T00:00:00+05:30",
            "redeem": {"gokwik": {"coins": "50"}},
        },
    )
    rows = measured(an_entry("import cr", 60), rules=rules)
    assert shares(rows) == {"2026-04": (0, 0), "2026-05": (0, 1), "2026-06": (0, 1), "all": (0, 1)}
    assert rows["2026-04"]["note"] == "no member had enough coins to redeem"


def test_before_the_first_version_nobody_could_redeem() -> None:
    rules = a_law({"effective_from": "2026-05-01T00:00:00+05:30"})
    rows = measured(an_entry("import cr", 100), rules=rules)
    assert shares(rows) == {"2026-04": (0, 0), "2026-05": (0, 1), "2026-06": (0, 1), "all": (0, 1)}


def test_a_month_that_is_not_over_says_so() -> None:
    rows = measured(an_entry("import cr", 100), as_of=ist("2026-04-16 00:00"))
    assert rows["2026-04"]["maturity"] == pytest.approx(0.5)
    assert rows["2026-04"]["note"] == "the month is not over"
    assert rows["all"]["maturity"] is None


def test_a_ledger_without_entries_has_nothing_to_divide_by() -> None:
    rows = measured()
    assert shares(rows) == {"2026-06": (0, 0), "all": (0, 0)}
    assert (rows["all"]["value"], rows["all"]["measurable"]) == (None, True)


@pytest.mark.parametrize(
    ("block", "fewest"),
    [
        ({"coins": "100"}, 100),
        ({"coins": "50", "min_coins": "150"}, 150),
        ({"coins": "50", "min_coins": "120"}, 150),
        ({"coins": "3", "value_rupees": "2", "step": "false", "granularity_rupees": "1"}, 2),
        (
            {"coins": "3", "value_rupees": "2", "step": "false", "granularity_rupees": "1", "min_coins": "3"},
            3,
        ),
        (
            {
                "coins": "7",
                "value_rupees": "3",
                "step": "false",
                "granularity_rupees": "1",
                "min_coins": "11",
            },
            12,
        ),
        ({"coins": "300", "value_rupees": "60", "kind": "amount_fixed"}, 300),
        ({"coins": "300", "value_rupees": "60", "kind": "amount_fixed", "min_coins": "301"}, None),
        ({"coins": "40", "value_percent": "5", "kind": "percent_variable", "min_coins": "55"}, 80),
        ({"coins": "100", "max_coins": "99"}, None),
        ({"coins": "100", "max_coins": "0"}, None),
        ({"coins": "100", "max_coins": "100"}, 100),
        ({"coins": "100", "enabled": "false"}, None),
    ],
)
def test_the_fewest_coins_that_buy_anything(block: dict[str, str], fewest: int | None) -> None:
    assert fewest_coins(Redemption.model_validate(block)) == fewest


def test_spans_agree_with_the_walk_at_every_instant() -> None:
    """The walk answers what one order could spend; the spans say it of all time."""
    dice = random.Random(7)
    start = ist("2026-01-05 12:00")
    things: list[Entry | Order] = []
    for number in range(160):
        at = start + dice.randrange(170) * DAY + dice.randrange(20) * HOUR
        role = dice.choice(["import cr", "import cr", "redeem dr", "adjust dr", "expire dr", "revert cr"])
        life = dice.choice([None, at + dice.randrange(1, 40) * DAY])
        things.append(
            an_entry(
                role,
                dice.randrange(1, 90),
                at,
                entry_id=f"e{number:03}",
                member=dice.choice("MNO"),
                expires=life if role == "import cr" else None,
            )
        )
    instants = [
        start + dice.randrange(4000) * HOUR + dice.choice([MICROSECOND, 0 * HOUR]) for _ in range(300)
    ]
    asked = pl.DataFrame(
        {
            "order_no": range(300),
            "member_no": [dice.randrange(3) for _ in instants],
            "at": [min(at, AS_OF) for at in instants],
        },
        schema={"order_no": pl.Int64, "member_no": pl.Int64, "at": pl.Datetime("us", "UTC")},
    )
    linked, walk_ = walked(*things, asked=asked)
    spans = spendable_spans(linked, walk_.allocations, walk_.lots, AS_OF)
    at_microsecond = asked.join(spans, on="member_no", how="inner").filter(
        (pl.col("at") >= pl.col("from_at")) & (pl.col("at") < pl.col("until_at"))
    )
    silent = linked.filter("is_posted").select("member_no", "created_at", quiet=pl.lit(value=False))
    both = (
        at_microsecond.join(walk_.spendable, on="order_no", how="inner", suffix="_walk")
        .join(silent, left_on=["member_no", "at"], right_on=["member_no", "created_at"], how="anti")
        .sort("order_no")
    )
    assert both.height > 200
    assert both["spendable_coins"].to_list() == both["spendable_coins_walk"].to_list()
    assert both["spendable_coins"].n_unique() > 20


def test_a_rulebook_without_a_block_lets_nobody_redeem() -> None:
    rules = a_law({"redeem": {}})
    assert shares(measured(an_entry("import cr", 100), rules=rules))["all"] == (0, 0)
    assert shares(measured(an_entry("import cr", 100), rules=BARE))["all"] == (0, 1)
