-- Does every cart add up, hold what may come off, and was a case called exercised just where orders did?
SELECT setting, side, payable_paise, expected_paise, expected_coins, balance_coins, orders, is_exercised
FROM mart_boundary_carts
WHERE payable_paise <> subtotal_paise - coupon_paise - other_discount_paise - prepaid_discount_paise
        + shipping_paise + cod_fee_paise + tax_paise
    OR expected_paise > payable_paise
    OR expected_coins > balance_coins
    OR (expected_coins > 0) <> (expected_paise > 0)
    OR is_exercised <> (orders > 0)
    OR orders > (SELECT count(*) FROM int_spendable)
ORDER BY number
