"""What is said of a mismatch, and of a whole run: every number in it stands in the rows."""

import datetime as dt
import re
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.contracts.base import LEGS, empty
from loyalty.contracts.marts import Statement
from loyalty.reconcile.kinds import CATALOGUE, KINDS
from loyalty.reconcile.titles import LEG_TITLES, QUIET
from loyalty.reconcile.wording import (
    count_text,
    headline,
    instant_words,
    rupees_text,
    sentences,
    verdict,
)
from loyalty.values.money import LIMIT, group_lakh, rupees
from tests.builders import ist
from tests.findings import Finding, a_finding, a_residual, found, resolved, wrong

CONTRACT_KINDS = {
    "redemption": (
        "wrong_member discount_without_debit debit_without_order debit_without_discount double_debit coins_value "
        "over_balance expired_coins_used over_max_discount over_cap below_min_payable below_min_cart "
        "below_min_coins not_eligible under_redeemed"
    ),
    "earn": ("earn_missing earn_duplicate earn_amount earn_unexpected earn_orphan earn_early earn_late"),
    "reversal": (
        "reversal_missing reversal_frozen reversal_unexpected reversal_duplicate reversal_amount reversal_late"
    ),
    "restore": "restore_missing restore_unexpected restore_duplicate restore_amount restore_late",
    "expiry": "expiry_missing expiry_early expiry_amount",
    "balance": "balance_break negative_balance closing_balance",
    "adjustment": ("adjustment_unexplained import_repeated bonus_duplicate bonus_out_of_range pending_stuck"),
    "order": (
        "order_missing_in_shopify order_missing_in_gokwik order_total order_identity cod_prepaid_twin "
        "refund_exceeds_paid"
    ),
}
"""Contract §6, spelled by hand: a list read from the code would agree with every change of it."""


def said(finding: Finding) -> str:
    sentence = sentences(found(finding)).item()
    assert isinstance(sentence, str)
    return sentence


# --- kinds ----------------------------------------------------------------------------------------


def test_every_kind_of_the_contract_has_its_words() -> None:
    told = {leg: [each.kind for each in CATALOGUE if each.leg == leg] for leg in LEGS}
    assert {leg: sorted(kinds) for leg, kinds in told.items()} == {
        leg: sorted(kinds.split()) for leg, kinds in CONTRACT_KINDS.items()
    }
    assert set(LEG_TITLES) == set(LEGS)


def test_every_kind_by_design_has_its_words() -> None:
    by_design = {"not_yet_due", "skipped_by_tag", "coupon_still_valid", "grace", "rounding", "timing"}
    by_design |= {"duplicate_payment"}
    assert set(QUIET) == by_design | {"pending", "unknown"}


def test_titles_are_short_and_tell_kinds_apart() -> None:
    titles = [each.title for each in CATALOGUE]
    assert len(set(titles)) == len(titles)
    assert max(len(title) for title in titles) <= 40
    assert all(each.meaning.endswith(".") and each.action.endswith(".") for each in CATALOGUE)


def test_the_page_for_operations_explains_every_kind() -> None:
    page = (Path(__file__).parents[3] / "docs" / "mismatches.md").read_text(encoding="utf-8")
    headings = re.findall(r"^### `(\w+)`: (.+)$", page, flags=re.MULTILINE)
    assert headings == [(each.kind, each.title) for each in CATALOGUE]
    assert re.findall(r"^- \*\*Do:\*\* (.+)$", page, flags=re.MULTILINE) == [
        each.action for each in CATALOGUE
    ]


def test_the_page_for_operations_answers_four_questions_about_every_kind() -> None:
    page = (Path(__file__).parents[3] / "docs" / "mismatches.md").read_text(encoding="utf-8")
    _, *sections = re.split(r"^### ", page, flags=re.MULTILINE)
    answers = [re.findall(r"^- \*\*([^*]+):\*\* \S.{8,}\.$", text, flags=re.MULTILINE) for text in sections]
    assert answers == [["Looks like", "Why", "Costs", "Do"]] * len(CATALOGUE)


