-- Is every posted debit the sum of what it took of its own member's lots and of debt, every credit of what it gave?
WITH parts AS (
    SELECT part.entry_no, part.coins, lot.member_no, lot.born_at
    FROM int_allocations AS part
    LEFT JOIN int_lots AS lot ON lot.lot_no = part.lot_no
),
summed AS (
    SELECT entry.entry_no, entry.signed_coins, coalesce(sum(part.coins), 0) AS parts_coins,
        coalesce(bool_and(sign(part.coins) = sign(entry.signed_coins)), true) AS is_one_way,
        coalesce(bool_and(part.member_no = entry.member_no AND part.born_at <= entry.created_at), true) AS is_own
    FROM stg_entries AS entry
    LEFT JOIN parts AS part ON part.entry_no = entry.entry_no
    WHERE entry.wallet = 'coins' AND entry.status = 'posted' AND entry.member_no IS NOT NULL AND both_sides()
    GROUP BY ALL
)
SELECT entry_no, signed_coins, parts_coins, is_one_way, is_own
FROM summed
WHERE signed_coins <> parts_coins OR NOT is_one_way OR NOT is_own
ORDER BY entry_no
