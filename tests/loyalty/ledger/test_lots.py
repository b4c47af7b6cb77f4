"""The rules of the walk, one story each; that they hold together is in test_walk_against_naive."""

from loyalty.ledger.lots import Walk
from tests.builders import a_law, ist
from tests.loyalty.ledger.ledgers import asking, redeemed_at, said, walked

ONE_MONTH = a_law({"expiry": {"months": "1"}})
NEVER = a_law({})


def left(walk: Walk) -> dict[int, int]:
    """Coins left, by the entry that made the lot."""
    return dict(walk.lots.select("lot_no", "left_coins").rows())


def taken(walk: Walk, entry: int) -> dict[int | None, int]:
    """What an entry did to lots; under None, to the debt."""
    rows = walk.allocations.filter(walk.allocations["entry_no"] == entry)
    return dict(rows.select("lot_no", "coins").rows())


def spendable(walk: Walk) -> tuple[int, int]:
    """A and A_paper of the only query."""
    row = walk.spendable.select("spendable_coins", "paper_coins").row(0)
    return row[0], row[1]


# --- debits ---------------------------------------------------------------------------------------


def test_a_debit_takes_lots_by_expiry_then_credit_instant_then_id() -> None:
    walk = walked(
        NEVER,
        [
            said("reward cr", 10, "2026-04-03 12:00", expires="2026-06-01 00:00", entry=4),
            said("reward cr", 10, "2026-04-03 12:00", expires="2026-06-01 00:00", entry=3),
            said("reward cr", 10, "2026-04-01 12:00", expires="2026-06-01 00:00", entry=9),
            said("reward cr", 10, "2026-04-02 12:00", expires="2026-05-01 00:00", entry=8),
            said("reward cr", 10, "2026-04-01 12:00", entry=1),
            said("redeem dr", 35, "2026-04-10 12:00", entry=20),
        ],
    )
    assert taken(walk, 20) == {8: -10, 9: -10, 3: -10, 4: -5}
    assert left(walk) == {1: 10, 3: 0, 4: 5, 8: 0, 9: 0}


def test_a_debit_takes_unexpired_lots_before_lots_past_expiry_and_owes_the_rest() -> None:
    walk = walked(
        NEVER,
        [
            said("reward cr", 10, "2026-04-01 12:00", expires="2026-05-01 00:00"),
            said("reward cr", 10, "2026-04-01 12:00", expires="2026-06-01 00:00"),
            said("redeem dr", 12, "2026-05-01 00:00"),
            said("redeem dr", 12, "2026-05-02 12:00"),
        ],
    )
    assert taken(walk, 2) == {1: -10, 0: -2}
    assert taken(walk, 3) == {0: -8, None: -4}


def test_a_lot_is_usable_until_just_before_it_expires() -> None:
    entries = [
        said("reward cr", 10, "2026-04-01 12:00", expires="2026-05-01 00:00"),
        said("reward cr", 10, "2026-04-01 12:00"),
    ]
    last = walked(NEVER, entries, queries=asking((7, "2026-04-30 23:59")))
    gone = walked(NEVER, entries, queries=asking((7, "2026-05-01 00:00")))
    assert (spendable(last), spendable(gone)) == ((20, 20), (10, 20))


def test_what_an_order_debits_is_judged_past_expiry_when_the_order_redeemed() -> None:
    entries = [
        said("reward cr", 10, "2026-04-01 12:00", expires="2026-05-01 00:00"),
        said("reward cr", 10, "2026-04-01 12:00", expires="2026-06-01 00:00"),
        said("redeem dr", 5, "2026-05-01 00:10", order=7),
    ]
    assert taken(walked(NEVER, entries), 2) == {1: -5}
    in_time = walked(NEVER, entries, redeemed=redeemed_at((7, "2026-04-30 23:50")))
    assert taken(in_time, 2) == {0: -5}


def test_adjustments_and_reversals_consume_lots_like_any_debit() -> None:
    walk = walked(
        NEVER,
        [
            said("reward cr", 10, "2026-04-01 12:00"),
            said("adjust dr", 3, "2026-04-02 12:00"),
            said("revert dr", 4, "2026-04-03 12:00"),
            said("import dr", 1, "2026-04-04 12:00"),
        ],
    )
    assert left(walk) == {0: 2}


