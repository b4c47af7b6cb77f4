"""Tables on disk: one parquet file each, or a folder of parts where one file would not fit in memory.

Equal frames give equal bytes. Parts are read and hashed in order of name.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import polars as pl

_ROWS_IN_GROUP = 500_000


def part_path(folder: Path, table: str, shard: int, shards: int) -> Path:
    """Where the part of a shard is kept: a table of one shard is a file by itself."""
    return folder / f"{table}.parquet" if shards == 1 else folder / table / f"{shard:05d}.parquet"


def write_part(path: Path, frame: pl.DataFrame) -> None:
    """Store a table, or a part of it."""
    path.parent.mkdir(exist_ok=True)
    frame.rechunk().write_parquet(
        path, compression="zstd", compression_level=1, statistics=True, row_group_size=_ROWS_IN_GROUP
    )


def write_shards(folder: Path, table: str, frame: pl.DataFrame, shards: int, shard: pl.Expr) -> None:
    """Store a table in as many parts as there are shards, empty ones too; the order of rows stays."""
    placed = frame.select(shard.alias("shard"))["shard"]
    for number in range(shards):
        part = frame if shards == 1 else frame.filter(placed == number)
        write_part(part_path(folder, table, number, shards), part)


def stored_at(folder: Path, table: str) -> Path:
    """The file of a table, or its folder of parts."""
    parts = folder / table
    return parts if parts.is_dir() else folder / f"{table}.parquet"


def parts_of(path: Path) -> list[Path]:
    """The files that a table is made of."""
    return sorted(path.iterdir()) if path.is_dir() else [path]


def stored_tables(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every table of a folder, by name, with its file or its folder of parts."""
    for path in sorted(folder.iterdir()):
        if path.is_dir() or path.suffix == ".parquet":
            yield path.name.removesuffix(".parquet"), path


def scan_table(folder: Path, table: str) -> pl.LazyFrame:
    """A stored table, not yet read; its name is never read as a pattern."""
    return pl.concat(
        [pl.scan_parquet(part, glob=False) for part in parts_of(stored_at(folder, table))], rechunk=False
    )


def read_table(folder: Path, table: str) -> pl.DataFrame:
    """A stored table."""
    return pl.concat([pl.read_parquet(part, glob=False) for part in parts_of(stored_at(folder, table))])


def sha256_of(path: Path) -> str:
    """The hash of a file, or of the parts in a folder one after another."""
    digest = hashlib.sha256()
    for part in parts_of(path):
        with part.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()
