-- Is every accepted order that was placed by the as-of staged once, with the money that it landed with?
WITH landed AS (
    SELECT order_id, placed_at, subtotal_paise, coupon_paise, other_discount_paise, prepaid_discount_paise,
        shipping_paise, cod_fee_paise, tax_paise, grand_total_paise, loyalty_paise, coins_used
    FROM raw_gokwik__orders
    WHERE fate = 'accepted' AND placed_at <= getvariable('as_of')
),
staged AS (
    SELECT order_id, placed_at, subtotal_paise, coupon_paise, other_discount_paise, prepaid_discount_paise,
        shipping_paise, cod_fee_paise, tax_paise, grand_total_paise, loyalty_paise, coins_used
    FROM stg_orders
)
SELECT 'not staged' AS problem, * FROM (FROM landed EXCEPT ALL FROM staged)
UNION ALL
SELECT 'not landed', * FROM (FROM staged EXCEPT ALL FROM landed)
ORDER BY order_id
