-- Is every void entry and every entry of the credits wallet counted by the statement?
SELECT coalesce(staged.line, stated.line) AS line, staged.entries, stated.entries AS stated_entries
FROM (
    SELECT CASE WHEN wallet = 'credits' THEN 'credits_wallet' ELSE 'void' END AS line, count(*) AS entries
    FROM stg_entries
    WHERE (wallet = 'credits' OR status = 'void') AND both_sides()
    GROUP BY ALL
) AS staged
FULL JOIN (
    SELECT line, sum(entries) AS entries
    FROM mart_statement
    WHERE line IN ('void', 'credits_wallet')
    GROUP BY line
) AS stated ON stated.line = staged.line
WHERE staged.entries IS DISTINCT FROM stated.entries
ORDER BY line
