"""The app before other people's pages, names and browsers: a real server, real sockets, real browsers."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from rom_vision.ui.parts.keys import KEY
from rom_vision.ui.parts.space import COOKIE, space_name

sync_client = pytest.importorskip("websockets.sync.client", reason="websockets is not installed")

FOREIGN = "http://evil.example"
HOSTILE = {
    "STREAMLIT_SERVER_ADDRESS": "0.0.0.0",
    "STREAMLIT_SERVER_ENABLE_CORS": "false",
    "STREAMLIT_SERVER_ENABLE_XSRF_PROTECTION": "false",
    "STREAMLIT_SERVER_CORS_ALLOWED_ORIGINS": FOREIGN,
    "STREAMLIT_GLOBAL_DEVELOPMENT_MODE": "true",
    "STREAMLIT_BROWSER_SERVER_ADDRESS": "evil.example",
}


@contextmanager
def started(folder, environment):
    """The app as `rom-vision app` starts it; yields its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    script = "import sys; from rom_vision.ui.launch import launch; launch(int(sys.argv[1]), print)"
    temporary = folder / "temporary"
    temporary.mkdir()
    own = {**os.environ, "XDG_DATA_HOME": str(folder), "ROM_VISION_DATABASE_URL": "", **environment}
    own["TMPDIR"] = str(temporary)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen([sys.executable, "-c", script, str(port)], env=own, start_new_session=True, **quiet)
    try:
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert process.poll() is None
                time.sleep(0.2)
        yield port
    finally:
        process.terminate()
        process.wait(20)
    assert not list(temporary.glob("rom_vision*")), "recordings outlive the app"


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    """Port of an app that was started in an environment that would have it open to everybody."""
    with started(tmp_path_factory.mktemp("data"), HOSTILE) as port:
        yield port


def ask(port, path, method="GET", body=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def opens(port, host=None, origin=None):
    """Whether the app accepts a websocket; ``host`` is the name it is asked under."""
    address = f"ws://127.0.0.1:{port}/_stcore/stream"
    if host is not None:
        address = f"ws://{host}:{port}/_stcore/stream"
    try:
        with socket.create_connection(("127.0.0.1", port)) as line:
            options = {"origin": origin, "subprotocols": ["streamlit"], "sock": line, "open_timeout": 20}
            with sync_client.connect(address, proxy=None, **options):
                return True
    except Exception as fault:
        assert "403" in str(fault), fault  # noqa: PT017 (every library has an error of its own)
        return False


@pytest.mark.parametrize(
    ("host", "origin", "right"),
    [
        (None, "http://127.0.0.1:{port}", True),
        ("localhost", "http://localhost:{port}", True),
        (None, None, True),  # no browser, no page behind it
        (None, FOREIGN, False),
        (None, "null", False),
        (None, "http://127.0.0.1:1", False),  # another program's page on this machine
        (None, "http://localhost:{port}", False),
        ("evil.example", "http://evil.example:{port}", False),  # DNS rebinding
        ("evil.example", None, False),
        ("127.0.0.1.evil.example", None, False),
        ("0.0.0.0", "http://0.0.0.0:{port}", False),
    ],
)
def test_websocket_is_for_the_apps_own_pages(port, host, origin, right):
    assert opens(port, host, origin and origin.format(port=port)) is right


@pytest.mark.parametrize("path", ["/", "/upload", "/_stcore/health", "/_stcore/host-config", "/media/x.mp4"])
@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "", "127.0.0.1@evil.example", "[::1", "10.0.0.1"])
def test_nothing_is_answered_under_a_foreign_name(port, path, host):
    status, headers, body = ask(port, path, Host=host)
    assert status in (400, 403)
    assert "set-cookie" not in {name.lower() for name in headers}
    assert b"<html" not in body


def test_page_of_another_origin_reads_nothing(port):
    for path in ("/", "/_stcore/health", "/_stcore/host-config"):
        status, headers, _ = ask(port, path, Origin=FOREIGN)
        assert status == 403
        assert "access-control-allow-origin" not in {name.lower() for name in headers}


def test_upload_needs_the_pages_own_token_and_origin(port):
    for headers in (
        {},
        {"Origin": FOREIGN},
        {"Origin": f"http://127.0.0.1:{port}"},
        {"X_Xsrftoken": "x", "Cookie": "_streamlit_xsrf=x"},
    ):
        for method in ("PUT", "DELETE"):
            status, _, _ = ask(port, "/_stcore/upload_file/session/file", method, b"data", **headers)
            assert status == 403, (method, headers)


def test_preflight_of_another_origin_is_refused(port):
    more = {"Origin": FOREIGN, "Access_Control_Request_Method": "PUT"}
    assert ask(port, "/_stcore/upload_file/session/file", "OPTIONS", **more)[0] == 403


def test_it_answers_this_machine_only(port):
    addresses = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    for address in addresses - {"127.0.0.1", "127.0.1.1"}:
        with pytest.raises(OSError):  # noqa: PT011 (refused or without a way, as the system likes)
            socket.create_connection((address, port), 2).close()


