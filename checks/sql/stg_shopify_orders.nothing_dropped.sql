-- Is every Shopify order created by the as-of staged once, with what its lines say, its total counted once?
WITH landed AS (
    SELECT first(order_name ORDER BY line_no) AS order_name,
        first(shopify_id ORDER BY line_no) FILTER (shopify_id IS NOT NULL) AS shopify_id,
        first(total_paise ORDER BY line_no) FILTER (total_paise IS NOT NULL) AS total_paise,
        coalesce(first(refunded_paise ORDER BY line_no) FILTER (refunded_paise IS NOT NULL), 0) AS refunded_paise,
        bool_or(is_gokwik) AS is_gokwik, count(*) AS lines, coalesce(sum(quantity), 0) AS items
    FROM raw_shopify__lines
    WHERE fate = 'accepted' AND ordered_at <= getvariable('as_of')
    GROUP BY name_key
),
staged AS (
    SELECT order_name, shopify_id, total_paise, refunded_paise, is_gokwik, lines, items FROM stg_shopify_orders
)
SELECT 'not staged' AS problem, * FROM (FROM landed EXCEPT ALL FROM staged)
UNION ALL
SELECT 'not landed', * FROM (FROM staged EXCEPT ALL FROM landed)
ORDER BY order_name
