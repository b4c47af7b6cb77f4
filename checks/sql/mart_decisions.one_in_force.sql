-- Is at most one decision in force for a mismatch, and every refused line told why?
SELECT mismatch_id, count(*) AS lines
FROM mart_decisions
WHERE state = 'in_force'
GROUP BY mismatch_id
HAVING count(*) > 1
UNION ALL
SELECT mismatch_id, line
FROM mart_decisions
WHERE (state = 'refused') <> (problem IS NOT NULL)
ORDER BY mismatch_id
