-- Does every finding name one place, in brand.yaml or in a rule version, and each place once?
SELECT step, finding, place, rule_version, key, line, 'no place' AS problem
FROM mart_setup_audit
WHERE (place = 'rules') <> (rule_version IS NOT NULL) OR (key IS NULL) = (line IS NULL)
UNION ALL
SELECT step, finding, place, rule_version, key, line, 'twice'
FROM mart_setup_audit
GROUP BY ALL
HAVING count(*) > 1
ORDER BY step, finding, key, line
