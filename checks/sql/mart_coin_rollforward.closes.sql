-- Is every closing the opening plus what was issued, restored and adjusted, less what was used, expired or reversed?
SELECT month, wallet, origin, opening_coins, closing_coins
FROM mart_coin_rollforward
WHERE closing_coins <> opening_coins + issued_coins - redeemed_coins + restored_coins - expired_coins
        - reversed_coins + adjusted_coins
ORDER BY month, wallet, origin
