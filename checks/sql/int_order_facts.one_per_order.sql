-- Does every staged order have its facts once, with bases that follow from its money?
WITH wanted AS (
    SELECT * FROM stg_orders WHERE both_sides()
)
SELECT order_no, wanted.state AS staged_state, known.state, wanted.loyalty_paise AS staged_paise, known.loyalty_paise
FROM wanted
FULL JOIN int_order_facts AS known USING (order_no)
WHERE wanted.placed_at IS NULL OR known.placed_at IS NULL OR wanted.placed_at <> known.placed_at
    OR wanted.member_no IS DISTINCT FROM known.member_no
    OR wanted.surface <> known.surface OR wanted.state <> known.state
    OR wanted.loyalty_paise <> known.loyalty_paise
    OR known.payable_paise <> wanted.grand_total_paise + wanted.loyalty_paise
    OR known.after_coupon_paise
        <> wanted.subtotal_paise - wanted.coupon_paise - wanted.other_discount_paise
ORDER BY order_no
