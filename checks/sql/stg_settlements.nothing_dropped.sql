-- Is every accepted transaction by the as-of staged once, with the money that it landed with?
WITH landed AS (
    SELECT payment_id, transaction_type, amount_paise, coalesce(debit_paise, 0) AS debit_paise,
        coalesce(credit_paise, 0) AS credit_paise, transacted_at
    FROM raw_gokwik__settlements
    WHERE fate = 'accepted' AND transacted_at <= getvariable('as_of')
),
staged AS (
    SELECT payment_id, transaction_type, amount_paise, debit_paise, credit_paise, transacted_at FROM stg_settlements
)
SELECT 'not staged' AS problem, * FROM (FROM landed EXCEPT ALL FROM staged)
UNION ALL
SELECT 'not landed', * FROM (FROM staged EXCEPT ALL FROM landed)
ORDER BY payment_id
