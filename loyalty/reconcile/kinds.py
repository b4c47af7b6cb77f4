"""Every kind of mismatch as a person reads it: a title, what it means, what to do first.

Words only; `wording` says the sentence of a single row. The order is that of the tests in contract §6.
"""

from typing import NamedTuple


class Kind(NamedTuple):
    """How one kind is told to a person."""

    kind: str
    leg: str
    title: str
    meaning: str
    action: str


_REDEMPTION = (
    Kind(
        "wrong_member",
        "redemption",
        "Coins of another member",
        "The coins that paid for this discount belong to someone who did not place the order.",
        "Give the coins back to their owner and debit the buyer; merge profiles that share a phone.",
    ),
    Kind(
        "discount_without_debit",
        "redemption",
        "Discount given, no coins taken",
        "The order carries a loyalty discount, but the ledger shows no debit a day later.",
        "Debit the coins by hand; ask the checkout team why the debit call failed.",
    ),
    Kind(
        "debit_without_order",
        "redemption",
        "Coins taken, no order",
        "Coins were taken for a checkout that never became an order, and did not come back.",
        "Return the coins to the member, then look at abandoned and failed payments of that hour.",
    ),
    Kind(
        "debit_without_discount",
        "redemption",
        "Coins taken, no discount",
        "Coins were debited for the order, yet the customer paid the full price.",
        "Return the coins or refund their value; check that the discount reached the order.",
    ),
    Kind(
        "double_debit",
        "redemption",
        "Coins taken twice",
        "Two or more debits for one order took more coins than its discount needs.",
        "Return the extra coins; ask for a retry key so that one checkout debits once.",
    ),
    Kind(
        "coins_value",
        "redemption",
        "Coins and discount disagree",
        "The discount is not what that many coins buy, or the coins are not a whole number of steps.",
        "Compare the coin value on both dashboards; one of the two rules was changed alone.",
    ),
    Kind(
        "over_balance",
        "redemption",
        "More coins than the member had",
        "The order spent coins that were never in the member's balance.",
        "Check for two carts at once and for a stale balance at checkout; decide whether to claim the rest.",
    ),
    Kind(
        "expired_coins_used",
        "redemption",
        "Expired coins spent",
        "The balance was enough on paper only, with coins past their expiry.",
        "Run the expiry job before the sale, not after; let goodwill stand for single orders.",
    ),
    Kind(
        "over_max_discount",
        "redemption",
        "Above the largest discount",
        "The discount, or the coins spent, is more than the rules allow on one order.",
        "Compare the largest discount in the checkout's rule with the rulebook.",
    ),
    Kind(
        "over_cap",
        "redemption",
        "Above the share of the cart",
        "The discount is a larger share of the cart than the rules allow.",
        "Compare the percentage and its base (subtotal or total payable) on both dashboards.",
    ),
    Kind(
        "below_min_payable",
        "redemption",
        "Customer paid too little",
        "After the discount the customer paid less than the smallest amount that the rules ask for.",
        "Set the minimum payable on the checkout's own redemption rule.",
    ),
    Kind(
        "below_min_cart",
        "redemption",
        "Cart too small",
        "Coins were redeemed on a cart below the minimum.",
        "Check which amount the checkout compares with the minimum: before or after the coupon.",
    ),
    Kind(
        "below_min_coins",
        "redemption",
        "Fewer coins than the minimum",
        "Fewer coins were redeemed than the rules let anyone spend at once.",
        "Set the minimum number of coins on the checkout's own redemption rule.",
    ),
    Kind(
        "not_eligible",
        "redemption",
        "Not allowed to redeem",
        "Tier, payment method, coupon, device or a disabled surface rules this redemption out.",
        "See which condition fails with milaan explain, then switch it on at the checkout.",
    ),
    Kind(
        "under_redeemed",
        "redemption",
        "Less discount than promised",
        "Coins apply by themselves, yet the order got less than the rules would give.",
        "Look for slow or failed balance look-ups at checkout; the customers may be owed the rest.",
    ),
)

