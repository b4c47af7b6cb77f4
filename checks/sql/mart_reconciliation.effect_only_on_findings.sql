-- Does money stand only on mismatches (and on rounding), and a kind only where one is due?
SELECT leg, order_id, entry_ids, status, kind, effect_paise
FROM mart_reconciliation
WHERE (effect_paise <> 0 AND status <> 'mismatch' AND kind IS DISTINCT FROM 'rounding')
    OR (kind IS NULL) <> (status NOT IN ('mismatch', 'by_design'))
    OR (kind = 'rounding' AND abs(effect_paise) > 100)
ORDER BY leg, order_id
