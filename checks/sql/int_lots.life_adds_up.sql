-- Is what is left of every lot what went in less what came out, and never below nothing?
SELECT lot_no, lot.left_coins, life.coins AS summed_coins
FROM int_lots AS lot
FULL JOIN (
    SELECT lot_no, sum(coins) AS coins FROM int_allocations WHERE lot_no IS NOT NULL GROUP BY lot_no
) AS life USING (lot_no)
WHERE lot.left_coins IS DISTINCT FROM life.coins OR lot.left_coins < 0
ORDER BY lot_no
