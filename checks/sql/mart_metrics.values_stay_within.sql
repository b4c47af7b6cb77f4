-- Does every value lie within its interval, a share between 0 and 1, and every metric cover all time?
-- Coins redeemed now may have been issued before, and more may redeem than earn: those ratios may exceed 1.
SELECT metric, period, segment, segment_value, value, low, high, 'outside' AS problem
FROM mart_metrics
WHERE value < low OR value > high
    OR (
        unit = 'ratio' AND NOT starts_with(metric, 'bridge_') AND NOT starts_with(metric, 'rc_')
        AND metric NOT IN ('rr_p1', 'rr_p3', 'er_2', 'cru_4')
        AND (value < 0 OR value > 1 OR low < 0 OR high > 1)
    )
UNION ALL
SELECT metric, 'all', NULL, NULL, NULL, NULL, NULL, 'nothing for all time'
FROM mart_metrics
GROUP BY metric
HAVING count(*) FILTER (period = 'all' AND segment = 'all') = 0
ORDER BY metric, period, segment, segment_value
