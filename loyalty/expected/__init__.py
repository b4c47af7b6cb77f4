"""What the law calls for: redemptions, earnings, and what must come back.

Everything here is computed from orders, dated rules and balances; nothing is compared yet.
"""
