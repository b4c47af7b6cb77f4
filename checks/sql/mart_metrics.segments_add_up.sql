-- Do numerators and denominators of every segment add up to those of the whole population?
-- Answers speak of several themes at once; the shares of surfaces have one denominator: those are no partition.
WITH parts AS (
    SELECT metric, period, segment, sum(numerator) AS numerator, sum(denominator) AS denominator
    FROM mart_metrics
    WHERE segment <> 'all' AND metric <> 'fb_3'
    GROUP BY metric, period, segment
)
SELECT metric, period, part.segment, part.numerator, whole.numerator AS whole_numerator, part.denominator,
    whole.denominator AS whole_denominator
FROM parts AS part
LEFT JOIN (SELECT * FROM mart_metrics WHERE segment = 'all') AS whole USING (metric, period)
WHERE part.numerator IS DISTINCT FROM whole.numerator
    OR (metric <> 'cru_3' AND part.denominator IS DISTINCT FROM whole.denominator)
ORDER BY metric, period, segment
