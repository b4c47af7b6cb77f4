-- Does any leg have two verdicts?
SELECT leg, order_no, subject, batch_at, count(*) AS verdicts
FROM (
    SELECT leg, order_no, batch_at,
        CASE
            WHEN leg = 'balance' OR batch_at IS NOT NULL THEN member_no
            WHEN order_no IS NULL OR leg = 'adjustment' THEN entry_nos[1]
        END AS subject
    FROM int_leg_rows
)
GROUP BY ALL
HAVING count(*) > 1
ORDER BY leg, order_no, subject, batch_at
