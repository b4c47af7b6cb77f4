-- Are the eight questions answered by the orders of the surface under the law in force, counted anew?
WITH judged AS (
    SELECT order_id,
        bool_or(leg = 'redemption' AND status IN ('match', 'mismatch', 'by_design')) AS is_judged,
        bool_or(leg = 'redemption' AND status IN ('match', 'mismatch', 'by_design')
            AND (recorded_coins <> 0 OR recorded_paise <> 0)) AS is_done,
        bool_or(leg = 'redemption' AND status = 'mismatch') AS is_wrong,
        bool_or(leg = 'earn' AND status IN ('match', 'mismatch', 'by_design')) AS is_earned,
        bool_or(leg = 'earn' AND status = 'mismatch') AS is_earned_wrong
    FROM mart_reconciliation
    WHERE leg IN ('redemption', 'earn') AND order_id IS NOT NULL
    GROUP BY order_id
),
ours AS (
    SELECT placed.points_shown, facts.device, facts.is_dead, facts.loyalty_paise, balance.spendable_coins,
        coalesce(judged.is_judged, false) AS is_judged, coalesce(judged.is_done, false) AS is_done,
        coalesce(judged.is_wrong, false) AS is_wrong, coalesce(judged.is_earned, false) AS is_earned,
        coalesce(judged.is_earned_wrong, false) AS is_earned_wrong
    FROM int_order_facts AS facts
    JOIN stg_orders AS placed ON placed.order_no = facts.order_no
    LEFT JOIN int_spendable AS balance ON balance.order_no = facts.order_no
    LEFT JOIN judged ON judged.order_id = placed.order_id
    WHERE facts.surface = (SELECT max(surface) FROM mart_go_live)
        AND facts.placed_at >= (SELECT max(effective_from) FROM mart_go_live)
),
counted AS (
    SELECT 'points_shown' AS question, count(*) FILTER (spendable_coins > 0 AND points_shown IS NOT NULL) AS n,
        count(*) FILTER (spendable_coins > 0 AND points_shown <= 0) AS failures FROM ours
    UNION ALL
    SELECT 'balance_right', count(*) FILTER (points_shown IS NOT NULL AND spendable_coins IS NOT NULL),
        count(*) FILTER (points_shown <> spendable_coins) FROM ours
    UNION ALL
    SELECT 'mobile_works', count(*) FILTER (is_done AND NOT is_dead AND device = 'mobile'),
        count(*) FILTER (is_done AND NOT is_dead AND device = 'mobile' AND is_wrong) FROM ours
    UNION ALL
    SELECT 'earning_works', count(*) FILTER (is_earned), count(*) FILTER (is_earned_wrong) FROM ours
    UNION ALL
    SELECT 'discount_right', count(*) FILTER (is_done AND NOT is_dead AND loyalty_paise > 0), NULL FROM ours
    UNION ALL
    SELECT 'same_on_both_sides', count(*) FILTER (is_done AND NOT is_dead), NULL FROM ours
)
SELECT live.question, live.answer, live.n, live.failures, counted.n AS orders, counted.failures AS wrong
FROM mart_go_live AS live
LEFT JOIN counted ON counted.question = live.question
WHERE live.n <> counted.n
    OR live.failures <> counted.failures
    OR live.failures > live.n
    OR live.answer <> CASE WHEN live.n = 0 THEN 'not_exercised' WHEN live.failures > 0 THEN 'failed' ELSE 'passed' END
    OR (live.bound IS NOT NULL) <> (live.answer = 'passed')
    OR abs(pow(1 - live.bound, live.n) - 0.05) > 1e-6
UNION ALL
SELECT 'all eight', NULL, count(*), NULL, NULL, NULL
FROM mart_go_live
HAVING count(*) <> 8
ORDER BY question
