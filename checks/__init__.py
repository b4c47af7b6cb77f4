"""What must hold of what was written: a contract per table, and laws recomputed in SQL.

A mismatch between ledger and rules is a finding, not a failed check: checks guard the pipeline,
mismatches are its product. Nothing here changes a table.
"""
