-- Does every decided mismatch carry a decision that is in force, and every such decision its mismatch?
WITH written AS (
    SELECT mismatch_id, decision, reason, owner FROM mart_decisions WHERE state = 'in_force'
),
shown AS (
    SELECT mismatch_id, decision, decision_reason AS reason, owner FROM mart_mismatches
    WHERE decision IS NOT NULL OR owner IS NOT NULL OR decision_reason IS NOT NULL
),
for_all AS (
    SELECT decision, reason, owner FROM written WHERE decision = 'accept_all_future'
)
SELECT 'not shown' AS problem, * FROM (FROM written EXCEPT ALL FROM shown)
UNION ALL
SELECT 'not written', mismatch_id, decision, reason, owner
FROM (FROM shown EXCEPT ALL FROM written) AS extra
WHERE NOT EXISTS (
    SELECT 1 FROM for_all
    WHERE for_all.decision IS NOT DISTINCT FROM extra.decision
        AND for_all.reason IS NOT DISTINCT FROM extra.reason
        AND for_all.owner IS NOT DISTINCT FROM extra.owner
)
ORDER BY problem, mismatch_id
