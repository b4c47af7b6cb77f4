"""Tables as parquet: built aside, published as one release, verified against its manifest.

A release is a folder ``releases/<id>`` that is complete or not there; ``lake`` is a link to one of
them. Everything is written, hashed and on disk before one rename makes it the published snapshot. The id
is the as-of and the hash of the manifest, so equal content has an equal name. DuckDB leaves a few bytes of
its file to chance; its hash therefore stands in a file beside it, and the manifest stays the same.
"""

import datetime as dt
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from loyalty.values.errors import LawError, UserError
from resources.home import Home
from resources.tables import (
    parts_of,
    read_table,
    scan_table,
    sha256_of,
    stored_at,
    stored_tables,
    write_shards,
)

MANIFEST = "manifest.json"
KEEP = 10
"""So many releases stay, the newest as-of first; the published one always."""

_FIRST = pl.lit(0, pl.Int64)
_ID = re.compile(r"[0-9]{8}T[0-9]{6}Z-([0-9a-f]{12})")
_BUILD, _GONE, _LINK = ".build-", ".gone-", ".lake-"


@dataclass(frozen=True)
class Stored:
    """One written table."""

    rows: int
    sha256: str


@dataclass(frozen=True)
class Build:
    """Where one run's tables and pages are made. It becomes a release, or vanishes."""

    folder: Path

    @property
    def tables(self) -> Path:
        """The folder that is published."""
        return self.folder / "snapshot"

    @property
    def reports(self) -> Path:
        """Pages that go to ``reports/`` once the tables are published."""
        return self.folder / "reports"

    @property
    def scratch(self) -> Path:
        """Room for a database that spills."""
        return self.folder / "scratch"

    def write(self, table: str, frame: pl.DataFrame, shards: int = 1, shard: pl.Expr = _FIRST) -> None:
        """Store a table, in parts by ``shard`` where there are several."""
        write_shards(self.tables, table, frame, shards, shard)

    def read(self, table: str) -> pl.DataFrame:
        """A table of this run."""
        return read_table(self.tables, table)

    @property
    def shards(self) -> int:
        """In how many shards the members of this run are judged, once its orders are stored."""
        return len(parts_of(stored_at(self.tables, "stg_orders")))

    def scan(self, table: str) -> pl.LazyFrame:
        """A table of this run, to read some of it."""
        return scan_table(self.tables, table)

    def stored(self, table: str) -> Stored:
        """What was written of a table."""
        rows = self.scan(table).select(pl.len()).collect().item()
        return Stored(rows, sha256_of(stored_at(self.tables, table)))


@dataclass(frozen=True)
class Release:
    """A published snapshot."""

    folder: Path
    manifest: Mapping[str, Any]

    @property
    def as_of(self) -> dt.datetime:
        """Up to when it knows."""
        return dt.datetime.fromisoformat(self.manifest["as_of"])

    def read(self, table: str) -> pl.DataFrame:
        """A table of this release.

        Raises:
            LawError: The file is missing or damaged.
        """
        try:
            return read_table(self.folder, table)
        except (OSError, pl.exceptions.PolarsError) as error:
            raise LawError(
                f"{self.folder / table}.parquet cannot be read; `milaan verify` tells what else is damaged"
            ) from error


def new_build(home: Home) -> Build:
    """An empty build folder; what killed runs left behind is removed first. Call it under the home's lock."""
    home.releases.mkdir(exist_ok=True)
    for folder, prefixes in ((home.releases, (_BUILD, _GONE)), (home.path, (_LINK,))):
        for path in folder.iterdir():
            if path.name.startswith(prefixes):
                _remove(path)
    build = Build(home.releases / f"{_BUILD}{os.getpid()}")
    for path in (build.tables, build.reports, build.scratch):
        path.mkdir(parents=True)
    return build


def discard(build: Build) -> None:
    """Remove what is left of a build."""
    shutil.rmtree(build.folder, ignore_errors=True)


def publish(home: Home, build: Build, about: Mapping[str, Any]) -> Release:
    """Make the build the published snapshot, with ``about`` in its manifest, then its pages.

    A release with the same content is kept as it is. An older one of the same as-of stays, but counts
    as published before this one.
    """
    manifest = {**about, "tables": _tables_of(build), "files": _others_of(build)}
    (build.tables / MANIFEST).write_text(_written(manifest), encoding="utf-8")
    release = Release(home.releases / _id_of(manifest), manifest)
    _sync(build.tables)
    if _is_whole(release.folder):
        os.utime(release.folder / MANIFEST)
    else:
        if release.folder.exists():
            release.folder.rename(home.releases / f"{_GONE}{release.folder.name}")
        build.tables.rename(release.folder)
        _sync_folder(home.releases)
    _link(home, release)
    _move_reports(home, build)
    _prune(home, release)
    return release


