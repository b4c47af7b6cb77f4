-- Were the orders of each payment, device and coupon case really there?
WITH ours AS (
    SELECT facts.payment_kind, facts.device, facts.has_coupon
    FROM int_order_facts AS facts
    JOIN int_spendable AS balance ON balance.order_no = facts.order_no
    WHERE facts.surface IN (SELECT surface FROM mart_boundary_carts)
        AND facts.placed_at >= (SELECT max(effective_from) FROM mart_boundary_carts)
)
SELECT carts.setting, carts.side, carts.orders
FROM mart_boundary_carts AS carts
WHERE carts.orders > CASE carts.setting
    WHEN 'payment' THEN (SELECT count(*) FROM ours WHERE payment_kind = carts.side)
    WHEN 'devices' THEN (SELECT count(*) FROM ours WHERE device = carts.side)
    WHEN 'with_coupon' THEN (SELECT count(*) FROM ours WHERE has_coupon = (carts.side = 'with'))
    ELSE (SELECT count(*) FROM ours)
END
ORDER BY carts.number
