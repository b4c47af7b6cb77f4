-- Is every month's flow the sum of the entries of its leg?
WITH roles AS (
    SELECT entry.wallet, entry.signed_coins, entry.created_at,
        CASE
            WHEN entry.wallet = 'coins' THEN linked.leg
            WHEN entry.type = 'redeem' AND entry.operation = 'dr' THEN 'redemption'
            WHEN entry.type = 'expire' AND entry.operation = 'dr' THEN 'expiry'
            WHEN entry.type = 'revert' THEN CASE entry.operation WHEN 'cr' THEN 'restore' ELSE 'reversal' END
        END AS leg
    FROM stg_entries AS entry
    LEFT JOIN int_linked_entries AS linked USING (entry_no)
    WHERE entry.status = 'posted' AND entry.member_no IS NOT NULL AND both_sides()
),
posted AS (
    SELECT strftime(created_at AT TIME ZONE 'Asia/Kolkata', '%Y-%m') AS month, wallet,
        -coalesce(sum(signed_coins) FILTER (leg = 'redemption'), 0) AS redeemed,
        coalesce(sum(signed_coins) FILTER (leg = 'restore'), 0) AS restored,
        -coalesce(sum(signed_coins) FILTER (leg = 'expiry'), 0) AS expired,
        -coalesce(sum(signed_coins) FILTER (leg = 'reversal'), 0) AS reversed,
        coalesce(sum(signed_coins) FILTER (leg IS NULL OR leg IN ('earn', 'adjustment')), 0) AS others
    FROM roles
    GROUP BY ALL
),
booked AS (
    SELECT month, wallet, redeemed_coins, restored_coins, expired_coins, reversed_coins,
        issued_coins + adjusted_coins AS others
    FROM mart_coin_rollforward
    WHERE origin = 'all'
)
SELECT coalesce(posted.month, booked.month) AS month, coalesce(posted.wallet, booked.wallet) AS wallet,
    posted.redeemed, booked.redeemed_coins, posted.restored, booked.restored_coins
FROM posted
FULL JOIN booked ON booked.month = posted.month AND booked.wallet = posted.wallet
WHERE (booked.redeemed_coins, booked.restored_coins, booked.expired_coins, booked.reversed_coins, booked.others)
    IS DISTINCT FROM (
        coalesce(posted.redeemed, 0), coalesce(posted.restored, 0), coalesce(posted.expired, 0),
        coalesce(posted.reversed, 0), coalesce(posted.others, 0)
    )
ORDER BY month, wallet
