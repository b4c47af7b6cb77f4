"""Planted against found: the table shows every way in which they can differ."""

from collections import Counter

import pytest

from tests.scorecard import Finding, read, scores, table, written

MISSING = Finding("earn", "earn_missing", "A", (), -500)
LATE = Finding("earn", "earn_late", "B", ("e1",), 0)
CAPPED = Finding("redemption", "over_cap", "C", ("e2",), 1200)
PLANTED = Counter([MISSING, LATE, CAPPED])


def lines(*worlds: tuple[Counter[Finding], Counter[Finding]]) -> dict[str, list[str]]:
    """The cells of the table by kind."""
    _, _, *rows = table([scores(*world) for world in worlds])
    cells = [row.split() for row in rows]
    return {row[-6]: row[-5:] for row in cells}


def test_what_is_found_as_planted_scores_one_everywhere() -> None:
    assert table([scores(PLANTED, PLANTED), scores(Counter(), Counter())]) == [
        "worlds: 1 clean, 1 faulty",
        "leg         kind          planted  found  precision  recall  exact effect",
        "redemption  over_cap            1      1          1       1             1",
        "earn        earn_missing        1      1          1       1             1",
        "earn        earn_late           1      1          1       1             1",
        "            all                 3      3          1       1             3",
    ]


@pytest.mark.parametrize(
    ("found", "kind", "cells"),
    [
        ([LATE, CAPPED], "earn_missing", ["1", "0", "–", "0.0000", "0"]),
        ([*PLANTED, MISSING], "earn_missing", ["1", "2", "0.5000", "1", "1"]),
        ([LATE, CAPPED, MISSING._replace(effect_paise=-501)], "earn_missing", ["1", "1", "1", "1", "0"]),
        (
            [LATE, CAPPED, MISSING._replace(order_id="Z")],
            "earn_missing",
            ["1", "1", "0.0000", "0.0000", "0"],
        ),
        ([LATE, CAPPED, MISSING._replace(entry_ids=("e9",))], "earn_missing", ["1", "1", "0.0000", "0.0000", "0"]),
        ([LATE, CAPPED, MISSING._replace(kind="earn_amount")], "earn_amount", ["0", "1", "0.0000", "–", "0"]),
    ],
    ids=["missed", "found twice", "another effect", "another order", "other entries", "another kind"],
)  # fmt: skip
def test_whatever_differs_shows_in_the_line_of_its_kind(
    found: list[Finding], kind: str, cells: list[str]
) -> None:
    assert lines((PLANTED, Counter(found)))[kind] == cells


def test_a_mismatch_in_a_clean_world_costs_precision() -> None:
    cells = lines((PLANTED, PLANTED), (Counter(), Counter([MISSING])))
    assert cells["earn_missing"] == ["1", "2", "0.5000", "1", "1"]
    assert cells["all"] == ["3", "4", "0.7500", "1", "3"]


def test_a_share_is_cut_so_that_one_means_all() -> None:
    many = Counter({MISSING: 99_999})
    assert lines((many + Counter([MISSING]), many))["earn_missing"] == ["100,000", "99,999", "1", "0.9999", "99,999"]  # fmt: skip


def test_scores_stay_the_same_on_their_way_between_processes() -> None:
    world = scores(PLANTED, Counter([MISSING, LATE]))
    assert read(written(world)) == world


def test_without_worlds_there_is_no_table() -> None:
    assert table([]) == []


def test_clean_worlds_alone_have_nothing_to_share() -> None:
    assert lines((Counter(), Counter())) == {"all": ["0", "0", "–", "–", "0"]}
