-- Is every accepted refund of a staged order, dated by the as-of, staged once with its amount?
WITH landed AS (
    SELECT refund.refund_id, placed.order_no, refund.amount_paise, refund.refunded_at
    FROM raw_refunds AS refund
    JOIN stg_orders AS placed ON placed.order_id = refund.order_id
    WHERE refund.fate = 'accepted' AND refund.refunded_at <= getvariable('as_of')
),
staged AS (
    SELECT refund_id, order_no, amount_paise, refunded_at FROM stg_refunds
)
SELECT 'not staged' AS problem, * FROM (FROM landed EXCEPT ALL FROM staged)
UNION ALL
SELECT 'not landed', * FROM (FROM staged EXCEPT ALL FROM landed)
ORDER BY refund_id
