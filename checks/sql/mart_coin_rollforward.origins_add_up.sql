-- Is every figure of all origins the sum of the figures of each?
WITH summed AS (
    SELECT month, wallet, sum(opening_coins) AS opening, sum(issued_coins) AS issued, sum(redeemed_coins) AS redeemed,
        sum(restored_coins) AS restored, sum(expired_coins) AS expired, sum(reversed_coins) AS reversed,
        sum(adjusted_coins) AS adjusted, sum(closing_coins) AS closing
    FROM mart_coin_rollforward
    WHERE origin <> 'all'
    GROUP BY month, wallet
),
whole AS (
    SELECT month, wallet, opening_coins, issued_coins, redeemed_coins, restored_coins, expired_coins, reversed_coins,
        adjusted_coins, closing_coins
    FROM mart_coin_rollforward
    WHERE origin = 'all'
)
SELECT 'not in all' AS problem, * FROM (FROM summed EXCEPT ALL FROM whole)
UNION ALL
SELECT 'not of any', * FROM (FROM whole EXCEPT ALL FROM summed)
ORDER BY month, wallet
