-- Does every reference name a staged order, and is every staged order named by its own id?
SELECT 'names no order' AS problem, order_no FROM stg_references ANTI JOIN stg_orders USING (order_no)
UNION ALL
SELECT 'has no name', order_no FROM stg_orders ANTI JOIN stg_references USING (order_no)
ORDER BY order_no
