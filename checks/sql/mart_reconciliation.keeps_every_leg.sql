-- Is every judged leg published once, with the figures that it was judged with?
WITH judged AS (
    SELECT leg, placed.order_id, status, kind, expected_coins, recorded_coins, expected_paise, recorded_paise,
        effect_paise, batch_at, due_at, list_transform(entry_nos, number -> entry_of[number]) AS entry_ids
    FROM int_leg_rows
    LEFT JOIN stg_orders AS placed USING (order_no)
    CROSS JOIN (SELECT map_from_entries(list((entry_no, entry_id))) AS entry_of FROM stg_entries)
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
