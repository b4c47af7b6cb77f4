-- Are the coins of all debits settled, restored or open, one by one and altogether?
SELECT entry_id, coins, settled_coins, restored_coins, open_coins, state
FROM mart_clearing
WHERE coins <> settled_coins + restored_coins + open_coins
    OR state <> CASE
        WHEN open_coins > 0 THEN 'open'
        WHEN restored_coins = coins AND coins > 0 THEN 'restored'
        ELSE 'settled'
    END
    OR (open_coins > 0) <> (age_days IS NOT NULL)
    OR (open_coins > 0) <> (waits_for IS NOT NULL)
UNION ALL
SELECT NULL, debited.coins, cleared.settled, cleared.restored, cleared.opened, 'all debits'
FROM (
    SELECT coalesce(sum(amount_coins), 0) AS coins
    FROM stg_entries
    WHERE wallet = 'coins' AND status = 'posted' AND type = 'redeem' AND operation = 'dr' AND both_sides()
) AS debited, (
    SELECT coalesce(sum(settled_coins), 0) AS settled, coalesce(sum(restored_coins), 0) AS restored,
        coalesce(sum(open_coins), 0) AS opened
    FROM mart_clearing
) AS cleared
WHERE debited.coins <> cleared.settled + cleared.restored + cleared.opened
ORDER BY entry_id
