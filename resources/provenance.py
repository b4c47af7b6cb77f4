"""What a snapshot was made of, for its manifest: inputs, law, settings, versions. No clock, no path, no name."""

import hashlib
from importlib.metadata import version
from typing import Any

import polars as pl
from pydantic import BaseModel

from loyalty.rulebook.models import Rulebook
from loyalty.values.errors import UserError
from resources.home import Home
from resources.lake import Release
from resources.rulebook_files import read_rulebook
from resources.run import Run

_PACKAGES = ("duckdb", "pandera", "polars", "pyarrow")
_PRIVATE = {"key_file", "alerts"}


def provenance(run: Run, sources: pl.DataFrame) -> dict[str, Any]:
    """The head of the manifest. Inputs go by their hash: a file name may hold anything."""
    inputs = sources.select("sha256", "kind", "lines").unique().sort("sha256")
    return {
        "as_of": run.as_of.isoformat(),
        "brand": run.settings.brand,
        "settings": _fingerprint(run.settings, _PRIVATE),
        "rules": law_of(run.rulebook),
        "inputs": inputs.to_dicts(),
        "packages": {name: version(name) for name in _PACKAGES},
    }


def law_of(rulebook: Rulebook) -> dict[str, Any]:
    """Every rule version with its first instant and the hash of all it says."""
    return {
        law.version: {"effective_from": law.effective_from.isoformat(), "sha256": _fingerprint(law, set())}
        for law in rulebook.versions
    }


def law_behind(home: Home, release: Release) -> Rulebook:
    """The rules of a home, which are those that judged its snapshot.

    Raises:
        UserError: They have changed since, or cannot be read.
    """
    rulebook = read_rulebook(home.rules)
    if law_of(rulebook) != release.manifest["rules"]:
        raise UserError(f"{home.rules} has changed since the last run; run `milaan run {home.path}` first")
    return rulebook


def _fingerprint(model: BaseModel, without: set[str]) -> str:
    return hashlib.sha256(repr(model.model_dump(exclude=without)).encode()).hexdigest()
