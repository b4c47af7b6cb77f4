-- Did every line of every file end in exactly one place?
SELECT file, lines, accepted, quarantined, duplicate, superseded
FROM mart_sources
WHERE lines <> accepted + quarantined + duplicate + superseded
ORDER BY file
