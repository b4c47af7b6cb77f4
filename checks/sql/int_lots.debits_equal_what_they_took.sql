-- Is every posted debit the sum of what it took of its own member's lots and of debt, every credit of what it gave?
WITH summed AS (
    SELECT part.entry_no, sum(part.coins) AS parts_coins,
        min(sign(part.coins)) AS least_sign, max(sign(part.coins)) AS most_sign,
        min(lot.member_no) AS first_member, max(lot.member_no) AS last_member, max(lot.born_at) AS youngest_at
    FROM int_allocations AS part
    LEFT JOIN int_lots AS lot ON lot.lot_no = part.lot_no
    GROUP BY part.entry_no
),
posted AS (
    SELECT entry_no, member_no, signed_coins, sign(signed_coins) AS way, created_at
    FROM stg_entries
    WHERE wallet = 'coins' AND status = 'posted' AND member_no IS NOT NULL AND both_sides()
)
SELECT entry_no, posted.signed_coins, summed.parts_coins
FROM posted
FULL JOIN summed USING (entry_no)
WHERE posted.created_at IS NULL
    OR posted.signed_coins <> coalesce(summed.parts_coins, 0)
    OR summed.least_sign <> posted.way OR summed.most_sign <> posted.way
    OR summed.first_member <> posted.member_no OR summed.last_member <> posted.member_no
    OR summed.youngest_at > posted.created_at
ORDER BY entry_no
