-- Is every posted redeem debit cleared once, for the coins and the order that it names?
WITH posted AS (
    SELECT entry.entry_id, placed.order_id, person.member_id, entry.created_at, entry.amount_coins
    FROM int_linked_entries AS entry
    LEFT JOIN stg_orders AS placed ON placed.order_no = entry.order_no
    LEFT JOIN stg_member_keys AS person ON person.member_no = entry.member_no
    WHERE entry.is_posted AND entry.type = 'redeem' AND entry.operation = 'dr'
)
SELECT entry_id, posted.order_id AS posted_order, known.order_id, posted.amount_coins, known.coins
FROM posted
FULL JOIN mart_clearing AS known USING (entry_id)
WHERE posted.created_at IS DISTINCT FROM known.debited_at OR posted.amount_coins IS DISTINCT FROM known.coins
    OR posted.order_id IS DISTINCT FROM known.order_id OR posted.member_id IS DISTINCT FROM known.member_id
ORDER BY entry_id
