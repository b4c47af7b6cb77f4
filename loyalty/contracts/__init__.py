"""What is stored: one pandera model per table, each docstring ending its first sentence with the grain.

Only collected frames are validated: pandera checks a LazyFrame by schema alone and lets bad values
pass. Nothing is ever coerced; staging casts in the open.
"""
