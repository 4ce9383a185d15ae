"""The routes of the server: the page, its modules, and the socket."""

from __future__ import annotations

import asyncio
from collections import deque
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocketDisconnect, WebSocketState

from connectionist.inspector.security import Access, AccessGuard

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.websockets import WebSocket

    from connectionist.inspector.hub import Hub, Page

FOLDER = Path(__file__).parent / "page"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".json": "application/json",
}
CLOSE_SECONDS = 1.0
MOST_PENDING = 200  # messages of a page that were not answered yet; no more are then read
TOO_MUCH = 1013  # code of a socket that is closed since the page takes nothing


def page_files(folder: Path = FOLDER) -> dict[str, Path]:
    """Return the files of the page by their path in the address."""
    found = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix in TYPES)
    return {path.relative_to(folder).as_posix(): path for path in found}


def make_app(hub: Hub, access: Access) -> AccessGuard:
    """Return the application that serves a session."""
    routes = Routes(hub, access)
    app = Starlette(
        routes=[
            Route("/", routes.index),
            WebSocketRoute("/socket", routes.socket),
            Route("/{path:path}", routes.file),
        ]
    )
    return AccessGuard(app, access)


class Routes:
    """The functions that answer requests."""

    def __init__(self, hub: Hub, access: Access) -> None:
        self.hub = hub
        self.access = access
        self.files = page_files()

    async def index(self, request: Request) -> Response:
        """Answer with the page; with a token, set the cookie and go to the address without it."""
        if request.url.query:
            if not self.access.is_token(request.query_params.get("token", "")):
                return PlainTextResponse("The inspector rejects this request: its token is wrong.\n", 403)
            response = RedirectResponse("/", 303)
            response.headers["set-cookie"] = self.access.cookie
            return response
        return self._file("index.html")

    async def file(self, request: Request) -> Response:
        """Answer with a file of the page."""
        return self._file(request.path_params["path"])

    def _file(self, name: str) -> Response:
        if name not in self.files:
            return PlainTextResponse("The inspector has no such file.\n", 404)
        path = self.files[name]
        return Response(path.read_bytes(), media_type=TYPES[path.suffix])

    async def socket(self, socket: WebSocket) -> None:
        """Connect a page with the session until it closes."""
        await socket.accept()
        loop, wake = asyncio.get_running_loop(), asyncio.Event()

        def notify() -> None:
            with suppress(RuntimeError):  # the loop was closed
                loop.call_soon_threadsafe(wake.set)

        page = self.hub.open_page(notify)
        sender = asyncio.create_task(_send(socket, page, wake))
        pending: deque[Future[Any]] = deque()
        try:
            while not page.is_closed:
                if (future := self.hub.receive(page, await _receive(socket))) is not None:
                    pending.append(future)
                if len(pending) > MOST_PENDING:
                    await asyncio.wrap_future(pending.popleft())
                await asyncio.sleep(0)  # so that replies are sent while many messages wait
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            self.hub.close_page(page)
            sender.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await sender
            if socket.client_state is WebSocketState.CONNECTED:
                with suppress(Exception):
                    await asyncio.wait_for(socket.close(TOO_MUCH), CLOSE_SECONDS)


async def _receive(socket: WebSocket) -> str | bytes:
    message: Any = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1000))
    text: str | bytes | None = message.get("text")
    return text if text is not None else message.get("bytes", b"")


async def _send(socket: WebSocket, page: Page, wake: asyncio.Event) -> None:
    """Send what a page is to get, until its socket closes."""
    while socket.client_state is WebSocketState.CONNECTED:
        await wake.wait()
        wake.clear()
        for data in page.take():
            await socket.send_bytes(data)
        if page.is_closed:
            await socket.close(TOO_MUCH)
            return
