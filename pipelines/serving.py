"""`milaan serve`: the notebooks as one gallery on loopback, over the published snapshot, which nobody can change."""

import os
import socket
import sys
from pathlib import Path

from loyalty.values.errors import UserError
from resources.home import Home
from resources.lake import published

HOST = "127.0.0.1"
NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


def serve(home: Home, port: int) -> None:
    """Become the server of the notebooks, until stopped.

    Raises:
        UserError: The home has no published snapshot, or the port is taken.
    """
    published(home)
    with socket.socket() as asked:
        if asked.connect_ex((HOST, port)) == 0:
            raise UserError(f"port {port} is taken; --port names another")
    os.execve(sys.executable, command(port), environment(home))  # noqa: S606 - our own words


def command(port: int) -> list[str]:
    """What shows the notebooks: read only, on this machine alone."""
    options = ["--headless", "--host", HOST, "--port", str(port), "--no-token"]
    return [sys.executable, "-m", "marimo", "-q", "run", str(NOTEBOOKS), *options]


def environment(home: Home) -> dict[str, str]:
    """The environment of the notebooks: which home, where our modules are, and no key."""
    path = os.pathsep.join(filter(None, (str(NOTEBOOKS.parent), os.environ.get("PYTHONPATH"))))
    kept = {name: value for name, value in os.environ.items() if name != "MILAAN_KEY"}
    return {**kept, "MILAAN_HOME": str(home.path.absolute()), "PYTHONPATH": path}
