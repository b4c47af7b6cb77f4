-- Is every entry of the coins wallet that counts or waits there once, as it was staged?
WITH wanted AS (
    SELECT entry_no, member_no, type, operation, signed_coins, created_at, status = 'posted' AS is_posted
    FROM stg_entries
    WHERE wallet = 'coins' AND status <> 'void' AND both_sides()
),
known AS (
    SELECT entry_no, member_no, type, operation, signed_coins, created_at, is_posted FROM int_linked_entries
)
SELECT 'not linked' AS problem, * FROM (FROM wanted EXCEPT ALL FROM known)
UNION ALL
SELECT 'not staged', * FROM (FROM known EXCEPT ALL FROM wanted)
ORDER BY entry_no
