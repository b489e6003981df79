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
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rom_vision.ui.parts.keys import owner_key
from rom_vision.ui.parts.tongue import LANGUAGE
from rom_vision.ui.phone import ADDRESS, HOST, KEY, PhoneDoor, phone_door, qr_text

__all__ = ["launch"]

_SERVER, _PHONE_SERVER = (Path(__file__).with_name(name) for name in ("server.py", "phone_server.py"))
_PHONE = "ROM_VISION_PHONE_"
_START_S = 60.0
_END_S = 10.0
_ENDS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
_SAFE = (
    "--server.enableCORS=true",
    "--server.enableXsrfProtection=true",
    "--server.enableStaticServing=false",
    "--global.developmentMode=false",
    "--browser.gatherUsageStats=false",
    "--logger.hideWelcomeMessage=true",
)


def launch(port: int, tell: Callable[[str], None], *, lan: bool = False, language: str = "") -> int:
    """Run the app until it is stopped and return its exit status.

    The settings beside ``server.py`` hold wherever the app is started. Those that keep it on this machine and to
    itself are given once more, and Streamlit's variables are taken out of the environment: it may say otherwise.

    Parameters
    ----------
    port : port on this machine.
    tell : called with what the user has to know.
    lan : whether one phone is let in, by the next port and a server of its own; see `rom_vision.ui.phone`.
    language : of the pages, until another one is chosen there; that of the browser when empty.

    Raises
    ------
    BadInputError
        If a phone is to be let in and cannot be.
    """
    address = f"http://127.0.0.1:{port}/?key={owner_key()}"
    tell(f"The app: {address}\nIt answers this machine only; the address opens your own data. Stop it with Ctrl-C.")
    with ExitStack() as stack:
        stack.enter_context(_stopped_by_terminate())
        environment = {LANGUAGE: language} if language else {}
        if lan:
            door = stack.enter_context(phone_door(port + 1))
            stack.callback(_end, _start_phone(door, environment))
            environment[ADDRESS] = door.address
            tell(_invitation(door))
        process = _start(_SERVER, environment, f"--server.port={port}", "--server.address=127.0.0.1")
        stack.callback(_end, process)
        if _has_screen():
            threading.Thread(target=_open, args=(address, port, process), daemon=True).start()
        try:
            return process.wait()
        except KeyboardInterrupt:
            return 0


def _start(server: Path, environment: dict[str, str], *options: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "streamlit", "run", str(server), *options, *_SAFE]
    own = {name: value for name, value in os.environ.items() if not name.startswith(("STREAMLIT_", _PHONE))}
    # Of the many threads of a live test, each would keep a pool of freed memory to itself (GNU C library).
    # In a session of its own: what ends this program ends the server in one way, which lets it delete its recordings.
    return subprocess.Popen(command, env={"MALLOC_ARENA_MAX": "2", **own, **environment}, start_new_session=True)


def _start_phone(door: PhoneDoor, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return _start(
        _PHONE_SERVER,
        {**environment, HOST: door.host, KEY: door.key},
        f"--server.port={door.port}",
        f"--server.address={door.host}",
        f"--browser.serverAddress={door.host}",
        f"--server.sslCertFile={door.certificate}",
        f"--server.sslKeyFile={door.private_key}",
    )


def _invitation(door: PhoneDoor) -> str:
    """Say how the phone gets in, and what is open."""
    return (
        f"\nFor one phone in the same network: {door.address}\n\n{qr_text(door.address)}\n"
        f"What is open: port {door.port} of {door.host}, encrypted. The first device that opens this address is let "
        "in, sees what you see here and can change it; the key opens once, everybody else is refused. Live video "
        "goes from the phone to this machine by further ports (UDP), encrypted as well. All of it ends with the app.\n"
        "The phone warns that it does not know the certificate: it was made just now, on this machine. Its SHA-256:\n"
        f"{door.fingerprint}"
    )


@contextmanager
def _stopped_by_terminate() -> Iterator[None]:
    """Take a request to end, or a terminal that is closed, as Ctrl-C: the server ends with this program."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, stop) for number in _ENDS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Stop the server as Ctrl-C does, after which it tidies up; the hard way when it does not end by itself."""
    try:
        process.send_signal(signal.SIGINT if os.name == "posix" else signal.SIGTERM)
        process.wait(_END_S)
    except subprocess.TimeoutExpired:
        pass
    finally:
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
