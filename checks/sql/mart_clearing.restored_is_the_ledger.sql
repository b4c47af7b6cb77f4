-- Did as much come back for each order and member as its restores gave, up to what was taken?
WITH posted AS (
    SELECT placed.order_id, person.member_id,
        coalesce(sum(entry.amount_coins) FILTER (entry.leg = 'redemption'), 0) AS taken_coins,
        coalesce(sum(entry.amount_coins) FILTER (entry.leg = 'restore'), 0) AS given_coins
    FROM int_linked_entries AS entry
    JOIN stg_orders AS placed ON placed.order_no = entry.order_no
    LEFT JOIN stg_member_keys AS person ON person.member_no = entry.member_no
    WHERE entry.is_posted AND entry.leg IN ('redemption', 'restore')
    GROUP BY ALL
),
cleared AS (
    SELECT order_id, member_id, sum(restored_coins) AS restored_coins
    FROM mart_clearing
    WHERE order_id IS NOT NULL
    GROUP BY ALL
),
loose AS (
    SELECT sum(entry.amount_coins) AS given_coins
    FROM int_linked_entries AS entry
    WHERE entry.is_posted AND entry.leg = 'restore' AND entry.order_no IS NULL AND entry.debit_no IS NOT NULL
)
SELECT posted.order_id, posted.member_id, posted.taken_coins, posted.given_coins, cleared.restored_coins
FROM posted
LEFT JOIN cleared
    ON cleared.order_id = posted.order_id AND cleared.member_id IS NOT DISTINCT FROM posted.member_id
WHERE least(posted.taken_coins, posted.given_coins) <> coalesce(cleared.restored_coins, 0)
UNION ALL
SELECT NULL, NULL, NULL, loose.given_coins, cleared.restored_coins
FROM loose, (SELECT sum(restored_coins) AS restored_coins FROM mart_clearing WHERE order_id IS NULL) AS cleared
WHERE coalesce(cleared.restored_coins, 0) > coalesce(loose.given_coins, 0)
ORDER BY order_id, member_id