# --- sentences ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("finding", "sentence"),
    [
        (
            a_finding("redemption", "over_max_discount", coins=(-1000, -1500), off=(100, 150), effect=50),
            "Order A was given ₹150 off; the rules of 2026-01-01 allow at most ₹100 on one order: ₹50 too much.",
        ),
        (
            a_finding("redemption", "over_cap", off=(80, "146.50"), effect="12.25"),
            (
                "Order A was given ₹146.50 off; the share of its cart that the rules of 2026-01-01 allow is ₹134.25: "
                "₹12.25 too much."
            ),
        ),
        (
            a_finding(
                "redemption", "debit_without_order", order=None, entries=["e9"], coins=(0, -100), effect=-40
            ),
            (
                "100 coins were taken on 10 Apr 2026 for an order that is in no file (ledger entry e9) "
                "and never came back: ₹40 owed to the customer."
            ),
        ),
        (
            a_finding("earn", "earn_missing", coins=(123456, 0), due=ist("2026-04-20 00:00"), effect=-12345),
            (
                "Order A should have earned 1,23,456 coins by 20 Apr 2026, and none were credited: "
                "₹12,345 owed to the customer."
            ),
        ),
        (
            a_finding("earn", "earn_late", coins=(1, 1), due=ist("2026-04-19 23:59")),
            "Order A earned its 1 coin more than 48 hours after the due date, 19 Apr 2026: no money lost.",
        ),
        (
            a_finding("earn", "earn_duplicate", entries=["e1", "e2"], coins=(50, 100), effect=5),
            "Order A earned 100 coins in 2 entries; the rules of 2026-01-01 give 50 coins: ₹5 too much.",
        ),
        (
            a_finding("restore", "restore_unexpected", order=None, entries=["e1"], coins=(0, 30), effect=3),
            "30 coins came back by ledger entry e1, although nothing asked for it: ₹3 lost.",
        ),
        (
            a_finding("restore", "restore_unexpected", coins=(0, 30), effect=3),
            "30 coins came back for order A, although nothing asked for it: ₹3 lost.",
        ),
        (
            a_finding(
                "expiry",
                "expiry_missing",
                order=None,
                coins=(-70, 0),
                effect=7,
                batch=ist("2026-05-01 00:00"),
            ),
            "70 coins of member member-o expired after 30 Apr 2026 and can still be spent: ₹7 lost.",
        ),
        (
            a_finding("balance", "balance_break", order=None, coins=(0, -40), effect=-4),
            (
                "The running balance of member member-o drops by 40 coins that no entry explains: "
                "₹4 owed to the customer."
            ),
        ),
        (
            a_finding("balance", "closing_balance", order=None, member=None, coins=(-5, 1), effect="0.60"),
            "The members file shows 1 coin for an unknown member; the entries add up to -5 coins: ₹0.60 too much.",
        ),
        (
            a_finding(
                "adjustment", "pending_stuck", order=None, entries=["p"], coins=(-44, 0), effect="4.40"
            ),
            "A debit of 44 coins has been pending for more than 72 hours (ledger entry p): ₹4.40 lost.",
        ),
        (
            a_finding("reversal", "reversal_missing", version=None, coins=(-90, 0), effect=9),
            "Order A came back after it earned; 90 coins should have been taken back and none were: ₹9 lost.",
        ),
    ],
)
def test_a_sentence_says_what_happened_with_the_numbers_of_its_row(finding: Finding, sentence: str) -> None:
    assert said(finding) == sentence


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("effect", [12_34_567, 0, -5])
def test_every_kind_has_a_whole_sentence_even_of_a_bare_row(kind: str, effect: int) -> None:
    bare = a_finding(KINDS[kind].leg, kind, order=None, member=None, version=None, effect=effect)
    sentence = said(bare)
    assert sentence[0].isupper() or sentence[0].isdigit()
    assert sentence.endswith(".")
    assert not re.search(r"[{}]|None|null|  ", sentence)
    assert rupees(abs(effect) * 100) in sentence or effect == 0


