"""The replay: every order asks in turn, its law answers, and the answer decides what the next one finds.

An order's answer depends on the coins left by every earlier order of its member, and on nobody else's. So all
members take turns: in turn k the k-th asking order of each member is answered by the one formula of
`loyalty.expected`, in one frame, and what follows from it (earning, taking back, giving back) is noted in the
member's account before the next turn. Orders that ask for nothing are settled before the first turn.
"""

from collections import defaultdict
from dataclasses import dataclass

import polars as pl

from loyalty.contracts.base import polars_schema
from loyalty.contracts.intermediate import OrderFacts
from loyalty.expected.accruals import expected_earning
from loyalty.expected.redemptions import with_maximum, with_rule
from loyalty.expected.returns import restore_asks, reversal_asks
from loyalty.ledger.movements import movements
from loyalty.ledger.purse import NEVER
from loyalty.rulebook.models import Rulebook
from loyalty.rulebook.timeline import in_force
from loyalty.values.ratios import mul_div
from loyalty.values.times import INSTANT
from loyalty.whatif.account import FLOWS, Account, Due
from loyalty.whatif.history import History
from loyalty.whatif.kept import NO_DEBITS, kept_movements

_FACTS = (
    *polars_schema(OrderFacts), "asked_at", "recorded_total_paise", "is_earning_ruled", "is_redeeming_ruled",
)  # fmt: skip
_ENTRY: dict[str, pl.DataType | type[pl.DataType]] = {
    "order_no": pl.Int64,
    "member_no": pl.Int64,
    "leg": pl.String,
    "operation": pl.String,
    "coins": pl.Int64,
    "created_at": INSTANT,
}


@dataclass(frozen=True)
class Replay:
    """What a law would have done.

    ``orders``: ``order_no, member_no, is_dead, redeemed_coins, discount_paise``; one row per order. Coins are 0
    where redeeming stays as recorded. ``members``: ``member_no``, a column of coins for each of `FLOWS`, and
    ``balance_coins`` at the as-of, below zero for a debt; one row per member with an order or an entry.
    """

    orders: pl.DataFrame
    members: pl.DataFrame


def replay(history: History, requests: pl.DataFrame, present: Rulebook, law: Rulebook) -> Replay:
    """The history under ``law``; ``requests`` are those of the history under the present law and another."""
    stage = _Stage(history, law)
    stage.expect(kept_movements(history, requests, present, law))
    offers = _offers(requests, law)
    asks = (
        pl.col("is_redeeming_ruled")
        & pl.col("member_no").is_not_null()
        & ((pl.col("mode") == "auto") | (pl.col("chosen_coins") > 0))
    ).fill_null(value=False)
    silent = offers.filter(~asks).with_columns(
        redeemed_coins=pl.lit(0, pl.Int64),
        discount_paise=pl.when("is_redeeming_ruled").then(pl.lit(0, pl.Int64)).otherwise("recorded_paise"),
    )
    stage.settle(silent)
    answered = [silent]
    asking = offers.filter(asks).sort("member_no", "asked_at", "order_no")
    turns = asking.with_columns(turn=pl.int_range(pl.len()).over("member_no")).sort("turn", "member_no")
    for turn in turns.partition_by("turn", maintain_order=True, include_key=False):
        answered.append(stage.answer(turn))
        stage.settle(answered[-1])
    told = ("order_no", "member_no", "is_dead", "redeemed_coins", "discount_paise")
    return Replay(
        orders=pl.concat([part.select(told) for part in answered]).sort("order_no"), members=stage.closed()
    )


def _offers(requests: pl.DataFrame, law: Rulebook) -> pl.DataFrame:
    """Requests with the law's numbers, bounded by what was chosen.

    In manual mode nobody redeems more coins than they chose, nor a larger discount than those coins are worth
    under this law; in auto mode the law takes what it can. A mode that the law changes is the law's, else the
    order's own word counts (details R7).
    """
    is_changed = (pl.col("apply") != pl.col("present_apply")).fill_null(value=False)
    same_coins = mul_div(
        pl.col("recorded_paise"),
        pl.col("present_coins").cast(pl.Int128) * pl.col("step_paise"),
        pl.col("present_paise").cast(pl.Int128) * pl.col("step_coins"),
    )
    is_manual = pl.col("mode") == "manual"
    return (
        with_rule(in_force(requests, law, "placed_at"), law)
        .with_columns(mode=pl.when(is_changed).then("apply").otherwise("mode"))
        .with_columns(
            chosen_coins=pl.when(is_manual).then("chosen_coins"),
            max_discount_paise=pl.min_horizontal("max_discount_paise", pl.when(is_manual).then(same_coins)),
        )
    )


