-- Is every posted coins entry in exactly one verdict, an expire entry in one or more?
-- Rows of lots that should have expired, and of balances, name entries whose own verdict stands elsewhere.
WITH counted AS (
    SELECT entry_no, count(*) AS verdicts, min(leg) AS leg, max(leg) AS other_leg
    FROM (
        SELECT unnest(entry_nos) AS entry_no, leg
        FROM int_leg_rows
        WHERE leg <> 'balance' AND kind IS DISTINCT FROM 'expiry_missing'
            AND NOT (leg = 'expiry' AND recorded_coins = 0 AND status IN ('pending', 'match'))
    )
    GROUP BY entry_no
),
wanted AS (
    SELECT entry_no, status, type = 'expire' AND operation = 'dr' AS may_be_shared
    FROM stg_entries
    WHERE wallet = 'coins' AND status <> 'void' AND both_sides()
)
SELECT entry_no, status, leg, other_leg, coalesce(verdicts, 0) AS verdicts
FROM wanted
FULL JOIN counted USING (entry_no)
WHERE status IS NULL
    OR (status = 'posted' AND (verdicts IS NULL OR leg <> other_leg OR (verdicts > 1 AND NOT may_be_shared)))
ORDER BY entry_no