def test_one_coin_takes_a_verb_in_the_singular() -> None:
    one = a_finding("reversal", "reversal_unexpected", coins=(0, -1), effect="-0.10")
    assert said(one).startswith("1 coin was taken back for order A")
    assert said(one | {"recorded_coins": -1_001}).startswith("1,001 coins were taken back")


def test_a_kind_without_words_has_no_sentence() -> None:
    assert (
        sentences(found(a_finding("earn", "some_new_kind"), a_finding("earn", "earn_late"))).null_count() == 1
    )


def test_sentences_keep_the_order_of_the_rows() -> None:
    rows = [
        a_finding("earn", kind, order=f"{number}")
        for number, kind in enumerate(("earn_late", "earn_missing") * 3)
    ]
    told = sentences(found(*rows))
    assert [sentence.split()[1] for sentence in told] == ["0", "1", "2", "3", "4", "5"]
    assert sentences(found()).len() == 0


@given(st.lists(st.integers(-LIMIT, LIMIT), min_size=1))
def test_rupees_of_a_column_read_like_rupees_of_a_number(paise: list[int]) -> None:
    column = pl.DataFrame({"paise": paise}, schema={"paise": pl.Int64})
    assert column.select(rupees_text(pl.col("paise"))).to_series().to_list() == [
        rupees(each) for each in paise
    ]
    counts = column.select(count_text(pl.col("paise").abs())).to_series().to_list()
    assert counts == [group_lakh(abs(each)) for each in paise]


# --- the headline ---------------------------------------------------------------------------------


def test_the_headline_adds_up_the_money_and_counts_who_stands_behind_it() -> None:
    rows = [
        a_finding("redemption", "over_cap", order="A", member="m1", effect="100.50"),
        a_finding("earn", "earn_amount", order="A", member="m1", effect=20),
        a_finding("earn", "earn_missing", order="B", member="m2", effect=-5),
        a_finding("redemption", "debit_without_order", order=None, entries=["e"], member="m2", effect=-7),
        a_finding("adjustment", "bonus_duplicate", order=None, entries=["f"], member="m3", effect=1),
        a_finding("earn", "earn_late", order="C"),
        a_finding("redemption", order="D"),
        a_finding("earn", "not_yet_due", status="by_design", order="E"),
        a_finding("earn", status="pending", order="F"),
        a_finding("redemption", status="unknown", order="G"),
        a_finding("earn", status="unknown", order="A"),
    ]
    answer = headline(found(*rows), wrong(*rows))
    assert (answer.lost_paise, answer.lost_orders, answer.lost_entries) == (12_150, 1, 1)
    assert (answer.owed_paise, answer.owed_members) == (1_200, 1)
    assert (answer.orders, answer.mismatched_orders, answer.unjudged_orders) == (7, 3, 1)
    assert (answer.judged_orders, answer.matched_orders, answer.mismatches, answer.pending) == (6, 3, 6, 1)
    assert answer.text == (
        "₹121.50 over-granted on 1 order and 1 ledger entry, ₹12 owed to 1 customer, "
        "50.0 % of loyalty orders match"
    )


def test_resolved_mismatches_belong_to_no_number_of_today() -> None:
    gone = resolved(wrong(a_finding("redemption", "over_cap", effect=100)))
    answer = headline(found(a_finding()), gone)
    assert answer.text == "Everything matches on 1 loyalty order"


def test_orders_that_only_the_shop_disagrees_about_are_no_loyalty_orders() -> None:
    rows = [a_finding("order", "order_total", order="A"), a_finding("earn", order="B")]
    answer = headline(found(*rows), wrong(*rows))
    assert (answer.orders, answer.match_share) == (1, "100 %")


