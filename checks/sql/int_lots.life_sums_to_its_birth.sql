-- Is every lot born of its own entry, and what was taken of it less what came back, with what is left, its birth?
WITH lives AS (
    SELECT lot_no,
        sum(coins) FILTER (entry_no = lot_no) AS born_coins,
        -coalesce(sum(coins) FILTER (entry_no <> lot_no AND coins < 0), 0) AS taken_coins,
        coalesce(sum(coins) FILTER (entry_no <> lot_no AND coins > 0), 0) AS given_back_coins
    FROM int_allocations
    WHERE lot_no IS NOT NULL
    GROUP BY lot_no
)
SELECT lot_no, lot.born_coins, lot.left_coins, life.taken_coins, life.given_back_coins
FROM int_lots AS lot
FULL JOIN lives AS life USING (lot_no)
LEFT JOIN stg_entries AS maker ON maker.entry_no = lot.lot_no
WHERE (lot.born_coins, lot.born_at) IS DISTINCT FROM (life.born_coins, maker.created_at)
    OR lot.born_coins > maker.signed_coins
    OR lot.born_coins <> life.taken_coins - life.given_back_coins + lot.left_coins
    OR life.given_back_coins > life.taken_coins
    OR lot.left_coins < 0
ORDER BY lot_no
