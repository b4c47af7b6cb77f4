-- Do the recorded totals of each leg equal the coins and discounts that were staged?
WITH staged AS (
    SELECT linked.leg, sum(entry.signed_coins) AS coins, 0 AS paise
    FROM stg_entries AS entry
    JOIN int_linked_entries AS linked USING (entry_no)
    WHERE entry.wallet = 'coins' AND entry.status = 'posted'
    GROUP BY linked.leg
    UNION ALL
    SELECT 'redemption', 0, coalesce(sum(loyalty_paise), 0) FROM stg_orders WHERE both_sides()
    UNION ALL
    SELECT 'order', 0, coalesce(sum(grand_total_paise), 0)
    FROM stg_orders
    WHERE both_sides() AND EXISTS (FROM raw_files WHERE kind = 'shopify_orders' AND reason IS NULL)
),
stated AS (
    SELECT leg, sum(recorded_coins) AS coins, sum(recorded_paise) AS paise
    FROM mart_statement
    WHERE leg <> 'balance' AND line NOT IN ('void', 'credits_wallet')
    GROUP BY leg
)
SELECT leg, staged_coins, stated.coins AS stated_coins, staged_paise, stated.paise AS stated_paise
FROM (SELECT leg, sum(coins) AS staged_coins, sum(paise) AS staged_paise FROM staged GROUP BY leg)
FULL JOIN stated USING (leg)
WHERE coalesce(staged_coins, 0) <> coalesce(stated.coins, 0)
    OR coalesce(staged_paise, 0) <> coalesce(stated.paise, 0)
ORDER BY leg
