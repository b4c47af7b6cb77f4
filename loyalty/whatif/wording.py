"""What a comparison says in words, and, as much, what it does not say."""

LABEL = "Mechanical difference only."
MECHANICAL = (
    f"{LABEL} The same members place the same orders at the same instants, and the same orders arrive, come "
    "back and die. In manual mode nobody redeems more coins than they did, nor a larger discount than those "
    "coins are worth under the other rules; in auto mode every order takes what the rules let it."
)
BEHAVIOUR = (
    "What people would have done otherwise is unknown: whether they would have ordered more or less, redeemed "
    "more or less, or stayed away. No figure here holds any of that."
)
BASELINE = (
    "Both columns are replays in which every coin is credited, taken back, given back and expired the instant "
    "the rules call for it, so the difference is that of the rules and not of mistakes in the data."
)
