"""The page in a notebook: one module that has all others, and the channel of the widget."""

from __future__ import annotations

import json
import re
import struct
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from connectionist.errors import PluginError
from connectionist.inspector import view, widget
from connectionist.inspector.hub import CLOSED, Hub
from connectionist.inspector.session import InspectorSession


def pages(folder: Path, files: dict[str, str]) -> dict[str, Path]:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return {name: folder / name for name in files}


def test_each_module_comes_after_those_that_it_imports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        "widget.js": 'import { a } from "./a.js";\nexport function render() { return a; }',
        "a.js": "import { c } from './deep/c.js';\nexport const a = c;",
        "deep/c.js": 'export { d as c } from "../d.js";',
        "d.js": "export const d = 1; // not from './a.js'-like text",
        "alone.js": "export const x = 1;",
        "style.css": ".cn { color: red }",
    }
    files["d.js"] = "export const d = 1;"
    found = pages(tmp_path, files)
    monkeypatch.setattr(widget, "page_files", lambda: found)
    text = widget.module_text()
    sources = json.loads(re.findall(r"const sources = (.*);\n", text)[0])
    assert list(sources) == ["d.js", "deep/c.js", "a.js", "widget.js"]
    assert sources["deep/c.js"] == 'export { d as c } from "module:d.js:";'
    assert '".cn { color: red }"' in text


def test_modules_that_import_each_other_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = pages(tmp_path, {"widget.js": 'import "./a.js";', "a.js": 'import "./widget.js";'})
    monkeypatch.setattr(widget, "page_files", lambda: found)
    with pytest.raises(PluginError, match=r"widget\.js and a\.js of the page import each other"):
        widget.module_text()
    monkeypatch.setattr(widget, "page_files", dict)
    with pytest.raises(PluginError, match=r"has no module 'widget\.js'"):
        widget.module_text()


def test_the_channel_sends_what_a_socket_would_send(session_maker: Callable[..., InspectorSession]) -> None:
    hub = Hub(lambda between: session_maker(between=between))
    kinds: list[str] = []
    news = threading.Condition()

    def send(data: bytes) -> None:
        with news:
            (length,) = struct.unpack("<I", data[:4])
            kinds.append(json.loads(data[4 : 4 + length])["kind"])
            news.notify_all()

    channel = widget.WidgetChannel(hub, send)
    channel.receive({"open": True})
    with news:
        assert news.wait_for(lambda: "frame" in kinds, 10)
    assert kinds[:3] == ["description", "script", "log"]
    channel.receive({"text": '{"kind": "cases", "id": 3}'})
    channel.receive({"text": 5})
    channel.receive("nonsense")
    with news:
        assert news.wait_for(lambda: "answer" in kinds, 10)
    channel.receive({"close": True})
    hub.worker.submit(lambda: None).result(10)
    assert hub.pages == []
    hub.close()


def test_a_closed_view_says_so_to_its_pages(session_maker: Callable[..., InspectorSession]) -> None:
    hub = Hub(lambda between: session_maker(between=between))
    sent: list[dict[str, object]] = []
    channel = widget.WidgetChannel(hub, lambda data: sent.append(json.loads(data[4 : 4 + struct.unpack("<I", data[:4])[0]])))
    channel.receive({"open": True})
    hub.worker.submit(lambda: None).result(10)
    hub.close()
    assert [each["text"] for each in sent if each["kind"] == "failure"] == [CLOSED]
    channel.receive({"text": '{"kind": "train", "id": 8}'})
    assert (sent[-1]["kind"], sent[-1]["id"], sent[-1]["text"]) == ("failure", 8, CLOSED)


def test_a_notebook_that_shows_no_widgets_has_the_text(
    session_maker: Callable[..., InspectorSession], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("anywidget")
    monkeypatch.setattr(view, "in_notebook", lambda: True)
    opened = view.View(Hub(lambda between: session_maker(between=between)))
    data = opened._repr_mimebundle_()[0]
    assert data["text/plain"] == repr(opened)
    assert "application/vnd.jupyter.widget-view+json" in data
    opened.close()
