"""The one family of errors, split by who must act.

A message names the culprit, the rule it broke and the way out, in one sentence.
"""


class MilaanError(Exception):
    """Anything that milaan says on purpose; the message is for a person."""


class UserError(MilaanError):
    """A person must fix an argument, the home, the configuration, a rule or the key (exit 2)."""


class LawError(MilaanError):
    """A conservation law does not hold: the run is incomplete, nothing is published (exit 3)."""