@pytest.mark.parametrize(
    ("wrong_orders", "orders", "share"),
    [(0, 7, "100 %"), (1, 2, "50.0 %"), (1, 3_000, "99.9 %"), (2, 3, "33.3 %"), (7, 7, "0.0 %")],
)
def test_the_share_is_cut_so_that_all_means_all(wrong_orders: int, orders: int, share: str) -> None:
    rows = [
        a_finding("earn", "earn_late" if number < wrong_orders else None, order=f"{number}")
        for number in range(orders)
    ]
    assert headline(found(*rows), wrong(*rows)).match_share == share


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ([], "Nothing to judge yet: no order carries a loyalty discount, coins or anything due"),
        ([a_finding(status="unknown")], "No verdict on 1 loyalty order: unknown status, or no rule in force"),
        ([a_finding(order="A"), a_finding(order="B")], "Everything matches on 2 loyalty orders"),
        (
            [a_finding("earn", "earn_late")],
            "nothing over-granted, nothing owed to customers, 0.0 % of loyalty orders match",
        ),
        (
            [a_finding("earn", "earn_orphan", order=None, entries=["e"], effect=2)],
            "₹2 over-granted on 1 ledger entry, nothing owed to customers",
        ),
        (
            [a_finding("earn", "earn_missing", member=None, effect=-2)],
            "nothing over-granted, ₹2 owed to customers not known by name, 0.0 % of loyalty orders match",
        ),
    ],
)
def test_the_headline_of_a_quiet_run(rows: list[Finding], text: str) -> None:
    assert headline(found(*rows), wrong(*rows)).text == text


# --- the verdict ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "rows", "expected"),
    [
        (a_residual(coins=1), [a_finding()], "incomplete"),
        (a_residual(rupees="0.01"), [a_finding("earn", "earn_late")], "incomplete"),
        (a_residual(), [a_finding("earn", "earn_late"), a_finding(status="pending")], "mismatches"),
        (empty(Statement), [a_finding(), a_finding(status="pending")], "reconciled_with_pending"),
        (empty(Statement), [a_finding(), a_finding(status="unknown")], "reconciled_with_pending"),
        (empty(Statement), [a_finding(), a_finding("earn", "grace", status="by_design")], "reconciled"),
    ],
)
def test_the_verdict_is_the_first_that_holds(
    statement: pl.DataFrame, rows: list[Finding], expected: str
) -> None:
    assert verdict(found(*rows), statement) == expected


@pytest.mark.parametrize(
    ("instant", "words"),
    [
        (ist("2026-11-21 00:05"), "21 Nov 2026, 12:05 am"),
        (ist("2026-11-21 12:00"), "21 Nov 2026, 12:00 pm"),
        (dt.datetime(2026, 9, 30, 18, 30, tzinfo=dt.UTC), "1 Oct 2026, 12:00 am"),
    ],
)
def test_instants_are_told_in_indian_time(instant: dt.datetime, words: str) -> None:
    assert instant_words(instant) == words


@pytest.mark.parametrize(
    ("finding", "sentence"),
    [
        (
            a_finding("order", "order_missing_in_shopify", off=(0, 1999), effect=1999),
            "Order A is in GoKwik but in no Shopify file: ₹1,999 not booked.",
        ),
        (
            a_finding("order", "order_missing_in_shopify", off=(0, 1999)),
            "Order A is in GoKwik but in no Shopify file: no money lost.",
        ),
        (
            a_finding("order", "order_total", off=(2000, "1960.50"), effect="-39.50"),
            "Order A totals ₹1,960.50 in GoKwik and ₹2,000 in Shopify, ₹39.50 apart.",
        ),
        (
            a_finding("order", "order_identity", off=(2000, 1950), effect=50),
            "Order A totals ₹1,950 where its parts add up to ₹2,000: ₹50 lost.",
        ),
        (
            a_finding("order", "refund_exceeds_paid", off=(1950, 1950), effect=50),
            "Order A was refunded ₹50 more than the ₹1,950 that the customer paid: ₹50 lost.",
        ),
        (
            a_finding("order", "cod_prepaid_twin", effect=-20),
            "Order A is the twin of another order for the same purchase: ₹20 owed to the customer.",
        ),
    ],
)
def test_the_order_leg_speaks_of_totals(finding: Finding, sentence: str) -> None:
    assert said(finding) == sentence
