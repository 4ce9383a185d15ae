"""Attacks on the inspector: malformed messages, other pages, wrong tokens, pages that disappear, several pages at once."""

from __future__ import annotations

import asyncio
import json
import random
import struct
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import ParameterError
from connectionist.inspector.hub import MOST_WAITING, MOST_WAITING_BYTES, Hub, Page
from connectionist.inspector.messages import ACTS, QUERIES, VIEWS, Answer, Message
from connectionist.inspector.reading import read_message
from connectionist.inspector.security import Access
from connectionist.inspector.session import InspectorSession

SECONDS = 60.0  # longest wait; a frame may be some seconds late on a busy machine


def make_network() -> cn.Network:
    net = cn.Network("xor")
    net.add_group("input", 2, role="input"), net.add_group("hidden", 3), net.add_group("output", 1, role="output")
    net.connect("input", "hidden"), net.connect("hidden", "output")
    net.randomize(0.5, seed=1)
    return net


EXAMPLES = cn.ExampleSet.from_arrays([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])


@pytest.fixture
def hub() -> Iterator[Hub]:
    net = make_network()

    def make_session(between: Callable[[], None]) -> InspectorSession:
        return InspectorSession(net, EXAMPLES, [cn.Phase(cn.rule("momentum"), 1)], engine=cn.engine("compiled"), between=between)

    made = Hub(make_session)
    yield made
    made.close()


