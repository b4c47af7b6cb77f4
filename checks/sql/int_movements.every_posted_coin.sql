-- Is every posted entry of a known member one movement of the same coins?
WITH wanted AS (
    SELECT entry_no, member_no, signed_coins, created_at
    FROM stg_entries
    WHERE wallet = 'coins' AND status = 'posted' AND member_no IS NOT NULL AND both_sides()
)
SELECT entry_no, wanted.member_no, known.member_no, wanted.signed_coins, known.signed_coins
FROM wanted
FULL JOIN int_movements AS known USING (entry_no)
WHERE wanted.created_at IS NULL OR known.created_at IS NULL OR wanted.member_no <> known.member_no
    OR wanted.signed_coins <> known.signed_coins OR wanted.created_at <> known.created_at
ORDER BY entry_no
