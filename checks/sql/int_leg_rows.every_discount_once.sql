-- Is every loyalty discount recorded on exactly one redemption row?
WITH wanted AS (
    SELECT order_no, loyalty_paise FROM stg_orders WHERE loyalty_paise > 0 AND both_sides()
),
judged AS (
    SELECT order_no, recorded_paise FROM int_leg_rows WHERE recorded_paise <> 0
)
SELECT 'not judged' AS problem, * FROM (FROM wanted EXCEPT ALL FROM judged)
UNION ALL
SELECT 'not staged', * FROM (FROM judged EXCEPT ALL FROM wanted)
ORDER BY order_no
