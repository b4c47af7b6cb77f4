-- Is no GoKwik order two Shopify orders, and is each called by the id or the name of its Shopify order?
WITH pairs AS (
    SELECT order_no,
        CASE match_by WHEN 'id' THEN shopify_id ELSE regexp_replace(order_name, '^#\s*|\.0$', '', 'g') END AS called
    FROM stg_shopify_orders
    WHERE order_no IS NOT NULL
)
SELECT order_no, 'paired twice' AS problem FROM pairs GROUP BY order_no HAVING count(*) > 1
UNION ALL
SELECT pairs.order_no, 'not called so'
FROM pairs
ANTI JOIN stg_references AS named ON named.order_no = pairs.order_no AND named.reference_key = lower(pairs.called)
WHERE regexp_full_match(pairs.called, '[ -~]*')  -- other letters have no lower case that two engines agree on
ORDER BY order_no
