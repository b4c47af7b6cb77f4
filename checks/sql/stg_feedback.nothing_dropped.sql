-- Is every accepted answer by the as-of staged once, with its score within its scale?
WITH landed AS (
    SELECT response_id, scale, score, answered_at
    FROM raw_feedback
    WHERE fate = 'accepted' AND answered_at <= getvariable('as_of')
        AND score BETWEEN CASE scale WHEN 'csat5' THEN 1 ELSE 0 END AND CASE scale WHEN 'csat5' THEN 5 ELSE 10 END
),
staged AS (
    SELECT response_id, scale, score, answered_at FROM stg_feedback
)
SELECT 'not staged' AS problem, * FROM (FROM landed EXCEPT ALL FROM staged)
UNION ALL
SELECT 'not landed', * FROM (FROM staged EXCEPT ALL FROM landed)
ORDER BY response_id
