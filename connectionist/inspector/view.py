"""The function `inspect`, which opens the inspector."""

from __future__ import annotations

import webbrowser
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from connectionist.data.accuracy import DEFAULT_TOLERANCE
from connectionist.engines.engine import Engine
from connectionist.engines.phase import Phase
from connectionist.errors import ParameterError, check_flag, check_number
from connectionist.inspector.hub import CLOSED, Hub
from connectionist.inspector.server import Server
from connectionist.inspector.session import InspectorSession
from connectionist.learning.progress_notebook import in_notebook
from connectionist.model.network import DEFAULT_ENGINE, Network, check_network
from connectionist.plugins import registry
from connectionist.plugins.rules import Rule
from connectionist.utils.caller_warnings import warn_caller
from connectionist.utils.declared_attributes import DeclaredAttributes

if TYPE_CHECKING:
    from connectionist.data.example_set import Examples

LOCAL_HOST = "127.0.0.1"
_views: WeakValueDictionary[Network, View] = WeakValueDictionary()  # that of each network; a view is kept by its threads


def inspect(
    network: Network,
    examples: Examples,
    rule: Rule | str = "momentum",
    *,
    update_after: str | int = "epoch",
    order: str = "fixed",
    engine: str | Engine = DEFAULT_ENGINE,
    seed: int | None = None,
    tolerance: float = DEFAULT_TOLERANCE,
    port: int = 0,
    host: str = LOCAL_HOST,
    open_browser: bool = True,
) -> View:
    """Open the inspector: a live view of a network in the browser or, in a notebook, in the output of the cell.

    The call returns at once, and the network can be used as before. What other code changes is shown within a second. While the view
    trains, other code must not change the network. A network has one view: a second call closes the first.

    Parameters
    ----------
    network : Network
    examples : ExampleSet or list of Example
    rule : Rule or str
        Rule of the training in the view; a name means the rule with its default parameters.
    update_after, order
        See `Phase`.
    engine : str or Engine
    seed : int, optional
        Root seed of the training; by default ``network.seed``.
    tolerance : float
        Distance from the target below which an output unit is correct, above 0.
    port : int
        Port of the server; 0 for any free one.
    host : str
        Address to which the server is bound. With another address than this computer's own, other computers can reach it.
    open_browser : bool
        Whether to open the page in a browser. In a notebook the view is shown in the cell, and the server starts when ``view.url`` is
        read.

    Returns
    -------
    View

    Raises
    ------
    ParameterError, UnknownNameError
        If a parameter is out of range, or the port is in use.
    DataError
        If the examples do not fit the network.
    PluginError
        If a package that the view needs is not installed.

    Warns
    -----
    UserWarning
        If other computers can reach the server.
    """
    check_network(network, "inspect")
    check_flag("inspect", "open_browser", open_browser)
    tolerance = check_number("inspect", "tolerance", tolerance, above=0)
    if seed is not None:
        seed = check_number("inspect", "seed", seed, at_least=0, whole=True)
    if network.ticks is not None:
        raise ParameterError(f"inspect.network: must be the network from which {network.name} was unrolled")
    found = registry.resolve("update_rules", rule, Rule, what="inspect.rule")
    phase = Phase(found, 1, update_after=update_after, order=order)
    checked = network._examples(examples)
    resolved: Engine = registry.resolve("engines", engine, Engine, what="inspect.engine")  # type: ignore[type-abstract,unused-ignore]

    def make_session(between: Callable[[], None]) -> InspectorSession:
        root = network.seed if seed is None else seed
        return InspectorSession(network, checked, [phase], engine=resolved, seed=root, tolerance=tolerance, between=between)

    if (before := _views.get(network)) is not None:
        before.close()  # two threads must not train one network
    view = _views[network] = View(Hub(make_session), host, port)
    if not in_notebook():
        url = view.url
        if open_browser:
            webbrowser.open_new_tab(url)
    return view


class View(DeclaredAttributes):
    """The inspector of one network.

    Attributes
    ----------
    hub : Hub
        The session and its pages.
    host : str
    port : int
        Port that was asked for; `url` has the one that is used.
    """

    hub: Hub
    host: str
    port: int

    def __init__(self, hub: Hub, host: str = LOCAL_HOST, port: int = 0) -> None:
        self.hub, self.host = hub, host
        self.port = check_number("inspect", "port", port, at_least=0, at_most=65535, whole=True)
        self._server: Server | None = None
        self._is_closed = False

    @property
    def url(self) -> str:
        """Address of the page, with its token. The server starts when it is read first.

        Raises
        ------
        ParameterError
            If the view was closed, or the port is in use.
        """
        if self._is_closed:
            raise ParameterError(CLOSED)
        if self._server is None:
            self._server = Server(self.hub, self.host, self.port)
            if not self._server.access.is_local:
                warn_caller(
                    f"inspect: the server is bound to {self.host}, so other computers can reach it; the address with the "
                    f"token is enough to change the network, and nothing is encrypted"
                )
        return self._server.access.url

    def script(self) -> str:
        """Return the acts so far as lines of Python, for the network ``net`` and the examples ``examples``."""
        if self._is_closed:
            return self.hub.session.script()
        text: str = self.hub.worker.submit(self.hub.session.script).result()
        return text

    def close(self) -> None:
        """Close the view: training ends after the present block, and pages lose their connection. The network stays as it is."""
        if self._is_closed:
            return
        self._is_closed = True
        self.hub.close()
        if self._server is not None:
            self._server.close()

    def __enter__(self) -> View:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        state = "closed" if self._is_closed else "open"
        return f"<View of {self.hub.session.network.name}, {state}>"

    def _repr_mimebundle_(self, **_: Any) -> Any:
        """Show the view in a notebook."""
        if self._is_closed or not in_notebook():
            return {"text/plain": repr(self)}
        from connectionist.inspector.widget import make_widget

        bundle = make_widget(self.hub)._repr_mimebundle_()
        data, *metadata = bundle if isinstance(bundle, tuple) else (bundle,)
        return ({**data, "text/plain": repr(self)}, *metadata) if data else bundle
