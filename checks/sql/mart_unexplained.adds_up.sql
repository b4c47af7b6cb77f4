-- Does every way to cut the unexplained mismatches add up to all of them?
WITH told AS (
    SELECT segment, sum(mismatches) AS mismatches, sum(merchant_paise) AS merchant_paise,
        sum(customer_paise) AS customer_paise, sum(effect_paise) AS effect_paise
    FROM mart_unexplained
    GROUP BY segment
),
left_over AS (
    SELECT coalesce(sum(mismatches), 0) AS mismatches, coalesce(sum(merchant_paise), 0) AS merchant_paise,
        coalesce(sum(customer_paise), 0) AS customer_paise, coalesce(sum(effect_paise), 0) AS effect_paise
    FROM mart_causes
    WHERE cause = 'unexplained'
)
SELECT told.segment, told.mismatches, left_over.mismatches AS unexplained
FROM told
CROSS JOIN left_over
WHERE (told.mismatches, told.merchant_paise, told.customer_paise, told.effect_paise)
    <> (left_over.mismatches, left_over.merchant_paise, left_over.customer_paise, left_over.effect_paise)
UNION ALL
SELECT NULL, 0, left_over.mismatches
FROM left_over
WHERE left_over.mismatches > 0 AND NOT EXISTS (FROM told)
ORDER BY segment
