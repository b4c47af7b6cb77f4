-- Are coins settled only for orders that were delivered or died, and does none of these wait for delivery?
SELECT cleared.entry_id, cleared.order_id, cleared.state, cleared.waits_for, facts.state AS order_state
FROM mart_clearing AS cleared
LEFT JOIN stg_orders AS placed ON placed.order_id = cleared.order_id
LEFT JOIN int_order_facts AS facts ON facts.order_no = placed.order_no
WHERE (
        cleared.settled_coins > 0
        AND NOT coalesce(facts.is_dead OR facts.state = 'delivered' OR facts.delivered_at IS NOT NULL, false)
    )
    OR (cleared.waits_for = 'delivery' AND (facts.is_dead OR facts.delivered_at IS NOT NULL))
    OR (cleared.order_id IS NULL AND cleared.waits_for <> 'order')
ORDER BY cleared.entry_id
