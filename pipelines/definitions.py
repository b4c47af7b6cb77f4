"""The code location: what Dagster loads. ``MILAAN_HOME`` names the brand home, else ``./demo``."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg

from assets import intermediate, marts, raw, reports, staging
from checks.table_checks import table_checks
from pipelines.jobs import main_job
from pipelines.live import live_run
from pipelines.schedules import daily
from pipelines.sensors import inbox_sensor
from resources.home import Home
from resources.table_store import table_store


def build_defs(
    home: Home,
    resources: Mapping[str, Any] | None = None,
    loggers: Mapping[str, dg.LoggerDefinition] | None = None,
) -> dg.Definitions:
    """Everything, over one home; ``resources`` replace those of the same name, so nothing is monkeypatched."""
    return dg.Definitions(
        assets=dg.load_assets_from_modules([raw, staging, intermediate, marts, reports]),
        asset_checks=table_checks(),
        jobs=[main_job],
        schedules=[daily],
        sensors=[inbox_sensor(home)],
        resources={"run": live_run(home), "io_manager": table_store, **(resources or {})},
        executor=dg.in_process_executor,
        loggers=loggers,
    )


defs = build_defs(Home(Path(os.environ.get("MILAAN_HOME", "demo"))))
