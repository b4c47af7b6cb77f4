"""Once a day, before the day's work begins in India."""

import dagster as dg

from pipelines.jobs import main_job


@dg.schedule(job=main_job, cron_schedule="0 6 * * *", execution_timezone="Asia/Kolkata")
def daily(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """The main job at 06:00 IST, knowing everything up to that instant."""
    as_of = context.scheduled_execution_time.isoformat()
    return dg.RunRequest(run_key=as_of, run_config={"resources": {"run": {"config": {"as_of": as_of}}}})
