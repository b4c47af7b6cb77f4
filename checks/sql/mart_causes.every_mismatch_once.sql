-- Does every open mismatch stand behind exactly one cause of its own leg, surface and rule version?
WITH named AS (
    SELECT unnest(mismatch_ids) AS mismatch_id, leg, surface, rule_version FROM mart_causes
),
counted AS (
    SELECT mismatch_id, leg, surface, rule_version, count(*) AS times FROM named GROUP BY ALL
)
SELECT coalesce(open_one.mismatch_id, counted.mismatch_id) AS mismatch_id, open_one.leg, counted.leg AS cause_leg,
    coalesce(counted.times, 0) AS times
FROM (FROM mart_mismatches WHERE lifecycle <> 'resolved') AS open_one
FULL JOIN counted ON counted.mismatch_id = open_one.mismatch_id
WHERE coalesce(counted.times, 0) <> 1
    OR open_one.leg IS DISTINCT FROM counted.leg
    OR open_one.surface IS DISTINCT FROM counted.surface
    OR open_one.rule_version IS DISTINCT FROM counted.rule_version
ORDER BY mismatch_id
