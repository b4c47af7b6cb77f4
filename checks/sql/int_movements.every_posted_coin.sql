-- Is every posted entry of a known member one movement of the same coins?
WITH wanted AS (
    SELECT entry_no, member_no, signed_coins, created_at
    FROM stg_entries
    WHERE wallet = 'coins' AND status = 'posted' AND member_no IS NOT NULL AND both_sides()
),
known AS (
    SELECT entry_no, member_no, signed_coins, created_at FROM int_movements
)
SELECT 'no movement' AS problem, * FROM (FROM wanted EXCEPT ALL FROM known)
UNION ALL
SELECT 'no entry', * FROM (FROM known EXCEPT ALL FROM wanted)
ORDER BY entry_no
