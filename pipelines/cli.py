"""`milaan`: the command line, thin over the job that the scheduler runs.

Errors are one sentence on stderr. Exit codes: 0 complete, 1 ``--fail-on`` tripped, 2 a person must fix
something, 3 a law does not hold or the program failed.
"""

import datetime as dt
import os
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from loyalty.values.errors import MilaanError, UserError
from pipelines.masking import masked

app = typer.Typer(
    help="Did the loyalty programme keep its promises? Orders and coins, recomputed under dated rules.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

HomeArgument = Annotated[Path, typer.Argument(metavar="HOME", help="The brand home.")]


class FailOn(StrEnum):
    """Findings that a caller wants as exit code 1."""

    none = "none"
    mismatch = "mismatch"
    incomplete = "incomplete"


class Word(StrEnum):
    """What can be decided about a mismatch (contract §7)."""

    acknowledged = "acknowledged"
    accepted_loss = "accepted_loss"
    wont_fix = "wont_fix"
    accept_all_future = "accept_all_future"
    reopen = "reopen"


@app.callback(invoke_without_command=True)
def milaan(context: typer.Context) -> None:
    """Without a command, say what there is."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command()
def init(
    home: HomeArgument,
    name: Annotated[str | None, typer.Option(help="The brand's name, as reports show it.")] = None,
) -> None:
    """Make a brand home: a commented brand.yaml, a first rulebook, a key, an empty inbox."""
    from resources.new_home import new_home

    made = new_home(home, name)
    typer.echo(f"Made {shown(made.path)}. Now:")
    typer.echo(f"  1. put the programme's numbers into {made.rules}")
    typer.echo(f"  2. copy exports, as downloaded, into {made.inbox}")
    typer.echo(f"  3. milaan run {made.path}")


@app.command()
def demo(
    home: Annotated[Path, typer.Argument(metavar="[HOME]", help="Where to make it.")] = Path("demo"),
    orders: Annotated[int, typer.Option(min=1, max=10_000_000, help="How many orders.")] = 20_000,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, another brand.")] = 7,
) -> None:
    """Simulate a believable brand with planted faults, run it, print where its reports are."""
    from loyalty.values.times import parse_instant
    from loyalty.worlds.world import demo as imagined
    from resources.new_home import PLANTED, demo_home

    typer.echo(f"simulating {orders} orders", err=True)
    world = imagined(orders, seed)
    made = demo_home(home, world)
    _run(made.path, parse_instant(world.as_of))
    typer.echo(f"{len(world.planted)} faults were planted; {shown(home / PLANTED)} lists them. Reports:")
    typer.echo(shown(made.reports))


@app.command()
def run(
    home: HomeArgument,
    as_of: Annotated[
        str | None, typer.Option(help="The instant up to which to know, ISO-8601 with zone; else now.")
    ] = None,
    fail_on: Annotated[FailOn, typer.Option(help="Exit with 1 on this.")] = FailOn.none,
) -> None:
    """The main job: inbox, checks, tables, reports."""
    from resources.home import Home

    verdict = _run(home, _instant("--as-of", as_of))
    typer.echo(f"tables   {shown(Home(home).lake)}")
    typer.echo(f"reports  {shown(Home(home).reports)}")
    tripped = {
        FailOn.none: (),
        FailOn.mismatch: ("mismatches", "incomplete"),
        FailOn.incomplete: ("incomplete",),
    }
    raise typer.Exit(verdict in tripped[fail_on])


@app.command()
def inspect(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Exports, or a brand home.")],
) -> None:
    """Say what kind of export a file is and how it would be read, or how a home is set up. Changes nothing."""
    from pipelines.inspecting import inspections

    typer.echo("\n\n".join(inspections(files)))


@app.command()
def explain(
    home: HomeArgument,
    order: Annotated[
        str | None, typer.Argument(metavar="[ORDER]", help="Its id, Shopify name or GoKwik id.")
    ] = None,
    member: Annotated[
        str | None, typer.Option(metavar="KEY", help="A member instead: member_id, or how it begins.")
    ] = None,
    at: Annotated[
        str | None, typer.Option(help="The member's balance at this instant; else at the as-of.")
    ] = None,
) -> None:
    """Show the calculation of one order, or a member's coins, from the published snapshot."""
    from pipelines.explaining import explain_member, explain_order
    from resources.home import Home

    if member is not None and order is None:
        typer.echo(explain_member(Home(home), member, _instant("--at", at)))
    elif order is not None and member is None and at is None:
        typer.echo(explain_order(Home(home), order))
    elif order is not None and member is None:
        raise UserError("--at goes with --member: an order is explained as of the snapshot")
    else:
        raise UserError("name one thing to explain: an ORDER, or a member with --member KEY")


@app.command()
def whatif(
    home: HomeArgument,
    rules: Annotated[Path, typer.Option(metavar="FILE", help="A rule file, or a folder of them.")],
    as_json: Annotated[bool, typer.Option("--json", help="For machines: the same as JSON.")] = False,
) -> None:
    """Replay the published history under other rules: the mechanical difference, and who gains and loses."""
    from pipelines.whatif import what_if
    from pipelines.whatif_page import as_page, as_text
    from resources.home import Home

    asked = what_if(Home(home), rules)
    typer.echo(as_text(asked) if as_json else as_page(asked), nl=False)


@app.command()
def decide(
    home: HomeArgument,
    mismatches: Annotated[
        list[str], typer.Argument(metavar="MISMATCH…", help="Each mismatch_id, or how it begins.")
    ],
    reason: Annotated[str, typer.Option(help="Why; kept with the decision and shown wherever it is.")],
    word: Annotated[Word, typer.Option("--as", help="What is decided.")] = Word.acknowledged,
    owner: Annotated[str, typer.Option(help="Who looks after it.")] = "",
    until: Annotated[
        str | None, typer.Option(help="The instant from which it no longer counts; else it stays.")
    ] = None,
) -> None:
    """Write a decision on mismatches into decisions.csv. It hides nothing: the row stays, and so does the money."""
    from pipelines.deciding import decide as decided
    from pipelines.live import now
    from resources.home import Home

    end = _instant("--until", until)
    said = decided(Home(home), mismatches, word.value, reason=reason, owner=owner, now=now(), until=end)
    typer.echo(said)


@app.command()
def serve(
    home: HomeArgument,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Of this machine alone.")] = 2718,
) -> None:
    """Show the dashboards of the published snapshot on loopback, until stopped."""
    from pipelines.serving import serve as served
    from resources.home import Home

    typer.echo(f"the dashboards are at http://127.0.0.1:{port} until you press Ctrl+C")
    served(Home(home), port)


@app.command()
def verify(home: HomeArgument) -> None:
    """Re-hash the published snapshot against its manifest."""
    from resources.home import Home
    from resources.lake import published
    from resources.lake import verify as count_verified

    release = published(Home(home))
    count = count_verified(release)
    typer.echo(f"whole: {count} files as published, known up to {release.as_of.isoformat()}")


def shown(path: Path) -> str:
    """A path as a person can open it from anywhere."""
    return str(path.absolute())


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and end the process with its exit code."""
    sys.exit(exit_code(arguments))


def exit_code(arguments: Sequence[str] | None = None) -> int:
    """Run a command; every failure is a sentence on stderr and a code."""
    try:
        return int(app(arguments, standalone_mode=False, prog_name="milaan") or 0)
    except typer.TyperException as error:
        return _said(_usage_sentence(error), 2, _hint(error))
    except UserError as error:
        return _said(str(error), 2)
    except MilaanError as error:
        return _said(str(error), 3)
    except (KeyboardInterrupt, typer.Abort):
        return _said("stopped; the last published snapshot stays", 130)
    except BrokenPipeError:  # whoever reads has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (PermissionError, NotADirectoryError, IsADirectoryError) as error:
        return _said(f"{error.filename} cannot be used: {error.strerror}", 2)
    except Exception as error:  # noqa: BLE001 - whatever it is, a person gets one sentence
        return _said(f"the program failed: {type(error).__name__}: {_one_line(masked(str(error)))}", 3)


def _run(home: Path, as_of: dt.datetime | None) -> str:
    """The main job with progress, the answer in words at its end; gives the verdict."""
    from pipelines.execution import TO_MAKE, run_home
    from pipelines.progress import progress
    from resources.home import Home

    with progress(len(TO_MAKE)) as listen:
        outcome = run_home(Home(home), as_of, os.environ, listen)
    typer.echo(outcome.answer)
    return outcome.verdict


def _instant(option: str, text: str | None) -> dt.datetime | None:
    """What an option says, None when it was not given."""
    from loyalty.values.times import parse_instant

    try:
        return None if text is None else parse_instant(text)
    except ValueError as error:
        raise UserError(
            f"{option} must be an instant like 2026-10-01T08:00:00+05:30, not {text!r}"
        ) from error


def _said(sentence: str, code: int, hint: str = "") -> int:
    typer.echo(f"milaan: {sentence}", err=True)
    if hint:
        typer.echo(hint, err=True)
    return code


def _usage_sentence(error: typer.TyperException) -> str:
    say = getattr(error, "format_message", error.__str__)
    return _one_line(say()).replace("Value error, ", "").rstrip(".")


def _hint(error: typer.TyperException) -> str:
    context: typer.Context | None = getattr(error, "ctx", None)
    return f"try `{context.command_path} --help`" if context else ""


def _one_line(said: object) -> str:
    return " ".join(str(said).split())[:300]


if __name__ == "__main__":
    main()
