"""The bars of docs/reliability.md: what tests tried, how often, and what was lost.

A test asks for the fixture ``bar`` and tells it; `make reliability` runs every such test and writes the
table anew. What several tests tell of one thing adds up. Nothing of a clock or a machine may be told.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple, Protocol

PAPER = Path(__file__).parents[1] / "docs" / "reliability.md"
BEGIN, END = "<!-- written by `make reliability` -->", "<!-- as far as here -->"
HEADER = ("bar", "what was tried", "how often", "lost")


class Bar(NamedTuple):
    """One thing that was tried so many times, with what was lost."""

    name: str
    tried: str
    times: int
    lost: int


class Tell(Protocol):
    """Says that something was tried; ``lost`` counts rows, files, runs or answers that went wrong."""

    def __call__(self, name: str, tried: str, *, times: int, lost: int = 0) -> None: ...


def told(text: str) -> Bar:
    """A bar from the text that a test recorded."""
    return Bar(*json.loads(text))


def table(bars: Iterable[Bar]) -> str:
    """The bars as a table in order of name, those of one thing added up."""
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for bar in bars:
        times, lost = sums.get((bar.name, bar.tried), (0, 0))
        sums[bar.name, bar.tried] = times + bar.times, lost + bar.lost
    rows = [(name, tried, f"{times:,}", f"{lost:,}") for (name, tried), (times, lost) in sorted(sums.items())]
    lines = [HEADER, ("---", "---", "--:", "--:"), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def rewrite(paper: Path, bars: Iterable[Bar]) -> None:
    """Put the table between its marks; the rest of the paper is a person's."""
    text = paper.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, mark, after = rest.partition(END)
    assert mark, f"{paper.name} has lost the marks of its table"
    paper.write_text(f"{before}{BEGIN}\n\n{table(bars)}\n\n{END}{after}", encoding="utf-8")