# --- debt -----------------------------------------------------------------------------------------


def test_a_credit_pays_debt_first_and_only_the_rest_is_a_lot() -> None:
    walk = walked(
        NEVER,
        [
            said("redeem dr", 15, "2026-04-01 12:00"),
            said("reward cr", 10, "2026-04-02 12:00"),
            said("reward cr", 10, "2026-04-03 12:00"),
        ],
        queries=asking((7, "2026-04-02 13:00")),
    )
    assert taken(walk, 1) == {None: 10}
    assert taken(walk, 2) == {None: 5, 2: 5}
    assert walk.lots.select("lot_no", "born_coins").rows() == [(2, 5)]
    assert spendable(walk) == (0, 0)


def test_a_restore_pays_debt_before_it_returns_to_lots() -> None:
    walk = walked(
        ONE_MONTH,
        [
            said("reward cr", 10, "2026-04-01 12:00"),
            said("redeem dr", 10, "2026-04-02 12:00", order=7),
            said("redeem dr", 4, "2026-04-03 12:00"),
            said("revert cr", 10, "2026-04-04 12:00", order=7),
        ],
    )
    assert taken(walk, 3) == {None: 4, 0: 6}


# --- restores -------------------------------------------------------------------------------------


def test_a_restore_returns_to_the_lots_of_its_order_latest_consumed_first() -> None:
    walk = walked(
        ONE_MONTH,
        [
            said("reward cr", 10, "2026-04-01 12:00"),
            said("reward cr", 10, "2026-04-02 12:00"),
            said("redeem dr", 8, "2026-04-03 12:00", order=7),
            said("redeem dr", 9, "2026-04-04 12:00", order=7),
            said("redeem dr", 3, "2026-04-04 13:00", order=8),
            said("revert cr", 9, "2026-04-05 12:00", order=7),
            said("revert cr", 8, "2026-04-06 12:00", order=7),
        ],
    )
    assert taken(walk, 5) == {1: 7, 0: 2}
    assert taken(walk, 6) == {0: 8}
    assert left(walk) == {0: 10, 1: 7}


def test_what_paid_no_lot_comes_back_as_a_lot_of_the_restores_own_date() -> None:
    walk = walked(
        ONE_MONTH,
        [
            said("redeem dr", 6, "2026-04-01 12:00", order=7),
            said("reward cr", 6, "2026-04-02 12:00"),  # pays the debt
            said("revert cr", 6, "2026-04-20 12:00", order=7),
        ],
    )
    assert taken(walk, 2) == {2: 6}
    assert walk.lots.select("lot_no", "expires_at").rows() == [(2, ist("2026-05-21 00:00"))]


def test_a_restore_tied_to_no_order_is_a_lot_of_its_own_date() -> None:
    walk = walked(
        ONE_MONTH,
        [
            said("reward cr", 10, "2026-04-01 12:00"),
            said("redeem dr", 10, "2026-04-02 12:00"),
            said("revert cr", 10, "2026-04-20 12:00"),
        ],
    )
    assert left(walk) == {0: 0, 2: 10}


def test_a_restore_does_not_return_to_the_lots_of_another_member() -> None:
    walk = walked(
        ONE_MONTH,
        [
            said("reward cr", 10, "2026-04-01 12:00", member=2),
            said("redeem dr", 10, "2026-04-02 12:00", member=2, order=7),
            said("revert cr", 10, "2026-04-20 12:00", order=7),
        ],
    )
    assert left(walk) == {0: 0, 2: 10}


def test_an_adjustment_that_names_an_order_is_no_debit_of_that_order() -> None:
    walk = walked(
        ONE_MONTH,
        [
            said("reward cr", 10, "2026-04-01 12:00"),
            said("adjust dr", 10, "2026-04-02 12:00", order=7),
            said("revert cr", 10, "2026-04-20 12:00", order=7),
        ],
    )
    assert left(walk) == {0: 0, 2: 10}


# --- what could be spent --------------------------------------------------------------------------


