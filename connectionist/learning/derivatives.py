"""The error derivatives of a set of examples, and what other learning procedures give in their place."""

from __future__ import annotations

import numpy as np

from connectionist.data.example_set import Examples
from connectionist.engines.engine import Engine
from connectionist.engines.procedure_checks import check_procedure
from connectionist.model.network import DEFAULT_ENGINE, Network, check_network
from connectionist.model.projection import Projection
from connectionist.plugins import registry
from connectionist.plugins.find_procedure import back_propagation, resolve_procedure
from connectionist.plugins.formula_faults import naming_formulas
from connectionist.plugins.procedures import LearningProcedure
from connectionist.utils.arrays import Array
from connectionist.utils.caller_warnings import REST, warning_once


@warning_once(REST)
@naming_formulas
def error_derivatives(
    network: Network,
    examples: Examples,
    engine: str | Engine = DEFAULT_ENGINE,
    procedure: str | LearningProcedure = "back_propagation",
) -> tuple[float, Array]:
    """Return the error of a set of examples and its derivatives by the weights, or what a learning procedure gives in their place.

    Parameters
    ----------
    network : Network
    examples : ExampleSet or list of Example
    engine : str or Engine
    procedure : str or LearningProcedure
        How each weight comes by its number.

    Returns
    -------
    error : float
        E, summed over the examples.
    derivatives : array [weight]
        ∂E/∂w, or the procedure's numbers, summed over the examples, in the order of ``net.weights``, frozen weights included. The
        derivative of a tied weight is the mean or the sum over its connections, according to ``network.tie_derivative``.

    Raises
    ------
    DataError
        If the examples do not fit the network.
    WiringError
        If the procedure cannot run the network.
    UnknownNameError
        If there is no such procedure.
    """
    check_network(network, "error_derivatives")
    checked = network._examples(examples)
    resolved = resolve_engine(engine, "error_derivatives.engine")
    chosen = resolve_procedure(procedure, "error_derivatives.procedure")
    if chosen == back_propagation():
        result = resolved.error_derivatives(network, checked)
    else:
        check_procedure(chosen, network, checked)
        result = resolved.procedure_derivatives(network, checked, chosen)
    network._engine_ran()
    return result


def derivative_angle(
    network: Network,
    examples: Examples,
    procedure: str | LearningProcedure,
    of: str | Projection | None = None,
    engine: str | Engine = DEFAULT_ENGINE,
) -> float:
    r"""Return the angle between what a learning procedure gives in place of ∂E/∂w and ∂E/∂w itself.

    .. math:: \cos \theta = \frac{g \cdot \nabla E}{|g|\, |\nabla E|}

    Parameters
    ----------
    network : Network
    examples : ExampleSet or list of Example
    procedure : str or LearningProcedure
    of : str or Projection, optional
        Projection whose weights count; by default all weights.
    engine : str or Engine

    Returns
    -------
    float
        Degrees, from 0 to 180. NaN if one of the two is 0 for all weights.

    Raises
    ------
    UnknownNameError
        If there is no such procedure or projection.
    DataError, WiringError
        As `error_derivatives`.
    """
    _, found = error_derivatives(network, examples, engine, procedure)
    _, exact = error_derivatives(network, examples, engine)
    if of is not None:
        weights = {connection.weight for connection in (network.projection(of) if isinstance(of, str) else of)}
        chosen = [weight in weights for weight in network.weights]
        found, exact = found[chosen], exact[chosen]
    if not found.any() or not exact.any():
        return float("nan")
    one, other = found / np.linalg.norm(found), exact / np.linalg.norm(exact)
    return float(np.degrees(2.0 * np.arctan2(np.linalg.norm(one - other), np.linalg.norm(one + other))))  # exact at small angles too


def resolve_engine(engine: str | Engine, what: str) -> Engine:
    """Return an engine, given itself or its name, for an argument called `what` in messages."""
    return registry.resolve("engines", engine, Engine, what=what)  # type: ignore[type-abstract,unused-ignore]
