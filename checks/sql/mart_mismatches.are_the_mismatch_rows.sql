-- Are today's mismatches exactly the mismatch rows of the verdict?
WITH judged AS (
    SELECT leg, kind, order_id, entry_ids, member_id, business_date, batch_at,
        expected_coins, recorded_coins, expected_paise, recorded_paise, effect_paise
    FROM mart_reconciliation
    WHERE status = 'mismatch'
),
listed AS (
    SELECT leg, kind, order_id, entry_ids, member_id, business_date, batch_at,
        expected_coins, recorded_coins, expected_paise, recorded_paise, effect_paise
    FROM mart_mismatches
    WHERE lifecycle <> 'resolved'
)
SELECT 'not listed' AS problem, * FROM (FROM judged EXCEPT ALL FROM listed)
UNION ALL
SELECT 'not judged', * FROM (FROM listed EXCEPT ALL FROM judged)
ORDER BY leg, order_id
