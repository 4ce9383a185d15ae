"""The contracts of update rules.

A rule is a frozen dataclass of parameters with a formula for one weight. The local engine calls the formula with numbers, and the
compiled engine compiles the same source, so the formula is plain arithmetic. A rule names in `memory` the numbers that it keeps for each
weight from one update to the next; they start at 0, the formula receives them as arguments, and it returns their new values.

Rule
├── UpdateRule        the formula uses the weight and its error derivative
├── WholeNetRule      … and one number computed from the derivatives of the whole network, and from its error
├── JointRule         … which comes from the weights and activations of a whole receiving group, without a backward pass
├── LocalRule         without a backward pass: the formula uses the activations at both ends of the connection
└── SearchRule        evaluates the error at several points before it changes the weights
"""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from connectionist.errors import ParameterError, PluginError, check_number
from connectionist.plugins.parameters import Parameterized, owner_name
from connectionist.plugins.procedures import JointSignalProcedure, SignalProcedure

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]  # as in `utils.arrays`, a sibling layer that must not be imported here


POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class Rule(Parameterized, ABC):
    r"""Base class of the five kinds of rule.

    After each change of the weights, every trainable weight decays, biases included:

    .. math:: w \leftarrow (1 - \text{decay}) (w + \Delta w)

    Attributes
    ----------
    name : str
        Name for ``cn.rule(name)`` and ``connectionist list rules``.
    equation : str
        The change as one line of plain text, for `Connection.explain`. It may be empty.
    synonyms : tuple of str
        Other names in use, in lower case. The message for one of them suggests the name.
    memory : tuple of str
        Names of the numbers that the rule keeps for each weight from one update to the next.
    continuous : bool
        Whether Δw is a continuous function of the derivatives, and so nearly the same on all engines. It is not if it depends on their
        signs. `check_engine` compares trainings by continuous rules only.
    decay : float
        Weight decay per change, at least 0 and below 1. A rule may also have the parameter ``weight_decay``, which is a part of Δw; one
        of the two must be 0.
    rate_parameter : str
        Name of the parameter that sets the size of the changes, which `compare_rules` chooses. A rule without it has none.
    """

    name: ClassVar[str]
    equation: ClassVar[str] = ""
    synonyms: ClassVar[tuple[str, ...]] = ()
    memory: ClassVar[tuple[str, ...]] = ()
    continuous: ClassVar[bool] = True
    rate_parameter: ClassVar[str] = "rate"
    _parameter_bounds = MappingProxyType({"rate": {"above": 0}, "decay": {"at_least": 0, "below": 1}})
    decay: float = 0.0

    @property
    def _title(self) -> str:
        return f"rule {self.name!r}"

    def __post_init__(self) -> None:
        """Check the declared parameters, rate and decay.

        Raises
        ------
        ParameterError
            If the rate is not above 0, if the decay is not at least 0 and below 1, or if both decays are above 0.
        """
        super().__post_init__()
        for key, bounds in self._parameter_bounds.items():
            if hasattr(self, key):  # also an attribute that is not a parameter
                check_number(owner_name(self), key, getattr(self, key), whole=False, **bounds)
        if self.decay and (weight_decay := getattr(self, "weight_decay", 0.0)):
            raise ParameterError(
                f"{owner_name(self)}: decay is applied after each change, weight_decay is a part of it; give one of them "
                f"(got {self.decay:g} and {weight_decay:g})"
            )

    def with_rate(self, rate: float | None) -> Rule:
        """Return a copy of the rule with another rate.

        Parameters
        ----------
        rate : float or None
            The new rate, above 0. None returns the rule itself.

        Returns
        -------
        Rule

        Raises
        ------
        ParameterError
            If the rule has no parameter called rate, or the rate is out of range.
        """
        if rate is None:
            return self
        if not is_dataclass(self) or "rate" not in {field.name for field in fields(self)}:
            raise ParameterError(f"rule {self.name!r} has no rate, so a projection cannot have a separate rate (got {rate})")
        return replace(self, rate=rate)  # type: ignore[type-var,unused-ignore]

    def at(self, rate: float) -> Rule:
        """Return the rule for a weight with this rate.

        It is the rule itself if the rate is its own rate or NaN, which means that the rule has no rate.
        """
        return self if rate != rate or rate == getattr(self, "rate", None) else self.with_rate(rate)  # noqa: PLR0124