def decode(data: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the header and the arrays of a message to a page."""
    (length,) = struct.unpack("<I", data[:4])
    header, start, arrays = json.loads(data[4 : 4 + length]), 4 + length, {}
    assert start % 4 == 0
    for each in header["arrays"]:
        count = int(np.prod(each["shape"]))
        arrays[each["name"]] = np.frombuffer(data, "<f4", count, start).reshape(each["shape"])
        start += 4 * count
    assert start == len(data)
    return header, arrays


class Reader:
    """A page in this process, which takes all replies at once."""

    def __init__(self, hub: Hub) -> None:
        self.headers: list[dict[str, Any]] = []
        self.arrays: list[dict[str, Any]] = []
        self.has_news = threading.Condition()
        self.page: Page | None = None
        self.page = hub.open_page(self.wake)
        self.wake()

    def wake(self) -> None:
        with self.has_news:
            for data in self.page.take() if self.page else []:
                header, arrays = decode(data)
                self.headers.append(header)
                self.arrays.append(arrays)
            self.has_news.notify_all()

    def wait_for(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Return the first reply that is wanted."""
        with self.has_news:
            assert self.has_news.wait_for(lambda: any(map(wanted, self.headers)), SECONDS), self.headers[-3:]
            return next(filter(wanted, self.headers))


def malformed(rng: random.Random) -> str | bytes:
    """Return a message that has no meaning."""
    kinds = [each.kind for each in (*ACTS, *QUERIES, *VIEWS)]
    values: list[Any] = [
        None,
        True,
        -1,
        2**60,
        0.5,
        1e308,
        "",
        "hidden:0",
        "<b>",
        "\u0000",
        "\ud800",
        [],
        {},
        [[[[[[[[]]]]]]]],
        {"a": {"a": [1]}},
    ]
    kind = rng.choice(kinds)
    fields = [
        "id",
        "epochs",
        "unit",
        "part",
        "value",
        "connection",
        "query",
        "quantity",
        "inputs",
        "case",
        "by",
        "rule",
        "__class__",
        "kind",
    ]
    message = {"kind": kind, "id": 1, **{rng.choice(fields): rng.choice(values) for _ in range(rng.randint(1, 4))}}
    text = json.dumps(message)
    choice = rng.random()
    if choice < 0.1:
        return text[: rng.randrange(len(text))]
    if choice < 0.15:
        return "[" * rng.randint(1, 100_000)
    if choice < 0.2:
        return text.encode()
    if choice < 0.25:
        return rng.choice(["NaN", "1e999", "[]", '"train"', "null", '{"kind": "train", "id": 1, "epochs": Infinity}', "é" * 50])
    return text


def rejection(text: str | bytes) -> str | None:
    """Return why a message is rejected; None if it is a message."""
    try:
        read_message(text)
    except ParameterError as error:
        return str(error)
    return None


def send_malformed(hub: Hub, count: int, seed: int) -> int:
    """Send messages that `read_message` rejects, and return their number."""
    rng, sent = random.Random(seed), 0
    reader = Reader(hub)
    reader.wait_for(lambda each: each["kind"] == "frame")
    while sent < count:
        text = malformed(rng)
        if (complaint := rejection(text)) is not None:
            assert len(complaint) < 4000
            sent += 1
            assert reader.page is not None
            assert hub.receive(reader.page, text) is None
            assert reader.headers[-1]["kind"] == "failure"
            reader.headers, reader.arrays = reader.headers[-5:], []
    return sent


def check_unharmed(hub: Hub) -> None:
    session = hub.session
    assert np.array_equal(session.network.weight_values, make_network().weight_values)
    assert session.acts == []
    reader = Reader(hub)
    assert reader.page is not None
    hub.receive(reader.page, '{"kind": "cases", "id": 77}')
    assert reader.wait_for(lambda each: each.get("id") == 77)["kind"] == "answer"


def test_malformed_messages_leave_the_session_as_it_was(hub: Hub) -> None:
    assert send_malformed(hub, 2000, seed=0) == 2000
    check_unharmed(hub)


@pytest.mark.slow
def test_a_hundred_thousand_malformed_messages_leave_the_session_as_it_was(hub: Hub) -> None:
    assert send_malformed(hub, 100_000, seed=1) == 100_000
    check_unharmed(hub)


def test_messages_about_what_does_not_exist_are_answered_with_one_sentence(hub: Hub) -> None:
    reader = Reader(hub)
    assert reader.page is not None
    wrong = ["hidden:9", "", "*", "../../etc/passwd", "<script>", "a" * 5000, "\u202e", "hidden:0 → ", "__import__('os')"]
    number = 100
    for name in wrong:
        for kind, field in [("lesion", "part"), ("explain", "unit"), ("weights", "unit"), ("watch", "unit"), ("set_weight", "connection")]:
            if kind == "watch" and not name:
                continue
            number += 1
            message = {"kind": kind, "id": number, field: name, **({"value": 1.0} if kind == "set_weight" else {})}
            if (kind, name) == ("lesion", "*"):
                continue  # a pattern that means all units
            hub.receive(reader.page, json.dumps(message))
            reply = reader.wait_for(lambda each, number=number: each.get("id") == number)  # type: ignore[misc]
            assert reply["kind"] == "failure", message
            assert len(reply["text"]) < 4000
    check_unharmed(hub)


def test_a_page_that_takes_nothing_neither_stops_training_nor_fills_memory(hub: Hub) -> None:
    page = hub.open_page(lambda: None)
    hub.receive(page, '{"kind": "follow", "id": 5, "query": {"kind": "cases"}}')
    hub.receive(page, '{"kind": "train", "id": 6, "epochs": 100000}')
    wait_until(lambda: hub.session.training.epoch == 100_000 and not hub.session.training.is_wanted)
    assert len(page.latest) <= 5
    assert len(page.waiting) <= 2


def test_a_page_that_takes_nothing_and_asks_much_is_closed(hub: Hub) -> None:
    page = hub.open_page(lambda: None)
    for number in range(MOST_WAITING + 200):
        hub.receive(page, f'{{"kind": "weights", "id": {number}, "unit": "hidden:0"}}')
    hub.worker.submit(lambda: None).result(SECONDS)
    assert page.is_closed
    assert len(page.waiting) <= MOST_WAITING
    check_unharmed(hub)


def test_replies_that_a_page_does_not_take_need_a_limited_memory() -> None:
    page = Page(lambda: None)
    for number in range(300):
        page.put(Answer(id=number, query="links", arrays={"values": np.zeros(1_000_000, "f4")}))
    assert page.is_closed
    assert sum(each.arrays["values"].nbytes for each in page.waiting) <= MOST_WAITING_BYTES


def test_a_slow_first_frame_does_not_delay_the_next_ones(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    publish, times = hub.publish, [0.5]  # code is compiled for the first frame in training

    def publish_slowly(*pages: list[Page]) -> None:
        if hub.session.training.live and times:
            end = time.thread_time() + times[0]
            while time.thread_time() < end:
                pass
            times.clear()
        publish(*pages)

    monkeypatch.setattr(hub, "publish", publish_slowly)
    reader = Reader(hub)
    reader.wait_for(lambda each: each["kind"] == "frame")
    assert reader.page is not None
    hub.receive(reader.page, '{"kind": "train", "id": 1}')
    wait_until(lambda: not times)
    before = len(reader.headers)
    time.sleep(0.75)  # half a second of publishing is 0.5 / FRAME_SHARE seconds of training
    assert [each for each in reader.headers[before + 3 :] if each["kind"] == "frame"]


def test_a_page_gets_frames_of_training_with_the_gap_that_it_wants(hub: Hub) -> None:
    slow, quick = Reader(hub), Reader(hub)
    assert slow.page is not None
    hub.receive(slow.page, '{"kind": "watch", "id": 1, "gap": 0.6}')
    hub.receive(slow.page, '{"kind": "follow", "id": 2, "query": {"kind": "cases"}}')
    slow.wait_for(lambda each: each.get("id") == 2)
    hub.receive(slow.page, '{"kind": "train", "id": 3}')
    slow.wait_for(lambda each: each.get("id") == 3)
    before = len(slow.headers), len(quick.headers)
    time.sleep(1.3)
    kinds = [[each["kind"] for each in reader.headers[start:]] for reader, start in zip((slow, quick), before, strict=True)]
    assert 1 <= kinds[0].count("frame") <= 3
    assert kinds[0].count("answer") <= kinds[0].count("frame") + 1  # that of the frame before
    assert kinds[1].count("frame") > kinds[0].count("frame")
    for case in range(4):  # an act is shown at once
        hub.receive(slow.page, f'{{"kind": "show_case", "id": {case + 4}, "case": {case}}}')
        slow.wait_for(lambda each, case=case: each["kind"] == "frame" and each["case"] == case)  # type: ignore[misc]
    assert time.perf_counter() - slow.page.framed < 0.6


def test_a_negative_gap_is_an_error(hub: Hub) -> None:
    reader = Reader(hub)
    assert reader.page is not None
    hub.receive(reader.page, '{"kind": "watch", "id": 1, "gap": -1}')
    assert reader.wait_for(lambda each: each["kind"] == "failure")["text"] == "watch.gap: must be at least 0 (got -1)"
    assert reader.page.watch.gap == 0


def test_what_has_changed_is_taken_together(hub: Hub) -> None:
    taken: list[list[str]] = []
    page: Page = hub.open_page(lambda: taken.append(list(page.latest)))
    wait_until(lambda: bool(taken))
    hub.receive(page, '{"kind": "lesion", "id": 1, "part": "hidden:0"}')
    wait_until(lambda: len(page.waiting) == 1)
    assert [set(each) for each in taken if "log" in each or "frame" in each][-1] == {"description", "script", "log", "frame"}
    assert all(("log" in each) == ("frame" in each) for each in taken)


def test_followed_query_that_takes_long_does_not_delay_others(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    page, asked = hub.open_page(lambda: None), list[int]()
    for identity, kind in ((5, "cases"), (6, "histogram"), (7, "cases")):
        query = {"kind": "cases"} if kind == "cases" else {"kind": "histogram", "projection": "", "quantity": "weight", "bins": 3}
        hub.receive(page, json.dumps({"kind": "follow", "id": identity, "query": query})).result()  # type: ignore[union-attr]

    def ask_all() -> None:
        for identity, seconds in ((5, 3.0), (6, 1.0), (7, 2.0)):
            page.followed[identity].seconds = seconds
        monkeypatch.setattr(hub, "_make_answer", lambda query: asked.append(query.id))
        monkeypatch.setattr(page, "put_newest", lambda replies: None)
        hub.session.moment += 1
        for _ in range(3):
            before = {identity: each.seconds for identity, each in page.followed.items()}
            assert hub._ask_next() == 0
            for identity, usual in before.items():
                page.followed[identity].seconds = usual
        assert hub._ask_next() > 0

    hub.worker.submit(ask_all).result()
    assert asked == [6, 7, 5]


def test_acts_that_follow_each_other_do_not_wait_for_slow_queries(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    make_answer = hub._make_answer

    def answer_slowly(query: Message) -> Answer:
        time.sleep(0.3)
        return make_answer(query)

    monkeypatch.setattr(hub, "_make_answer", answer_slowly)
    reader = Reader(hub)
    assert reader.page is not None
    hub.receive(reader.page, '{"kind": "follow", "id": 5, "query": {"kind": "cases"}}')
    reader.wait_for(lambda each: each.get("id") == 5)
    began = time.perf_counter()
    for number in range(10, 20):
        hub.receive(reader.page, f'{{"kind": "step", "id": {number}, "by": "unit"}}')
        reader.wait_for(lambda each, number=number: each.get("id") == number)  # type: ignore[misc]
    assert time.perf_counter() - began < 1.5
    wait_until(lambda: next(iter(reader.page.followed.values())).moment == hub.session.moment)  # type: ignore[union-attr]


def test_followed_queries_do_not_delay_acts(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    make_answer = hub._make_answer

    def note(query: Message) -> Answer:
        asked.append(query.kind)
        return make_answer(query)

    monkeypatch.setattr(hub, "_make_answer", note)
    reader = Reader(hub)
    assert reader.page is not None
    hub.receive(reader.page, '{"kind": "follow", "id": 5, "query": {"kind": "cases"}}')
    reader.wait_for(lambda each: each.get("id") == 5)
    hub.worker.submit(lambda: time.sleep(0.3))
    for number in range(10):
        hub.receive(reader.page, f'{{"kind": "show_case", "id": {number + 10}, "case": {number % 4}}}')
    reader.wait_for(lambda each: each.get("id") == 19)
    wait_until(lambda: next(iter(reader.page.followed.values())).moment == hub.session.moment)  # type: ignore[union-attr]
    assert len(asked) <= 3  # and not once for each act


def test_marks_that_take_long_to_find_do_not_delay_acts() -> None:
    found = threading.Event()

    def later() -> Callable[[InspectorSession], None]:
        found.wait(SECONDS)
        return lambda session: setattr(session, "version", session.version + 1)

    phase = cn.Phase(cn.rule("momentum"), 1)
    hub = Hub(lambda between: InspectorSession(make_network(), EXAMPLES, [phase], engine=cn.engine("compiled"), between=between), later)
    reader = Reader(hub)
    assert reader.page is not None
    wait_until(lambda: hub.later is None)
    hub.receive(reader.page, '{"kind": "lesion", "id": 3, "part": "hidden:1"}')
    reader.wait_for(lambda each: each.get("id") == 3)
    count = len([each for each in reader.headers if each["kind"] == "description"])
    found.set()
    wait_until(lambda: len([each for each in reader.headers if each["kind"] == "description"]) > count)
    hub.close()


def test_what_pages_ask_in_training_changes_no_bit(hub: Hub) -> None:
    reader = Reader(hub)
    assert reader.page is not None
    hub.receive(reader.page, '{"kind": "train", "id": 1}')
    asked = ['"explain", "unit": "hidden:0"', '"moment", "epoch": 0', '"show_case", "case": 2', '"weights", "unit": "output:0"', '"cases"']
    asked += [
        '"enter_input", "inputs": {}, "targets": {}',
        '"explain", "connection": "hidden:0 → output:0"',
        '"components", "group": "hidden"',
    ]
    asked += ['"unit_over", "units": ["hidden:1"], "over": "epochs"', '"watch", "unit": "hidden:0", "quantity": "incoming"']
    for number in range(12):
        future = hub.receive(reader.page, f'{{"kind": {asked[number % len(asked)]}, "id": {number + 10}}}')
        assert future is not None
        future.result(SECONDS)
    pausing = hub.receive(reader.page, '{"kind": "pause", "id": 2}')
    assert pausing is not None
    pausing.result(SECONDS)
    assert not [each for each in reader.headers if each["kind"] == "failure"]
    alone = make_network()
    cn.train(alone, EXAMPLES, cn.rule("momentum"), hub.session.training.epoch)
    assert hub.session.training.epoch > 0
    assert np.array_equal(alone.weight_values, hub.session.network.weight_values)
    assert len([act for act in hub.session.acts if act.training]) == 1


def test_two_pages_see_the_same(hub: Hub) -> None:
    readers = [Reader(hub), Reader(hub)]
    assert readers[0].page is not None
    hub.receive(readers[0].page, '{"kind": "train", "id": 1, "epochs": 3000}')
    hub.receive(readers[0].page, '{"kind": "lesion", "id": 2, "part": "hidden:1"}')

    def has_ended(header: dict[str, Any]) -> bool:
        return header["kind"] == "frame" and header["epoch"] == 3000 and not header["training"]

    for reader in readers:
        reader.wait_for(has_ended)
    hub.worker.submit(lambda: None).result()
    last = [max(n for n, each in enumerate(reader.headers) if each["kind"] == "frame") for reader in readers]
    first, second = (reader.arrays[number] for reader, number in zip(readers, last, strict=True))
    for name, values in first.items():
        np.testing.assert_array_equal(values, second[name])
    net = hub.session.network
    shown = hub.session.shown_states()[:, 0]
    np.testing.assert_array_equal(first["values"], shown.astype("f4"))
    assert net.unit("hidden:1").lesioned
    assert first["flags"][list(net.units).index(net.unit("hidden:1"))] == 1
    scripts = [[each for each in reader.headers if each["kind"] == "script"] for reader in readers]
    assert scripts[0] == scripts[1]


def test_an_error_of_training_is_told_and_the_session_goes_on() -> None:
    net = cn.Network("wild")
    net.add_group("input", 1, role="input"), net.add_group("output", 1, role="output", activation="linear")
    net.connect("input", "output", weights=0.1)
    examples = cn.ExampleSet.from_arrays([[1.0]], [[0.0]])
    phase = cn.Phase(cn.rule("steepest", rate=1e9), 1)
    hub = Hub(lambda between: InspectorSession(net, examples, [phase], engine=cn.engine("compiled"), between=between))
    reader = Reader(hub)
    assert reader.page is not None
    hub.receive(reader.page, '{"kind": "train", "id": 1, "epochs": 3000}')
    assert "diverged" in reader.wait_for(lambda each: each["kind"] == "failure")["text"]
    hub.receive(reader.page, '{"kind": "cases", "id": 77}')
    assert reader.wait_for(lambda each: each.get("id") == 77)["kind"] == "answer"
    hub.close()


@pytest.mark.parametrize(
    "error", [ValueError("no"), SystemExit(3), KeyboardInterrupt(), GeneratorExit()], ids=lambda error: type(error).__name__
)
def test_whatever_a_formula_raises_the_session_goes_on(error: BaseException) -> None:
    raised: list[BaseException] = []

    class Wild(cn.ActivationFunction):
        name = "wild"

        def activation(self, net_input: float) -> float:
            for each in raised:
                raise each
            return net_input

        def slope(self, net_input: float, activation: float) -> float:
            return 1.0

    net = cn.Network("wild")
    net.add_group("input", 1, role="input"), net.add_group("output", 1, role="output", activation=Wild())
    net.connect("input", "output", weights=0.1)
    examples = cn.ExampleSet.from_arrays([[1.0]], [[0.0]])
    phase = cn.Phase(cn.rule("steepest", rate=0.001), 1)
    hub = Hub(lambda between: InspectorSession(net, examples, [phase], engine=cn.engine("local"), between=between))
    reader = Reader(hub)
    assert reader.page is not None
    hub.receive(reader.page, '{"kind": "train", "id": 1}')
    wait_until(lambda: hub.session.training.epoch > 0)
    raised.append(error)
    reader.wait_for(lambda each: each["kind"] == "failure" and each["id"] == -1)
    wait_until(lambda: not hub.session.training.is_wanted)
    hub.receive(reader.page, '{"kind": "show_case", "id": 77, "case": 0}')
    assert reader.wait_for(lambda each: each.get("id") == 77)["kind"] in ("done", "failure")
    raised.clear()
    hub.receive(reader.page, '{"kind": "cases", "id": 78}')
    assert reader.wait_for(lambda each: each.get("id") == 78)["kind"] == "answer"
    hub.close()


def test_an_error_in_an_idle_moment_is_told_and_the_session_goes_on(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> bool:
        raise RuntimeError("no fingerprint")

    monkeypatch.setattr(hub.session, "notice_changes", fail)
    reader = Reader(hub)
    assert reader.page is not None
    assert "no fingerprint" in reader.wait_for(lambda each: each["kind"] == "failure")["text"]
    hub.receive(reader.page, '{"kind": "cases", "id": 77}')
    assert reader.wait_for(lambda each: each.get("id") == 77)["kind"] == "answer"


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


# --- Over the network ---


@pytest.fixture(scope="module")
def view() -> Iterator[cn.View]:
    with cn.inspect(make_network(), EXAMPLES, open_browser=False) as opened:
        yield opened


def request(view: cn.View, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
    """Return status, headers and body of a request with exactly these headers, beside Host."""
    import http.client

    address = view.url.split("/")[2]
    connection = http.client.HTTPConnection(address, timeout=SECONDS)
    connection.putrequest("GET", path, skip_host="Host" in headers, skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    response = connection.getresponse()
    found = {name.lower(): value for name, value in response.getheaders()}
    body = response.read().decode("utf-8", "replace")
    connection.close()
    return response.status, found, body


def cookie_of(view: cn.View) -> str:
    _, headers, _ = request(view, "/?" + view.url.split("?")[1])
    return headers["set-cookie"].split(";")[0]


def test_the_token_becomes_a_cookie_that_scripts_cannot_read(view: cn.View) -> None:
    status, headers, _ = request(view, "/?" + view.url.split("?")[1])
    assert status == 303
    assert headers["location"] == "/"
    parts = headers["set-cookie"].split("; ")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(parts)
    token = view.url.split("token=")[1]
    assert token not in parts[0]
    assert len(token) >= 40
    assert request(view, "/nothing.js", Cookie=parts[0])[0] == 404


@pytest.mark.parametrize("path", ["/", "/index.html", "/?token=", "/?token=x", "/?TOKEN=y", "/store.js", "/socket"])
def test_without_the_token_or_the_cookie_there_is_nothing(view: cn.View, path: str) -> None:
    status, headers, body = request(view, path)
    assert status == 403
    assert "set-cookie" not in headers
    assert body.startswith("The inspector ")
    name = cookie_of(view).split("=")[0]
    assert request(view, path, Cookie=f"{name}=wrong")[0] == 403


def test_every_response_has_the_content_policy(view: cn.View) -> None:
    for path, cookie in [("/", ""), ("/nothing.js", cookie_of(view)), ("/?" + view.url.split("?")[1], "")]:
        _, headers, _ = request(view, path, **({"Cookie": cookie} if cookie else {}))
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self';")
        assert "unsafe" not in policy
        assert "*" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "127.0.0.1.evil.example:{port}", "", "[::]:{port}"]
)
def test_a_foreign_host_is_rejected(view: cn.View, host: str) -> None:
    port, cookie = view.url.split("/")[2].split(":")[1], cookie_of(view)
    status, _, _ = request(view, "/nothing.js", Host=host.format(port=port), Cookie=cookie)
    assert status in (400, 403)
    assert request(view, "/?" + view.url.split("?")[1], Host=host.format(port=port))[0] in (400, 403)


def test_names_of_this_computer_are_hosts(view: cn.View) -> None:
    port, cookie = view.url.split("/")[2].split(":")[1], cookie_of(view)
    for host in ("localhost", "127.0.0.1"):
        assert request(view, "/nothing.js", Host=f"{host}:{port}", Cookie=cookie)[0] == 404


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://{address}", "http://127.0.0.1", "http://{address}.evil.example", ""]
)
def test_a_foreign_origin_is_rejected(view: cn.View, origin: str) -> None:
    address, cookie = view.url.split("/")[2], cookie_of(view)
    assert request(view, "/nothing.js", Origin=origin.format(address=address), Cookie=cookie)[0] == 403
    assert request(view, "/nothing.js", Origin=f"http://{address}", Cookie=cookie)[0] == 404


@pytest.mark.parametrize(
    "path", ["/../messages.py", "/..%2fsecurity.py", "/%2e%2e/security.py", "//etc/passwd", "/page/../security.py", "/\\..\\x"]
)
def test_no_other_file_is_served(view: cn.View, path: str) -> None:
    assert request(view, path, Cookie=cookie_of(view))[0] in (400, 404)


def connect(view: cn.View, *, origin: str | None = "", cookie: str | None = "") -> Any:
    import websockets

    address = view.url.split("/")[2]
    headers = {} if cookie is None else {"Cookie": cookie or cookie_of(view)}
    chosen: Any = f"http://{address}" if origin == "" else origin
    return websockets.connect(f"ws://{address}/socket", origin=chosen, additional_headers=headers, max_size=None)


@pytest.mark.parametrize(
    "attack", [{"origin": "http://evil.example"}, {"origin": None}, {"cookie": None}, {"cookie": "connectionist_1=x"}, {"origin": "null"}]
)
def test_the_socket_of_another_page_is_rejected(view: cn.View, attack: dict[str, Any]) -> None:
    import websockets

    async def attempt() -> None:
        async with connect(view, **attack):
            pass

    with pytest.raises(websockets.exceptions.InvalidStatus, match="403"):
        asyncio.run(attempt())


def test_a_page_that_disappears_in_training_harms_nothing() -> None:
    view = cn.inspect(make_network(), EXAMPLES, open_browser=False)

    async def disappear() -> None:
        socket = await connect(view)
        await socket.send(json.dumps({"kind": "train", "id": 1, "epochs": 200_000}))
        while decode(await socket.recv())[0]["kind"] != "done":  # an abort discards messages that were not read yet
            pass
        socket.transport.abort()

    asyncio.run(disappear())
    session = view.hub.session
    wait_until(lambda: session.training.epoch == 200_000 and not session.training.is_wanted)
    wait_until(lambda: view.hub.pages == [])
    alone = make_network()
    cn.train(alone, EXAMPLES, cn.rule("momentum"), 200_000)
    assert np.array_equal(alone.weight_values, session.network.weight_values)
    view.close()


def test_a_page_gets_what_the_objects_have_over_the_socket(view: cn.View) -> None:
    async def watch() -> list[tuple[dict[str, Any], dict[str, Any]]]:
        async with connect(view) as socket:
            found = [decode(await socket.recv()) for _ in range(4)]
            await socket.send("no message")
            found.append(decode(await socket.recv()))
            await socket.send(b"\x00\x01")
            found.append(decode(await socket.recv()))
            return found

    found = asyncio.run(watch())
    assert [header["kind"] for header, _ in found] == ["description", "script", "log", "frame", "failure", "failure"]
    net = make_network()
    net.forward(EXAMPLES[0]), net.backward(EXAMPLES[0])
    assert found[3][1]["values"][0].tolist() == [np.float32(unit.activation) for unit in net.units]


def test_each_of_many_messages_is_answered_to_a_page_that_reads(view: cn.View) -> None:
    count = 5 * MOST_WAITING

    async def flood() -> int:
        async with connect(view) as socket:

            async def send() -> None:
                for number in range(count):
                    await socket.send("no message" if number > 100 else f'{{"kind": "histogram", "id": {number}}}')

            sending, answered = asyncio.create_task(send()), 0
            while answered < count:
                header, _ = decode(await asyncio.wait_for(socket.recv(), SECONDS))
                answered += header["kind"] in ("failure", "answer")
            await sending
            return answered

    assert asyncio.run(flood()) == count


def test_a_closed_view_is_closed() -> None:
    view = cn.inspect(make_network(), EXAMPLES, open_browser=False)
    url = view.url
    view.close()
    view.close()
    assert "closed" in repr(view)
    assert view.script().startswith("import connectionist as cn")
    with pytest.raises(ParameterError, match="was closed"):
        _ = view.url
    import urllib.request

    with pytest.raises(OSError):
        urllib.request.urlopen(url, timeout=2)


def test_a_port_in_use_is_one_sentence(view: cn.View) -> None:
    port = int(view.url.split("/")[2].split(":")[1])
    with pytest.raises(ParameterError, match=f"inspect.port: {port} is in use"):
        cn.inspect(make_network(), EXAMPLES, port=port, open_browser=False)


def test_an_open_server_is_warned_about() -> None:
    with pytest.warns(UserWarning, match="other computers can reach it"):
        view = cn.inspect(make_network(), EXAMPLES, host="0.0.0.0", open_browser=False)
    access = Access("0.0.0.0", 80)
    assert access.is_open
    assert not access.is_local
    view.close()
