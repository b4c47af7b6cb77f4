-- Is every entry of the coins wallet that counts or waits there once, as it was staged?
WITH wanted AS (
    SELECT entry_no, member_no, type, operation, signed_coins, created_at, status = 'posted' AS is_posted
    FROM stg_entries
    WHERE wallet = 'coins' AND status <> 'void' AND both_sides()
)
SELECT entry_no, wanted.type AS staged_type, known.type AS linked_type, wanted.signed_coins, known.signed_coins
FROM wanted
FULL JOIN int_linked_entries AS known USING (entry_no)
WHERE wanted.created_at IS NULL OR known.created_at IS NULL
    OR wanted.member_no IS DISTINCT FROM known.member_no
    OR wanted.type <> known.type OR wanted.operation <> known.operation
    OR wanted.signed_coins <> known.signed_coins OR wanted.created_at <> known.created_at
    OR wanted.is_posted <> known.is_posted
ORDER BY entry_no
