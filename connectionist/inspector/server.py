"""The server in a thread."""

from __future__ import annotations

import errno
import socket
import threading
from typing import TYPE_CHECKING

from connectionist.errors import ParameterError, PluginError
from connectionist.inspector.security import Access

if TYPE_CHECKING:
    from connectionist.inspector.hub import Hub

START_SECONDS = 10.0
LARGEST_MESSAGE = 16_000_000  # bytes from a page; UTF-8 may need 4 for each character


class Server:
    """Serves a hub until it is closed.

    Parameters
    ----------
    hub : Hub
    host : str
        Address to bind.
    port : int
        0 for any free port.

    Raises
    ------
    ParameterError
        If the port is in use, or the address is not one of this computer.
    PluginError
        If a package that the server needs is not installed.
    """

    def __init__(self, hub: Hub, host: str = "127.0.0.1", port: int = 0) -> None:
        try:
            import uvicorn

            from connectionist.inspector.routes import make_app
        except ModuleNotFoundError as error:
            raise PluginError(
                f"inspect: needs the package {error.name!r}; install it with: pip install 'connectionist-simulator[inspector]'"
            ) from None
        self._socket = _bind(host, port)
        self.access = Access(host, self._socket.getsockname()[1])
        config = uvicorn.Config(
            make_app(hub, self.access),
            log_level="critical",
            access_log=False,
            lifespan="off",
            ws="websockets-sansio",
            ws_max_size=LARGEST_MESSAGE,
            ws_per_message_deflate=False,
            server_header=False,
            date_header=False,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._serve, name="connectionist inspector server", daemon=True)
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            self._thread.join(0.01)

    def _serve(self) -> None:
        self._server.run(sockets=[self._socket])

    def close(self) -> None:
        """End the server."""
        self._server.should_exit = True
        self._thread.join(START_SECONDS)
        self._socket.close()


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((host, port))
        found.listen(64)
    except (OSError, UnicodeError) as error:
        found.close()
        is_used = getattr(error, "errno", None) in (errno.EADDRINUSE, errno.EACCES)
        reason = "is in use or not allowed; choose another, or 0 for any free port" if is_used else f"cannot be bound at {host!r} ({error})"
        raise ParameterError(f"inspect.port: {port} {reason}") from None
    return found
