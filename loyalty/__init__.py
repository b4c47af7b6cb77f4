"""The domain: what a loyalty programme promised, and whether it was kept.

Pure functions over frames. Nothing here reads a file, a clock, a database or the environment;
nothing here knows that Dagster or DuckDB exists.
"""
