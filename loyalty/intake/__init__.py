"""The door: exports as text become sealed, typed rows, and every record gets exactly one fate.

Text tables come in (`tables`), are recognised (`kinds`, `survey`), parsed (`parse`, `instants`), sealed
(`seal`) and given a fate (`raw`, `fates`); `stage` hands the accepted rows on. No phone, e-mail, name
or free text gets past `raw`. Opening files belongs to `resources.inbox`.
"""
