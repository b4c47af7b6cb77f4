-- Is each refund counted once, and the amount to date the sum so far?
SELECT order_no, refund_seq, 'amount to date' AS problem
FROM (
    SELECT order_no, refund_seq, refunded_to_date_paise,
        sum(amount_paise) OVER (PARTITION BY order_no ORDER BY refund_seq) AS summed_paise
    FROM int_refunds
)
WHERE refunded_to_date_paise <> summed_paise
UNION ALL
SELECT order_no, NULL, 'not the refunds that were staged'
FROM (SELECT order_no, sum(amount_paise) AS paise FROM int_refunds GROUP BY order_no)
RIGHT JOIN (SELECT order_no, sum(amount_paise) AS staged_paise FROM stg_refunds GROUP BY order_no) USING (order_no)
WHERE both_sides() AND paise IS DISTINCT FROM staged_paise
ORDER BY order_no, refund_seq
