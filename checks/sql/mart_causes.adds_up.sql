-- Are the figures of each cause those of its mismatches, and its effect what merchant and customers have of it?
WITH named AS (
    SELECT leg, surface, rule_version, cause, unnest(mismatch_ids) AS mismatch_id FROM mart_causes
),
summed AS (
    SELECT named.leg, named.surface, named.rule_version, named.cause,
        count(*) AS mismatches,
        count(DISTINCT order_id) AS orders,
        sum(recorded_coins - expected_coins) AS coins,
        sum(greatest(effect_paise, 0)) AS merchant_paise,
        sum(least(effect_paise, 0)) AS customer_paise
    FROM named
    JOIN mart_mismatches USING (mismatch_id)
    GROUP BY ALL
)
SELECT told.leg, told.surface, told.rule_version, told.cause, told.mismatches, summed.mismatches AS counted
FROM mart_causes AS told
LEFT JOIN summed ON summed.leg = told.leg
    AND summed.surface IS NOT DISTINCT FROM told.surface
    AND summed.rule_version IS NOT DISTINCT FROM told.rule_version
    AND summed.cause = told.cause
WHERE told.mismatches <> coalesce(summed.mismatches, 0)
    OR told.orders <> coalesce(summed.orders, 0)
    OR told.coins <> coalesce(summed.coins, 0)
    OR told.merchant_paise <> coalesce(summed.merchant_paise, 0)
    OR told.customer_paise <> coalesce(summed.customer_paise, 0)
    OR told.effect_paise <> told.merchant_paise + told.customer_paise
ORDER BY told.leg, told.surface, told.rule_version, told.cause
