"""`milaan whatif`: the published history under other rules."""

import datetime as dt
from pathlib import Path
from typing import NamedTuple

from loyalty.rulebook.models import Rulebook
from loyalty.values.errors import UserError
from loyalty.whatif.comparison import Comparison, compare, spliced
from loyalty.whatif.history import History
from resources.home import Home
from resources.lake import published
from resources.provenance import law_behind
from resources.rulebook_files import read_rules


class Asked(NamedTuple):
    """A comparison, with the rules that it asked about and up to when the snapshot knows."""

    rules: Path
    law: Rulebook
    as_of: dt.datetime
    found: Comparison

    @property
    def begins(self) -> dt.datetime:
        """From when on the other rules hold."""
        return self.law.versions[0].effective_from


def what_if(home: Home, rules: Path) -> Asked:
    """The newest snapshot replayed under the present rules and under those of a file or folder.

    From the first instant of the other rules on only they hold; before it the present ones do.

    Raises:
        UserError: No snapshot, other rules than it was made with, broken rules, or rules that begin after it ends.
    """
    release = published(home)
    present, law = law_behind(home, release), read_rules(rules)
    begins = law.versions[0].effective_from
    if begins > release.as_of:
        raise UserError(
            f"{rules}: effective_from is {begins.isoformat()}, after all that the snapshot knows "
            f"({release.manifest['as_of']}), so nothing would change; write an earlier one"
        )
    history = History(
        facts=release.read("int_order_facts"),
        refunded=release.read("int_refunds"),
        linked=release.read("int_linked_entries"),
        as_of=release.as_of,
    )
    found = compare(history, release.read("stg_member_keys"), present, spliced(present, law))
    return Asked(rules, law, release.as_of, found)
