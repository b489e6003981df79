"""One phone's door to the app: a key that opens once, then a cookie that only that phone has."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import parse_qsl

from rom_vision.ui.gate import answer, cookie_named, header_texts, is_page, refuse
from rom_vision.ui.parts.keys import owner_key
from rom_vision.ui.parts.space import COOKIE

__all__ = ["DEVICE", "PhoneGate"]

DEVICE = "rom_vision_phone"
_CLOSED = (
    "This address is for one phone: the one that opens it first, with the key that rom-vision app --lan shows. "
    "To let another one in, stop the app and start it again."
)


class PhoneGate:
    """ASGI middleware: lets the first device in that brings the key, as the owner of the data, and nobody else.

    The owner's own key never reaches the phone: it is put in here, behind the encrypted line.

    Parameters
    ----------
    app : what is behind it, with `rom_vision.ui.gate.Gate` first.
    key : opens once.
    """

    def __init__(self, app: Any, key: str) -> None:
        self._app, self._key = app, key
        self._device: str | None = None

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Let a request through, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = header_texts(scope)
        if self._knows(cookie_named(headers.get("cookie", ""), DEVICE)):
            await self._app(_as_owner(scope), receive, send)
        elif scope["type"] == "http" and is_page(scope, headers) and self._opens(scope["query_string"]):
            self._device = secrets.token_urlsafe(32)
            cookie = f"{DEVICE}={self._device}; Path=/; SameSite=Strict; HttpOnly; Secure"
            # The key is not left in the address, where it would be seen and remembered.
            await answer(send, 303, b"", [(b"location", b"/"), (b"set-cookie", cookie.encode())])
        else:
            await refuse(scope, receive, send, 403, _CLOSED)

    def _knows(self, device: str | None) -> bool:
        if self._device is None or device is None:
            return False
        return secrets.compare_digest(device.encode(), self._device.encode())

    def _opens(self, query: bytes) -> bool:
        if self._device is not None:
            return False
        offered = dict(parse_qsl(query.decode("latin-1"))).get("key", "")
        return secrets.compare_digest(offered.encode(), self._key.encode())


def _as_owner(scope: dict[str, Any]) -> dict[str, Any]:
    """Return the request with the owner's key in its cookies, and without one that it may have brought along."""
    kept = [
        part
        for name, value in scope["headers"]
        if name == b"cookie"
        for part in value.split(b";")
        if not part.strip().startswith(f"{COOKIE}=".encode())
    ]
    cookies = b"; ".join([*(part.strip() for part in kept), f"{COOKIE}={owner_key()}".encode()])
    rest = [(name, value) for name, value in scope["headers"] if name != b"cookie"]
    return {**scope, "headers": [*rest, (b"cookie", cookies)]}
