-- Could any order spend more than its member's balance on paper, or that more than was ever credited?
SELECT spendable.order_no, spendable.spendable_coins, spendable.paper_coins, credited.coins AS credited_coins
FROM int_spendable AS spendable
LEFT JOIN int_order_facts AS facts ON facts.order_no = spendable.order_no
LEFT JOIN (
    SELECT member_no, sum(signed_coins) AS coins FROM int_movements WHERE signed_coins > 0 GROUP BY member_no
) AS credited ON credited.member_no = facts.member_no
WHERE spendable.spendable_coins > spendable.paper_coins
    OR spendable.paper_coins > coalesce(credited.coins, 0)
    OR facts.order_no IS NULL
ORDER BY spendable.order_no
