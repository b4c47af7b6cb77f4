"""The law: what the programme promised, version by version, dated.

Numbers of the programme live in rulebook files, never in code. A version is frozen; the law in
force on a day is one page. Reading files belongs to `resources`, not here.
"""
