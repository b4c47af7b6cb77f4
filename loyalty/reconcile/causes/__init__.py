"""Why: the one setting that, changed alone, gives exactly the coins and paise that were recorded.

Every mismatch is replayed under each alternative of contract §6 and details B4–B7. A cause is claimed
only when it reproduces the record exactly, never guessed; when several do, all are listed.
"""
