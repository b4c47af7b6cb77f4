-- Is any cause of a leg, surface and rule version told twice?
SELECT leg, surface, rule_version, cause, count(*) AS told
FROM mart_causes
GROUP BY ALL
HAVING count(*) > 1
ORDER BY leg, surface, rule_version, cause
