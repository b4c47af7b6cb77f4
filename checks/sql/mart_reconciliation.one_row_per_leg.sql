-- Does any leg have two verdicts?
SELECT leg, order_id, subject, batch_at, count(*) AS verdicts
FROM (
    SELECT leg, order_id, batch_at,
        CASE
            WHEN leg = 'balance' OR batch_at IS NOT NULL THEN member_id
            WHEN order_id IS NULL OR leg = 'adjustment' THEN entry_ids[1]
        END AS subject
    FROM mart_reconciliation
)
GROUP BY ALL
HAVING count(*) > 1
ORDER BY leg, order_id, subject, batch_at
