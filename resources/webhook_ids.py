"""Where the files of a home seem to hold the secret webhook id of the integration. The id itself is never repeated."""

import re
from collections.abc import Iterator
from pathlib import Path

from loyalty.readiness.setup_audit import Leak
from resources.home import Home, Settings
from resources.rulebook_files import read_version

_ID = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|webhook(?:[ _-]*id)?[ \t\"']*[:=/][ \t\"']*[0-9a-z_-]{16,}",
    re.IGNORECASE,
)
"""An id as Nector writes its own, or a long word after ``webhook``, as in an address or a note."""


def webhook_leaks(home: Home, settings: Settings) -> tuple[Leak, ...]:
    """Lines of ``brand.yaml`` and of every rule file that seem to hold it, comments too.

    Addresses for alerts are the brand's own and may hold an id of theirs.
    """
    brand = home.brand_file.read_text(encoding="utf-8-sig")
    for url in settings.alerts.urls:
        brand = brand.replace(url, "")
    leaks = [Leak(None, line) for line in _lines(brand)]
    for file in sorted(home.rules.glob("*.yaml")):
        if not file.name.startswith("."):
            leaks += _in_rules(file)
    return tuple(leaks)


def _in_rules(file: Path) -> Iterator[Leak]:
    lines = tuple(_lines(file.read_text(encoding="utf-8-sig")))
    if lines:
        version = read_version(file).version
        yield from (Leak(version, line) for line in lines)


def _lines(text: str) -> Iterator[int]:
    return (number for number, line in enumerate(text.splitlines(), start=1) if _ID.search(line))
