-- Is every difference of totals, of parts and of refunds named, and nothing else?
WITH refunded AS (
    SELECT order_no, sum(amount_paise) AS paise FROM stg_refunds GROUP BY order_no
),
told AS (
    SELECT placed.order_no, placed.state,
        coalesce(abs(placed.grand_total_paise - shopify.total_paise) > 1, false) AS total_differs,
        placed.is_itemised AND abs(placed.subtotal_paise - placed.coupon_paise - placed.other_discount_paise
            - placed.prepaid_discount_paise - placed.loyalty_paise + placed.shipping_paise + placed.cod_fee_paise
            + placed.tax_paise - placed.grand_total_paise) > 1 AS parts_differ,
        greatest(coalesce(refunded.paise, placed.refunded_paise, 0), coalesce(shopify.refunded_paise, 0)) > placed.grand_total_paise
            AS refund_exceeds
    FROM stg_orders AS placed
    LEFT JOIN stg_shopify_orders AS shopify USING (order_no)
    LEFT JOIN refunded USING (order_no)
),
named AS (
    SELECT order_no, status, list_append(secondary_kinds, kind) AS kinds FROM int_order_rows WHERE order_no IS NOT NULL
)
SELECT order_no, named.kinds, total_differs, parts_differ, refund_exceeds
FROM named
JOIN told USING (order_no)
WHERE told.state <> 'unknown' AND (
    list_contains(named.kinds, 'order_total') <> total_differs
    OR list_contains(named.kinds, 'order_identity') <> parts_differ
    OR list_contains(named.kinds, 'refund_exceeds_paid') <> refund_exceeds)
ORDER BY order_no
