"""Every check is proven to fire: each has a corruption of stored data, and a check without one fails here."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest

from assets.catalog import TABLES
from assets.queries import recorded_totals
from checks.contracts import breaches
from checks.laws import Law, laws
from loyalty.reconcile.statement import statement
from resources.decision_file import Decision, add_decisions
from resources.home import Home
from resources.lake import published
from resources.run import Run
from tests.homes import add_events, golden_home, reopened, run

Change = Callable[[pl.DataFrame], pl.DataFrame]
LAWS = {f"{law.table}.{law.name}": law for law in laws()}
BAD_ROWS = """\
Refund ID,Merchant Order ID,Refunded At,Amount
broken-1,5100910884191,2026-02-25 01:07:33 +0530,a lot
broken-2,5100910884191,soon,498.00
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with every kind of mismatch, and rows that cannot be read, after a run."""
    home = golden_home(tmp_path_factory.mktemp("brand") / "home", "faulty-auto")
    (home.inbox / "broken.csv").write_text(BAD_ROWS)
    add_events(home, "5100910884191", "#SH100278")
    run(home)
    decided = published(home).read("mart_mismatches")["mismatch_id"][0]
    add_decisions(home, [a_decision(decided), a_decision("0" * 16)])
    run(home)
    return home


def a_decision(mismatch: str) -> Decision:
    decided_at = dt.datetime(2026, 9, 1, tzinfo=dt.UTC)
    return Decision(mismatch, "acknowledged", "known", "asha", decided_at, None)


@pytest.fixture
def stored(home: Home, tmp_path: Path) -> Iterator[Run]:
    """The stored tables of that run, to be damaged."""
    with reopened(home, tmp_path / "build") as opened:
        yield opened


# --- what a corruption does -----------------------------------------------------------------------


def add_one(column: str, where: pl.Expr | None = None) -> Change:
    """One more, in the first row that fits."""

    def change(frame: pl.DataFrame) -> pl.DataFrame:
        return _in_first(frame, where, pl.col(column) + 1, column)

    return change


def put(column: str, value: object, where: pl.Expr | None = None) -> Change:
    """Another value, in the first row that fits."""

    def change(frame: pl.DataFrame) -> pl.DataFrame:
        return _in_first(frame, where, pl.lit(value, frame.schema[column]), column)

    return change


def drop(where: pl.Expr | None = None) -> Change:
    """Without the first row that fits."""
    return lambda frame: frame.remove(_is_first(frame, where))


def drop_all(column: str) -> Change:
    """Without any row that shares the first row's value."""
    return lambda frame: frame.filter(pl.col(column) != frame[column][0])


def twice(where: pl.Expr | None = None) -> Change:
    """With the first row that fits once more."""
    return lambda frame: pl.concat([frame, frame.filter(_is_first(frame, where))])


def swap_lots(frame: pl.DataFrame) -> pl.DataFrame:
    """With the lots of the first and the last debit exchanged: every sum by entry stays what it was."""
    taken = frame.select(((pl.col("coins") < 0) & pl.col("lot_no").is_not_null()).arg_true()).to_series()
    lots = frame["lot_no"].to_list()
    lots[taken[0]], lots[taken[-1]] = lots[taken[-1]], lots[taken[0]]
    return frame.with_columns(pl.Series("lot_no", lots, pl.Int64))


def _in_first(frame: pl.DataFrame, where: pl.Expr | None, value: pl.Expr, column: str) -> pl.DataFrame:
    return frame.with_columns(pl.when(_is_first(frame, where)).then(value).otherwise(column).alias(column))


def _is_first(frame: pl.DataFrame, where: pl.Expr | None) -> pl.Series:
    fits = frame.select(pl.repeat(value=True, n=frame.height) if where is None else where).to_series()
    place = fits.fill_null(value=False).arg_true()
    assert place.len(), "no row fits this corruption"
    return pl.Series([number == place[0] for number in range(frame.height)])


LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
IS_PAID = pl.col("recorded_paise") != 0
IS_MISSING = pl.col("kind") == "earn_missing"
IS_JUDGED = ~pl.col("line").is_in(("void", "credits_wallet"))

IS_ALL = pl.col("origin") == "all"
IS_COINS = pl.col("wallet") == "coins"
IS_POSTED = (pl.col("status") == "posted") & pl.col("member_no").is_not_null()

