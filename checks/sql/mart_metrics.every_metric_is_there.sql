-- Is every metric of the list there, measured or with the word why not?
WITH wanted AS (
    SELECT unnest([
        'rr_p1', 'rr_p2', 'rr_p3', 'rr_m1', 'rr_m2', 'rr_m3', 'cru_1', 'cru_2', 'cru_3', 'cru_4',
        'rpr_1_d30', 'rpr_1_d60', 'rpr_1_d90', 'rpr_1_d180', 'rpr_1_d365', 'rpr_2', 'rpr_3',
        'aov_1', 'aov_2', 'aov_3', 'ccr_1', 'ccr_2', 'ccr_3',
        'er_1_earn_only', 'er_1_redeem_only', 'er_1_both', 'er_1_neither', 'er_2',
        'tk_1', 'tk_2', 'tk_3', 'fb_1', 'fb_2', 'fb_3', 'tfr', 'brk_1', 'brk_2', 'act', 'ret', 'rc_1', 'rq_1', 'rq_2'
    ]) AS metric
)
SELECT metric, 'absent' AS problem
FROM wanted ANTI JOIN mart_metrics USING (metric)
UNION ALL
SELECT metric, 'silent'
FROM mart_metrics
WHERE NOT measurable AND note IS NULL
ORDER BY metric
