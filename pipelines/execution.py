"""The main job in this process, on a throw-away Dagster instance: what the command line does."""

import datetime as dt
import os
from collections.abc import Mapping
from typing import Any, NamedTuple

import dagster as dg

from assets.catalog import TABLES
from loyalty.intake.survey import missing_sides
from loyalty.reconcile.wording import headline, verdict
from loyalty.values.errors import LawError, MilaanError
from pipelines.definitions import build_defs
from pipelines.jobs import MAIN
from pipelines.journal import Journal, Listener
from pipelines.live import now
from resources.home import Home
from resources.lake import published
from resources.run import Run, open_run

TO_MAKE = (*TABLES, "report_reconciliation", "report_make_good", "lake")
"""Every asset of the job, in the order of the catalogue."""


class Outcome(NamedTuple):
    """What a run found, in words, and whether its figures close."""

    answer: str
    verdict: str


class UnexpectedError(MilaanError):
    """The program failed (exit 3)."""


def run_home(
    home: Home, as_of: dt.datetime | None, environment: Mapping[str, str], listen: Listener
) -> Outcome:
    """The main job on a home, up to ``as_of`` or to now.

    Raises:
        UserError: A person must fix the home first; nothing was changed.
        LawError: A contract or a law does not hold; the last snapshot stays.
        UnexpectedError: The program failed; the last snapshot stays.
    """
    started = now()
    with open_run(home, as_of or started, environment) as run:
        log = home.logs / f"{started:%Y%m%dT%H%M%SZ}-{os.getpid()}.jsonl"
        try:
            with Journal(log, listen) as journal:
                journal.note("run", as_of=run.as_of.isoformat(), brand=run.settings.brand)
                execute(run, journal)
        except MilaanError:
            raise
        except Exception as error:
            raise UnexpectedError(
                f"the run failed ({type(error).__name__}); nothing was published, {log} tells where"
            ) from error
    return _outcome(home)


def execute(run: Run, journal: Journal, resources: Mapping[str, Any] | None = None) -> None:
    """Every asset and every check of one run; the first failure ends it."""
    definitions = build_defs(run.home, {"run": run, **(resources or {})}, {"journal": journal.logger})
    job = definitions.resolve_job_def(MAIN)
    with dg.DagsterInstance.ephemeral() as instance:
        try:
            job.execute_in_process(instance=instance, run_config={"loggers": {"journal": {}}})
        except dg.DagsterError as error:
            if journal.failed_checks:
                raise LawError(_broken(journal)) from error
            raise


def _broken(journal: Journal) -> str:
    check = journal.failed_checks[0]
    name = f"{check.asset_key.to_user_string()}.{check.check_name}"
    found = check.metadata["found"].value
    return (
        f"{name} does not hold ({found} row{'' if found == 1 else 's'}): {check.description} "
        f"Nothing was published; {journal.path} tells more"
    )


def _outcome(home: Home) -> Outcome:
    release = published(home)
    rows, statement = release.read("mart_reconciliation"), release.read("mart_statement")
    answer = headline(rows, release.read("mart_mismatches")).text
    if missing := missing_sides(release.read("mart_sources")):
        answer = f"Nothing to compare: the inbox holds no {' and no '.join(missing)} that can be read"
    return Outcome(answer, verdict(rows, statement))
