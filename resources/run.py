"""One run of one home: whose it is, under which law, up to when, and where its tables are made."""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from loyalty.intake.settings import Intake
from loyalty.rulebook.models import Rulebook
from loyalty.values.errors import UserError
from resources.home import Home, Settings
from resources.inbox_text import Profile
from resources.keys import read_secret
from resources.lake import Build, Release, discard, new_build, previous
from resources.lock import locked
from resources.rulebook_files import read_rulebook
from resources.warehouse import asked


@dataclass(frozen=True, kw_only=True)
class Brand:
    """What a home says of itself, read and checked."""

    home: Home
    settings: Settings
    rulebook: Rulebook
    intake: Intake

    @property
    def profile(self) -> Profile:
        """What the brand says of how its exports are written."""
        return Profile(self.intake.headers, self.settings.encodings)


@dataclass(frozen=True, kw_only=True)
class Run(Brand):
    """Everything that an asset may need besides its input tables. Hand it only to one run."""

    as_of: dt.datetime
    build: Build

    @cached_property
    def previous(self) -> Release | None:
        """The snapshot to compare with (details S1)."""
        return previous(self.home, self.as_of)

    def ask(self, sql: str) -> pl.DataFrame:
        """What DuckDB finds in the tables that this run stored so far."""
        return asked(self.build.tables, self.build.scratch, self.as_of, sql)


def open_brand(home: Home, environment: Mapping[str, str]) -> Brand:
    """The settings, rules and key of a home; nothing is written.

    Raises:
        UserError: Something that a person must put right first (details I5).
    """
    settings = home.settings()
    rulebook = read_rulebook(home.rules)
    secret = read_secret(home, settings, environment)
    intake = Intake.of(secret, rulebook, zones=settings.zones, headers=settings.headers, words=settings.words)
    return Brand(home=home, settings=settings, rulebook=rulebook, intake=intake)


@contextmanager
def open_run(home: Home, as_of: dt.datetime, environment: Mapping[str, str]) -> Iterator[Run]:
    """A run, alone on its home; whatever it has not published is gone when the block ends.

    Raises:
        UserError: As `open_brand`, or another run is at work, or ``lake`` is no link.
    """
    brand = open_brand(home, environment)
    if home.lake.exists() and not home.lake.is_symlink():
        raise UserError(f"{home.lake} is a folder, not the link that a run publishes; move it away")
    with locked(home):
        build = new_build(home)
        try:
            yield Run(**vars(brand), as_of=as_of.astimezone(dt.UTC), build=build)
        finally:
            discard(build)
