-- Does every staged order have its facts once, with bases that follow from its money?
WITH wanted AS (
    SELECT order_no, member_no, surface, state, placed_at, loyalty_paise,
        subtotal_paise - coupon_paise - other_discount_paise AS after_coupon_paise,
        grand_total_paise + loyalty_paise AS payable_paise
    FROM stg_orders
    WHERE both_sides()
),
known AS (
    SELECT order_no, member_no, surface, state, placed_at, loyalty_paise, after_coupon_paise, payable_paise
    FROM int_order_facts
)
SELECT 'no such facts' AS problem, * FROM (FROM wanted EXCEPT ALL FROM known)
UNION ALL
SELECT 'no such order', * FROM (FROM known EXCEPT ALL FROM wanted)
ORDER BY order_no