def cookie_of(headers):
    return re.search(rf"{COOKIE}=([^;]*)", headers["set-cookie"])


def test_every_browser_gets_a_key_of_its_own_once(port):
    page = {"Accept": "text/html"}
    first, second = (ask(port, "/", **page)[1] for _ in range(2))
    keys = {cookie_of(headers)[1] for headers in (first, second)}
    assert len(keys) == 2
    assert all(KEY.fullmatch(key) for key in keys)
    for word in ("HttpOnly", "SameSite=Strict"):
        assert word in first["set-cookie"]
    known = ask(port, "/", Cookie=f"{COOKIE}={keys.pop()}", **page)[1]
    assert "set-cookie" not in known
    followed = ask(port, "/", Sec_Fetch_Site="cross-site", **page)[1]  # a link elsewhere sends no cookie
    assert "set-cookie" not in followed


def test_owners_key_leaves_the_address_at_once(tmp_path):
    with started(tmp_path, {}) as port:
        ask(port, "/", Accept="text/html")
        key = (tmp_path / "rom_vision" / "app-key").read_text()
        status, headers, _ = ask(port, f"/progress?person=Ana+B&key={key}", Accept="text/html")
        assert status == 303
        assert headers["location"] == "/progress?person=Ana+B"
        assert cookie_of(headers)[1] == key
        status, headers, _ = ask(port, f"/?key={'x' * 43}", Accept="text/html")
        assert status == 200
        assert cookie_of(headers)[1] not in (key, "x" * 43)


def test_a_space_is_found_again_by_its_key_when_the_cookie_is_gone(tmp_path):
    key, unknown = "s" * 43, "u" * 43
    spaces = tmp_path / "rom_vision" / "spaces"
    spaces.mkdir(parents=True)
    (spaces / f"{space_name(key)}.db").touch()
    with started(tmp_path, {}) as port:
        status, headers, _ = ask(port, f"/?key={key}", Accept="text/html")
        assert (status, headers["location"]) == (303, "/")
        assert cookie_of(headers)[1] == key
        for nobody in (unknown, "..%2Fapp-key", ""):
            status, headers, _ = ask(port, f"/?key={nobody}", Accept="text/html")
            assert status == 200
            assert cookie_of(headers)[1] not in (key, unknown)


@pytest.mark.browser
def test_media_of_one_browser_are_not_given_to_another(browser, port):
    from docs.screenshots import settle

    address = f"http://127.0.0.1:{port}"
    mine, other = browser.new_context(accept_downloads=True), browser.new_context()

    def only_mine(url):
        assert "/media/" in url
        assert mine.request.get(url).status == 200
        assert other.request.get(url).status == 404
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(url)

    def put(context, url):
        """Status of another upload in the place of the first, with a token of one's own."""
        token = next(c["value"] for c in context.cookies() if c["name"] == "_streamlit_xsrf")
        file = {"name": "theirs.mp4", "mimeType": "video/mp4", "buffer": b"another recording"}
        return context.request.put(url, headers={"X-Xsrftoken": token}, multipart={"file": file}).status

    try:
        other.new_page().goto(address)  # gets a key of its own
        page = mine.new_page()
        page.set_default_timeout(60_000)
        page.goto(f"{address}/upload")  # a page's own address, before any other was opened
        settle(page)
        only_mine(page.locator("video").first.evaluate("video => video.currentSrc"))
        with page.expect_request(lambda request: request.method == "PUT") as upload:
            page.locator("input[type=file]").first.set_input_files(
                {"name": "mine.mp4", "mimeType": "video/mp4", "buffer": b"my recording"}
            )
        assert put(mine, upload.value.url) == 204
        assert put(other, upload.value.url) == 404
        page.goto(address)
        settle(page)
        page.get_by_role("button", name="Show me a sample person").click()
        page.get_by_role("heading", name="Left and right").wait_for()
        page.goto(f"{address}/privacy")
        settle(page)
        with page.expect_download() as download:
            page.get_by_role("button", name="Export everything").click()
        assert Path(download.value.path()).read_bytes().startswith(b"PK")
        only_mine(download.value.url)
    finally:
        mine.close()
        other.close()


def test_the_server_ends_with_the_program_that_started_it(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    script = "import sys; from rom_vision.ui.launch import launch; launch(int(sys.argv[1]), print)"
    own = {**os.environ, "XDG_DATA_HOME": str(tmp_path), "ROM_VISION_DATABASE_URL": ""}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen([sys.executable, "-c", script, str(port)], env=own, start_new_session=True, **quiet)
    try:
        assert _answers(port, within_s=90)
        process.terminate()  # this program alone, as `kill` and service managers do
        process.wait(60)
        assert not _answers(port, within_s=0)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _answers(port, within_s):
    end = time.monotonic() + within_s
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() >= end:
                return False
            time.sleep(0.2)
        else:
            return True
