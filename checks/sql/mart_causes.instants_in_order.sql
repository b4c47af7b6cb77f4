-- Does every cause begin after it was last right, lie between its first and last order, and end after that?
SELECT leg, surface, rule_version, cause, began_after_at, began_by_at, first_at, last_at, ended_after_at, ended_by_at
FROM mart_causes
WHERE first_at > last_at
    OR began_after_at > began_by_at
    OR began_by_at NOT BETWEEN first_at AND last_at
    OR ended_after_at > ended_by_at
    OR (ended_after_at IS NULL) <> (ended_by_at IS NULL)
ORDER BY leg, surface, rule_version, cause
