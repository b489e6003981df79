"""`rom-vision app --lan`: one phone gets in with a key that works once, over an encrypted line; nobody else does."""

import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

import pytest
from cryptography import x509

from docs.camera_film import SAMPLES
from rom_vision.errors import BadInputError
from rom_vision.ui.phone import _local_address, phone_door, qr_svg_uri, qr_text
from rom_vision.ui.phone_gate import DEVICE

LONG_MS = 300_000


def local_address():
    try:
        return _local_address()
    except BadInputError as fault:
        pytest.skip(str(fault))


def free_ports():
    """Two ports in a row that nobody uses."""
    for port in range(18501, 19501, 2):
        try:
            with socket.socket() as first, socket.socket() as second:
                first.bind(("", port))
                second.bind(("", port + 1))
        except OSError:
            continue
        return port
    raise AssertionError("no ports are free")


class Lan:
    """The app as `rom-vision app --lan` starts it."""

    def __init__(self, folder):
        self.folder, self.port, self.said = folder, free_ports(), ""
        own = {**os.environ, "XDG_DATA_HOME": str(folder), "ROM_VISION_DATABASE_URL": "", "PYTHONUNBUFFERED": "1"}
        program = [sys.executable, "-c", "from rom_vision.cli import main; main()"]
        command = [*program, "app", "--lan", f"--port={self.port}"]
        self.process = subprocess.Popen(
            command, env=own, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )
        threading.Thread(target=self._listen, daemon=True).start()
        self.host = local_address()
        for address in (("127.0.0.1", self.port), (self.host, self.port + 1)):
            self._wait_for(address)
        while len(links := re.findall(r"https?://\S+key=\S+\s", self.said)) < 2:  # told once the doors are open
            assert self.process.poll() is None, self.said
            time.sleep(0.2)
        self.owner, self.phone = (link.strip() for link in links)

    def _listen(self):
        for line in self.process.stdout:
            self.said += line

    def _wait_for(self, address):
        for _ in range(600):
            try:
                socket.create_connection(address, 1).close()
            except OSError:
                assert self.process.poll() is None, self.said
                time.sleep(0.2)
            else:
                return
        raise AssertionError(self.said)

    def end(self):
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(40)


@pytest.fixture(scope="module")
def lan(tmp_path_factory):
    local_address()
    started = Lan(tmp_path_factory.mktemp("data"))
    yield started
    started.end()


