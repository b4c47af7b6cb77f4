"""The brand home: where its files are, and what its ``brand.yaml`` says."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import polars as pl
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from loyalty.intake.instants import DateOrder
from loyalty.intake.kinds import KINDS, checked_headers
from loyalty.intake.states import status_words
from loyalty.reconcile.shards import ORDERS_IN_SHARD
from loyalty.rulebook.models import Flag, RedeemBase, Text, Whole
from loyalty.values.errors import UserError
from loyalty.values.times import IST, parse_instant
from resources.yaml_text import Document, Place, parse, read_document

KIND_NAMES = tuple(sorted(kind.name for kind in KINDS))
_QUIET = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]")


def _zones(value: object) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise ValueError(f"must be kinds of export with their zones, not {value!r}")
    return dict.fromkeys(KIND_NAMES, IST) | {str(kind): str(zone) for kind, zone in value.items()}


def _instant(value: object) -> dt.datetime | None:
    if value is None or isinstance(value, dt.datetime):
        return value
    try:
        return parse_instant(str(value).strip())
    except ValueError as error:
        raise ValueError(f"must be an instant like 2026-04-01T00:00:00+05:30, not {value!r}") from error


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) and item for item in value):
        raise ValueError(f"must be a list of texts, not {value!r}")
    return tuple(value)


def _quiet_hours(value: object) -> str | None:
    if value is None or (isinstance(value, str) and _QUIET.fullmatch(value.strip())):
        return value if value is None else str(value).strip()
    raise ValueError(f"must be hours like 22:00-08:00, not {value!r}")


def _maybe(value: object) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


Texts = Annotated[tuple[str, ...], BeforeValidator(_texts)]
MaybeFlag = Flag | None


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(_Settings):
    """How one kind of export is written here: further headers by column, states by status word.

    ``encoding`` is that of files which are no Unicode; ``dates`` say how days and months stand in every
    file of the kind, where a file would else decide for itself (contract §3).
    """

    columns: dict[str, Texts] = Field(default_factory=dict)
    words: dict[str, str] = Field(default_factory=dict)
    encoding: Literal["cp1252"] | None = None
    dates: Literal["day_first", "month_first"] | None = None


class Integration(_Settings):
    """What the merchant reads off both dashboards; null where nobody looked."""

    enabled: MaybeFlag = None
    webhook_id_set: MaybeFlag = None
    calculation_base: RedeemBase | None = None
    apply: Literal["auto", "manual"] | None = None
    web: MaybeFlag = None
    mobile: MaybeFlag = None


class Priority(_Settings):
    """From which money and which age on a mismatch is urgent (details G3)."""

    high_paise: Whole = 100_000
    medium_paise: Whole = 10_000
    high_age_days: Whole = 7


class Tolerance(_Settings):
    """Differences that a schedule may show without alarm; no schedule has one yet."""


class Alerts(_Settings):
    """Where to say that something broke, when to be quiet, how often silence must mean health."""

    urls: Texts = ()
    quiet_hours: Annotated[str | None, BeforeValidator(_quiet_hours)] = None
    heartbeat: Literal["daily", "weekly"] | None = "daily"


class Accounting(_Settings):
    """Choices of the brand's controller; none is needed before there are books."""


class Engine(_Settings):
    """Where the heavy part runs, and how many orders of one shard of members fit in a worker's memory."""

    kind: Literal["local"] = "local"
    orders_in_shard: Annotated[Whole, Field(gt=0)] = ORDERS_IN_SHARD


