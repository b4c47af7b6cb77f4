"""How it runs: what belongs together, when, and where; the only floor that reads the clock."""
