"""Formulas of plugins that return something other than numbers, or raise StopIteration, found after they have made a computation fail.

Engines use what a formula returns without a check, to save time. The error is then raised in the engine, so its traceback does not have the
plugin. Each formula of the network and of the phases is then called with some numbers, and the first that returns something wrong is named.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from copy import deepcopy
from functools import wraps
from inspect import signature
from itertools import islice, product
from typing import Any, ParamSpec, TypeVar

from connectionist.errors import ConnectionistError, PluginError
from connectionist.plugins.error_text import cause_of, place_in
from connectionist.plugins.functions import (
    ActivationFunction,
    DynamicActivationFunction,
    ErrorFunction,
    JointActivationFunction,
    JointErrorFunction,
)
from connectionist.plugins.input_functions import InputFunction
from connectionist.plugins.procedures import SignalProcedure
from connectionist.plugins.read_only import ReadOnlyNumbers, WrittenArgumentError
from connectionist.plugins.registry import describe_origin
from connectionist.plugins.rules import LocalRule, Rule, UpdateRule, WholeNetRule, uses_error
from connectionist.utils.caller_warnings import is_inside
from connectionist.utils.counts import describe_count
from connectionist.utils.real_number import real_number
from connectionist.utils.visible_text import shown

P = ParamSpec("P")
R = TypeVar("R")
Owner = tuple[Any, Any]  # a function, rule or procedure, and the activation function with which an error function is paired, or None

FAULTS = TypeError, ValueError, StopIteration, RuntimeError  # what `named_fault` may name; a generator makes RuntimeError of StopIteration
NUMBERS = (0.5, -0.5, 0.0, 1.0, -1.0, 0.1, 0.9, -0.1, 3.0, -3.0, 10.0, -10.0, 100.0, -100.0)  # tried for the first two arguments
TRIED = 0.5  # value of all others
UNITS = 2  # length of lists
NUMBER, NUMBERS_OF_UNITS, WRITTEN, FUNCTION = "x", "X", "W", "f"  # kinds of arguments
FORMULAS: tuple[tuple[type[Any], dict[str, str]], ...] = (  # methods, with the kinds of their arguments
    (ActivationFunction, {"activation": "x", "slope": "xx", "inverse": "x"}),
    (DynamicActivationFunction, {"activation": "xx", "slope": "xxx", "previous_slope": "xxx"}),
    (JointActivationFunction, {"activations": "XW", "net_derivatives": "XXW"}),
    (ErrorFunction, {"error": "xx", "derivative": "xx", "compare_net_input": "xxxf", "compare_net_inputs": "XXXWWf"}),
    (JointErrorFunction, {"compare": "XXWW"}),
    (InputFunction, {"net_input": "XX", "slopes": "XXWW"}),
    (WholeNetRule, {"summarize": "X"}),
    (LocalRule, {"signal": "xxxx"}),
    (SignalProcedure, {"signal": ""}),
)
RESULTS = {method: indices for contract, _ in FORMULAS for method, indices in contract._writes.items()}  # arguments that receive results
TITLES: tuple[tuple[str, tuple[type, ...]], ...] = (  # of functions; rules and procedures have their own
    ("activation function", (ActivationFunction, DynamicActivationFunction, JointActivationFunction)),
    ("error function", (ErrorFunction, JointErrorFunction)),
    ("input function", (InputFunction,)),
)


def owners_of(network: Any, phases: Iterable[Any] = ()) -> list[Owner]:
    """Return the functions of a network, and the rules and procedures of phases."""
    functions = [
        (function, group.activation_function if function is not None and function is group.paired_error else None)
        for group in network.groups
        for function in (group.activation_function, group.output_function, group.input_function, group.error_function)
    ]
    return functions + [(owner, None) for phase in phases for owner in (phase.rule, phase.learning_procedure)]


def named_fault(error: BaseException, owners: Callable[[], Iterable[Owner]]) -> BaseException:
    """Return a PluginError that names a formula, if a TypeError or ValueError was raised because of what it returned; else the error.

    The same for StopIteration that a formula raised, since it would end loops of callers, and becomes a RuntimeError in a generator. The
    PluginError has the attributes of the error, such as the run.
    """
    stop = error.__cause__ if isinstance(error, RuntimeError) and not isinstance(error, ConnectionistError) else error
    if isinstance(stop, StopIteration):
        return _with_fault(error, _stopped_formula(stop, owners()))
    if not isinstance(error, (TypeError, ValueError)) or isinstance(error, ConnectionistError):
        return error
    import numpy as np

    found = {(id(owner), id(function)): (owner, function) for owner, function in owners()}.values()  # groups may have the same function
    if not _may_be_of_result(error, found):
        return error
    with np.errstate(all="ignore"):  # of numbers that the network does not have
        fault: str = next((fault for owner in found for fault in _faults_of(*owner)), "")
    return _with_fault(error, fault)


def _with_fault(error: BaseException, fault: str) -> BaseException:
    if not fault:
        return error
    named = PluginError(fault)
    vars(named).update(vars(error))
    return named


def _stopped_formula(stop: StopIteration, owners: Iterable[Owner]) -> str:
    """Return which formula raised StopIteration, and where; "" if none did."""
    called = {frame.f_code: None for frame, _ in traceback.walk_tb(stop.__traceback__)}
    for code in reversed(called):
        for owner, _ in owners:
            if any(getattr(value, "__code__", None) is code for cls in type(owner).__mro__ for value in vars(cls).values()):
                return f"{title_of(owner)}: {code.co_name} raised StopIteration ({place_in(stop)})"
    return ""


def _may_be_of_result(error: BaseException, owners: Iterable[Owner]) -> bool:
    """Return whether an error may come from what a formula returned: it was raised in the simulator, or where one formula calls another.

    An error in a function of the user is not, and neither is a ValueError that a formula itself raises, as for the logarithm of 0.
    """
    *_, (frame, _) = traceback.walk_tb(error.__traceback__)
    if is_inside(frame):
        return True
    codes = {getattr(value, "__code__", None) for owner, _ in owners for cls in type(owner).__mro__ for value in vars(cls).values()}
    return isinstance(error, TypeError) and frame.f_code in codes


@contextmanager
def named_formulas(owners: Callable[[], Iterable[Owner]]) -> Iterator[None]:
    """Convert a TypeError, ValueError or StopIteration of the block into PluginError, as `named_fault` describes.

    Parameters
    ----------
    owners : function
        Returns the functions and rules that the block uses.

    Raises
    ------
    PluginError
    """
    try:
        yield
    except FAULTS as error:
        if (named := named_fault(error, owners)) is error:
            raise
        raise named from cause_of(error)


def naming_formulas(function: Callable[P, R]) -> Callable[P, R]:
    """Decorate a function whose first argument is a network: its errors name the functions of the network, as in `named_formulas`."""

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except FAULTS as error:
            network = args[0] if args else kwargs.get("network")
            named = named_fault(error, lambda: owners_of(network) if hasattr(network, "groups") else [])
            if named is error:
                raise
            raise named from error

    return call


def check_change(rule: Any) -> None:
    """Call a rule's `change` once with arbitrary numbers, and check that it returns Δw and one number for each name in its memory.

    Raises
    ------
    PluginError
        If it returns anything else.
    """
    extra = (TRIED,) if isinstance(rule, WholeNetRule) else ()
    try:
        result = rule.change(TRIED, TRIED, *extra, *[TRIED] * len(rule.memory))
    except Exception:  # the arbitrary numbers may be outside its domain; an error in training is raised then
        return
    if fault := _fault_of_change(rule, result):
        raise PluginError(fault)


def _fault_of_change(rule: Any, result: object) -> str:
    count = 1 + len(rule.memory)
    if isinstance(result, tuple) and len(result) == count and all(map(is_number, result)):
        return ""
    is_other_count = isinstance(result, (tuple, list)) and len(result) != count
    got = f"{len(result)} of them" if is_other_count else shown(result)  # type: ignore[arg-type]
    names = ", ".join(["Δw", *rule.memory])
    wanted = f"a tuple of {describe_count(count, 'number')}, {names}"
    return f"{title_of(rule)}: change must return {wanted} (got {got})"


def checked_summary(rule: Rule, derivatives: Sequence[float], error: float) -> tuple[float, ...]:
    """Return the summary of a `WholeNetRule`, as `summary_of`; empty for other rules.

    Raises
    ------
    PluginError
        If it is no number, which the rule's `change` may not notice, as in ``if summary``; and as `call_formula`.
    """
    if not isinstance(rule, WholeNetRule):
        return ()
    summary = call_formula(rule, "summarize", *((derivatives, error) if uses_error(rule) else (derivatives,)))
    if not is_number(summary):
        raise PluginError(f"{title_of(rule)}: summarize must return a number (got {shown(summary)})")
    return (summary,)


def _faults_of(owner: Any, function: Any) -> Iterator[str]:
    """Yield what is wrong with what the formulas of a function, rule or procedure return."""
    if isinstance(owner, (UpdateRule, WholeNetRule, LocalRule)):
        kinds = "x" * (2 + isinstance(owner, WholeNetRule) + len(owner.memory))
        yield from _first(_fault_of_change(owner, result) for result, _ in _results(owner.change, kinds, None))
    methods = next((methods for contract, methods in FORMULAS if isinstance(owner, contract)), {})
    for method, arguments in methods.items():
        kinds = _kinds_of(owner, method, arguments, function)
        results = _results(getattr(owner, method), kinds, function) if kinds else iter(())
        yield from _first(f"{title_of(owner)}: {method} {fault}" for result in results if (fault := _fault_of_result(kinds, *result)))


def _first(faults: Iterable[str]) -> Iterator[str]:
    yield from islice(filter(None, faults), 1)


def _kinds_of(owner: Any, method: str, arguments: str, function: Any) -> str:
    """Return the kinds of the arguments of a formula; "" if it is not called in the network."""
    if FUNCTION in arguments:
        is_joint = isinstance(function, JointActivationFunction)
        return arguments if function is not None and is_joint == (WRITTEN in arguments) else ""
    if method == "summarize" and uses_error(owner):
        return arguments + NUMBER
    if not arguments:
        phases = sum(1 for phase in owner.phases if phase.counts)
        return NUMBER * (2 + 2 * phases)
    return arguments


def _results(formula: Any, kinds: str, function: Any) -> Iterator[tuple[object, list[list[float]]]]:
    """Yield what a formula returns for some numbers, and the lists that it has written."""
    varied = [index for index, kind in enumerate(kinds) if kind in (NUMBER, NUMBERS_OF_UNITS)][:2]
    for values in product(NUMBERS, repeat=len(varied)):
        written: list[list[float]] = []
        given: list[Any] = []
        for index, kind in enumerate(kinds):
            value = values[varied.index(index)] if index in varied else TRIED
            if kind == WRITTEN:
                written.append([0.0] * UNITS)
            given.append(
                {NUMBER: value, NUMBERS_OF_UNITS: [value, TRIED], FUNCTION: function}.get(kind) if kind != WRITTEN else written[-1]
            )
        try:
            result = formula(*given)
        except Exception:  # the code is a plugin's, and these numbers may be outside its domain
            continue
        yield result, written


def _fault_of_result(kinds: str, result: object, written: list[list[float]]) -> str:
    """Return what is wrong with a result; "" if nothing is."""
    if not written and FUNCTION in kinds:
        is_right = isinstance(result, tuple) and len(result) == 2 and all(map(is_number, result))
        return "" if is_right else f"must return a tuple of E and ∂E/∂x (got {shown(result)})"
    if not written:
        return "" if is_number(result) else f"must return a number (got {shown(result)})"
    for each in written:
        if len(each) != UNITS or not all(map(is_number, each)):
            return f"must write one number for each item into the list that it is given (wrote {shown(each)} for {UNITS} items)"
    return ""


def call_formula(owner: Any, method: str, *arguments: Any) -> Any:
    """Return what a formula returns. Lists among its arguments are read-only, except those that receive its results.

    Raises
    ------
    PluginError
        If it writes into another one. That would change a copy, or what others read.
    """
    written = owner._writes.get(method, ())
    given = [
        ReadOnlyNumbers(each) if isinstance(each, (list, tuple)) and index not in written else each
        for index, each in enumerate(arguments, 1)
    ]
    try:
        return getattr(owner, method)(*given)
    except WrittenArgumentError as error:
        place = next((place for place, each in enumerate(given) if each is error.numbers), None)
        if place is None:  # of another formula that this one calls
            raise
        raise PluginError(_written_argument(owner, method, place)) from error


def call_on_arrays(owner: Any, method: str, *arguments: Any) -> Any:
    """Return what a formula of arrays returns. All arrays among its arguments are made read-only.

    Raises
    ------
    PluginError
        If it writes into one of them.
    """
    import numpy as np

    for each in arguments:
        if isinstance(each, np.ndarray):
            each.flags.writeable = False
    try:
        return getattr(owner, method)(*arguments)
    except ValueError as error:
        if isinstance(error, ConnectionistError) or "read-only" not in str(error):
            raise
        copies: list[Any] = [
            each.copy() if isinstance(each, np.ndarray) else deepcopy(each) if isinstance(each, dict) else each for each in arguments
        ]
        with suppress(Exception):  # the same call, which now changes what it writes into
            getattr(owner, method)(*copies)
        arrays = [place for place, each in enumerate(arguments) if isinstance(each, np.ndarray)]
        changed = (place for place in arrays if not np.array_equal(arguments[place], copies[place], equal_nan=True))
        if (place := next(changed, None)) is None:  # it writes into an array of its own
            raise
        raise PluginError(_written_argument(owner, method, place)) from error


def _written_argument(owner: Any, method: str, place: int) -> str:
    name = list(signature(getattr(owner, method)).parameters)[place]
    return f"{title_of(owner)}: {method} must not write into its argument {name}, which it may only read"


def write_results(owner: Any, method: str, *arguments: object) -> None:
    """Call a formula that writes its results into lists among its arguments.

    Parameters
    ----------
    owner : object
        Activation function, error function or input function.
    method : str
        One of those in the `_writes` of its contract.
    *arguments : object

    Raises
    ------
    PluginError
        If it returns something, since the lists then have other numbers than its author meant; and as `call_formula`.
    """
    result = call_formula(owner, method, *arguments)
    if result is not None:
        contract = next(contract for contract, _ in FORMULAS if isinstance(owner, contract))
        names = [getattr(contract, method).__code__.co_varnames[index] for index in contract._writes[method]]
        written = f"its argument{'s' * (len(names) > 1)} {' and '.join(names)}"
        raise PluginError(f"{title_of(owner)}: {method} must write its results into {written}, and return None (got {shown(result)})")


def title_of(owner: Any) -> str:
    """Return the name of a function, rule or procedure in messages, after the plugin that has it."""
    kind = next((title for title, contracts in TITLES if isinstance(owner, contracts)), "")
    return describe_origin(type(owner)) + (f"{kind} {owner.name!r}" if kind else owner._title)


def is_number(value: object) -> bool:
    """Return whether a value can be assigned to a unit."""
    try:
        real_number(value)  # type: ignore[arg-type]
    except Exception:  # of its class
        return False
    return True
