"""What a run does, as it does it: JSON lines for machines, one line per table for people.

The journal holds names, counts, hashes and places in code; never a value out of an export. The text of an
unexpected error may quote one, so it is kept only with its digits, quotations and addresses masked.
"""

import json
import logging
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import dagster as dg

from loyalty.values.errors import MilaanError
from pipelines.masking import masked

Listener = Callable[[str, int | None], None]
"""Told of every asset made, with its rows where it is a table."""


class Journal(logging.Handler):
    """Follows one run; use it as a context, so that its file is closed."""

    def __init__(self, path: Path, listen: Listener) -> None:
        super().__init__()
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.listen = listen
        self.failed_checks: list[dg.AssetCheckEvaluation] = []
        self._file = path.open("a", encoding="utf-8")

    def __enter__(self) -> Self:
        """Nothing more than the constructor did."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write down an error that ends the run, and close the file."""
        if error is not None:
            self.note("error", **_told(error))
        self._file.close()

    def note(self, event: str, **facts: Any) -> None:
        """One line of the file."""
        line = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **facts}
        self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._file.flush()

    def emit(self, record: logging.LogRecord) -> None:
        """Note what Dagster says that a person may ask for later."""
        event = getattr(record, "dagster_event", None)
        if not isinstance(event, dg.DagsterEvent):
            return
        if event.event_type is dg.DagsterEventType.ASSET_MATERIALIZATION:
            made = event.step_materialization_data.materialization
            facts = {key: value.value for key, value in made.metadata.items()}
            rows = facts.get("dagster/row_count")
            self.note("made", asset=made.asset_key.to_user_string(), **facts)
            self.listen(made.asset_key.to_user_string(), rows if isinstance(rows, int) else None)
        elif event.event_type is dg.DagsterEventType.ASSET_CHECK_EVALUATION:
            check = event.asset_check_evaluation_data
            found = check.metadata["found"].value
            asset = check.asset_key.to_user_string()
            self.note("checked", asset=asset, check=check.check_name, holds=check.passed, found=found)
            if not check.passed:
                self.failed_checks.append(check)
        elif event.is_step_start or event.is_step_success or event.is_step_failure:
            self.note(event.event_type_value.lower(), step=event.step_key)

    @property
    def logger(self) -> dg.LoggerDefinition:
        """This journal as Dagster takes it."""

        def made(_context: dg.InitLoggerContext) -> logging.Logger:
            logger = logging.Logger("milaan")  # noqa: LOG001 - of this run, not of the process
            logger.addHandler(self)
            return logger

        return dg.LoggerDefinition(made)


def _told(error: BaseException) -> dict[str, Any]:
    text = str(error)
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "kind": type(error).__name__,
        "text": text if isinstance(error, MilaanError) else masked(text),
        "frames": [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames],
    }
