-- Is every recorded coin and paisa explained by a line, so that nothing is left?
SELECT business_date, leg, line, residual_coins, residual_paise
FROM mart_statement
WHERE residual_coins <> 0 OR residual_paise <> 0
ORDER BY business_date, leg, line
