"""One run at a time on one home."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from loyalty.values.errors import UserError
from resources.home import Home


@contextmanager
def locked(home: Home) -> Iterator[None]:
    """The home, held by this process until the block ends.

    The system lets go of the lock when its process dies, however it dies: a killed run blocks nobody.

    Raises:
        UserError: Another live process works on this home.
    """
    home.state.mkdir(exist_ok=True)
    handle = os.open(home.state / "run.lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(handle, 20).decode(errors="replace").strip() or "unknown"
            raise UserError(
                f"another run (process {holder}) is working on {home.path}; start again when it has ended"
            ) from error
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)