def test_credits_and_debits_of_the_very_instant_count_and_nothing_else_of_it() -> None:
    noon = "2026-04-10 12:00"
    walk = walked(
        NEVER,
        [
            said("reward cr", 100, noon),
            said("adjust dr", 1, noon),
            said("revert cr", 10, noon),
            said("revert dr", 20, noon),
            said("expire dr", 30, noon),
            said("reward cr", 500, "2026-04-10 12:01"),
        ],
        queries=asking((7, noon)),
    )
    assert spendable(walk) == (99, 99)


def test_entries_of_the_order_that_asks_do_not_count() -> None:
    walk = walked(
        NEVER,
        [
            said("reward cr", 100, "2026-04-01 12:00"),
            said("redeem dr", 60, "2026-04-10 12:00", order=7),
            said("redeem dr", 30, "2026-04-10 12:00", order=8),
        ],
        queries=asking((7, "2026-04-10 12:00"), (8, "2026-04-10 12:00")),
    )
    assert walk.spendable.rows() == [(7, 70, 70), (8, 40, 40)]


def test_an_own_debit_long_before_is_left_out_of_all_that_followed_it() -> None:
    walk = walked(
        NEVER,
        [
            said("reward cr", 10, "2026-04-01 12:00", expires="2026-05-01 00:00"),
            said("redeem dr", 10, "2026-04-02 12:00", order=7),
            said("reward cr", 10, "2026-04-03 12:00"),
            said("redeem dr", 5, "2026-04-04 12:00", order=8),
            said("expire dr", 5, "2026-05-02 12:00"),
        ],
        queries=asking((7, "2026-05-03 12:00")),
    )
    # Without its own debit, the other one would have taken the first lot, and the expiry its rest.
    assert spendable(walk) == (10, 10)


def test_coins_past_expiry_are_there_on_paper_only_until_an_expiry_removes_them() -> None:
    entries = [
        said("reward cr", 10, "2026-04-01 12:00", expires="2026-05-01 00:00"),
        said("reward cr", 3, "2026-04-01 12:00"),
        said("expire dr", 10, "2026-05-02 12:00"),
    ]
    before = walked(NEVER, entries, queries=asking((7, "2026-05-02 12:00")))
    after = walked(NEVER, entries, queries=asking((7, "2026-05-02 12:01")))
    assert (spendable(before), spendable(after)) == ((3, 13), (3, 3))


def test_a_member_without_entries_can_spend_nothing() -> None:
    walk = walked(
        NEVER, [said("reward cr", 9, "2026-04-01 12:00", member=2)], queries=asking((7, "2026-05-01 12:00"))
    )
    assert walk.spendable.rows() == [(7, 0, 0)]


def test_the_order_in_which_orders_ask_says_nothing() -> None:
    entries = [said("reward cr", day, f"2026-04-0{day} 12:00") for day in range(1, 9)]
    forth = [(day, f"2026-04-0{day} 12:00") for day in range(1, 9)]
    answers = [walked(NEVER, entries, queries=asking(*asked)).spendable for asked in (forth, forth[::-1])]
    assert answers[0].equals(answers[1])
    assert answers[0]["spendable_coins"].to_list() == [1, 3, 6, 10, 15, 21, 28, 36]


def test_an_empty_ledger_has_no_coins() -> None:
    walk = walked(NEVER, [])
    assert [walk.lots.height, walk.allocations.height, walk.batches.height, walk.early.height] == [0] * 4


# --- expiry ---------------------------------------------------------------------------------------

MAY, JUNE = "2026-05-01 00:00", "2026-06-01 00:00"
TWO_BATCHES = [
    said("reward cr", 10, "2026-04-01 12:00", expires=MAY),
    said("reward cr", 20, "2026-04-01 12:00", expires=JUNE),
    said("reward cr", 50, "2026-04-01 12:00"),
]


def batches(walk: Walk) -> list[tuple[object, ...]]:
    """(X, its expire entries, taken, excess, left) of each batch."""
    columns = ("batch_at", "entry_nos", "taken_coins", "excess_coins", "left_coins")
    return walk.batches.select(columns).rows()


def test_an_expiry_takes_the_newest_batch_that_it_equals() -> None:
    walk = walked(NEVER, [*TWO_BATCHES, said("expire dr", 10, "2026-06-02 12:00")])
    assert batches(walk) == [(ist(MAY), [3], 10, 0, 0), (ist(JUNE), [], 0, 0, 20)]


