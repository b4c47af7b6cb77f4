-- Do the parts of every movement add up to its coins?
SELECT entry_no, moved.signed_coins, placed.coins AS placed_coins
FROM int_movements AS moved
FULL JOIN (SELECT entry_no, sum(coins) AS coins FROM int_allocations GROUP BY entry_no) AS placed USING (entry_no)
WHERE coalesce(moved.signed_coins, 0) <> coalesce(placed.coins, 0) OR moved.entry_no IS NULL
ORDER BY entry_no
