-- What did the exports record, per business date, leg and line?
-- Line null: coins and discounts that a verdict must explain. `void` and `credits_wallet` have none.
-- Where orders are compared with Shopify, what GoKwik says that each of them totals.
-- An order's entries belong to the day it was placed; an expire entry to the day its batch was first swept,
-- in the parts that it took of each batch; every other entry to its own day.
WITH posted AS (
    SELECT entry.entry_no, linked.leg, linked.order_no, entry.signed_coins, entry.created_at,
        entry.member_no IS NOT NULL AS is_owned
    FROM stg_entries AS entry
    LEFT JOIN int_linked_entries AS linked ON linked.entry_no = entry.entry_no
    WHERE entry.wallet = 'coins' AND entry.status = 'posted' AND both_sides()
),
booked AS (
    SELECT (coalesce(placed.placed_at, posted.created_at) AT TIME ZONE 'Asia/Kolkata')::DATE AS business_date,
        coalesce(posted.leg, 'adjustment') AS leg, posted.entry_no, posted.order_no, posted.signed_coins
    FROM posted
    LEFT JOIN stg_orders AS placed ON placed.order_no = posted.order_no
    WHERE posted.leg IS DISTINCT FROM 'expiry' OR NOT posted.is_owned
),
sweeps AS (
    SELECT posted.entry_no, posted.signed_coins, posted.created_at, lot.member_no, lot.expires_at AS batch_at,
        sum(part.coins) AS taken_coins
    FROM posted
    LEFT JOIN int_allocations AS part ON part.entry_no = posted.entry_no
    LEFT JOIN int_lots AS lot ON lot.lot_no = part.lot_no AND lot.expires_at <= posted.created_at
    WHERE posted.leg = 'expiry' AND posted.is_owned
    GROUP BY ALL
),
of_batches AS (
    -- What an entry took beyond what was past expiry counts with the newest batch that it found.
    SELECT entry_no, created_at, member_no, batch_at,
        CASE WHEN row_number() OVER newest_first = 1
            THEN signed_coins - (sum(taken_coins) OVER (PARTITION BY entry_no) - taken_coins)
            ELSE taken_coins
        END AS coins
    FROM sweeps
    WHERE batch_at IS NOT NULL
    WINDOW newest_first AS (PARTITION BY entry_no ORDER BY batch_at DESC)
),
swept AS (
    SELECT min(created_at) OVER (PARTITION BY member_no, batch_at) AS dated_at, entry_no, coins
    FROM of_batches
    UNION ALL
    SELECT created_at, entry_no, signed_coins
    FROM sweeps
    WHERE batch_at IS NULL AND entry_no NOT IN (SELECT entry_no FROM of_batches)
),
recorded AS (
    SELECT business_date, leg, NULL AS line, entry_no, order_no, signed_coins AS coins, 0 AS paise FROM booked
    UNION ALL
    SELECT (dated_at AT TIME ZONE 'Asia/Kolkata')::DATE, 'expiry', NULL, entry_no, NULL, coins, 0 FROM swept
    UNION ALL
    SELECT (placed_at AT TIME ZONE 'Asia/Kolkata')::DATE, 'redemption', NULL, NULL, order_no, 0, loyalty_paise
    FROM stg_orders
    WHERE loyalty_paise > 0 AND both_sides()
    UNION ALL
    SELECT (placed_at AT TIME ZONE 'Asia/Kolkata')::DATE, 'order', NULL, NULL, order_no, 0, grand_total_paise
    FROM stg_orders
    WHERE both_sides() AND EXISTS (FROM raw_files WHERE kind = 'shopify_orders' AND reason IS NULL)
    UNION ALL
    SELECT (created_at AT TIME ZONE 'Asia/Kolkata')::DATE, 'none',
        CASE WHEN wallet = 'credits' THEN 'credits_wallet' ELSE 'void' END, entry_no, NULL,
        CASE WHEN status = 'posted' THEN signed_coins ELSE 0 END, 0
    FROM stg_entries
    WHERE (wallet = 'credits' OR status = 'void') AND both_sides()
)
SELECT business_date, leg, line,
    count(DISTINCT entry_no) AS entries,
    count(DISTINCT order_no) AS orders,
    sum(coins)::BIGINT AS recorded_coins,
    sum(paise)::BIGINT AS recorded_paise
FROM recorded
GROUP BY business_date, leg, line
ORDER BY business_date, leg, line
