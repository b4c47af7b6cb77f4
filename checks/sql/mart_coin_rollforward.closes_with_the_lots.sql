-- Does the last month close with what is left in the lots of each origin, less what members owe?
WITH held AS (
    SELECT
        CASE
            WHEN entry.leg = 'earn' THEN 'purchase'
            WHEN entry.leg = 'restore' THEN 'restore'
            WHEN entry.type IN ('reward', 'bonus') THEN 'bonus'
            WHEN entry.type = 'import' THEN 'import'
            ELSE 'adjustment'
        END AS origin,
        lot.left_coins AS coins
    FROM int_lots AS lot
    LEFT JOIN int_linked_entries AS entry ON entry.entry_no = lot.lot_no
    UNION ALL
    SELECT 'overdrawn', coins FROM int_allocations WHERE lot_no IS NULL
),
closed AS (
    SELECT origin, closing_coins
    FROM mart_coin_rollforward
    WHERE wallet = 'coins' AND origin <> 'all'
    QUALIFY row_number() OVER (PARTITION BY origin ORDER BY month DESC) = 1
)
SELECT origin, closing_coins, held_coins
FROM (SELECT origin, sum(coins) AS held_coins FROM held GROUP BY origin)
FULL JOIN closed USING (origin)
WHERE closing_coins IS DISTINCT FROM held_coins
ORDER BY origin
