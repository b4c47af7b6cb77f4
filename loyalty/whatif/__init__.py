"""The same history under other rules: what they would have given, taken and left, to the coin.

A replay keeps what people did (who ordered what, when it arrived, came back or died, what they took off)
and lets a law decide the rest, in order of time, since every coin that is not spent today can be spent
tomorrow. Two replays, one under the present law and one under another, differ by the law alone. What
people would have done otherwise is not known here, and nothing pretends to.
"""
