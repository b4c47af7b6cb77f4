-- Is every posted coins entry in exactly one verdict, an expire entry in one or more?
-- Rows of lots that should have expired, and of balances, name entries whose own verdict stands elsewhere.
WITH named AS (
    SELECT unnest(entry_ids) AS entry_id, leg
    FROM mart_reconciliation
    WHERE leg <> 'balance' AND kind IS DISTINCT FROM 'expiry_missing'
      AND NOT (leg = 'expiry' AND recorded_coins = 0 AND status IN ('pending', 'match'))
),
counted AS (
    SELECT entry_id, count(*) AS verdicts, count(DISTINCT leg) AS legs FROM named GROUP BY entry_id
)
SELECT entry.entry_id, entry.type, entry.operation, coalesce(counted.verdicts, 0) AS verdicts
FROM stg_entries AS entry
LEFT JOIN counted ON counted.entry_id = entry.entry_id
WHERE entry.wallet = 'coins' AND entry.status = 'posted' AND both_sides()
    AND (
        coalesce(counted.legs, 0) <> 1
        OR (counted.verdicts > 1 AND NOT (entry.type = 'expire' AND entry.operation = 'dr'))
    )
UNION ALL
SELECT counted.entry_id, entry.type, entry.operation, counted.verdicts
FROM counted
LEFT JOIN stg_entries AS entry ON entry.entry_id = counted.entry_id
WHERE entry.entry_id IS NULL OR entry.wallet <> 'coins' OR entry.status = 'void'
ORDER BY entry_id
