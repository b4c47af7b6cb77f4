"""A real browser for tests: headless Chromium, driven over its own protocol, cut off from every network.

Where `CI` is set, a missing browser is a failure; elsewhere such tests are skipped.
"""

import base64
import itertools
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

NAMES = ("chromium", "chromium-browser", "google-chrome")
PHONE, DESK = (390, 844), (1280, 900)
PATIENCE = 90
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--hide-scrollbars",
    "--remote-debugging-port=0",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)


@dataclass
class Page:
    """One tab, with everything that it complained about and asked for."""

    socket: ClientConnection
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The answer to a command; what happens meanwhile is noted."""
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            told = json.loads(self.socket.recv(timeout=PATIENCE))
            if told.get("id") == number:
                assert "error" not in told, told
                return dict(told["result"])
            self._note(told["method"], told["params"])

    def open(self, url: str, size: tuple[int, int] = DESK) -> None:
        """Go to an address in a window of this size, and wait until it is loaded."""
        for room in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{room}.enable")
        width, height = size
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        self.ask("Page.navigate", url=url)
        self.wait("document.readyState === 'complete'")

    def value(self, script: str) -> Any:
        """What an expression is worth in the page."""
        told = self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    def text(self) -> str:
        """What a person reads, blanks as one."""
        return " ".join(str(self.value("document.body.innerText")).split())

    def wait(self, script: str) -> None:
        """Until an expression is true."""
        waited(lambda: bool(self.value(script)), script)

    def press(self, key: str) -> None:
        """A key, down and up."""
        for kind in ("keyDown", "keyUp"):
            self.ask("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=9)

    def shoot(self, path: Path) -> None:
        """The whole page as a picture."""
        size = self.ask("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 6000), "scale": 1}
        taken = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(taken["data"]))

    def _note(self, method: str, told: dict[str, Any]) -> None:
        if method == "Runtime.exceptionThrown":
            self.errors.append(json.dumps(told["exceptionDetails"])[:500])
        elif method == "Runtime.consoleAPICalled" and told["type"] == "error":
            self.errors.append(json.dumps(told["args"])[:500])
        elif method == "Log.entryAdded" and told["entry"]["level"] == "error":
            self.errors.append(f"{told['entry']['text']} {told['entry'].get('url', '')}"[:500])
        elif method == "Network.requestWillBeSent":
            self.requests.append(told["request"]["url"])


def waited(is_so: Callable[[], bool], what: str) -> None:
    """Until something is so; a test that waits in vain says for what."""
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.1)


def found() -> str:
    """The browser of this machine."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    if os.environ.get("CI"):
        pytest.fail("no Chromium on this machine, and CI must try the pages in one")
    pytest.skip("no Chromium on this machine")


@contextmanager
def browser(folder: Path) -> Iterator[Callable[[], Page]]:
    """A browser with a profile of its own; each call gives a new tab."""
    port_file = folder / "DevToolsActivePort"
    process = subprocess.Popen(
        [found(), *FLAGS, f"--user-data-dir={folder}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    with ExitStack() as open_sockets:
        open_sockets.callback(process.wait, timeout=PATIENCE)
        open_sockets.callback(process.terminate)
        waited(lambda: port_file.exists() and len(port_file.read_text().split()) == 2, "the browser")
        port, path = port_file.read_text().split()

        def connected(path: str) -> Page:
            address = f"ws://127.0.0.1:{port}{path}"
            return Page(open_sockets.enter_context(connect(address, max_size=None, proxy=None)))

        control = connected(path)

        def tab() -> Page:
            target = control.ask("Target.createTarget", url="about:blank")["targetId"]
            return connected(f"/devtools/page/{target}")

        yield tab
