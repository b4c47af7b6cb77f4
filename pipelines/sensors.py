"""When exports land: the main job, once the inbox has been quiet for a minute."""

import json
from typing import Any

import dagster as dg

from pipelines.jobs import main_job
from pipelines.live import now
from resources.home import Home
from resources.landing import landed

QUIET_SECONDS = 60


def inbox_sensor(home: Home) -> dg.SensorDefinition:
    """Watches the inbox of ``home``. A copy that still grows changes the mark, and the minute starts again."""

    @dg.sensor(
        job=main_job,
        minimum_interval_seconds=15,
        description="Runs when new exports have landed and been quiet for a minute.",
    )
    def inbox(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        mark, at = landed(home.inbox), int(now().timestamp())
        seen: dict[str, Any] = json.loads(context.cursor or '{"mark": null, "since": 0, "ran": null}')
        if mark is None:
            return dg.SkipReason("the inbox is empty")
        if mark == seen["ran"]:
            return dg.SkipReason("nothing new in the inbox")
        if mark != seen["mark"]:
            context.update_cursor(json.dumps({**seen, "mark": mark, "since": at}))
            return dg.SkipReason("something landed; waiting for a quiet minute")
        if at - seen["since"] < QUIET_SECONDS:
            return dg.SkipReason("waiting for a quiet minute")
        context.update_cursor(json.dumps({**seen, "ran": mark}))
        return dg.RunRequest(run_key=f"{mark}-{at}")

    return inbox