def test_of_two_batches_that_it_equals_an_expiry_takes_the_newer() -> None:
    walk = walked(
        NEVER,
        [
            said("reward cr", 10, "2026-04-01 12:00", expires=MAY),
            said("reward cr", 10, "2026-04-01 12:00", expires=JUNE),
            said("expire dr", 10, "2026-06-02 12:00"),
        ],
    )
    assert batches(walk) == [(ist(MAY), [], 0, 0, 10), (ist(JUNE), [2], 10, 0, 0)]


def test_one_sweep_takes_several_batches_when_it_equals_all_that_is_past_expiry() -> None:
    walk = walked(NEVER, [*TWO_BATCHES, said("expire dr", 30, "2026-06-02 12:00")])
    assert batches(walk) == [(ist(MAY), [3], 10, 0, 0), (ist(JUNE), [3], 20, 0, 0)]


def test_any_other_amount_is_taken_from_the_newest_batch_with_coins_left() -> None:
    walk = walked(NEVER, [*TWO_BATCHES, said("expire dr", 12, "2026-06-02 12:00")])
    assert batches(walk) == [(ist(MAY), [], 0, 0, 10), (ist(JUNE), [3], 12, 0, 8)]


def test_the_excess_comes_out_of_unexpired_lots_never_of_older_batches() -> None:
    walk = walked(NEVER, [*TWO_BATCHES, said("expire dr", 75, "2026-06-02 12:00")])
    assert batches(walk) == [(ist(MAY), [], 0, 0, 10), (ist(JUNE), [3], 20, 55, 0)]
    assert taken(walk, 3) == {1: -20, 2: -50, None: -5}


def test_an_expiry_that_finds_nothing_past_expiry_is_early() -> None:
    walk = walked(NEVER, [*TWO_BATCHES, said("expire dr", 15, "2026-04-30 23:59")])
    assert walk.early.select("entry_no", "coins").rows() == [(3, 15)]
    assert left(walk) == {0: 0, 1: 15, 2: 50}


def test_one_entry_per_lot_is_as_good_as_one_per_batch() -> None:
    walk = walked(
        NEVER,
        [
            said("reward cr", 10, "2026-04-01 12:00", expires=MAY),
            said("reward cr", 4, "2026-04-02 12:00", expires=MAY),
            said("expire dr", 4, "2026-05-01 01:00"),
            said("expire dr", 10, "2026-05-01 01:00"),
        ],
    )
    assert batches(walk) == [(ist(MAY), [2, 3], 14, 0, 0)]


def test_an_expiry_of_nothing_belongs_to_the_newest_batch_with_nothing_left() -> None:
    entries = [
        said("reward cr", 10, "2026-04-01 12:00", expires=MAY),
        said("redeem dr", 10, "2026-04-02 12:00"),
        said("expire dr", 0, "2026-05-01 01:00"),
    ]
    assert batches(walked(NEVER, entries)) == [(ist(MAY), [2], 0, 0, 0)]
    assert walked(NEVER, entries[1:]).early.height == 1


def test_a_batch_knows_which_credits_have_coins_left_and_when_coins_last_came_back() -> None:
    walk = walked(
        NEVER,
        [
            said("reward cr", 5, "2026-04-02 12:00", expires=MAY),
            said("reward cr", 5, "2026-04-01 12:00", expires=MAY),
            said("reward cr", 5, "2026-04-03 12:00", expires=MAY),
            said("redeem dr", 12, "2026-04-04 12:00", order=7),
            said("expire dr", 3, "2026-05-01 01:00"),
            said("revert cr", 4, "2026-05-03 12:00", order=7),
            said("revert cr", 4, "2026-05-04 12:00", order=7),
        ],
    )
    row = walk.batches.row(0, named=True)
    assert (row["entry_nos"], row["left_coins"], row["lot_entry_nos"]) == ([4], 8, [1, 0, 2])
    assert row["last_restored_at"] == ist("2026-05-04 12:00")


def test_a_batch_that_expires_after_the_as_of_is_none_yet() -> None:
    on_time = walked(NEVER, TWO_BATCHES, as_of=ist(MAY))
    just_before = walked(NEVER, TWO_BATCHES, as_of=ist("2026-04-30 23:59"))
    assert [len(batches(on_time)), len(batches(just_before))] == [1, 0]
