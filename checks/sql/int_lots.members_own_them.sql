-- Do the lots of each member, less what is owed, add up to the coins that the member's entries posted?
WITH posted AS (
    SELECT member_no, sum(signed_coins) AS coins
    FROM stg_entries
    WHERE wallet = 'coins' AND status = 'posted' AND member_no IS NOT NULL AND both_sides()
    GROUP BY member_no
),
owed AS (
    SELECT entry.member_no, sum(part.coins) AS coins
    FROM int_allocations AS part
    JOIN stg_entries AS entry ON entry.entry_no = part.entry_no
    WHERE part.lot_no IS NULL
    GROUP BY entry.member_no
),
held AS (
    SELECT member_no, sum(left_coins) AS coins FROM int_lots GROUP BY member_no
)
SELECT member_no, posted.coins AS posted_coins, held.coins AS held_coins, owed.coins AS owed_coins
FROM posted
FULL JOIN held USING (member_no)
FULL JOIN owed USING (member_no)
WHERE coalesce(posted.coins, 0) <> coalesce(held.coins, 0) + coalesce(owed.coins, 0)
    OR coalesce(owed.coins, 0) > 0
ORDER BY member_no
