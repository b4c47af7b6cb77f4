-- Is every accepted entry that was created by the as-of staged once, with the coins that it landed with?
WITH landed AS (
    SELECT entry_id, wallet, status, type, operation, amount_coins, created_at,
        CASE operation WHEN 'cr' THEN amount_coins ELSE -amount_coins END AS signed_coins
    FROM raw_nector__entries
    WHERE fate = 'accepted' AND created_at <= getvariable('as_of')
),
staged AS (
    SELECT entry_id, wallet, status, type, operation, amount_coins, created_at, signed_coins FROM stg_entries
)
SELECT 'not staged' AS problem, * FROM (FROM landed EXCEPT ALL FROM staged)
UNION ALL
SELECT 'not landed', * FROM (FROM staged EXCEPT ALL FROM landed)
ORDER BY entry_id
