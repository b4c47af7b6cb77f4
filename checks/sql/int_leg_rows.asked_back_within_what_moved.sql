-- Do returns ask back no more coins than their order had earned, or had spent?
WITH moved AS (
    SELECT order_no, CASE leg WHEN 'earn' THEN 'reversal' ELSE 'restore' END AS leg, sum(amount_coins) AS coins
    FROM int_linked_entries
    WHERE is_posted AND order_no IS NOT NULL AND leg IN ('earn', 'redemption')
    GROUP BY ALL
)
SELECT asked.leg, asked.order_no, asked.expected_coins, moved.coins AS moved_coins
FROM int_leg_rows AS asked
LEFT JOIN moved ON moved.leg = asked.leg AND moved.order_no = asked.order_no
WHERE asked.leg IN ('reversal', 'restore') AND asked.due_at IS NOT NULL
    AND abs(asked.expected_coins) > coalesce(moved.coins, 0)
ORDER BY asked.leg, asked.order_no
