"""The coin ledger: which order an entry belongs to, which coins a debit took, what was left."""