class _Stage:
    """The accounts of everybody, and the number of the next entry that the replay writes."""

    def __init__(self, history: History, law: Rulebook) -> None:
        self.history = history
        self.law = law
        self.accounts: defaultdict[int, Account] = defaultdict(Account)
        self.next_no = int(history.linked.select(pl.col("entry_no").max().fill_null(-1)).item()) + 1

    def expect(self, moves: pl.DataFrame) -> None:
        """Notes Movements in the accounts that they belong to."""
        rows = moves.select(
            "member_no",
            pl.col("created_at").dt.timestamp("us"),
            "phase",
            "entry_no",
            "leg",
            "signed_coins",
            "order_no",
            pl.col("lot_expires_at").dt.timestamp("us").fill_null(NEVER),
        )
        for member_no, *due in rows.iter_rows():
            self.accounts[member_no].expect(Due(*due))

    def answer(self, turn: pl.DataFrame) -> pl.DataFrame:
        """One asking order of each member with its ``redeemed_coins`` and ``discount_paise``; the coins are taken."""
        at = turn["asked_at"].dt.timestamp("us").to_list()
        members = turn["member_no"].to_list()
        spendable = [self.accounts[who].spendable(when) for who, when in zip(members, at, strict=True)]
        answered = (
            turn.with_columns(spendable_coins=pl.Series(spendable, dtype=pl.Int64))
            .with_columns(spendable_coins=pl.min_horizontal("spendable_coins", "chosen_coins"))
            .pipe(with_maximum)
            .with_columns(redeemed_coins="max_coins_due", discount_paise="max_paise_due")
        )
        taken = answered.select("member_no", "order_no", "redeemed_coins").iter_rows()
        for number, ((who, order_no, coins), when) in enumerate(zip(taken, at, strict=True), self.next_no):
            self.accounts[who].redeem(number, order_no, coins, when)
        self.next_no += turn.height
        return answered

    def settle(self, answered: pl.DataFrame) -> None:
        """Notes what follows from orders whose ``discount_paise`` is known: earned, taken back, given back."""
        facts = answered.with_columns(loyalty_paise="discount_paise").select(*_FACTS, "redeemed_coins")
        written = pl.concat([self._earned(facts), self._given_back(facts)]).with_columns(
            entry_no=self.next_no + pl.int_range(pl.len()),
            signed_coins=pl.when(pl.col("operation") == "cr").then("coins").otherwise(-pl.col("coins")),
            is_posted=pl.lit(value=True),
            expires_at=pl.lit(None, INSTANT),
        )
        self.next_no += written.height
        self.expect(movements(written, NO_DEBITS, self.law))

    def _earned(self, facts: pl.DataFrame) -> pl.DataFrame:
        """Credits at the instant they are due, and what refunds and deaths take back of them at once.

        How much of an order was refunded, and whether that killed it, is history: only the base of an earning
        sees the new total.
        """
        paying = facts.filter("is_earning_ruled").with_columns(
            grand_total_paise=pl.col("payable_paise") - pl.col("loyalty_paise")
        )
        as_of, refunded = self.history.as_of, self.history.refunded
        due = (
            expected_earning(paying, refunded, self.law, as_of)
            .filter((pl.col("due_coins") > 0) & (pl.col("due_at") <= as_of))
            .with_columns(
                grand_total_paise="recorded_total_paise",
                posted_coins="due_coins",
                posted_at="due_at",
            )
        )
        credits = due.select(
            "order_no", leg=pl.lit("earn"), operation=pl.lit("cr"), coins="due_coins", at="posted_at"
        )
        return _entries(due, credits, _asked(reversal_asks(due, refunded), "reversal", "dr"))

    def _given_back(self, facts: pl.DataFrame) -> pl.DataFrame:
        """What deaths and refunds give back of redeemed coins, at once."""
        spent = facts.filter("is_redeeming_ruled", pl.col("redeemed_coins") > 0).with_columns(
            posted_coins="redeemed_coins", posted_at="asked_at"
        )
        asked = restore_asks(spent, self.history.refunded, self.law)
        return _entries(spent, _asked(asked, "restore", "cr"))

    def closed(self) -> pl.DataFrame:
        """Every member at the as-of."""
        at = int(self.history.as_of.timestamp()) * 1_000_000 + self.history.as_of.microsecond
        for account in self.accounts.values():
            account.close(at)
        rows = [
            (member_no, *account.flows.values(), account.balance)
            for member_no, account in sorted(self.accounts.items())
        ]
        columns = ("member_no", *(f"{flow}_coins" for flow in FLOWS), "balance_coins")
        return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.Int64), orient="row")


def _asked(asks: pl.DataFrame, leg: str, operation: str) -> pl.DataFrame:
    return asks.select(
        "order_no", leg=pl.lit(leg), operation=pl.lit(operation), coins="asked_coins", at="asked_at"
    )


def _entries(orders: pl.DataFrame, *parts: pl.DataFrame) -> pl.DataFrame:
    """Entries of these orders' members, in order of (order, leg, instant)."""
    owners = orders.select("order_no", "member_no")
    return (
        pl.concat(parts)
        .join(owners, on="order_no", how="inner", validate="m:1")
        .rename({"at": "created_at"})
        .select(pl.col(name).cast(dtype) for name, dtype in _ENTRY.items())
        .sort("order_no", "leg", "created_at", "coins")
    )
