-- Does every month open with the closing of the one before, the first with nothing, and is none left out?
WITH dated AS (
    SELECT *, strptime(month || '-01', '%Y-%m-%d')::DATE AS first_day FROM mart_coin_rollforward
),
followed AS (
    SELECT month, wallet, origin, first_day, opening_coins,
        lag(closing_coins, 1, 0) OVER months AS closed_coins,
        lag(first_day) OVER months AS day_before
    FROM dated
    WINDOW months AS (PARTITION BY wallet, origin ORDER BY first_day)
)
SELECT month, wallet, origin, opening_coins, closed_coins
FROM followed
WHERE opening_coins <> closed_coins OR first_day <> day_before + INTERVAL 1 MONTH
UNION ALL
SELECT max(month), wallet, origin, NULL, NULL
FROM mart_coin_rollforward
GROUP BY wallet, origin
HAVING max(month) <> strftime(getvariable('as_of') AT TIME ZONE 'Asia/Kolkata', '%Y-%m')
ORDER BY month, wallet, origin
