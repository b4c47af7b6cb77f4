-- Does every month close with the sum of all coins that members' entries had posted by then?
WITH posted AS (
    SELECT strftime(created_at AT TIME ZONE 'Asia/Kolkata', '%Y-%m') AS month, wallet, sum(signed_coins) AS coins
    FROM stg_entries
    WHERE status = 'posted' AND member_no IS NOT NULL AND both_sides()
    GROUP BY ALL
),
rebuilt AS (
    SELECT month, wallet, closing_coins,
        sum(coalesce(coins, 0)) OVER (PARTITION BY wallet ORDER BY month) AS rebuilt_coins
    FROM posted
    FULL JOIN (SELECT month, wallet, closing_coins FROM mart_coin_rollforward WHERE origin = 'all')
        USING (month, wallet)
)
SELECT month, wallet, closing_coins, rebuilt_coins
FROM rebuilt
WHERE closing_coins IS DISTINCT FROM rebuilt_coins
ORDER BY month, wallet
