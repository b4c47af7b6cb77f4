-- Does every quarantined line have a reason, and every reason a quarantined line?
WITH explained AS (
    SELECT file, count(DISTINCT line) AS lines FROM mart_quarantine GROUP BY file
),
set_aside AS (
    SELECT file, line FROM raw_gokwik__orders WHERE fate = 'quarantined'
    UNION ALL SELECT file, line FROM raw_nector__entries WHERE fate = 'quarantined'
    UNION ALL SELECT file, line FROM raw_refunds WHERE fate = 'quarantined'
    UNION ALL SELECT file, line FROM raw_members WHERE fate = 'quarantined'
    UNION ALL SELECT file, line FROM raw_shopify__lines WHERE fate = 'quarantined'
    UNION ALL SELECT file, line FROM raw_gokwik__carts WHERE fate = 'quarantined'
    UNION ALL SELECT file, line FROM raw_checkouts WHERE fate = 'quarantined'
    UNION ALL SELECT file, line FROM raw_gokwik__settlements WHERE fate = 'quarantined'
    UNION ALL SELECT file, line FROM raw_tickets WHERE fate = 'quarantined'
    UNION ALL SELECT file, line FROM raw_feedback WHERE fate = 'quarantined'
)
SELECT file, line, 'no reason given' AS problem
FROM set_aside
WHERE (file, line) NOT IN (SELECT (file, line) FROM mart_quarantine)
UNION ALL
SELECT file, NULL, 'a file set aside whole without a reason'
FROM raw_files
WHERE reason IS NOT NULL AND NOT is_repeat AND lines > 0 AND file NOT IN (SELECT file FROM explained)
UNION ALL
SELECT given.file, given.line, 'a reason for a line that was kept'
FROM mart_quarantine AS given
JOIN raw_files AS source ON source.file = given.file
WHERE source.reason IS NULL AND (given.file, given.line) NOT IN (SELECT (file, line) FROM set_aside)
ORDER BY file, line
