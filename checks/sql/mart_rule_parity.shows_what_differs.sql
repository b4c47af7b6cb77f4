-- Does every cart shown add up, hold what it gives away, and tell its two surfaces apart?
SELECT rule_version, surface, other_surface, verdict, payable_paise, given_paise, other_given_paise
FROM mart_rule_parity
WHERE subtotal_paise IS NOT NULL AND (
        verdict <> 'differ'
        OR payable_paise <> subtotal_paise - coupon_paise - other_discount_paise - prepaid_discount_paise
            + shipping_paise + cod_fee_paise + tax_paise
        OR (given_coins = other_given_coins AND given_paise = other_given_paise)
        OR greatest(given_paise, other_given_paise) > payable_paise
        OR greatest(given_coins, other_given_coins) > balance_coins
    )
    OR (verdict <> 'differ' AND subtotal_paise IS NOT NULL)
    OR (verdict = 'same') <> (len(settings) = 0)
    OR len(list_filter(told_by, key -> NOT list_contains(settings, key))) > 0
ORDER BY rule_version, surface, other_surface