_EARN = (
    Kind(
        "earn_missing",
        "earn",
        "Coins never credited",
        "The order was due to earn, and 48 hours later nothing was credited.",
        "Credit the coins; check that the delivery status reaches the ledger.",
    ),
    Kind(
        "earn_duplicate",
        "earn",
        "Coins credited twice",
        "Several credits for one order add up to more than it earns.",
        "Take the extra coins back; ask for a retry key on the credit call.",
    ),
    Kind(
        "earn_amount",
        "earn",
        "Wrong number of coins credited",
        "The credit is not what the rules give on this order.",
        "See which setting explains it with milaan explain: base, tier, rate or rounding.",
    ),
    Kind(
        "earn_unexpected",
        "earn",
        "Coins for an order that earns none",
        "Coins were credited and kept although the order is below the minimum, skipped, dead or undelivered.",
        "Take the coins back; check the trigger and the skip tags of the earning rule.",
    ),
    Kind(
        "earn_orphan",
        "earn",
        "Coins for an unknown order",
        "A credit names an order that is in no export.",
        "Find the order: another channel or a gap in the export. If it does not exist, take the coins back.",
    ),
    Kind(
        "earn_early",
        "earn",
        "Coins credited too early",
        "The right coins, more than an hour before they were due: they may be spent before a return.",
        "Compare trigger and delay of the earning rule on the dashboard with the rulebook.",
    ),
    Kind(
        "earn_late",
        "earn",
        "Coins credited late",
        "The right coins, more than 48 hours after they were due.",
        "Look for a backlog in the credit job; no money is lost, the customer waited.",
    ),
)

_REVERSAL = (
    Kind(
        "reversal_missing",
        "reversal",
        "Earned coins not taken back",
        "The order was cancelled, returned or refunded after it earned, and its coins stayed.",
        "Take the coins back; an RTO is often neither cancelled nor refunded in the shop.",
    ),
    Kind(
        "reversal_frozen",
        "reversal",
        "Claw-back blocked by a manual entry",
        "The earned coins stayed, and a manual adjustment names the order: the ledger then ignores refunds.",
        "Take the coins back by hand; reward by hand only with entries that name no order.",
    ),
    Kind(
        "reversal_unexpected",
        "reversal",
        "Coins taken back for no reason",
        "Earned coins were taken back although the order is alive, or no order is known.",
        "Give the coins back; look at cancel-and-reorder and at edited orders.",
    ),
    Kind(
        "reversal_duplicate",
        "reversal",
        "Coins taken back twice",
        "More claw-backs than events, and together they took too much.",
        "Give the extra coins back; look for status flips between cancelled and returned.",
    ),
    Kind(
        "reversal_amount",
        "reversal",
        "Wrong number of coins taken back",
        "The claw-back is not what the return or refund asks for.",
        "Check how partial refunds are shared out, and at which rule's rate.",
    ),
    Kind(
        "reversal_late",
        "reversal",
        "Claw-back late",
        "The right coins were taken back, more than 72 hours after the event.",
        "Look for a backlog in the refund job; until then the coins could be spent.",
    ),
)

_RESTORE = (
    Kind(
        "restore_missing",
        "restore",
        "Spent coins never returned",
        "The order died, and the coins spent on it did not come back to the customer.",
        "Return the coins; check that cancellations of unpaid COD orders reach the ledger.",
    ),
    Kind(
        "restore_unexpected",
        "restore",
        "Coins returned for no reason",
        "Spent coins came back although the order is alive, or no debit is known for them.",
        "Take the coins back unless support promised them; check partial refunds.",
    ),
    Kind(
        "restore_duplicate",
        "restore",
        "Coins returned twice",
        "More returns of coins than events, and together they gave too much.",
        "Take the extra coins back; look for a retry and a manual return of the same order.",
    ),
    Kind(
        "restore_amount",
        "restore",
        "Wrong number of coins returned",
        "The coins that came back are not the coins that were spent.",
        "Correct the balance; check how partial refunds are shared out.",
    ),
    Kind(
        "restore_late",
        "restore",
        "Coins returned late",
        "The right coins came back, more than 72 hours after the order died.",
        "Look for a backlog in the cancellation job; the customer waited.",
    ),
)