def published(home: Home) -> Release:
    """The snapshot that ``lake`` points to.

    Raises:
        UserError: No such home, or nothing was published yet.
        LawError: The snapshot is gone or its manifest cannot be read.
    """
    if not home.path.is_dir():
        raise UserError(f"{home.path} does not exist; `milaan init` makes a home")
    if not os.path.lexists(home.lake):
        raise UserError(f"{home.path} has no published snapshot; `milaan run` makes one")
    folder = home.lake.resolve()
    release = _release(folder)
    if release is None:
        raise LawError(f"{folder / MANIFEST} is missing or unreadable; run `milaan run` again")
    return release


def previous(home: Home, as_of: dt.datetime) -> Release | None:
    """The newest release whose as-of is earlier (details S1)."""
    if not home.releases.is_dir():
        return None
    earlier = [release for release in _releases(home) if release.as_of < as_of]
    return max(earlier, key=_age, default=None)


def verify(release: Release) -> int:
    """Number of files that agree with the manifest, which is all of them.

    Raises:
        LawError: The first file that is missing, changed or unreadable (details S3).
    """
    named = _ID.fullmatch(release.folder.name)
    if named and named[1] != _digest_of(release.manifest):
        raise LawError(
            f"{release.folder / MANIFEST} was changed after it was published; run `milaan run` again"
        )
    wanted = {
        entry["path"]: entry["sha256"] if "sha256" in entry else _told_beside(release.folder / entry["path"])
        for section in ("tables", "files")
        for entry in _section(release, section).values()
    }
    for name, sha256 in wanted.items():
        _check(release.folder / name, sha256)
    return len(wanted)


def _section(release: Release, name: str) -> dict[str, dict[str, str]]:
    section = release.manifest.get(name)
    if not isinstance(section, dict) or not section:
        raise LawError(f"{release.folder / MANIFEST} names no {name}; run `milaan run` again")
    return section


def _check(path: Path, sha256: str) -> None:
    if not path.exists():
        raise LawError(f"{path} is missing from the published snapshot; run `milaan run` again")
    try:
        is_same = sha256_of(path) == sha256
    except OSError as error:
        raise LawError(f"{path} cannot be read: {error.strerror}") from error
    if not is_same:
        raise LawError(f"{path} is not the file that was published; run `milaan run` again")


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")


def _told_beside(path: Path) -> str:
    """The hash in the file beside a file, as ``sha256sum`` writes it; blank when there is none."""
    try:
        return _beside(path).read_text(encoding="utf-8").partition(" ")[0]
    except (OSError, UnicodeDecodeError):
        return ""


def _tables_of(build: Build) -> dict[str, Any]:
    stored = {path.name: build.stored(table) for table, path in stored_tables(build.tables)}
    return {
        name.removesuffix(".parquet"): {"path": name, "rows": told.rows, "sha256": told.sha256}
        for name, told in stored.items()
    }


def _others_of(build: Build) -> dict[str, Any]:
    """What is no table, each with its hash written beside it."""
    tables = {path for _, path in stored_tables(build.tables)}
    others = [path for path in sorted(build.tables.iterdir()) if path not in tables]
    for path in others:
        _beside(path).write_text(f"{sha256_of(path)}  {path.name}\n", encoding="utf-8")
    return {path.name: {"path": path.name, "sha256_in": _beside(path).name} for path in others}


def _written(manifest: Mapping[str, Any]) -> str:
    return json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _digest_of(manifest: Mapping[str, Any]) -> str:
    return hashlib.sha256(_written(manifest).encode()).hexdigest()[:12]


def _id_of(manifest: Mapping[str, Any]) -> str:
    as_of = dt.datetime.fromisoformat(manifest["as_of"]).astimezone(dt.UTC)
    return f"{as_of:%Y%m%dT%H%M%SZ}-{_digest_of(manifest)}"


def _release(folder: Path) -> Release | None:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        release = Release(folder, manifest)
        _ = release.as_of
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return release


def _releases(home: Home) -> list[Release]:
    folders = [path for path in home.releases.iterdir() if not path.name.startswith(".")]
    return [release for release in map(_release, folders) if release is not None]


def _age(release: Release) -> tuple[dt.datetime, int, str]:
    """Order of publication: by as-of; of one as-of, by when it was last published."""
    return release.as_of, (release.folder / MANIFEST).stat().st_mtime_ns, release.folder.name


def _is_whole(folder: Path) -> bool:
    release = _release(folder)
    try:
        return release is not None and verify(release) > 0
    except LawError:
        return False


def _link(home: Home, release: Release) -> None:
    link = home.path / f"{_LINK}{os.getpid()}"
    link.symlink_to(Path(home.releases.name) / release.folder.name)
    link.replace(home.lake)
    _sync_folder(home.path)


def _move_reports(home: Home, build: Build) -> None:
    home.reports.mkdir(exist_ok=True)
    for page in sorted(build.reports.iterdir()):
        page.replace(home.reports / page.name)


def _prune(home: Home, current: Release) -> None:
    newest = sorted(_releases(home), key=_age, reverse=True)
    for release in newest[KEEP:]:
        if release.folder != current.folder:
            _remove(release.folder)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    for path in _all_below(folder):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _all_below(folder: Path) -> Iterable[Path]:
    return [*sorted(folder.rglob("*")), folder]
