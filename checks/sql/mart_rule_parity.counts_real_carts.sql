-- Is every living order of a known member under a law counted once per pair, and no more affected than there are?
WITH live AS (
    SELECT facts.placed_at
    FROM int_order_facts AS facts
    JOIN int_spendable AS balance ON balance.order_no = facts.order_no
)
SELECT parity.rule_version, parity.surface, parity.other_surface, parity.carts, parity.carts_affected
FROM mart_rule_parity AS parity
WHERE parity.carts <> (
        SELECT count(*) FROM live
        WHERE live.placed_at >= parity.effective_from
            AND live.placed_at < coalesce(parity.effective_until, TIMESTAMPTZ '9999-01-01')
    )
    OR parity.carts_affected > parity.carts
    OR (parity.carts_affected > 0 AND parity.verdict <> 'differ')
    OR parity.share IS DISTINCT FROM CASE WHEN parity.carts > 0 THEN parity.carts_affected / parity.carts END
ORDER BY parity.rule_version, parity.surface, parity.other_surface
