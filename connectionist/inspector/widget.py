"""The page in a notebook: the same modules, over the channel of a widget instead of a socket."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from connectionist.errors import PluginError
from connectionist.inspector.routes import page_files

if TYPE_CHECKING:
    from connectionist.inspector.hub import Hub, Page

ENTRY = "widget.js"
IMPORT = re.compile(r"""(?P<before>\b(?:from|import)\s*\(?\s*)(?P<quote>["'])(?P<path>\.{1,2}/[^"']+)(?P=quote)""")
LOADER = """
const sources = {sources};
const urls = {{}};
for (const name of Object.keys(sources)) {{
  const text = sources[name].replace(/module:([^"'\\s]+):/g, (_, path) => urls[path]);
  urls[name] = URL.createObjectURL(new Blob([text], {{ type: "text/javascript" }}));
}}
const styles = {styles};
const entry = await import(urls[{entry}]);
export default {{ render: (context) => entry.render({{ ...context, styles }}) }};
"""


def module_text() -> str:
    """Return one module that has all modules of the page, each under an address of its own that the loader makes."""
    files = page_files()
    texts = {name: path.read_text(encoding="utf-8") for name, path in files.items() if name.endswith(".js")}
    if ENTRY not in texts:
        raise PluginError(f"inspect: the page has no module {ENTRY!r}, so it cannot be shown in a notebook")
    ordered = {name: _with_places(name, texts[name]) for name in _in_order(texts, ENTRY)}
    styles = "\n".join(path.read_text(encoding="utf-8") for name, path in files.items() if name.endswith(".css"))
    return LOADER.format(sources=json.dumps(ordered), styles=json.dumps(styles), entry=json.dumps(ENTRY))


def _in_order(texts: dict[str, str], entry: str) -> list[str]:
    """Return the modules that one imports, each after those that it imports itself."""
    done: dict[str, None] = {}

    def visit(name: str, importing: tuple[str, ...]) -> None:
        if name in importing:
            raise PluginError(f"inspect: the modules {' and '.join((*importing[importing.index(name) :],))} of the page import each other")
        for found in IMPORT.finditer(texts[name]):
            target = _resolve(name, found["path"])
            if target not in done:
                visit(target, (*importing, name))
        done[name] = None

    visit(entry, ())
    return list(done)


def _with_places(name: str, text: str) -> str:
    return IMPORT.sub(lambda found: f'{found["before"]}"module:{_resolve(name, found["path"])}:"', text)


def _resolve(name: str, path: str) -> str:
    parts = name.split("/")[:-1]
    for part in path.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def make_widget(hub: Hub) -> Any:
    """Return a widget that shows a session."""
    try:
        import anywidget
    except ModuleNotFoundError as error:
        raise PluginError(
            f"inspect: needs the package {error.name!r} in a notebook; install it with: pip install 'connectionist-simulator[notebook]'"
        ) from None

    class InspectorWidget(anywidget.AnyWidget):
        _esm = module_text()

    widget = InspectorWidget()
    channel = WidgetChannel(hub, lambda data: widget.send({"kind": "message"}, buffers=[data]))
    widget.on_msg(lambda _, content, __: channel.receive(content))
    return widget


class WidgetChannel:
    """Connects a widget with a session. A custom message has one key: "open" when a cell shows it, "close" when it is gone, or "text".

    Parameters
    ----------
    hub : Hub
    send : function
        Sends a binary message to the widget.
    """

    def __init__(self, hub: Hub, send: Callable[[bytes], None]) -> None:
        self.hub = hub
        self.send = send
        self.page: Page | None = None
        self._lock = threading.Lock()

    def receive(self, content: object) -> None:
        """Take a custom message of the widget."""
        given: dict[str, Any] = content if isinstance(content, dict) else {}
        if self.page is not None and ("open" in given or "close" in given):
            self.hub.close_page(self.page)
            self.page = None
        if "close" in given:
            return
        if self.page is None:
            self.page = self.hub.open_page(self._wake)
            self._wake()
        if isinstance(text := given.get("text"), str):
            self.hub.receive(self.page, text)

    def _wake(self) -> None:
        with self._lock:  # so that two threads keep the order
            for data in self.page.take() if self.page is not None else []:
                self.send(data)
