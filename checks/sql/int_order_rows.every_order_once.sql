-- Where both exports are there: is every GoKwik order compared once, and every GoKwik order that Shopify alone has?
WITH compared AS (
    SELECT both_sides() AND EXISTS (FROM raw_files WHERE kind = 'shopify_orders' AND reason IS NULL) AS is_given
),
wanted AS (
    SELECT order_no, NULL AS shopify_no FROM stg_orders, compared WHERE is_given
    UNION ALL
    SELECT NULL, shopify_no FROM stg_shopify_orders, compared WHERE is_given AND is_gokwik AND order_no IS NULL
),
judged AS (
    SELECT order_no, CASE WHEN order_no IS NULL THEN shopify_no END AS shopify_no FROM int_order_rows
)
SELECT 'not compared' AS problem, * FROM (FROM wanted EXCEPT ALL FROM judged)
UNION ALL
SELECT 'not there', * FROM (FROM judged EXCEPT ALL FROM wanted)
ORDER BY order_no, shopify_no
