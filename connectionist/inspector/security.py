"""Who may talk to the server: the token, the cookie, and the headers Host and Origin.

Other pages in the same browser can send requests to this server too. They do not know the token, their scripts can neither read nor send
the cookie, and their requests have another Origin. A name that somebody else's name server gives to this computer has another Host.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self' {socket}; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
LOCAL = ("127.0.0.1", "localhost", "[::1]")
Scope = Mapping[str, Any]


@dataclass(frozen=True)
class Access:
    """What a request must have.

    Parameters
    ----------
    host : str
        Address to which the server is bound.
    port : int

    Attributes
    ----------
    token : str
        Secret in the address that the command prints.
    secret : str
        Secret in the cookie.
    """

    host: str
    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    @property
    def cookie_name(self) -> str:
        """Name of the cookie, which has the port, since cookies of one host are shared by all ports."""
        return f"connectionist_{self.port}"

    @property
    def cookie(self) -> str:
        """Value of the header Set-Cookie."""
        return f"{self.cookie_name}={self.secret}; HttpOnly; SameSite=Strict; Path=/"

    def is_token(self, given: str) -> bool:
        """Return whether a text is the token."""
        return hmac.compare_digest(given.encode("utf-8", "replace"), self.token.encode())

    def has_cookie(self, header: str) -> bool:
        """Return whether the header Cookie has the secret."""
        try:
            morsel = SimpleCookie(header).get(self.cookie_name)
        except CookieError:
            return False
        return morsel is not None and hmac.compare_digest(morsel.value.encode("utf-8", "replace"), self.secret.encode())

    def is_host(self, header: str) -> bool:
        """Return whether the header Host names this server."""
        name, colon, port = header.rpartition(":")
        if header.endswith("]") or not colon:
            name, port = header, "80"
        if port != str(self.port):
            return False
        return name in LOCAL or name == _bracketed(self.host) or (self.is_open and _names_computer(name))

    def is_origin(self, origin: str, host: str) -> bool:
        """Return whether the header Origin is that of a page of this server."""
        return origin == f"http://{host}"

    @property
    def is_open(self) -> bool:
        """Whether the server is bound to all addresses of this computer."""
        return self.host in ("", "0.0.0.0", "::")

    @property
    def is_local(self) -> bool:
        """Whether only programs on this computer can reach the server."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def url(self) -> str:
        """Address of the page, with the token."""
        shown = "127.0.0.1" if self.is_open else _bracketed(self.host)
        return f"http://{shown}:{self.port}/?token={self.token}"

    def headers(self, host: str) -> list[tuple[bytes, bytes]]:
        """Return the headers of every response."""
        policy = CONTENT_POLICY.format(socket=f"ws://{host}")
        values = {
            "content-security-policy": policy,
            "x-content-type-options": "nosniff",
            "x-frame-options": "DENY",
            "referrer-policy": "no-referrer",
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
            "cache-control": "no-store",
        }
        return [(name.encode(), value.encode("latin-1")) for name, value in values.items()]


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _names_computer(name: str) -> bool:
    """Return whether a name is an address, or the name of this computer; no other name server can then have chosen it."""
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return name.lower() == socket.gethostname().lower()
    return True


class AccessGuard:
    """Middleware that answers requests with a wrong Host, Origin or cookie itself, and adds the headers.

    Parameters
    ----------
    app : ASGI application
    access : Access
    """

    def __init__(self, app: Callable[..., Any], access: Access) -> None:
        self.app = app
        self.access = access

    async def __call__(self, scope: Scope, receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        """Answer a request, or pass it on."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = _single_headers(scope)
        fault = self._fault(scope, headers)
        if scope["type"] == "websocket":
            if fault:
                await receive()
                await send({"type": "websocket.close", "code": 1008, "reason": fault})
            else:
                await self.app(scope, receive, send)
            return
        host = headers.get("host", "") if self.access.is_host(headers.get("host", "")) else f"127.0.0.1:{self.access.port}"
        added = self.access.headers(host)
        if fault:
            body = f"{fault}\n".encode()
            start = {"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain; charset=utf-8"), *added]}
            await send(start)
            await send({"type": "http.response.body", "body": body})
            return

        async def send_with_headers(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", []), *added]}
            await send(message)

        await self.app(scope, receive, send_with_headers)

    def _fault(self, scope: Scope, headers: Mapping[str, str]) -> str:
        """Return why a request is rejected; "" if it is not."""
        host, origin = headers.get("host", ""), headers.get("origin")
        if not self.access.is_host(host):
            return "The inspector rejects this request: its Host is not this server."
        if origin is not None and not self.access.is_origin(origin, host):
            return "The inspector rejects this request: it comes from another page."
        if scope["type"] == "websocket" and origin is None:
            return "The inspector rejects this request: it has no Origin."
        if scope["type"] == "http" and scope["path"] == "/" and scope.get("query_string"):
            return ""  # the route compares the token
        if not self.access.has_cookie(headers.get("cookie", "")):
            return "The inspector needs the address with its token, which the command printed, or view.url has."
        return ""


def _single_headers(scope: Scope) -> dict[str, str]:
    """Return the headers by name. A header that must occur once and occurs twice is empty, which no check passes."""
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        key = name.decode("latin-1").lower()
        text = value.decode("latin-1")
        if key in found and key in ("host", "origin"):
            found[key] = ""
        elif key == "cookie" and key in found:
            found[key] += f"; {text}"
        else:
            found[key] = text
    return found
