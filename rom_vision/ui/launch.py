"""Start the app and open it in the browser with the user's own key."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rom_vision.ui.parts.keys import owner_key

__all__ = ["launch"]

_SERVER = Path(__file__).with_name("server.py")
_START_S = 60.0
_END_S = 10.0
_SAFE = (
    "--server.address=127.0.0.1",
    "--server.enableCORS=true",
    "--server.enableXsrfProtection=true",
    "--server.enableStaticServing=false",
    "--global.developmentMode=false",
    "--browser.gatherUsageStats=false",
    "--logger.hideWelcomeMessage=true",
)


def launch(port: int, tell: Callable[[str], None]) -> int:
    """Run the app until it is stopped and return its exit status.

    The settings beside ``server.py`` hold wherever the app is started. Those that keep it on this machine and to
    itself are given once more, and Streamlit's variables are taken out of the environment: it may say otherwise.

    Parameters
    ----------
    port : port on this machine.
    tell : called with what the user has to know.
    """
    address = f"http://127.0.0.1:{port}/?key={owner_key()}"
    tell(f"The app: {address}\nIt answers this machine only; the address opens your own data. Stop it with Ctrl-C.")
    command = [sys.executable, "-m", "streamlit", "run", str(_SERVER), f"--server.port={port}", *_SAFE]
    # Of the many threads of a live test, each would keep a pool of freed memory to itself (GNU C library).
    own = {name: value for name, value in os.environ.items() if not name.startswith("STREAMLIT_")}
    process = subprocess.Popen(command, env={"MALLOC_ARENA_MAX": "2", **own})
    if _has_screen():
        threading.Thread(target=_open, args=(address, port, process), daemon=True).start()
    try:
        with _stopped_by_terminate():
            return process.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        _end(process)


@contextmanager
def _stopped_by_terminate() -> Iterator[None]:
    """Take a request to end (SIGTERM) as Ctrl-C, so that the server ends with this program and not after it."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Stop the server; the hard way when it does not end by itself."""
    process.terminate()
    try:
        process.wait(_END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _has_screen() -> bool:
    """Whether a browser window can open; without one a text browser would take over the terminal."""
    return not sys.platform.startswith("linux") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _open(address: str, port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _START_S
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1.0).close()
        except OSError:
            time.sleep(0.3)
        else:
            webbrowser.open(address)
            return
