"""What exists: one thin Dagster asset per stored table, page and release.

An asset validates at the door, calls one function of `loyalty` or `resources`, and returns. What a number
means is not decided here, nor when anything runs.
"""
