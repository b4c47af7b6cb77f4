-- Is every accepted members record that names a person staged once, with its balance?
WITH landed AS (
    SELECT lead_id, tier, balance_coins, as_of
    FROM raw_members
    WHERE fate = 'accepted' AND coalesce(phone_seal, email_seal, lead_seal) IS NOT NULL
),
staged AS (
    SELECT lead_id, tier, balance_coins, as_of FROM stg_members
)
SELECT 'not staged' AS problem, * FROM (FROM landed EXCEPT ALL FROM staged)
UNION ALL
SELECT 'not landed', * FROM (FROM staged EXCEPT ALL FROM landed)
ORDER BY lead_id
