"""Coverage-guided fuzzing of the doors; `test_doors.py` runs it, since libFuzzer owns the process that it fuzzes in."""

import sys
from itertools import count

import atheris

with atheris.instrument_imports(include=["resources", "loyalty.intake"]):
    from tests.fuzz.law import hold

TO_THE_END_EVERY = 16
"""The whole of intake takes twenty times as long as its doors."""

_numbers = count()


def one_input(data: bytes) -> None:
    hold(data, to_the_end=next(_numbers) % TO_THE_END_EVERY == 0)


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
