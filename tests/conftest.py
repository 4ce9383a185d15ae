"""Fixtures of all tests. A test with the argument `engine` runs with every registered engine; with `engine_in_time`, with every engine that
runs networks in time."""

import gc
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import settings

try:
    distribution("connectionist-simulator")
except PackageNotFoundError:
    pytest.exit(
        "connectionist-simulator is not installed, so no plugin can be found: type  pip install -e .  in the checkout", returncode=4
    )

import connectionist as cn
from connectionist.plugins import registry, sources
from connectionist_plugins.engines.compiled.session import CompiledSession

# The same examples in every run, so that a failure means a change of the code.
# For more examples: pytest --hypothesis-profile=thorough
settings.register_profile("repeatable", derandomize=True, deadline=None, max_examples=10)
settings.register_profile("thorough", settings.get_profile("repeatable"), max_examples=100)
settings.load_profile("repeatable")


# The tests send these signals; nohup and some services start programs that ignore them.
for ignored in {getattr(signal, "SIGHUP", signal.SIGTERM), signal.SIGTERM}:
    if signal.getsignal(ignored) is signal.SIG_IGN:
        signal.signal(ignored, signal.SIG_DFL)
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as for programs that a shell script starts in the background
    signal.signal(signal.SIGINT, signal.default_int_handler)

CompiledSession.least_products = 0  # so that small networks are trained by several threads, too

ENGINES_IN_TIME = ["compiled", "local"]


# With the default settings, garbage collection takes a quarter of the processor time of the tests.
gc.set_threshold(100_000, 50, 50)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the longest tests first, which have a limit of 240 seconds. At the end of the run, one worker would wait for the other."""
    items.sort(key=lambda item: not any(marker.args == (240,) for marker in item.iter_markers("timeout")))


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Exclude the modules and the collected tests from garbage collection."""
    gc.collect()
    gc.freeze()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine" in metafunc.fixturenames:
        metafunc.parametrize("engine", registry.get_registry().names("engines"))
    if "engine_in_time" in metafunc.fixturenames:
        metafunc.parametrize("engine_in_time", ENGINES_IN_TIME)


@pytest.fixture(scope="session")
def temporary_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of temporary files of the tests and of the programs that they start. Every user may enter it."""
    tmp_path_factory.getbasetemp()  # not in this folder, which is removed
    folder = Path(tempfile.mkdtemp(prefix="tests-"))
    folder.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(folder))
        for name in ("TMPDIR", "TEMP", "TMP"):
            patch.setenv(name, str(folder))
        yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session", autouse=True)
def installed_plugins() -> Iterator[None]:
    """Look once for installed plugins. Each command loads all plugins again, and would read the metadata of every distribution."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "_installed_sources", cache(sources._installed_sources))
        yield


@pytest.fixture(scope="module", autouse=True)
def no_temporary_files_left(temporary_folder: Path) -> Iterator[None]:
    """Check that the tests of a module remove their temporary files. Those in `tmp_path` are removed by pytest."""
    before = set(temporary_folder.iterdir())
    yield
    found = (path.name for path in set(temporary_folder.iterdir()) - before)
    left = sorted(name for name in found if not name.startswith("torchinductor"))  # a cache of torch
    assert not left, f"the tests of this module left temporary files: {left}"


@pytest.fixture
def xor() -> cn.ExampleSet:
    return cn.ExampleSet.from_arrays([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])


@pytest.fixture
def make_net() -> Callable[[], cn.Network]:
    """Return a function that makes always the same 2-2-1 network with direct connections."""

    def make() -> cn.Network:
        net = cn.Network("xor")
        net.add_group("input", 2, role="input")
        net.add_group("hidden", 2)
        net.add_group("output", 1, role="output")
        net.connect("input", "hidden")
        net.connect("hidden", "output")
        net.connect("input", "output")
        net.randomize(0.5, seed=1)
        return net

    return make


@pytest.fixture
def net(make_net: Callable[[], cn.Network]) -> cn.Network:
    return make_net()


@pytest.fixture
def plugin_file(tmp_path: Path) -> Callable[[str, str], Path]:
    """Return a function that writes a plugin file into a folder and returns the folder."""
    folder = tmp_path / "plugins"
    folder.mkdir()

    def write(name: str, text: str) -> Path:
        (folder / name).write_text(dedent(text), encoding="utf-8")
        return folder

    return write


@pytest.fixture(scope="session")
def blank_drawing() -> Any:
    """A small figure of a report, which is rendered once."""
    from matplotlib.figure import Figure

    from connectionist.reporting.html.figures import Drawing

    drawing = Drawing("Nothing.", Figure(figsize=(1, 1)))
    assert drawing.png
    assert drawing.html
    return drawing


@pytest.fixture
def blank_images(blank_drawing: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write reports with blank images of the figures, which are made: to render those of a report takes half a second."""
    from connectionist.reporting.html import figures

    monkeypatch.setattr(figures, "as_svg", lambda _: b'<svg xmlns="http://www.w3.org/2000/svg"/>')
    monkeypatch.setattr(figures, "as_png", lambda _: blank_drawing.png)


@pytest.fixture
def blank_figures(blank_drawing: Any, blank_images: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write reports with blank figures, for tests of files and messages: to draw those of a run takes a second."""
    from connectionist.reporting.html import write

    monkeypatch.setattr(write, "draw_run_figures", lambda _: dict.fromkeys(("learning_curve", "weights", "network"), blank_drawing))


@pytest.fixture
def own_registry() -> Iterator[None]:
    """Restore the registry in use after the test, whatever plugins it loads."""
    before = registry.get_registry()
    yield
    registry._registry = before