class UpdateRule(Rule):
    r"""A rule that computes the change of a weight from the weight and its error derivative.

    .. math:: \Delta w = f(w, \partial E / \partial w, \text{memory})
    """

    _is_formula = True

    @abstractmethod
    def change(self, *args: Any, **kwargs: Any) -> tuple[float, ...]:
        """Return Δw and the new memory: ``change(value, derivative, …)``.

        Parameters
        ----------
        value : float
            Weight w.
        derivative : float
            ∂E/∂w, summed over the examples since the last change and averaged over tied connections.
        … : float
            The memory: one argument for each name in ``memory``, in that order. At the first change it is 0.

        Returns
        -------
        tuple of float
            Δw, then the new value of each name in ``memory``.
        """


class WholeNetRule(Rule):
    r"""A rule that also uses one number computed from the error derivatives of all trainable weights, and from the error.

    .. math:: \Delta w = f(w, \partial E / \partial w, s, \text{memory}) \qquad s = g(\nabla E) \text{ or } g(\nabla E, E)

    Raises
    ------
    PluginError
        When a subclass is declared whose `summarize` has neither one argument nor two.
    """

    _is_formula = True
    _uses_error: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls._uses_error = _has_error_argument(cls)

    @abstractmethod
    def summarize(self, *args: Any, **kwargs: Any) -> float:
        """Return the summary s: ``summarize(derivatives)`` or ``summarize(derivatives, error)``.

        Parameters
        ----------
        derivatives : sequence of float [trainable weight]
            ∂E/∂w of each trainable weight, in the order of ``net.weights``.
        error : float
            E, summed over the examples since the last change. A rule that does not need it leaves the argument out.
        """

    @abstractmethod
    def change(self, *args: Any, **kwargs: Any) -> tuple[float, ...]:
        """Return Δw and the new memory: ``change(value, derivative, summary, …)``.

        The argument ``summary`` is the number that `summarize` returned. The others, and the returned tuple, are those of
        `UpdateRule.change`.
        """


def _has_error_argument(rule_class: type[WholeNetRule]) -> bool:
    """Return whether `summarize` is written with the argument `error`."""
    is_method = inspect.isfunction(inspect.getattr_static(rule_class, "summarize"))  # and not a staticmethod, for example
    arguments = list(inspect.signature(rule_class.summarize).parameters.values())[is_method:]
    if rule_class.summarize is WholeNetRule.summarize:
        return False
    if len(arguments) not in (1, 2) or any(each.kind not in POSITIONAL for each in arguments):
        got = ", ".join(map(str, arguments))
        raise PluginError(f"{owner_name(rule_class)}.summarize: must have the arguments derivatives, or derivatives and error (got {got})")
    return len(arguments) == 2


def uses_error(rule: Rule | type[Rule]) -> bool:
    """Return whether a rule, or a class of rules, computes its summary from E as well."""
    return getattr(rule, "_uses_error", False)


def summary_of(rule: Rule, derivatives: Sequence[float], error: float) -> tuple[float, ...]:
    """Return the summary that a `WholeNetRule` computes from the derivatives of all weights and from E; empty for other rules."""
    if not isinstance(rule, WholeNetRule):
        return ()
    return (rule.summarize(derivatives, error) if uses_error(rule) else rule.summarize(derivatives),)


