"""Rulebooks from a few lines of YAML or from mappings of texts."""

import re
from collections.abc import Mapping
from typing import Any

import yaml

from loyalty.rulebook.models import Rulebook, RuleVersion


class AsText(yaml.BaseLoader):
    """Scalars stay the text that stands in the file; a blank or ``null`` is nothing."""


_NULL = "tag:yaml.org,2002:null"
AsText.add_implicit_resolver(_NULL, re.compile("^(?:~|null|)$"), ["~", "n", ""])
AsText.add_constructor(_NULL, lambda _loader, _node: None)


def a_rulebook(*texts: str) -> Rulebook:
    """The versions, one rulebook file each; see `a_law` for what a text may leave out."""
    return a_law(*(yaml.load(text, Loader=AsText) for text in texts))  # noqa: S506 - makes nothing but text


def a_law(*files: Mapping[str, Any]) -> Rulebook:
    """The versions, one mapping of texts each.

    The first version is of 1 January 2026 and surface gokwik has a block of defaults, unless they say so.
    """
    bare = {"version": "2026-01-01", "effective_from": "2026-01-01T00:00:00+05:30", "redeem": {"gokwik": {}}}
    return Rulebook.of(RuleVersion.model_validate({**bare, **law}) for law in files or ({},))


BARE = a_law()
