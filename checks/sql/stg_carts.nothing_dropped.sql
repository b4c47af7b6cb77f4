-- Is every accepted cart abandoned by the as-of staged once, with its money?
WITH landed AS (
    SELECT cart_id, amount_paise, discount_paise, mrp_paise, created_at
    FROM raw_gokwik__carts
    WHERE fate = 'accepted' AND created_at <= getvariable('as_of')
),
staged AS (
    SELECT cart_id, amount_paise, discount_paise, mrp_paise, created_at FROM stg_carts
)
SELECT 'not staged' AS problem, * FROM (FROM landed EXCEPT ALL FROM staged)
UNION ALL
SELECT 'not landed', * FROM (FROM staged EXCEPT ALL FROM landed)
ORDER BY cart_id
