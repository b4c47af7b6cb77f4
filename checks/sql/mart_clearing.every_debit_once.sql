-- Is every posted redeem debit cleared once, for the coins and the order that it names?
WITH posted AS (
    SELECT entry.entry_id, placed.order_id, person.member_id, entry.created_at, entry.amount_coins
    FROM stg_entries AS entry
    JOIN int_linked_entries AS linked ON linked.entry_no = entry.entry_no
    LEFT JOIN stg_orders AS placed ON placed.order_no = linked.order_no
    LEFT JOIN stg_member_keys AS person ON person.member_no = entry.member_no
    WHERE entry.wallet = 'coins' AND entry.status = 'posted' AND entry.type = 'redeem' AND entry.operation = 'dr'
),
cleared AS (
    SELECT entry_id, order_id, member_id, debited_at, coins FROM mart_clearing
)
SELECT 'not cleared' AS problem, * FROM (FROM posted EXCEPT ALL FROM cleared)
UNION ALL
SELECT 'not posted', * FROM (FROM cleared EXCEPT ALL FROM posted)
ORDER BY entry_id
