"""Everything large is checked before it is made, and no raw MemoryError reaches the user."""

from __future__ import annotations

import re
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import connectionist as cn
from connectionist.data.order import PresentationOrder
from connectionist.errors import MemoryLimitError
from connectionist.utils import memory_limit
from connectionist.utils.memory_limit import allocating, check_fits_in_memory, limited_memory

quietly = pytest.mark.filterwarnings("ignore::UserWarning")
Act = Callable[[], object]


class Use(NamedTuple):
    """Something that needs memory in proportion to a scale; some megabytes at scale 1.

    Attributes
    ----------
    what : str
        Regular expression for the name of what does not fit, in the message.
    prepare : function
        Function of the scale. It returns the act, a function without arguments.
    is_measured : bool
        Whether the amount in the message is about that of the act. Otherwise the act needs other memory too, which other checks count.
    """

    what: str
    prepare: Callable[[int], Act]
    is_measured: bool


USES: dict[str, Use] = {}


def use(what: str, *, is_measured: bool = True) -> Callable[[Callable[[int], Act]], None]:
    def add(prepare: Callable[[int], Act]) -> None:
        USES[prepare.__name__] = Use(what, prepare, is_measured)

    return add


def groups(senders: int, receivers: int) -> cn.Network:
    net = cn.Network("net")
    net.add_group("input", senders, role="input")
    net.add_group("output", receivers, role="output", biased=False)
    return net


def connected(senders: int, receivers: int, pattern: Any = "full") -> cn.Network:
    net = groups(senders, receivers)
    net.connect("input", "output", pattern)
    return net


def sparse(scale: int) -> cn.Network:
    return connected(side(scale), side(scale), cn.Random(fan_in=1))


def side(scale: int) -> int:
    """Return a number whose square is in proportion to the scale."""
    return int(500 * scale**0.5)


def in_time() -> cn.Network:
    net = connected(2, 5)
    net.connect("output", "output", delay=1)
    return net


def cases(count: int, inputs: int, outputs: int) -> cn.ExampleSet:
    return cn.ExampleSet.from_arrays(np.zeros((count, inputs)), np.zeros((count, outputs)))


def vectors(scale: int, units: int = 3) -> Any:
    return np.random.default_rng(1).random((side(scale), units))


@use("group 'hidden': [0-9]+ units and their biases")
def add_group(scale: int) -> Act:
    return lambda: cn.Network("net").add_group("hidden", 5000 * scale)


@use("group 'hidden': [0-9]+ units")
def add_group_with_labels(scale: int) -> Act:
    labels = [f"word{number}" for number in range(5000 * scale)]
    return lambda: cn.Network("net").add_group("hidden", labels, biased=False)


@use("input → output: [0-9]+ connections")
def connect(scale: int) -> Act:
    net = groups(100 * scale, 100)
    return lambda: net.connect("input", "output")


@use("input → output: [0-9]+ connections")
def connect_with_weights(scale: int) -> Act:
    net = groups(100 * scale, 100)
    return lambda: net.connect("input", "output", weights=0.5)


@use("input → output: [0-9]+ connections")
def connect_one_sender(scale: int) -> Act:
    net = groups(1, 10_000 * scale)
    return lambda: net.connect("input", "output")


@use("input → output: [0-9]+ connections")
def connect_at_random(scale: int) -> Act:
    net = groups(side(scale), side(scale))
    return lambda: net.connect("input", "output", cn.Random(probability=0.1))


@use("input → output: [0-9]+ × [0-9]+ pairs of units")
def connect_few_at_random(scale: int) -> Act:
    net = groups(10 * side(scale), 10 * side(scale))
    return lambda: net.connect("input", "output", cn.Random(probability=1e-4))


@use("input → output: [0-9]+ × [0-9]+ pairs of units")
def connect_one_to_one(scale: int) -> Act:
    net = groups(10 * side(scale), 10 * side(scale))
    return lambda: net.connect("input", "output", "one_to_one")


