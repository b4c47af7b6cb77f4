-- Does every member have one row, whose fates add up to the balance and to the posted entries?
WITH posted AS (
    SELECT person.member_id, sum(entry.signed_coins) FILTER (entry.is_posted) AS coins,
        sum(entry.amount_coins) FILTER (entry.is_posted AND entry.leg = 'redemption') AS redeemed
    FROM stg_member_keys AS person
    LEFT JOIN int_linked_entries AS entry USING (member_no)
    GROUP BY person.member_id
)
SELECT member_id, coins, balance_coins, redeemed, redeemed_coins
FROM posted
FULL JOIN mart_members AS known USING (member_id)
WHERE coalesce(coins, 0) IS DISTINCT FROM balance_coins OR coalesce(redeemed, 0) IS DISTINCT FROM redeemed_coins
    OR balance_coins IS DISTINCT FROM
        issued_coins - redeemed_coins + restored_coins - expired_coins - reversed_coins + adjusted_coins
ORDER BY member_id
