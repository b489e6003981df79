"""What reaches the app: requests from this machine's own address and the app's own pages, and nobody else's media.

Streamlit itself checks neither the name under which it is asked (a foreign page whose name has come to mean this
machine, "DNS rebinding", passes for the app's own) nor who asks for a picture, a video or a download. This does, in
front of it, whatever Streamlit's settings and the environment say.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from rom_vision.ui.parts.keys import KEY, owner_key
from rom_vision.ui.parts.media import belongs
from rom_vision.ui.parts.space import COOKIE, is_foreign_session, opens_a_space, space_name

__all__ = ["Gate", "answer", "cookie_named", "header_texts", "is_page", "refuse"]

_HERE = frozenset({"127.0.0.1", "localhost", "::1"})
_MEDIA, _UPLOADS = "/media", "/_stcore/upload_file"
_YEAR_S = 365 * 24 * 3600


class Gate:
    """ASGI middleware: refuses foreign names and origins, hands out the key of a browser, and guards media.

    Parameters
    ----------
    app : the app behind it.
    names : under which this machine is asked.
    """

    def __init__(self, app: Any, names: frozenset[str] = _HERE) -> None:
        self._app, self._names = app, names

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Let a request through, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = header_texts(scope)
        if not (_is_here(headers.get("host"), self._names) and _is_own(headers.get("origin"), headers.get("host"))):
            await refuse(scope, receive, send, 403, "The app answers its own pages on this machine only.")
            return
        key = _key_of(headers.get("cookie", ""))
        if _is_others(PurePosixPath(scope["path"]), _name_of(key)):
            await refuse(scope, receive, send, 404, "There is no such file.")
            return
        if scope["type"] == "http" and is_page(scope, headers):
            offered, rest = _offered_key(scope["query_string"])
            if offered is not None:
                # The key is not left in the address, where it would be seen and remembered.
                await answer(send, 303, b"", [(b"location", (scope["path"] + rest).encode()), _cookie(offered)])
                return
            # A link on another page brings no cookie along although there may be one: it is not to be replaced.
            if key is None and headers.get("sec-fetch-site") != "cross-site":
                send = _with_header(send, _cookie(secrets.token_urlsafe(32)))
        await self._app(scope, receive, send)


def header_texts(scope: dict[str, Any]) -> dict[str, str]:
    """Return the headers of a request."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


def _is_here(host: str | None, names: frozenset[str]) -> bool:
    """Whether a Host header names this machine."""
    try:
        return host is not None and urlsplit(f"//{host}").hostname in names
    except ValueError:
        return False


def _is_own(origin: str | None, host: str | None) -> bool:
    """Whether a request comes from a page of the app itself, or from no page's script at all."""
    if origin is None:
        return True
    parts = urlsplit(origin)
    return parts.scheme in ("http", "https") and parts.netloc == host


def _is_others(path: PurePosixPath, space: str | None) -> bool:
    """Whether a path is that of another browser's media file, or of an upload to another browser's page."""
    if path.is_relative_to(_MEDIA):
        return not belongs(path.stem, space)
    return path.is_relative_to(_UPLOADS) and is_foreign_session("".join(path.relative_to(_UPLOADS).parts[:1]), space)


def is_page(scope: dict[str, Any], headers: dict[str, str]) -> bool:
    """Whether a browser asks for a page, to show it."""
    return scope["method"] == "GET" and "text/html" in headers.get("accept", "")


def _key_of(cookies: str) -> str | None:
    value = cookie_named(cookies, COOKIE)
    return value if value is not None and KEY.fullmatch(value) else None


def cookie_named(cookies: str, name: str) -> str | None:
    """Return the value of one of the cookies of a request."""
    try:
        morsel = SimpleCookie(cookies).get(name)
    except CookieError:
        return None
    return None if morsel is None else morsel.value


def _name_of(key: str | None) -> str | None:
    return None if key is None else space_name(key)


def _offered_key(query: bytes) -> tuple[str | None, str]:
    """Return the key that the address holds, the owner's or that of a space, and the rest of the query."""
    given = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    rest = [(name, value) for name, value in given if name != "key"]
    for name, value in given:
        if name == "key" and (secrets.compare_digest(value.encode(), owner_key().encode()) or opens_a_space(value)):
            return value, f"?{urlencode(rest)}" if rest else ""
    return None, ""


def _cookie(key: str) -> tuple[bytes, bytes]:
    text = f"{COOKIE}={key}; Path=/; Max-Age={_YEAR_S}; SameSite=Strict; HttpOnly"
    return b"set-cookie", text.encode()


def _with_header(send: Any, header: tuple[bytes, bytes]) -> Any:
    async def sending(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), header]}
        await send(message)

    return sending


async def answer(send: Any, status: int, body: bytes, headers: Iterable[tuple[bytes, bytes]]) -> None:
    """Answer a request."""
    sent = [(b"content-length", str(len(body)).encode()), (b"cache-control", b"no-store"), *headers]
    await send({"type": "http.response.start", "status": status, "headers": sent})
    await send({"type": "http.response.body", "body": body})


async def refuse(scope: dict[str, Any], receive: Any, send: Any, status: int, why: str) -> None:
    """Refuse a request or a websocket with a sentence."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": why})
        return
    await answer(send, status, why.encode(), [(b"content-type", b"text/plain; charset=utf-8")])
