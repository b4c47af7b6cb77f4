-- Is a cause claimed only where it reproduces a mismatch, as a verdict lists, and never for more than it has?
-- A shared coin value is listed only where enough rows of the same members share it: it may be listed elsewhere.
WITH named AS (
    SELECT leg, surface, rule_version, cause, unnest(mismatch_ids) AS mismatch_id FROM mart_causes
),
listed AS (
    SELECT named.leg, named.surface, named.rule_version, named.cause
    FROM named
    JOIN mart_mismatches AS row USING (mismatch_id)
    WHERE list_contains(list_transform(row.causes, name -> split_part(name, '=', 1)), split_part(named.cause, '=', 1))
    GROUP BY ALL
)
SELECT told.leg, told.surface, told.rule_version, told.cause, told.verdict, told.reproduced, told.mismatches
FROM mart_causes AS told
LEFT JOIN listed ON listed.leg = told.leg
    AND listed.surface IS NOT DISTINCT FROM told.surface
    AND listed.rule_version IS NOT DISTINCT FROM told.rule_version
    AND listed.cause = told.cause
WHERE (told.mismatches > 0 AND told.cause NOT LIKE 'rate=%' AND (listed.cause IS NULL) <> (told.cause = 'unexplained'))
    OR (told.mismatches > 0 AND (told.reproduced = 0) <> (told.cause = 'unexplained'))
    OR (told.cause = 'unexplained') <> (told.verdict = 'unexplained')
    OR told.reproduced > told.mismatches
    OR (len(told.other_causes) > 0 AND told.verdict = 'identified')
    OR (len(told.other_causes) = 0 AND told.verdict = 'ambiguous')
ORDER BY told.leg, told.surface, told.rule_version, told.cause
