-- Is every accepted checkout started by the as-of staged once, its end only if that had come?
WITH landed AS (
    SELECT checkout_id, points_shown, points_applied, subtotal_paise, started_at,
        CASE WHEN completed_at <= getvariable('as_of') THEN completed_at END AS completed_at
    FROM raw_checkouts
    WHERE fate = 'accepted' AND started_at <= getvariable('as_of')
),
staged AS (
    SELECT checkout_id, points_shown, points_applied, subtotal_paise, started_at, completed_at FROM stg_checkouts
)
SELECT 'not staged' AS problem, * FROM (FROM landed EXCEPT ALL FROM staged)
UNION ALL
SELECT 'not landed', * FROM (FROM staged EXCEPT ALL FROM landed)
ORDER BY checkout_id
