"""`milaan inspect HOME`: how a home is set up, and what its last run knows of going live. Changes nothing."""

import datetime as dt
from collections.abc import Iterator
from textwrap import wrap

import polars as pl

from loyalty.readiness.setup_audit import Dashboards, setup_audit
from loyalty.reconcile.wording import instant_words
from loyalty.values.money import group_lakh
from resources.home import Home
from resources.lake import Release, published
from resources.rulebook_files import read_rulebook
from resources.webhook_ids import webhook_leaks

_WIDTH = 108
_CARTS = "mart_boundary_carts"
_ANSWERS = {"passed": "passed", "failed": "FAILED", "not_exercised": "open"}


def readiness_page(home: Home, as_of: dt.datetime) -> str:
    """The set-up audit of the settings as they stand now; of the last run, the eight questions and carts to place.

    Raises:
        UserError: ``brand.yaml`` or a rule that a person must put right first.
    """
    settings = home.settings()
    dashboards = Dashboards(**settings.integration.model_dump())
    audit = setup_audit(dashboards, read_rulebook(home.rules), as_of, webhook_leaks(home, settings))
    lines = [
        f"{home.path}: {settings.title}",
        "",
        "Set-up, by brand.yaml and the rules in force alone",
        *_audit(audit),
    ]
    if home.lake.exists() and _CARTS in (release := published(home)).manifest["tables"]:
        lines += _known(release)
    else:
        lines += [
            "",
            f"No run has looked at orders yet: `milaan run {home.path}` tells what to test before going live.",
        ]
    return "\n".join(lines)


def _audit(audit: pl.DataFrame) -> Iterator[str]:
    """Findings of one sort together, the gravest first."""
    grave = pl.col("severity").replace_strict({"high": 0, "medium": 1, "low": 2})
    where = pl.coalesce("key", pl.format("line {}", "line"))
    sorts = (
        audit.with_columns(
            grave=grave,
            where=pl.concat_str(
                pl.when(pl.col("place") == "rules")
                .then(pl.format("rules {}", "rule_version"))
                .otherwise("place"),
                where,
                pl.concat_str(pl.lit("("), "found", pl.lit(")")),
                separator=" ",
                ignore_nulls=True,
            ),
        )
        .group_by("grave", "severity", "finding", "fix", maintain_order=True)
        .agg("where")
        .sort("grave", maintain_order=True)
    )
    for each in sorts.iter_rows(named=True):
        yield f"  {each['severity']:<7} {each['finding'].replace('_', ' ')}"
        for place in each["where"]:
            yield from _wrapped(place)
        yield from _wrapped(f"→ {each['fix']}")


def _known(release: Release) -> Iterator[str]:
    """What orders say, as of the last run."""
    yield ""
    yield f"Before going live, as orders up to {instant_words(release.as_of)} IST answer it"
    for each in release.read("mart_go_live").iter_rows(named=True):
        yield f"  {each['number']} {_ANSWERS[each['answer']]:<7} {each['asked']} {_counted(each)}"
        if each["note"]:
            yield from _wrapped(f"→ {each['note']}")
    carts = release.read(_CARTS)
    waiting = carts.filter(~pl.col("is_exercised"))
    yield ""
    yield f"Carts that nobody placed yet: {waiting.height} of {carts.height}"
    for setting, side, sentence in waiting.select("setting", "side", "sentence").iter_rows():
        yield f"  {setting}, {side}"
        yield from _wrapped(sentence)


def _counted(row: dict[str, object]) -> str:
    n, failures = int(str(row["n"])), int(str(row["failures"]))
    if n == 0:
        return ""
    if failures:
        return (
            f"{group_lakh(failures)} of {group_lakh(n)} orders did not, the newest {row['example_order_id']}"
        )
    share = float(str(row["bound"]))
    return f"{group_lakh(n)} orders: at most {share:.2%} may fail"


def _wrapped(text: str) -> list[str]:
    return wrap(text, _WIDTH, initial_indent=" " * 10, subsequent_indent=" " * 12, break_long_words=False)
