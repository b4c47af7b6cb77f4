"""Which export is this? A header row tells, by the columns that it names.

A kind is certain by its signature; else it is guessed, so that a person is told what is missing.
Columns that no kind knows are kept out and reported.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from loyalty.intake.kind import Kind, plain
from loyalty.intake.kinds import KINDS, ExtraHeaders

HEADER_WITHIN = 20
"""A header is looked for in so many rows (details I10)."""

_GUESS_COLUMNS = 3
_GUESS_SHARE = 0.5

_Spelt = Sequence[tuple[str, Sequence[str]]]
"""Columns with headers that mean them, as headers are compared."""

_OWN: Mapping[str, _Spelt] = {
    kind.name: [(column.key, [plain(column.name)]) for column in kind.columns] for kind in KINDS
}
_ALIASES: Mapping[str, _Spelt] = {
    kind.name: [(column.key, [*map(plain, column.aliases)]) for column in kind.columns] for kind in KINDS
}


@dataclass(frozen=True, kw_only=True)
class Recognition:
    """What a header row was recognised as. ``columns`` maps a column's key to its position."""

    kind: Kind | None
    columns: Mapping[str, int]
    guessed: tuple[str, ...] = ()
    unknown: tuple[int, ...] = ()
    missing: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()
    is_certain: bool = False

    @property
    def fault(self) -> str | None:
        """Why no row of the file can be read, or None."""
        if self.kind is None:
            return "not a known kind of export"
        if self.missing:
            return f"{self.kind.name} without the required column {', '.join(self.missing)}"
        if self.repeated:
            return f"the column {', '.join(self.repeated)} stands more than once"
        return None


def recognise(header: Sequence[str], extra: ExtraHeaders | None = None) -> Recognition:
    """The kind of a header row by its signature; else the kind most of whose required columns are there.

    A guessed kind always has ``missing`` columns. No kind at all: every position is unknown.
    """
    places: dict[str, list[int]] = {}
    for position, name in enumerate(header):
        if plain(name):
            places.setdefault(plain(name), []).append(position)
    best, share = None, 0.0
    for kind in KINDS:
        found = _map(kind, places, (extra or {}).get(kind.name, {}))
        missing = tuple(
            kind.label(group) for group in kind.required if not any(key in found for key in group)
        )
        if _is_signed(kind, found, places):
            return _recognition(kind, found, missing, places, len(header), is_certain=True)
        present = len(kind.required) - len(missing)
        if present >= _GUESS_COLUMNS and present / len(kind.required) > max(share, _GUESS_SHARE):
            best, share = (kind, found, missing), present / len(kind.required)
    if best is None:
        return Recognition(kind=None, columns={}, unknown=tuple(range(len(header))))
    kind, found, missing = best
    signature = tuple(kind.label(group) for group in kind.signature if not any(key in found for key in group))
    return _recognition(kind, found, missing or signature, places, len(header), is_certain=False)


def find_header(rows: Sequence[Sequence[str]], extra: ExtraHeaders | None = None) -> int | None:
    """Position of the header among the first rows: the first of a certain kind, else of a guessed one."""
    guess = None
    for position, row in enumerate(rows[:HEADER_WITHIN]):
        recognition = recognise(row, extra)
        if recognition.is_certain:
            return position
        if guess is None and recognition.kind is not None:
            guess = position
    return guess


def _map(
    kind: Kind, places: Mapping[str, Sequence[int]], extra: Mapping[str, Sequence[str]]
) -> dict[str, tuple[str, int]]:
    """Key → (header, position): first every column by its own name, then by the brand's, then by aliases."""
    found: dict[str, tuple[str, int]] = {}
    taken: set[str] = set()
    brands = [(column.key, [*map(plain, extra.get(column.key, ()))]) for column in kind.columns if extra]
    for key, names in chain(_OWN[kind.name], brands, _ALIASES[kind.name]):
        name = next((name for name in names if name in places and name not in taken), None)
        if name is not None and key not in found:
            found[key] = (name, places[name][0])
            taken.add(name)
    return found


def _is_signed(kind: Kind, found: Mapping[str, object], places: Mapping[str, object]) -> bool:
    has_all = all(any(key in found for key in group) for group in kind.signature)
    return has_all and not any(plain(name) in places for name in kind.never)


def _recognition(
    kind: Kind,
    found: Mapping[str, tuple[str, int]],
    missing: tuple[str, ...],
    places: Mapping[str, Sequence[int]],
    width: int,
    *,
    is_certain: bool,
) -> Recognition:
    used = {position for _, position in found.values()}
    return Recognition(
        kind=kind,
        columns={key: position for key, (_, position) in found.items()},
        guessed=tuple(key for key, (name, _) in found.items() if name != plain(kind.column(key).name)),
        unknown=tuple(position for position in range(width) if position not in used),
        missing=missing,
        repeated=tuple(kind.column(key).name for key, (name, _) in found.items() if len(places[name]) > 1),
        is_certain=is_certain,
    )