CORRUPTIONS: dict[str, tuple[str, Change]] = {
    "int_leg_rows.asked_back_within_what_moved": (
        "int_leg_rows",
        put("expected_coins", -(10**6), (pl.col("leg") == "reversal") & pl.col("due_at").is_not_null()),
    ),
    "int_leg_rows.every_discount_once": ("int_leg_rows", drop(IS_PAID)),
    "int_leg_rows.every_entry_explained": (
        "int_leg_rows",
        put("entry_nos", [], pl.col("entry_nos").list.len() == 1),
    ),
    "int_leg_rows.one_row_per_leg": ("int_leg_rows", twice()),
    "int_leg_rows.recorded_is_posted": ("int_leg_rows", add_one("recorded_coins", pl.col("leg") == "earn")),
    "int_linked_entries.every_coin_entry": ("int_linked_entries", drop()),
    "int_lots.debits_equal_what_they_took": ("int_allocations", swap_lots),
    "int_lots.life_sums_to_its_birth": ("int_lots", add_one("born_coins")),
    "int_lots.members_own_them": ("int_lots", add_one("member_no", pl.col("left_coins") > 0)),
    "int_movements.every_posted_coin": ("int_movements", add_one("signed_coins")),
    "int_order_facts.one_per_order": ("int_order_facts", add_one("payable_paise")),
    "int_order_rows.every_order_once": ("int_order_rows", drop()),
    "int_order_rows.says_what_differs": (
        "int_order_rows",
        put("kind", None, pl.col("kind") == "order_total"),
    ),
    "int_refunds.add_up": ("int_refunds", add_one("refunded_to_date_paise")),
    "int_spendable.within_what_was_credited": ("int_spendable", put("spendable_coins", 10**14)),
    "mart_boundary_carts.can_be_placed": ("mart_boundary_carts", add_one("payable_paise")),
    "mart_boundary_carts.counts_gates": (
        "mart_boundary_carts",
        put("orders", 10**6, pl.col("setting") == "payment"),
    ),
    "mart_causes.adds_up": ("mart_causes", add_one("coins")),
    "mart_causes.claims_only_what_reproduces": ("mart_causes", put("reproduced", 10**6)),
    "mart_causes.every_mismatch_once": ("mart_causes", drop()),
    "mart_causes.instants_in_order": (
        "mart_causes",
        put("last_at", LONG_AGO, pl.col("first_at").is_not_null()),
    ),
    "mart_causes.one_row_per_cause": ("mart_causes", twice()),
    "mart_clearing.closes": ("mart_clearing", add_one("open_coins", pl.col("state") == "open")),
    "mart_clearing.every_debit_once": ("mart_clearing", drop()),
    "mart_clearing.restored_is_the_ledger": (
        "mart_clearing",
        put("restored_coins", 0, (pl.col("state") == "restored") & pl.col("order_id").is_not_null()),
    ),
    "mart_clearing.settled_was_final": (
        "mart_clearing",
        put("settled_coins", 1, pl.col("waits_for") == "delivery"),
    ),
    "mart_coin_rollforward.closes": ("mart_coin_rollforward", add_one("expired_coins")),
    "mart_coin_rollforward.closes_with_the_ledger": ("stg_entries", add_one("signed_coins", IS_POSTED)),
    "mart_coin_rollforward.closes_with_the_lots": ("int_lots", add_one("left_coins")),
    "mart_coin_rollforward.flows_are_the_entries": (
        "mart_coin_rollforward",
        add_one("restored_coins", IS_ALL & IS_COINS),
    ),
    "mart_coin_rollforward.opens_with_the_last_closing": (
        "mart_coin_rollforward",
        drop(pl.col("month") == "2026-05"),
    ),
    "mart_coin_rollforward.origins_add_up": ("mart_coin_rollforward", add_one("issued_coins", ~IS_ALL)),
    "mart_decisions.hide_nothing": (
        "mart_mismatches",
        put("decision", "wont_fix", pl.col("decision").is_not_null()),
    ),
    "mart_decisions.one_in_force": ("mart_decisions", twice(pl.col("state") == "in_force")),
    "mart_go_live.answers_follow_the_orders": (
        "mart_go_live",
        add_one("n", pl.col("question") == "earning_works"),
    ),
    "mart_cohorts.everybody_is_in_one": ("mart_cohorts", add_one("orders")),
    "mart_members.coins_are_the_ledger": ("mart_members", add_one("redeemed_coins")),
    "mart_members.orders_are_the_valid_ones": ("mart_members", drop(pl.col("orders") > 0)),
    "mart_metrics.every_metric_is_there": ("mart_metrics", drop(pl.col("metric") == "brk_2")),
    "mart_metrics.segments_add_up": ("mart_metrics", add_one("numerator", pl.col("segment") == "tier")),
    "mart_metrics.values_stay_within": ("mart_metrics", put("value", 1.01, pl.col("unit") == "ratio")),
    "mart_mismatches.are_the_mismatch_rows": ("mart_mismatches", drop()),
    "mart_quarantine.explains_every_line": ("mart_quarantine", drop()),
    "mart_reconciliation.effect_only_on_findings": (
        "mart_reconciliation",
        put("effect_paise", 1, pl.col("status") == "match"),
    ),
    "mart_reconciliation.keeps_every_leg": ("mart_reconciliation", drop(IS_MISSING)),
    "mart_rule_parity.counts_real_carts": ("mart_rule_parity", add_one("carts")),
    "mart_rule_parity.shows_what_differs": (
        "mart_rule_parity",
        put("given_paise", 10**9, pl.col("verdict") == "differ"),
    ),
    "mart_setup_audit.names_each_place_once": ("mart_setup_audit", twice()),
    "mart_sources.adds_up": ("mart_sources", add_one("lines")),
    "mart_sources.counts_what_landed": ("mart_sources", add_one("accepted")),
    "mart_statement.closes": ("mart_statement", add_one("residual_paise")),
    "mart_statement.counts_the_silent": ("mart_statement", add_one("entries", ~IS_JUDGED)),
    "mart_statement.effects_add_up": ("mart_statement", add_one("effect_paise", IS_JUDGED)),
    "mart_statement.recorded_is_staged": (
        "stg_entries",
        add_one("signed_coins", IS_COINS),
    ),
    "mart_unexplained.adds_up": ("mart_unexplained", add_one("mismatches")),
    "stg_carts.nothing_dropped": ("stg_carts", drop()),
    "stg_checkouts.nothing_dropped": ("stg_checkouts", drop()),
    "stg_entries.nothing_dropped": ("stg_entries", add_one("amount_coins")),
    "stg_feedback.nothing_dropped": ("stg_feedback", add_one("score")),
    "stg_members.nothing_dropped": ("stg_members", add_one("balance_coins")),
    "stg_orders.nothing_dropped": ("stg_orders", drop()),
    "stg_references.only_known_orders": ("stg_references", drop_all("order_no")),
    "stg_refunds.nothing_dropped": ("stg_refunds", drop()),
    "stg_settlements.nothing_dropped": ("stg_settlements", add_one("amount_paise")),
    "stg_shopify_orders.nothing_dropped": ("stg_shopify_orders", add_one("total_paise")),
    "stg_shopify_orders.paired_once": (
        "stg_shopify_orders",
        put("order_no", 1, pl.col("order_no").is_not_null()),
    ),
    "stg_tickets.nothing_dropped": ("stg_tickets", drop()),
}