def ask(lan, path, **headers):
    """Status and headers of an answer on the phone's port; no redirect is followed."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *args):
            return None

    opener = urllib.request.build_opener(Stay, urllib.request.HTTPSHandler(context=context))
    request = urllib.request.Request(f"https://{lan.host}:{lan.port + 1}{path}", headers=headers)
    try:
        with opener.open(request, timeout=30) as answer:
            return answer.status, dict(answer.headers)
    except urllib.error.HTTPError as fault:
        return fault.code, dict(fault.headers)


def test_the_door_says_what_it_opens(lan):
    assert "first device that opens this address" in lan.said
    assert "SHA-256" in lan.said
    assert lan.phone.startswith(f"https://{lan.host}:{lan.port + 1}/?key=")
    key = (lan.folder / "rom_vision" / "app-key").read_text()
    assert key not in lan.phone


def test_its_certificate_is_the_one_that_was_told(lan):
    with socket.create_connection((lan.host, lan.port + 1)) as line:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with context.wrap_socket(line) as tls:
            made = x509.load_der_x509_certificate(tls.getpeercert(binary_form=True))
    from cryptography.hazmat.primitives import hashes

    assert made.fingerprint(hashes.SHA256()).hex(":").upper() in lan.said
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(name) for name in names.get_values_for_type(x509.IPAddress)] == [lan.host]


@pytest.mark.parametrize(
    "path",
    ["/", "/?key=", "/?key=wrong", "/progress", "/_stcore/health", "/_stcore/stream", "/media/x.mp4", "/static/x.js"],
)
@pytest.mark.parametrize("cookie", ["", f"{DEVICE}=wrong", f"{DEVICE}=", "rom_vision_space=" + "x" * 43])
def test_without_the_key_nothing_is_answered(lan, path, cookie):
    status, headers = ask(lan, path, Accept="text/html", Cookie=cookie)
    assert status == 403
    assert "set-cookie" not in {name.lower() for name in headers}


def test_the_owners_own_key_opens_nothing_there(lan):
    key = (lan.folder / "rom_vision" / "app-key").read_text()
    assert ask(lan, f"/?key={key}", Accept="text/html")[0] == 403
    assert ask(lan, "/", Accept="text/html", Cookie=f"rom_vision_space={key}")[0] == 403


def test_the_app_itself_stays_on_this_machine(lan):
    with pytest.raises(OSError):  # noqa: PT011 (refused or without a way, as the system likes)
        socket.create_connection((lan.host, lan.port), 2).close()


@pytest.mark.browser
@pytest.mark.model
def test_a_phone_gets_in_once_and_what_it_films_reaches_the_app(lan, browser):
    from docs.screenshots import settle

    phone = browser.new_context(ignore_https_errors=True, viewport={"width": 390, "height": 800}, has_touch=True)
    other = browser.new_context(ignore_https_errors=True)
    try:
        page = phone.new_page()
        page.set_default_timeout(60_000)
        page.goto(lan.phone)
        settle(page)
        assert "key" not in page.url
        cookies = {cookie["name"]: cookie for cookie in phone.cookies()}
        assert cookies[DEVICE]["secure"]
        assert cookies[DEVICE]["httpOnly"]
        owners = (lan.folder / "rom_vision" / "app-key").read_text()
        assert owners not in [cookie["value"] for cookie in cookies.values()]
        assert page.evaluate("window.isSecureContext && !!navigator.mediaDevices.getUserMedia")  # a camera needs it

        again = other.new_page()
        assert again.goto(lan.phone).status == 403
        again.get_by_text("for one phone").wait_for()
        again.goto(f"https://{lan.host}:{lan.port + 1}/progress")
        again.get_by_text("for one phone").wait_for()

        page.goto(f"https://{lan.host}:{lan.port + 1}/upload")
        settle(page)
        page.get_by_text("Camera and speed", exact=True).click()
        page.get_by_text("Faster, less accurate", exact=True).click()
        settle(page)
        page.locator("input[type=file]").first.set_input_files(SAMPLES / "seated_left.mp4")
        page.get_by_role("button", name="Measure", exact=True).click()
        page.get_by_text("Every repetition").wait_for(timeout=LONG_MS)
        page.get_by_role("textbox", name="Name", exact=True).fill("Filmed By Phone")
        page.get_by_role("button", name="Add", exact=True).click()
        save = page.get_by_role("button", name="Save for Filmed By Phone", exact=True, disabled=False)
        save.wait_for()
        settle(page)
        save.click()
        page.locator("h1", has_text="Filmed By Phone").first.wait_for()

        here = other.new_page()
        here.set_default_timeout(60_000)
        here.goto(lan.owner)
        settle(here)
        here.goto(f"http://127.0.0.1:{lan.port}/progress")
        settle(here)
        here.get_by_text("Filmed By Phone").first.wait_for()
    finally:
        phone.close()
        other.close()


def test_a_machine_without_a_network_says_so(monkeypatch):
    class Alone(socket.socket):
        def connect(self, address):
            raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(socket, "socket", Alone)
    with pytest.raises(BadInputError, match="in no network"):
        _local_address()


def test_a_public_address_is_refused(monkeypatch):
    class Public(socket.socket):
        def connect(self, address):
            pass

        def getsockname(self):
            return "8.8.8.8", 9

    monkeypatch.setattr(socket, "socket", Public)
    with pytest.raises(BadInputError, match="public"):
        _local_address()


def test_a_taken_port_is_told_before_anything_opens():
    host = local_address()
    with socket.socket() as taken:
        taken.bind((host, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(BadInputError, match=f"port {port}"), phone_door(port):
            pass


def test_the_private_key_is_for_this_user_and_goes_with_the_app():
    local_address()
    with phone_door(free_ports()) as door:
        files = [door.certificate, door.private_key]
        assert all(path.is_file() for path in files)
        if os.name == "posix":
            assert door.private_key.stat().st_mode & 0o077 == 0
    assert not any(path.exists() for path in files)


def test_the_code_holds_the_address():
    cv2 = pytest.importorskip("cv2")
    np = pytest.importorskip("numpy")
    address = "https://192.168.1.17:8502/?key=abcdefghijklmnopqrstuvwxyz012345"
    assert qr_svg_uri(address).startswith("data:image/svg+xml")
    rows = qr_text(address).splitlines()
    width = max(map(len, rows))
    lit = {"█": (1, 1), "▀": (1, 0), "▄": (0, 1), " ": (0, 0)}
    halves = np.array([[lit[c] for c in row.ljust(width)] for row in rows if row])
    picture = (halves.transpose(0, 2, 1).reshape(-1, width) * 255).astype(np.uint8)
    big = cv2.resize(picture, None, fx=8, fy=8, interpolation=cv2.INTER_NEAREST)
    assert cv2.QRCodeDetector().detectAndDecode(big)[0] == address
