-- Has every member the orders that stand in staging: alive or returned, and worth something?
WITH placed AS (
    SELECT person.member_id, count(bought.order_no) AS orders, min(bought.placed_at) AS first_at,
        sum(bought.subtotal_paise - bought.coupon_paise - bought.other_discount_paise) AS value_paise
    FROM stg_member_keys AS person
    LEFT JOIN stg_orders AS bought ON bought.member_no = person.member_no
        AND bought.state NOT IN ('cancelled', 'rto', 'failed') AND bought.subtotal_paise > 0
    GROUP BY person.member_id
)
SELECT member_id, placed.orders, known.orders AS known_orders, placed.value_paise, known.value_paise AS known_paise
FROM placed
FULL JOIN mart_members AS known USING (member_id)
WHERE placed.orders IS DISTINCT FROM known.orders OR placed.first_at IS DISTINCT FROM known.first_order_at
    OR coalesce(placed.value_paise, 0) IS DISTINCT FROM known.value_paise
ORDER BY member_id