def test_every_law_has_a_corruption() -> None:
    assert CORRUPTIONS.keys() == LAWS.keys()


@pytest.mark.parametrize("name", sorted(LAWS))
def test_a_law_holds_and_breaks_when_stored_data_is_corrupted(stored: Run, name: str) -> None:
    table, change = CORRUPTIONS[name]
    assert LAWS[name].broken(stored).is_empty()
    stored.build.write(table, change(stored.build.read(table)))
    assert not LAWS[name].broken(stored).is_empty()


@pytest.mark.parametrize("table", sorted(TABLES))
def test_a_contract_holds_and_breaks_when_a_stored_value_is_missing(stored: Run, table: str) -> None:
    assert breaches(stored, table).is_empty()
    frame = stored.build.read(table)
    assert frame.height, f"{table} has no row to corrupt"
    required = next(name for name, column in TABLES[table].to_schema().columns.items() if not column.nullable)
    stored.build.write(table, put(required, None)(frame))
    found = breaches(stored, table)
    assert (required, "not_nullable") in set(zip(found["column"], found["check"], strict=True))


@pytest.mark.parametrize("table", sorted(TABLES))
def test_a_contract_breaks_when_a_column_is_gone(stored: Run, table: str) -> None:
    frame = stored.build.read(table)
    stored.build.write(table, frame.drop(frame.columns[-1]))
    assert not breaches(stored, table).is_empty()


# --- no row of the verdict can be lost ------------------------------------------------------------


def rows_of_every_sort(verdict: pl.DataFrame) -> Iterator[pl.Series]:
    """One row of every leg and status, as a filter."""
    for group in verdict.with_row_index("place").group_by("leg", "status", maintain_order=True):
        place = group[1]["place"][0]
        yield pl.Series([number == place for number in range(verdict.height)])


def test_a_lost_row_of_the_verdict_never_goes_unseen(stored: Run) -> None:
    verdict = stored.build.read("mart_reconciliation")
    law: Law = LAWS["mart_reconciliation.keeps_every_leg"]
    sorts = list(rows_of_every_sort(verdict))
    assert len(sorts) > 15
    for is_lost in sorts:
        stored.build.write("mart_reconciliation", verdict.remove(is_lost))
        assert law.broken(stored).height == 1, verdict.filter(is_lost)


def test_a_lost_row_with_recorded_coins_or_money_leaves_a_residual(stored: Run) -> None:
    verdict = stored.build.read("mart_reconciliation")
    recorded = stored.ask(recorded_totals())
    has_record = (verdict["recorded_coins"] != 0) | (verdict["recorded_paise"] != 0)
    is_flow = verdict["leg"] != "balance"
    checked = 0
    for is_lost in rows_of_every_sort(verdict):
        if verdict.filter(is_lost & has_record & is_flow).height:
            stated = statement(verdict.remove(is_lost), recorded)
            stored.build.write("mart_statement", stated)
            assert not LAWS["mart_statement.closes"].broken(stored).is_empty(), verdict.filter(is_lost)
            checked += 1
    assert checked > 10


def test_the_run_of_these_tests_is_the_one_that_they_think(stored: Run) -> None:
    assert stored.as_of == dt.datetime(2026, 9, 30, 17, 45, tzinfo=dt.UTC)
    assert stored.build.read("mart_quarantine").height == 2
