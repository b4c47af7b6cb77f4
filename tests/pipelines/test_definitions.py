"""What Dagster loads: the job, the daily schedule, the sensor, and a run that opens itself."""

import datetime as dt
import json
import os
from pathlib import Path

import dagster as dg
import pytest

from pipelines import live, sensors
from pipelines.definitions import build_defs, defs
from pipelines.jobs import MAIN
from pipelines.live import live_run
from pipelines.schedules import daily
from pipelines.sensors import QUIET_SECONDS, inbox_sensor
from resources.home import Home
from resources.run import Run
from tests.homes import small_home

MOMENT = dt.datetime(2026, 9, 30, 12, tzinfo=dt.UTC)


def test_the_code_location_loads_without_a_home_and_is_sound() -> None:
    dg.Definitions.validate_loadable(build_defs(Home(Path("nowhere"))))
    assert [job.name for job in defs.jobs or ()] == [MAIN]
    assert {schedule.name for schedule in defs.schedules or ()} == {"daily"}


def test_the_main_job_makes_every_asset_and_asks_every_check() -> None:
    job = defs.resolve_job_def(MAIN)
    graph = defs.resolve_asset_graph()
    assert job.asset_layer.executable_asset_keys == graph.get_all_asset_keys()
    assert job.asset_layer.asset_graph.asset_check_keys == graph.asset_check_keys


def test_every_day_at_six_in_india_everything_up_to_that_instant() -> None:
    assert (daily.cron_schedule, daily.execution_timezone) == ("0 6 * * *", "Asia/Kolkata")
    context = dg.build_schedule_context(scheduled_execution_time=MOMENT)
    request = daily(context)
    assert isinstance(request, dg.RunRequest)
    assert request.run_config == {"resources": {"run": {"config": {"as_of": MOMENT.isoformat()}}}}


def opened(home: Home, config: dict[str, str]) -> Run:
    with dg.build_resources({"run": live_run(home)}, resource_config={"run": {"config": config}}) as found:
        run: Run = found.run
        return run


def test_a_live_run_knows_what_its_config_says_or_everything_up_to_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = small_home(tmp_path / "home")
    assert opened(home, {"as_of": "2026-09-30T17:30:00+05:30"}).as_of == MOMENT
    monkeypatch.setattr(live, "now", lambda: MOMENT)
    run = opened(home, {})
    assert run.as_of == MOMENT
    assert not run.build.folder.exists()


class Watch:
    """Ticks of the sensor on a clock of the test."""

    def __init__(self, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at = MOMENT
        self.cursor: str | None = None
        self.sensor = inbox_sensor(home)
        monkeypatch.setattr(sensors, "now", lambda: self.at)

    def tick(self, seconds: int) -> dg.RunRequest | str:
        self.at += dt.timedelta(seconds=seconds)
        context = dg.build_sensor_context(cursor=self.cursor)
        found = self.sensor(context)
        self.cursor = context.cursor
        assert isinstance(found, dg.RunRequest | dg.SkipReason)
        return found if isinstance(found, dg.RunRequest) else str(found.skip_message)


def test_new_exports_run_once_after_a_quiet_minute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = small_home(tmp_path / "home")
    watch = Watch(home, monkeypatch)
    assert watch.tick(15) == "something landed; waiting for a quiet minute"
    assert watch.tick(15) == "waiting for a quiet minute"
    (home.inbox / "orders.csv").write_text("still being copied")
    assert watch.tick(40) == "something landed; waiting for a quiet minute"
    assert watch.tick(QUIET_SECONDS - 1) == "waiting for a quiet minute"
    first = watch.tick(1)
    assert isinstance(first, dg.RunRequest)
    assert watch.tick(600) == "nothing new in the inbox"
    os.utime(home.inbox / "orders.csv", (1, 1))
    watch.tick(1)
    second = watch.tick(QUIET_SECONDS)
    assert isinstance(second, dg.RunRequest)
    assert first.run_key != second.run_key


def test_an_empty_inbox_never_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    watch = Watch(Home(tmp_path), monkeypatch)
    assert watch.tick(1) == "the inbox is empty"
    assert watch.tick(3600) == "the inbox is empty"
    assert watch.cursor is None


def test_a_file_that_comes_back_as_it_was_runs_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = small_home(tmp_path / "home")
    watch = Watch(home, monkeypatch)
    watch.tick(1)
    first = watch.tick(QUIET_SECONDS)
    times = (home.inbox / "orders.csv").stat()
    moved = (home.inbox / "orders.csv").rename(tmp_path / "aside.csv")
    watch.tick(1)
    without = watch.tick(QUIET_SECONDS)
    moved.rename(home.inbox / "orders.csv")
    os.utime(home.inbox / "orders.csv", ns=(times.st_atime_ns, times.st_mtime_ns))
    watch.tick(1)
    again = watch.tick(QUIET_SECONDS)
    keys = {found.run_key for found in (first, without, again) if isinstance(found, dg.RunRequest)}
    assert len(keys) == 3
    assert json.loads(watch.cursor or "{}")["ran"]
