-- Are the counts of every file those of the records that landed from it?
WITH landed AS (
    SELECT file, fate FROM raw_gokwik__orders
    UNION ALL SELECT file, fate FROM raw_nector__entries
    UNION ALL SELECT file, fate FROM raw_refunds
    UNION ALL SELECT file, fate FROM raw_members
    UNION ALL SELECT file, fate FROM raw_shopify__lines
    UNION ALL SELECT file, fate FROM raw_gokwik__carts
    UNION ALL SELECT file, fate FROM raw_checkouts
    UNION ALL SELECT file, fate FROM raw_gokwik__settlements
    UNION ALL SELECT file, fate FROM raw_tickets
    UNION ALL SELECT file, fate FROM raw_feedback
),
counted AS (
    SELECT file,
        count(*) FILTER (fate = 'accepted') AS accepted,
        count(*) FILTER (fate = 'quarantined') AS quarantined,
        count(*) FILTER (fate = 'duplicate') AS duplicate,
        count(*) FILTER (fate = 'superseded') AS superseded
    FROM landed
    GROUP BY file
),
wanted AS (
    SELECT source.file, source.lines,
        coalesce(counted.accepted, 0) AS accepted,
        coalesce(counted.superseded, 0) AS superseded,
        coalesce(counted.quarantined, 0)
            + CASE WHEN source.reason IS NOT NULL AND NOT source.is_repeat THEN source.lines ELSE 0 END AS quarantined,
        coalesce(counted.duplicate, 0) + CASE WHEN source.is_repeat THEN source.lines ELSE 0 END AS duplicate
    FROM raw_files AS source
    LEFT JOIN counted ON counted.file = source.file
)
SELECT coalesce(wanted.file, told.file) AS file, wanted.accepted, told.accepted AS told_accepted,
    wanted.quarantined, told.quarantined AS told_quarantined
FROM wanted
FULL JOIN mart_sources AS told ON told.file = wanted.file
WHERE wanted.file IS NULL
    OR told.file IS NULL
    OR (wanted.lines, wanted.accepted, wanted.quarantined, wanted.duplicate, wanted.superseded)
        <> (told.lines, told.accepted, told.quarantined, told.duplicate, told.superseded)
ORDER BY file
