"""Progress for a person: one moving line on a terminal, plain lines anywhere else. Always on stderr."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from loyalty.values.money import group_lakh
from pipelines.journal import Listener


@contextmanager
def progress(total: int) -> Iterator[Listener]:
    """A listener to a run of ``total`` assets."""
    if not sys.stderr.isatty():
        yield _plain
        return
    from rich.console import Console  # noqa: PLC0415 - only a terminal needs it
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("reading the inbox", total=total)

        def listen(asset: str, _rows: int | None) -> None:
            shown.update(task, advance=1, description=asset)

        yield listen


def _plain(asset: str, rows: int | None) -> None:
    print(asset if rows is None else f"{asset}: {group_lakh(rows)} rows", file=sys.stderr)  # noqa: T201 - its purpose