_EXPIRY = (
    Kind(
        "expiry_missing",
        "expiry",
        "Expired coins still spendable",
        "Coins past their expiry were not removed within 48 hours.",
        "Run the expiry job; check that it covers every member.",
    ),
    Kind(
        "expiry_early",
        "expiry",
        "Coins expired too early",
        "Coins were removed although none of the member's were past expiry.",
        "Give the coins back; check the zone and the months of the expiry setting.",
    ),
    Kind(
        "expiry_amount",
        "expiry",
        "Wrong number of coins expired",
        "The expiry removed more or fewer coins than were left of the lot.",
        "Correct the balance; check that spent coins are taken from the oldest lot first.",
    ),
)

_BALANCE = (
    Kind(
        "balance_break",
        "balance",
        "Running balance does not add up",
        "The balance in the ledger export jumps by coins that no entry explains.",
        "Export the ledger again in full; a row is missing or was edited.",
    ),
    Kind(
        "negative_balance",
        "balance",
        "Balance below zero",
        "An entry took more coins than the member had.",
        "Find the entry in the member's ledger; look for two debits at the same moment.",
    ),
    Kind(
        "closing_balance",
        "balance",
        "Exported balance differs from the ledger",
        "The members export shows another balance than the member's own entries add up to.",
        "Export ledger and members at the same moment; if it stays, ask the vendor.",
    ),
)

_ADJUSTMENT = (
    Kind(
        "adjustment_unexplained",
        "adjustment",
        "Manual entry without a reason",
        "Coins were added or removed by hand with neither title nor description.",
        "Ask who made the entry and why; make the reason compulsory.",
    ),
    Kind(
        "import_repeated",
        "adjustment",
        "Import repeated",
        "The same import to the same member appears again within a week.",
        "Undo the second import; keep the upload list of every import.",
    ),
    Kind(
        "bonus_duplicate",
        "adjustment",
        "Bonus given too often",
        "A member received a bonus more often than the rules allow.",
        "Take the bonus back; look for several profiles of one person.",
    ),
    Kind(
        "bonus_out_of_range",
        "adjustment",
        "Bonus of the wrong size",
        "A bonus is smaller or larger than the rules allow.",
        "Compare the bonus range on the dashboard with the rulebook.",
    ),
    Kind(
        "pending_stuck",
        "adjustment",
        "Entry stuck in pending",
        "A coin entry has waited for more than 72 hours without being posted or dropped.",
        "Post or cancel the entry.",
    ),
)

_ORDER = (
    Kind(
        "order_missing_in_shopify",
        "order",
        "Order missing in Shopify",
        "GoKwik has the order, no Shopify file does.",
        "Push the order again, or find out that it was a test.",
    ),
    Kind(
        "order_missing_in_gokwik",
        "order",
        "Order missing in GoKwik",
        "Shopify names GoKwik as the checkout, no GoKwik file has the order.",
        "Export again without filters; cancelled orders may be hidden.",
    ),
    Kind(
        "order_total",
        "order",
        "Totals differ",
        "GoKwik and Shopify show different totals for one order.",
        "Look for an edit after the order, or a fee that was not passed on.",
    ),
    Kind(
        "order_identity",
        "order",
        "Amounts do not add up",
        "Price, discounts, shipping and fees of the order do not give its total.",
        "Look for a discount that hides in another column.",
    ),
    Kind(
        "cod_prepaid_twin",
        "order",
        "One purchase, two orders",
        "A COD order and its prepaid twin both earn or redeem.",
        "Cancel one of the two; let the conversion app copy no coins.",
    ),
    Kind(
        "refund_exceeds_paid",
        "order",
        "Refund larger than the payment",
        "More was refunded than the customer paid.",
        "Refund the price paid, not the price shown; the coins come back by themselves.",
    ),
)

CATALOGUE: tuple[Kind, ...] = (
    *_REDEMPTION,
    *_EARN,
    *_REVERSAL,
    *_RESTORE,
    *_EXPIRY,
    *_BALANCE,
    *_ADJUSTMENT,
    *_ORDER,
)
KINDS: dict[str, Kind] = {each.kind: each for each in CATALOGUE}