class Settings(_Settings):
    """``brand.yaml`` with every key and its default (details G2)."""

    brand: Text
    name: Annotated[str | None, BeforeValidator(_maybe)] = None
    zones: Annotated[dict[str, str], BeforeValidator(_zones)] = Field(default_factory=lambda: _zones({}))
    sources: dict[str, Source] = Field(default_factory=dict)
    key_file: Annotated[str | None, BeforeValidator(_maybe)] = None
    launched_at: Annotated[dt.datetime | None, BeforeValidator(_instant)] = None
    integration: Integration = Integration()
    priority: Priority = Priority()
    tolerance: Tolerance = Tolerance()
    alerts: Alerts = Alerts()
    accounting: Accounting = Accounting()
    engine: Engine = Engine()

    @property
    def title(self) -> str:
        """The name to show."""
        return self.name or self.brand

    @property
    def headers(self) -> dict[str, dict[str, tuple[str, ...]]]:
        """The brand's own headers, kind → column → headers."""
        return {kind: dict(source.columns) for kind, source in self.sources.items() if source.columns}

    @property
    def encodings(self) -> dict[str, str]:
        """The encoding of files that are no Unicode, by kind."""
        return {kind: source.encoding for kind, source in self.sources.items() if source.encoding}

    @property
    def dates(self) -> dict[str, DateOrder]:
        """How days and months stand, by kind; a kind that is not named leaves it to each file."""
        return {kind: source.dates for kind, source in self.sources.items() if source.dates}

    @property
    def words(self) -> dict[str, str]:
        """The brand's own status words with the state that each means."""
        return {word: state for source in self.sources.values() for word, state in source.words.items()}


@dataclass(frozen=True)
class Home:
    """The folder of one brand (contract §2)."""

    path: Path

    @property
    def brand_file(self) -> Path:
        """Who we are."""
        return self.path / "brand.yaml"

    @property
    def rules(self) -> Path:
        """Rulebook versions, one file each."""
        return self.path / "rules"

    @property
    def inbox(self) -> Path:
        """Exports as downloaded."""
        return self.path / "inbox"

    @property
    def decisions(self) -> Path:
        """What people decided about mismatches."""
        return self.path / "decisions.csv"

    @property
    def lake(self) -> Path:
        """A link to the published snapshot."""
        return self.path / "lake"

    @property
    def releases(self) -> Path:
        """Snapshots, complete or not there."""
        return self.path / "releases"

    @property
    def reports(self) -> Path:
        """Pages and workbooks of the published snapshot."""
        return self.path / "reports"

    @property
    def logs(self) -> Path:
        """One log a run."""
        return self.path / "logs"

    @property
    def state(self) -> Path:
        """What the scheduler and the lock need."""
        return self.path / ".state"

    def settings(self) -> Settings:
        """What ``brand.yaml`` says.

        Raises:
            UserError: No such home, or a key that is unknown, missing, doubled or wrong (details S9).
        """
        if not self.brand_file.is_file():
            raise UserError(f"{self.path} is no brand home: it has no brand.yaml; `milaan init` makes one")
        document = read_document(self.brand_file)
        settings = parse(document, Settings)
        _check_zones(document, settings)
        _check_sources(document, settings)
        return settings


def _check_zones(document: Document, settings: Settings) -> None:
    for kind, zone in settings.zones.items():
        place = ("zones", kind)
        if kind not in KIND_NAMES:
            raise document.fault(place, f"is no kind of export; the kinds are {', '.join(KIND_NAMES)}")
        try:
            pl.select(pl.lit(0).cast(pl.Datetime("us")).dt.replace_time_zone(zone))
        except pl.exceptions.PolarsError as error:
            raise document.fault(place, f"must be a zone like {IST} or UTC, not {zone!r}") from error


def _check_sources(document: Document, settings: Settings) -> None:
    """Own headers and words must name columns and states that exist."""
    for kind, source in settings.sources.items():
        top: Place = ("sources", kind)
        with _placed(document, top):
            checked_headers({kind: {}})
        for column, headers in source.columns.items():
            with _placed(document, (*top, "columns", column)):
                checked_headers({kind: {column: headers}})
        for word, state in source.words.items():
            with _placed(document, (*top, "words", word)):
                status_words({word: state})


@contextmanager
def _placed(document: Document, place: Place) -> Iterator[None]:
    """Intake's own sentence, with the file and the line that caused it."""
    try:
        yield
    except UserError as error:
        raise document.at(place, str(error)) from error
