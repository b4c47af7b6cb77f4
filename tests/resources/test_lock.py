"""One run at a time, and no dead run in the way (details S3)."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from loyalty.values.errors import UserError
from resources.home import Home
from resources.lock import locked

HOLDER = """
import sys, time
from pathlib import Path
from resources.home import Home
from resources.lock import locked
with locked(Home(Path(sys.argv[1]))):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_run_is_told_who_is_working(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with (
        locked(home),
        pytest.raises(UserError, match=rf"another run \(process {os.getpid()}\) is working on"),
        locked(home),
    ):
        pass
    with locked(home):
        pass


def test_the_lock_of_a_killed_process_does_not_block(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(UserError, match=rf"process {holder.pid}\)"), locked(Home(tmp_path)):
            pass
        holder.send_signal(signal.SIGKILL)
    with locked(Home(tmp_path)):
        pass
