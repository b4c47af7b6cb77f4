"""The doors hold for bytes that nobody wrote: seeds first, then what coverage leads to."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from loyalty.intake.tables import TextTable
from resources.inbox_csv import read_csv
from tests.conftest import SAID_AT_THE_END
from tests.fuzz import law, seeds
from tests.fuzz.law import hold
from tests.loyalty.intake.exports import ORDER, csv_text, staged
from tests.reliability import Tell

HOUSE = Path(__file__).parents[2]
HANG_SECONDS, MEMORY_MIB = 300, 2_048
"""The fuzzer's own alarm once ended it with no input at fault: the process that waits for it keeps the time."""


def test_every_seed_holds(bar: Tell) -> None:
    sown = seeds.seeds()
    for place, seed in enumerate(sown):
        hold(seed, to_the_end=place % 8 == 0)
    bar("Fuzz", "seeds: exports of every kind in every dialect", times=len(sown))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda read: replace(read, cells=read.cells[1:], lines=read.lines[1:]),
        lambda read: replace(read, lines=read.lines + 1_000),
        lambda read: replace(read, lines=read.lines * 0 + 2),
        lambda read: replace(read, blank=read.blank + 1),
        lambda read: replace(read, header=()),
    ],
    ids=["a row is lost", "lines are too far down", "lines are the same", "a blank too many", "no header"],
)
def test_the_law_sees_what_a_door_gets_wrong(
    spoil: Callable[[TextTable], TextTable], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(law, "read_csv", lambda *asked: spoil(read_csv(*asked)))
    with pytest.raises(AssertionError):
        hold(seeds.CSV + seeds.TEXTS["ledger"].encode(), to_the_end=False)


def test_the_law_sees_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    named = csv_text([{**ORDER, "Merchant Order ID": law.PHONE}])
    monkeypatch.setattr(law, "staged", lambda *tables: replace(staged(*tables), quarantine=tables[0].cells))
    with pytest.raises(AssertionError, match=law.PHONE):
        hold(seeds.CSV + named.encode(), to_the_end=True)


@pytest.mark.skipif(find_spec("atheris") is None, reason="libFuzzer for Python is made for Linux")
@pytest.mark.parametrize(
    "seconds", [60, pytest.param(600, marks=[pytest.mark.slow, pytest.mark.timeout(1_200)])]
)
def test_the_doors_hold_wherever_coverage_leads(
    seconds: int, tmp_path: Path, bar: Tell, record_property: Callable[[str, object], None]
) -> None:
    corpus, found, words = tmp_path / "corpus", tmp_path / "found", tmp_path / "words"
    corpus.mkdir()
    found.mkdir()
    for place, seed in enumerate(seeds.seeds()):
        (corpus / f"{place:03}").write_bytes(seed)
    words.write_text(seeds.words(), encoding="utf-8")
    asked = [
        f"-max_total_time={seconds}", f"-seed={seconds}", f"-dict={words}", "-max_len=4096", "-len_control=0", f"-timeout={10 * seconds}",
        f"-rss_limit_mb={MEMORY_MIB}", f"-artifact_prefix={found}/", "-print_final_stats=1", str(corpus),
    ]  # fmt: skip
    told = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.doors", *asked],
        cwd=HOUSE, env={**os.environ, "POLARS_MAX_THREADS": "1"}, capture_output=True, text=True, errors="replace", check=False, timeout=seconds + HANG_SECONDS,
    )  # fmt: skip
    inputs = [path.read_bytes() for path in found.iterdir()]
    assert (told.returncode, inputs) == (0, []), told.stderr[-4_000:]
    [runs] = re.findall(r"number_of_executed_units: *(\d+)", told.stderr)
    [coverage] = re.findall(r"DONE +cov: (\d+)", told.stderr)
    record_property(
        SAID_AT_THE_END, f"doors fuzzed for {seconds} s: {runs} inputs, {coverage} branches, none lost"
    )
    bar("Fuzz", "seconds of coverage-guided fuzzing of csv, JSON lines and gzip", times=seconds)
