-- Is every accepted ticket created by the as-of staged once, with its themes?
WITH landed AS (
    SELECT ticket_id, status, themes, created_at
    FROM raw_tickets
    WHERE fate = 'accepted' AND created_at <= getvariable('as_of')
),
staged AS (
    SELECT ticket_id, status, themes, created_at FROM stg_tickets
)
SELECT 'not staged' AS problem, * FROM (FROM landed EXCEPT ALL FROM staged)
UNION ALL
SELECT 'not landed', * FROM (FROM staged EXCEPT ALL FROM landed)
ORDER BY ticket_id
