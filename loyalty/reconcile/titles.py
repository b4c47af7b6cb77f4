"""What a leg, and a row that is no mismatch, is called where a person reads it."""

QUIET: dict[str, tuple[str, str]] = {
    "not_yet_due": ("Not yet due", "The order has reached its trigger; its coins are due later."),
    "skipped_by_tag": ("Skipped by tag", "A tag of the order is on the skip list, so it earns nothing."),
    "coupon_still_valid": ("Coupon still valid", "Coins were turned into a coupon that can still be used."),
    "grace": ("Around a rule change", "Right under a rule in force within five minutes of the order."),
    "rounding": ("Rounding", "Another rounding of the same calculation gives it, at most ₹1 apart."),
    "timing": ("Across a month end", "Posted in the neighbouring month, within 24 hours."),
    "duplicate_payment": (
        "Paid twice, called off",
        "A second payment within minutes, cancelled at once: GoKwik refunds it and hides the order.",
    ),
    "pending": ("Waiting", "Still within the time that the rules give it."),
    "unknown": ("Not judged", "An unknown status word, or an order before the first rule."),
}
"""Title and meaning of rows that are no mismatch: kinds by design, and the statuses without a kind."""

LEG_TITLES: dict[str, str] = {
    "redemption": "Redeeming",
    "earn": "Earning",
    "reversal": "Taking back",
    "restore": "Giving back",
    "expiry": "Expiry",
    "balance": "Balance",
    "adjustment": "Manual and bonus",
    "order": "Orders",
}
