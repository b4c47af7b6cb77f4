-- Is every judged leg published once, with the figures that it was judged with?
WITH numbered AS (
    SELECT row_number() OVER () AS row_no, * FROM int_leg_rows
),
placed_entries AS (
    SELECT row_no, unnest(entry_nos) AS entry_no, generate_subscripts(entry_nos, 1) AS place FROM numbered
),
named AS (
    SELECT row_no, list(entry_id ORDER BY place) AS entry_ids
    FROM placed_entries
    JOIN stg_entries USING (entry_no)
    GROUP BY row_no
),
judged AS (
    SELECT leg, placed.order_id, status, kind, expected_coins, recorded_coins, expected_paise, recorded_paise,
        effect_paise, batch_at, due_at, coalesce(named.entry_ids, []) AS entry_ids
    FROM numbered
    LEFT JOIN named USING (row_no)
    LEFT JOIN stg_orders AS placed USING (order_no)
),
published AS (
    SELECT leg, order_id, status, kind, expected_coins, recorded_coins, expected_paise, recorded_paise,
        effect_paise, batch_at, due_at, entry_ids
    FROM mart_reconciliation
)
SELECT 'not published' AS problem, * FROM (FROM judged EXCEPT ALL FROM published)
UNION ALL
SELECT 'not judged', * FROM (FROM published EXCEPT ALL FROM judged)
ORDER BY leg, order_id
