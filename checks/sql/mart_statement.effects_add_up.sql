-- Do the effects of all kinds add up to the statement, leg by leg and line by line?
WITH judged AS (
    SELECT leg,
        CASE status WHEN 'mismatch' THEN kind WHEN 'by_design' THEN 'by_design:' || kind ELSE status END AS line,
        sum(effect_paise) AS effect_paise,
        sum(expected_coins) AS expected_coins,
        sum(expected_paise) AS expected_paise
    FROM mart_reconciliation
    GROUP BY ALL
),
stated AS (
    SELECT leg, line, sum(effect_paise) AS effect_paise, sum(expected_coins) AS expected_coins,
        sum(expected_paise) AS expected_paise
    FROM mart_statement
    WHERE line NOT IN ('void', 'credits_wallet', 'not_judged')
    GROUP BY leg, line
)
SELECT 'not stated' AS problem, * FROM (FROM judged EXCEPT ALL FROM stated)
UNION ALL
SELECT 'not judged', * FROM (FROM stated EXCEPT ALL FROM judged)
ORDER BY leg, line