@use("input → output: [0-9]+ × [0-9]+ pairs of units")
def connect_by_an_array(scale: int) -> Act:
    mask = np.eye(10 * side(scale), dtype=np.int8)
    net = groups(*mask.shape)
    return lambda: net.connect("input", "output", mask)


@use("input → output: [0-9]+ connections", is_measured=False)
def copy(scale: int) -> Act:
    return connected(100 * scale, 100).copy


@use("input → output: the weights of [0-9]+ × [0-9]+ pairs of units")
def weights_of_a_projection(scale: int) -> Act:
    net = sparse(scale)
    return lambda: net.projections[0].weights


@use("net: copies of 8 units and 35 connections for [0-9]+ ticks")
def unroll(scale: int) -> Act:
    net = in_time()
    return lambda: net.unroll(200 * scale).schedule


@use("ExampleSet: [0-9]+ examples")
def examples_from_arrays(scale: int) -> Act:
    tables = np.zeros((30000 * scale, 3)), np.zeros((30000 * scale, 2))
    return lambda: cn.ExampleSet.from_arrays(*tables)


@use("ExampleSet: [0-9]+ examples")
def examples_of_many_units(scale: int) -> Act:
    tables = np.zeros((50 * scale, 3000)), np.zeros((50 * scale, 2000))
    return lambda: cn.ExampleSet.from_arrays(*tables)


@use("ExampleSet: [0-9]+ examples")
def examples_in_a_list(scale: int) -> Act:
    examples = list(cases(5000 * scale, 3, 2))
    return lambda: cn.ExampleSet(examples)


@use("ExampleSet: 51 examples of up to [0-9]+ ticks and 9 units")
def examples_of_uneven_lengths(scale: int) -> Act:
    lengths = [2000 * scale, *[1] * 50]
    examples = [cn.Example.sequence(np.zeros((ticks, 9)), np.zeros((ticks, 1))) for ticks in lengths]
    return lambda: cn.ExampleSet(examples)


@use("ExampleSet: [0-9]+ examples")
def stream(scale: int) -> Act:
    tables = np.zeros((5000 * scale, 3)), np.zeros((5000 * scale, 2))
    return lambda: cn.ExampleSet.stream(*tables)


@use("example 'e': [0-9]+ ticks of 10 inputs and targets")
def events(scale: int) -> Act:
    event = cn.Event([1.0] * 5, [0.0] * 5, time=100)
    return lambda: cn.Example.of_events([event], "e", ticks_per_time=1000 * scale)


@use("example 'e': [0-9]+ ticks of 500 targets", is_measured=False)
def targets_at_a_tick(scale: int) -> Act:
    inputs = np.zeros((1000 * scale, 1))
    return lambda: cn.Example.sequence(inputs, {1: [0.0] * 500}, "e")


@use("Event.inputs: [0-9]+ numbers")
def numbers(scale: int) -> Act:
    given = np.zeros(10**6 * scale, np.int8)
    return lambda: cn.Event(given)


@use("orders of 1000 examples in [0-9]+ epochs")
def orders(scale: int) -> Act:
    order = PresentationOrder(cases(1000, 1, 1), 0)
    return lambda: order.orders("permuted", 1000 * scale)


@use("records of [0-9]+ × 1 × 1 × 50 numbers", is_measured=False)
def outputs_local(scale: int) -> Act:
    net, examples = connected(2, 50), cases(500 * scale, 2, 50)
    return lambda: net.outputs(examples, engine="local")


@use("records of 1 × [0-9]+ × 1 × 1 × 50 numbers", is_measured=False)
def outputs_compiled(scale: int) -> Act:
    net, examples = connected(2, 50), cases(20_000 * scale, 2, 50)
    return lambda: net.outputs(examples)


