"""What a brand tells the door: its key, its law, the zones of its exports, its own headers and words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import polars as pl

from loyalty.intake.kinds import ExtraHeaders, checked_headers
from loyalty.intake.seal import Sealer
from loyalty.intake.states import status_words
from loyalty.rulebook.models import Rulebook
from loyalty.values.errors import UserError
from loyalty.values.times import IST


@dataclass(frozen=True, kw_only=True)
class Intake:
    """Everything that reading an export depends on besides the export; build it with `Intake.of`."""

    sealer: Sealer
    rulebook: Rulebook
    zones: Mapping[str, str]
    headers: ExtraHeaders
    words: Mapping[str, str]

    @classmethod
    def of(
        cls,
        secret: str,
        rulebook: Rulebook,
        *,
        zones: Mapping[str, str] | None = None,
        headers: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
        words: Mapping[str, str] | None = None,
    ) -> Self:
        """Settings with a brand's own checked.

        ``zones``: kind → zone name, India where none is given. ``headers``: kind → column → more headers
        for it. ``words``: more status words → state.

        Raises:
            UserError: Too short a key, or a kind, column, zone or state that does not exist.
        """
        for kind, zone in (zones or {}).items():
            _check_zone(kind, zone)
        return cls(
            sealer=Sealer.of(secret),
            rulebook=rulebook,
            zones=dict(zones or {}),
            headers=checked_headers(headers or {}),
            words=status_words(words),
        )

    def zone(self, kind: str) -> str:
        """The zone of instants without one."""
        return self.zones.get(kind, IST)

    @property
    def devices(self) -> tuple[str, ...]:
        """Every device that a rule names, sorted."""
        laws = self.rulebook.versions
        return tuple(sorted({name for law in laws for rule in law.redeem.values() for name in rule.devices}))

    @property
    def tiers(self) -> tuple[str, ...]:
        """Every tier that a rule names, sorted."""
        laws = self.rulebook.versions
        gates = {name for law in laws for rule in law.redeem.values() for name in rule.tiers or ()}
        return tuple(sorted(gates.union(*(law.earn.tiers for law in laws))))


def _check_zone(kind: str, zone: str) -> None:
    try:
        pl.select(pl.lit(0).cast(pl.Datetime("us")).dt.replace_time_zone(zone))
    except pl.exceptions.PolarsError as error:
        raise UserError(f"zones.{kind} is {zone}, which is no zone; write one like {IST}") from error
