-- Do the coins recorded on a leg equal the posted entries that the row names?
-- The expiry leg shares entries between rows, the balance leg states stocks: both are proved elsewhere.
WITH numbered AS (
    SELECT row_number() OVER () AS row_no, leg, order_no, recorded_coins, entry_nos
    FROM int_leg_rows
    WHERE leg NOT IN ('expiry', 'balance')
),
named AS (
    SELECT row_no, sum(CASE WHEN entry.is_posted THEN entry.signed_coins ELSE 0 END) AS posted_coins
    FROM (SELECT row_no, unnest(entry_nos) AS entry_no FROM numbered)
    JOIN int_linked_entries AS entry USING (entry_no)
    GROUP BY row_no
)
SELECT leg, order_no, recorded_coins, coalesce(posted_coins, 0) AS posted_coins
FROM numbered
LEFT JOIN named USING (row_no)
WHERE recorded_coins <> coalesce(posted_coins, 0)
ORDER BY leg, order_no
