-- Is every customer in one cohort, every valid order of theirs in one of its months, and nobody active before it?
WITH whole AS (
    SELECT count(DISTINCT member_no) AS members, count(*) AS orders,
        coalesce(sum(subtotal_paise - coupon_paise - other_discount_paise), 0) AS value_paise
    FROM stg_orders
    WHERE member_no IS NOT NULL AND state NOT IN ('cancelled', 'rto', 'failed') AND subtotal_paise > 0
),
told AS (
    SELECT coalesce(sum(members) FILTER (age = 0), 0) AS members, coalesce(sum(orders), 0) AS orders,
        coalesce(sum(value_paise), 0) AS value_paise
    FROM mart_cohorts
)
SELECT 'whole' AS cohort, NULL AS age, told.members, told.orders
FROM told, whole
WHERE told.members <> whole.members OR told.orders <> whole.orders OR told.value_paise <> whole.value_paise
UNION ALL
SELECT cohort, age, members, orders
FROM mart_cohorts
WHERE active > members OR active > orders OR (age = 0 AND active <> members)
ORDER BY cohort, age