@use("net: lists of [0-9]+ cases")
def training_local(scale: int) -> Act:
    net, examples = connected(50, 1), cases(1000 * scale, 50, 1)
    return lambda: cn.train(net, examples, rule="steepest", epochs=1, engine="local")


@use("net: the inputs and targets of [0-9]+ cases", is_measured=False)
def training_compiled(scale: int) -> Act:
    net, examples = connected(200, 1), cases(5000 * scale, 200, 1)
    return lambda: cn.train(net, examples, rule="steepest", epochs=1)


@use("net: 1 ticks of 253 units and [0-9]+ cases at a time", is_measured=False)
def training_compiled_buffers(scale: int) -> Act:
    net, examples = connected(250, 2), cases(2000 * scale, 250, 2)
    return lambda: cn.train(net, examples, rule="steepest", epochs=1)


@use("records of [0-9]+ × 100 × 1 × 1 × 50 numbers", is_measured=False)
def recording_local(scale: int) -> Act:
    net, examples = connected(2, 50), cases(100, 2, 50)
    record = cn.Recorder("activation", of="output")
    return lambda: cn.train(net, examples, rule="steepest", epochs=4 * scale, engine="local", record=record)


def recorded(scale: int) -> cn.Recording:
    net, examples = connected(2, 50), cases(100, 2, 50)
    made = cn.train(net, examples, rule="steepest", epochs=100 * scale, record=cn.Recorder("activation", of="output")).recording
    assert isinstance(made, cn.Recording)
    return made


@use("records of [0-9]+ × 100 × 1 × 50 numbers in one array")
def reading_a_recording(scale: int) -> Act:
    recording = recorded(scale)
    return lambda: recording["activation"]


@use("Recording.table: [0-9]+ rows")
def table_of_a_recording(scale: int) -> Act:
    recording = recorded(scale)
    recording.table()
    return recording.table


@use("net: states of [0-9]+ units in [0-9]+ ticks", is_measured=False)
def settle(scale: int) -> Act:
    net = in_time()
    return lambda: cn.settle(net, [1.0, 0.0], criterion=1e-300, ticks=10_000 * scale)


@use("a table of the distances of [0-9]+ cases")
def distances(scale: int) -> Act:
    given = vectors(scale)
    return lambda: cn.analysis.distances(given)


@use("the distances of all pairs of [0-9]+ cases", is_measured=False)
def pairs_of_distances(scale: int) -> Act:
    given = vectors(scale)
    return lambda: cn.analysis.distances(given, "correlation")


@use("clusters: a copy of the distances of all pairs of [0-9]+ cases")
def clusters(scale: int) -> Act:
    given = vectors(scale)
    return lambda: cn.analysis.clusters(given)


@use("scaling: squares of distances of [0-9]+ cases")
def scaling(scale: int) -> Act:
    given = vectors(scale)[::5]
    return lambda: cn.analysis.scaling(given)


@use("principal_components: factors of a table of [0-9]+ × 200 numbers")
def principal_components(scale: int) -> Act:
    given = vectors(scale, 200)
    return lambda: cn.analysis.principal_components(given)


@use("confusion: a table of [0-9]+ × [0-9]+ counts", is_measured=False)
def confusion(scale: int) -> Act:
    table = np.eye(side(scale))
    return lambda: cn.analysis.confusion(table, table, by="winner")


@use(r"input → output: weights of [0-9]+ × [0-9]+ pairs of units", is_measured=False)
def hinton(scale: int) -> Act:
    net = sparse(scale)
    return lambda: cn.plots.hinton(net.projections[0])