class LocalRule(Rule, SignalProcedure):
    r"""A rule that uses the activations at both ends of a connection instead of an error derivative.

    .. math:: \Delta w = f(w, S, \text{memory}) \qquad S = \sum \text{signal}(w, y_\text{sender}, y_\text{receiver}, d)

    Training makes no backward pass. The rule is a learning procedure and an update rule under one name: its signals are also a procedure
    for every rule of derivatives, as in ``procedure="hebb", rule="momentum"``.
    """

    _is_formula = True
    uses_all_ticks = True

    @abstractmethod
    def signal(self, value: float, sender: float, receiver: float, target: float) -> float:
        """Return the signal of one connection in one case.

        Parameters
        ----------
        value : float
            Weight w.
        sender, receiver : float
            Activations of the sending and of the receiving unit.
        target : float
            Target d of the receiving unit; NaN if it has none.

        Returns
        -------
        float
            `change` receives the signals summed over the examples since the last change and averaged over tied connections.
        """

    @abstractmethod
    def change(self, *args: Any, **kwargs: Any) -> tuple[float, ...]:
        """Return Δw and the new memory: ``change(value, signal, …)``.

        The argument `signal` is the sum of the signals. The others, and the returned tuple, are those of `UpdateRule.change`.
        """


class JointRule(UpdateRule, JointSignalProcedure):
    r"""A rule with signals of a whole receiving group, whose units compete with one another or share their inputs.

    .. math:: \Delta w = f(w, -S, \text{memory}) \qquad S = \sum \text{signals}(w, y_\text{senders}, x, y)

    The rule is a learning procedure and an update rule under one name, as a `LocalRule` is. `change` receives −S, which takes the place of
    ∂E/∂w. By default it returns S times the parameter ``rate``.
    """

    rate: float

    def __post_init__(self) -> None:
        """Check the declared parameters, and that there is one called rate if `change` is not defined."""
        super().__post_init__()
        if type(self).change is JointRule.change and not hasattr(self, "rate"):
            raise ParameterError(f"{type(self).__name__}: must have the parameter rate, or define change (got neither)")

    def change(self, value: float, derivative: float) -> tuple[float, ...]:
        """Return Δw."""
        del value
        return (-self.rate * derivative,)


class Evaluate(Protocol):
    """What a search rule calls to evaluate the error at some weights."""

    def __call__(self, values: Array, /) -> tuple[float, Array]:
        """Return E, summed over the examples, and ∂E/∂w, an array in the order of the values."""
        ...

    def jacobian(self, values: Array, /) -> tuple[Array, Array]:
        """Return the residuals e [residual], with E = ½ Σ e², and their derivatives ∂e/∂w [residual, weight].

        There is a residual y − d for each output unit with a target in each case, and at each tick.

        Raises
        ------
        ParameterError
            If E is not such a sum, since an error function is not "squared", or has a margin or a radius.
        """
        ...


class SearchRule(Rule):
    """A rule that evaluates the error at several points before it changes the weights, such as a conjugate-gradient method.

    A search rule changes the weights after whole epochs only.

    Attributes
    ----------
    uses_residuals : bool
        Whether the search calls ``evaluate.jacobian``. The network is then checked before training.
    """

    uses_residuals: ClassVar[bool] = False

    @abstractmethod
    def search(self, values: Array, evaluate: Evaluate, memory: dict[str, Any]) -> Array:
        """Return the new weights.

        Parameters
        ----------
        values : float64 array [trainable weight]
            Weights at which the search starts.
        evaluate : function
            Takes an array of weights like `values`. Returns E, summed over the examples, and ∂E/∂w, an array in the same order. That of a
            shared weight is the sum over its connections and ticks, also with ``tie_derivative="mean"``. The function
            ``evaluate.jacobian`` returns the residuals and their derivatives; see ``Evaluate``.
        memory : dict
            Values that the rule keeps from call to call; empty at the beginning of each phase.

        Returns
        -------
        float64 array [trainable weight]
        """
