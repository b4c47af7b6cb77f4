-- Is every judged leg published once, with the figures and the entries that it was judged with?
-- Sums of hashes say whether two sets of rows are the same without sorting either; a leg that differs is told.
WITH judged AS MATERIALIZED (
    SELECT leg, placed.order_id, status, kind, expected_coins, recorded_coins, expected_paise, recorded_paise,
        effect_paise, batch_at, due_at, entry_nos
    FROM int_leg_rows
    LEFT JOIN stg_orders AS placed USING (order_no)
    UNION ALL
    SELECT 'order', order_id, status, kind, 0, 0, expected_paise, recorded_paise, effect_paise, NULL, NULL, []
    FROM int_order_rows
),
judged_rows AS (
    SELECT leg, count(*) AS legs,
        sum(hash(order_id, status, kind, expected_coins, recorded_coins, expected_paise, recorded_paise,
            effect_paise, batch_at, due_at, len(entry_nos))) AS figures
    FROM judged
    GROUP BY leg
),
published_rows AS (
    SELECT leg, count(*) AS legs,
        sum(hash(order_id, status, kind, expected_coins, recorded_coins, expected_paise, recorded_paise,
            effect_paise, batch_at, due_at, len(entry_ids))) AS figures
    FROM mart_reconciliation
    GROUP BY leg
),
judged_entries AS (
    SELECT leg, sum(hash(order_id, entry_id, place)) AS entries
    FROM (SELECT leg, order_id, unnest(entry_nos) AS entry_no, generate_subscripts(entry_nos, 1) AS place FROM judged)
    JOIN stg_entries USING (entry_no)
    GROUP BY leg
),
published_entries AS (
    SELECT leg, sum(hash(order_id, entry_id, place)) AS entries
    FROM (
        SELECT leg, order_id, unnest(entry_ids) AS entry_id, generate_subscripts(entry_ids, 1) AS place
        FROM mart_reconciliation
    )
    GROUP BY leg
)
SELECT leg, judged.legs AS judged_legs, published.legs AS published_legs
FROM judged_rows AS judged
FULL JOIN published_rows AS published USING (leg)
LEFT JOIN judged_entries USING (leg)
LEFT JOIN published_entries USING (leg)
WHERE judged.legs IS DISTINCT FROM published.legs OR judged.figures IS DISTINCT FROM published.figures
    OR judged_entries.entries IS DISTINCT FROM published_entries.entries
ORDER BY leg
