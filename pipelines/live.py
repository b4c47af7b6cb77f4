"""The run that the scheduler and the UI open for themselves; the command line hands its own in."""

import datetime as dt
import os
from collections.abc import Iterator

import dagster as dg

from loyalty.values.times import parse_instant
from resources.home import Home
from resources.run import Run, open_run


def now() -> dt.datetime:
    """The instant up to which a run without an as-of knows."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def live_run(home: Home) -> dg.ResourceDefinition:
    """A run on ``home``; its config may say ``as_of``, else it is now."""

    @dg.resource(
        config_schema={"as_of": dg.Field(str, is_required=False, description="ISO-8601 with zone; else now")},
        description="Whose books, under which law, up to when, and where the tables are made.",
    )
    def run(context: dg.InitResourceContext) -> Iterator[Run]:
        told = context.resource_config.get("as_of")
        with open_run(home, parse_instant(told) if told else now(), os.environ) as opened:
            yield opened

    return run