@use("response: the inputs of [0-9]+ points in 2 units", is_measured=False)
def response(scale: int) -> Act:
    net = connected(2, 2)
    return lambda: cn.plots.response(net, "output:0", resolution=side(scale) // 5)


@use("error_surface: the errors of [0-9]+ × [0-9]+ points", is_measured=False)
def error_surface(scale: int) -> Act:
    net, examples = connected(2, 1), cases(1, 2, 1)
    first, second = net.connections[:2]
    return lambda: cn.plots.error_surface(net, examples, first, second, resolution=side(scale) // 20)


class Checks:
    """Replaces the free memory: half of the amount needed for what matches a regular expression, and enough for all else."""

    def __init__(self, what: str, *, rejects: bool) -> None:
        self.what, self.rejects = re.compile(f"{what}$"), rejects
        self.needed: list[int] = []

    def free_bytes(self) -> int:
        arguments = sys._getframe(1).f_locals  # of check_fits_in_memory
        if not self.what.match(arguments["what"]):
            return 10**18
        self.needed.append(arguments["needed"])
        return arguments["needed"] // 2 if self.rejects else 10**18


def replace_free_memory(monkeypatch: pytest.MonkeyPatch, what: str, *, rejects: bool) -> Checks:
    checks = Checks(what, rejects=rejects)
    monkeypatch.setattr(memory_limit, "UNCHECKED_BYTES", 0)
    monkeypatch.setattr(memory_limit, "free_bytes", checks.free_bytes)
    return checks


@quietly
@pytest.mark.parametrize("name", USES)
def test_what_does_not_fit_is_rejected_with_both_amounts(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    act = USES[name].prepare(1)
    replace_free_memory(monkeypatch, USES[name].what, rejects=True)
    amount = r"[\d,]+\.\d (MB|GB)"
    with pytest.raises(MemoryLimitError, match=rf"^{USES[name].what} need about {amount} of memory \({amount} are free\)$"):
        act()


@quietly
@pytest.mark.parametrize("name", [name for name in USES if USES[name].is_measured])
def test_the_amount_is_about_what_is_needed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("connectionist.analysis.scaling"), "STARTS", 2)  # more starts take long, and no more memory
    checks = replace_free_memory(monkeypatch, USES[name].what, rejects=False)
    for is_again in (False, True):  # the first act may import modules
        act = USES[name].prepare(1)
        checks.needed.clear()
        tracemalloc.start()
        try:
            act()
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        is_near = 0.6 * peak < max(checks.needed) < 1.7 * peak
        if is_near or is_again:
            break
    assert is_near, (peak, checks.needed)


FAST = ["add_group", "connect", "connect_few_at_random", "unroll", "examples_from_arrays", "events", "orders", "distances", "confusion"]


@given(st.sampled_from(FAST), st.integers(10**4, 10**9))
def test_an_act_ends_or_is_rejected_whatever_memory_there_is(name: str, free: int) -> None:
    act = USES[name].prepare(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(memory_limit, "free_bytes", lambda: free)
        try:
            act()
        except MemoryLimitError as error:
            assert f"({memory_limit._text(free)} are free)" in str(error)  # noqa: PT017  (it may also end)


def test_an_error_of_the_operating_system_gives_the_amount_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_limit, "free_bytes", lambda: None)
    message = r"^large arrays need about 2\.5 GB of memory "
    with pytest.raises(MemoryLimitError, match=rf"{message}\(more than is free\)$"), allocating(2_500_000_000, "large arrays"):
        raise MemoryError
    monkeypatch.setattr(memory_limit, "free_bytes", lambda: 10**10)
    with pytest.raises(MemoryLimitError, match=rf"{message}\(10\.0 GB are free\)$"), allocating(2_500_000_000, "large arrays"):
        raise MemoryError
    with pytest.raises(MemoryLimitError, match=r"^inner"), allocating(1, "outer"):
        check_fits_in_memory(2, "inner arrays", lambda: 1)


def test_the_limits_of_a_block_hold_for_the_sum() -> None:
    with limited_memory(1000, 30):
        for _ in range(3):
            with allocating(300, "small arrays", 9):
                pass
        check_fits_in_memory(100, "the rest", lambda: 10**9)
        with pytest.raises(MemoryLimitError, match=r"^more arrays need about 0\.0 MB of memory \(at most 0\.0 MB more are allowed here\)$"):
            allocating(101, "more arrays")
        with pytest.raises(
            MemoryLimitError, match=r"^a network and 4 units are too many \(at most 3 more units and connections are allowed"
        ):
            allocating(0, "a network and 4 units", 4)
        allocating(100, "the rest", 3)
    allocating(10_000, "arrays", 1000)


def test_the_free_memory_is_the_least_of_machine_container_and_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    for machine, container, limits, least in ((3, 2, 1, 1), (3, 2, None, 2), (3, None, None, 3), (None, None, None, None), (0, 5, 5, 0)):
        for name, amount in (("machine", machine), ("container", container), ("limits", limits)):
            monkeypatch.setattr(memory_limit, f"_free_{'under' if name == 'limits' else 'in'}_{name}", lambda amount=amount: amount)
        assert memory_limit.free_bytes() == least


@pytest.mark.parametrize(
    ("limit", "used", "statistics", "free"),
    [
        ("1000", "600", "anon 5\ninactive_file 100\nactive_file 7", 500),
        ("1000", "1600", "anon 5", 0),
        ("max", "600", "inactive_file 100", None),
        ("9223372036854771712", "600", "inactive_file 100", None),
        (None, "600", "inactive_file 100", None),
        ("1000", None, "inactive_file 100", None),
    ],
)
def test_the_limit_of_a_container(
    limit: str | None, used: str | None, statistics: str, free: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, content in (("limit", limit), ("used", used), ("statistics", statistics)):
        if content is not None:
            (tmp_path / name).write_text(f"{content}\n", encoding="ascii")
    files = (str(tmp_path / "limit"), str(tmp_path / "used"), str(tmp_path / "statistics"), "inactive_file")
    monkeypatch.setattr(memory_limit, "CGROUPS", (files,))
    assert memory_limit._free_in_container() == free


UNDER_A_LIMIT = """
import resource, sys
from tests_of_memory import USES
from connectionist.errors import MemoryLimitError
from connectionist.utils import memory_limit

if "unknown" in sys.argv:
    memory_limit.free_bytes = lambda: None
for name in sys.argv[1].split(","):
    act = USES[name].prepare(1)  # imports modules
    act()
    act = USES[name].prepare(int(sys.argv[2]))
    in_use = memory_limit._field("/proc/self/status", "VmSize:") * 1024
    resource.setrlimit(resource.RLIMIT_AS, (in_use + 2**26, resource.RLIM_INFINITY))
    try:
        act()
        print(name, "ended")
    except MemoryLimitError as error:
        print(name, error)
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
"""
UNDER_REAL_LIMIT = [
    "add_group",
    "connect",
    "connect_at_random",
    "connect_few_at_random",
    "weights_of_a_projection",
    "examples_from_arrays",
    "events",
    "orders",
    "distances",
    "confusion",
    "unroll",
]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="this operating system does not report the memory in use")
@pytest.mark.parametrize("is_known", [pytest.param(True, marks=pytest.mark.slow), False], ids=["the free memory is known", "it is not"])
@pytest.mark.attack
def test_under_a_limit_of_the_process_every_act_is_rejected(is_known: bool, tmp_path: Path) -> None:
    """The acts need 100 MB and more, and the process may have 64 MB more (``ulimit -v``)."""
    (tmp_path / "tests_of_memory.py").write_text(Path(__file__).read_text(encoding="utf-8"), encoding="utf-8")
    names = UNDER_REAL_LIMIT if is_known else UNDER_REAL_LIMIT[:-1]  # while copies are made, the network keeps them, down to the last byte
    command = [sys.executable, "-W", "ignore", "-c", UNDER_A_LIMIT, ",".join(names), "40", *([] if is_known else ["unknown"])]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines] == names
    for line in lines:
        assert re.search(r"need about [\d,]+\.\d (MB|GB) of memory \(" + (r"\d+\.\d MB are" if is_known else "more than is"), line), line
