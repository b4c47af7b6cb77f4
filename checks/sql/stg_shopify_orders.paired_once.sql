-- Is no GoKwik order two Shopify orders, and do the two of a pair share an id or a name?
WITH pairs AS (
    SELECT shopify.shopify_no, shopify.order_no, shopify.match_by,
        lower(regexp_replace(shopify.order_name, '^#\s*|\.0$', '', 'g')) AS name_key, lower(shopify.shopify_id) AS id_key,
        lower(placed.order_id) AS order_key, lower(regexp_replace(placed.order_name, '^#\s*|\.0$', '', 'g')) AS order_name_key
    FROM stg_shopify_orders AS shopify
    JOIN stg_orders AS placed USING (order_no)
)
SELECT order_no, 'paired twice' AS problem FROM pairs GROUP BY order_no HAVING count(*) > 1
UNION ALL
SELECT order_no, 'no such order' FROM stg_shopify_orders
WHERE order_no IS NOT NULL AND order_no NOT IN (SELECT order_no FROM stg_orders)
UNION ALL
SELECT order_no, 'neither id nor name' FROM pairs
WHERE NOT coalesce(
    CASE match_by WHEN 'id' THEN id_key = order_key ELSE name_key IN (order_name_key, order_key) END, false)
ORDER BY order_no
