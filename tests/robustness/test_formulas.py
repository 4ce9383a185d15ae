"""Formulas that go wrong, or might: the compiled engine does what the local engine does, or calls the formula in Python and says so."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import connectionist as cn
from connectionist_plugins.engines.compiled.formulas import compile as compilation
from connectionist_plugins.engines.compiled.formulas import numba_formulas
from connectionist_plugins.engines.compiled.formulas.compile import CompilationWarning, formula_address

quietly = pytest.mark.filterwarnings("ignore::connectionist_plugins.engines.compiled.formulas.compile.CompilationWarning")
SMOOTH = 1e-12

RAISING = {  # compiled; Python raises for some number
    "division": "return 1.0 / a",
    "hidden division": "return 1.0 / (1.0 / a)",
    "remainder": "return a % (a - 1.0)",
    "whole division": "return a // (b - b)",
    "whole numbers": "return a / (self.n - 3)",
    "power of zero": "return a ** -1",
    "power of a negative number": "return a ** 0.5",
    "great power": "return a ** 64",
    "logarithm": "return math.log(a)",
    "hidden overflow": "return math.exp(-math.exp(a))",
    "logarithm of one and a number": "return math.log1p(a)",
    "root": "return math.sqrt(a)",
    "gamma": "return math.gamma(a)",
    "in a loop": "s = 0.0\nfor c in (1.0, 0.5):\n    s += 1.0 / (a - c)\nreturn s",
    "in a function": "return inverse(a)",
    "in one branch": "return 1.0 / a if a < 0.5 else a",
}
COMPUTING = {  # compiled; numba computes the same
    "remainders": "return a % 3.0 - a // -3.0",
    "integers and floats": "s = 0\nfor i in range(3):\n    s += a * i\nreturn s",
    "counter": "n = 0\nwhile a > 1.0 and n < 5:\n    a = a / 2\n    n += 1\nreturn n",
    "truth values": "return (a > 0) - (a < 0)",
    "choices": "return max(min(a, 1.0), -0.0) + (a or 2.0)",
    "whole parameter": "return -self.n * a + a ** self.n",
    "truth parameter": "return a if self.f is True else -a",
    "truth parameter and comparison": "return a if self.f and (a < 0.5 or a > 1.0) else -a",
    "naive logistic": "return 1.0 / (1.0 + math.exp(-a)) if a > -700 else 0.0",
    "logarithm of the logistic function": "return math.log(cn.logistic(a))",
}
CALLED_BACK = {  # not compiled; the reason
    "v = [1.0, 2.0]\nreturn v[5] * a": "it makes a list",
    "v = np.empty(2)\nreturn v[7] * a": "it calls numpy.empty",
    "v = (1.0, 2.0)\nreturn v[int(a)]": "it calls int",
    "v = (1.0, 2.0)\nk = 0\nfor i in range(5):\n    k += 1\nreturn v[k] * a": "an index that is computed",
    "if a > 0:\n    v = 1.0\nreturn v * a": "variable v may have no value",
    "for i in range(0):\n    v = a\nreturn v": "variable v may have no value",
    "return (v := a * 2) + v": "uses := in an expression",
    "v = 1\nfor i in range(70):\n    v = v * 2\nreturn v * a": r"\* of two whole numbers",
    "return self.n // (self.n - 3) * a": "// of two whole numbers",
    "v = 0 if a > 0 else 1.5\nreturn -v * a + a": "- of a number that may not be a float",  # Python 3.13 copies a shorter end
    "v = 0 if a > 0 else 1.5\nreturn v // 2": "// of two whole numbers",
    "return np.random.rand() * 0.0 + a": "rand",
    "return np.where(a > 0, a, 0.0)": "it calls numpy.where",
    "return sum((a, 0.1, 0.2))": "it calls sum",
    "return round(a)": "it calls round",
    "return a.real": "the attribute real",
    "return None": "",
    "return 1.0 if a > 0 else None": "has a type that is not compiled",
    "return '1.5'": "has a type that is not compiled",
    "return a + 1j": "has a type that is not compiled",
    "return f'{a}' and a": "it calls str",
}
JOINT = {  # bodies with the lists p and q
    "too far": "q[i] = p[i + 1]",
    "far away": "q[i] = p[i + 1000000]",
    "too far by a number": "q[i] = p[int(a)]",
    "before the first": "q[i - 3] = p[i]",
    "from the end": "q[i] = p[-1] + p[i - 1]",
    "constant": "q[5] = a",
    "items": "q[i] = a\nfor v in p:\n    q[i] += v",
    "sums of lists": "q[i] = (p + p)[i]",
    "a part": "q[i] = p[1:][0]",
    "append": "q.append(a)",
    "whole items": "q[i] = 0\nq[i] = -q[i]",
    "division": "q[i] = 1.0 / (p[0] - 1.0)",
}


@pytest.fixture(autouse=True)
def warn_again() -> None:
    compilation._warned.clear()


def check(formulas: ModuleType, kind: str, body: str, tolerance: float = 0.0, **parameters: Any) -> None:
    function = formulas.plugin(kind, body, **parameters)
    differences = [formulas.difference(kind, function, (number, 0.75), tolerance) for number in formulas.NUMBERS]
    assert not any(differences), next(filter(None, differences))


def compiled_quietly(formulas: ModuleType, kind: str, body: str, tolerance: float = 0.0) -> None:
    function = formulas.plugin(kind, body)
    with warnings.catch_warnings():
        warnings.simplefilter("error", CompilationWarning)
        paired = (cn.activation_function("logistic"),) if kind == "paired" else ()
        formula_address(function, {"activation": "activate", "error": "compare"}.get(kind, kind), "float64", [], *paired)
    check(formulas, kind, body, tolerance)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *((name, "activation") for name in ("division", "hidden overflow", "logarithm", "logarithm of one and a number", "root")),
        ("division", "paired"),
    ],
)
def test_what_python_raises_is_raised(formulas: ModuleType, name: str, kind: str) -> None:
    compiled_quietly(formulas, kind, RAISING[name], SMOOTH)


def test_the_logistic_function_is_never_0(formulas: ModuleType) -> None:
    compiled_quietly(formulas, "activation", COMPUTING["logarithm of the logistic function"], SMOOTH)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["activation", "error", "change", "signal", "paired"])
@pytest.mark.parametrize("name", [*RAISING, *COMPUTING])
def test_every_role_does_what_python_does(formulas: ModuleType, name: str, kind: str) -> None:
    compiled_quietly(formulas, kind, (RAISING | COMPUTING)[name], SMOOTH)


def called_back(formulas: ModuleType, body: str) -> None:
    function = formulas.plugin("activation", body)
    with pytest.warns(CompilationWarning, match=f"fuzzed: cannot be compiled .*{CALLED_BACK[body]}.*it runs in Python"):
        formula_address(function, "activate", "float64", [])
    check(formulas, "activation", body)


@pytest.mark.parametrize("body", [*CALLED_BACK][:6])
def test_a_formula_that_might_go_wrong_is_called_back(formulas: ModuleType, body: str) -> None:
    called_back(formulas, body)


@pytest.mark.slow
@pytest.mark.parametrize("body", [*CALLED_BACK][6:])
def test_other_formulas_that_might_go_wrong_are_called_back(formulas: ModuleType, body: str) -> None:
    called_back(formulas, body)


@quietly
@pytest.mark.parametrize("kind", ["joint", "joint_paired"])
@pytest.mark.parametrize("name", ["far away", "division"])
def test_a_joint_function_does_what_python_does(formulas: ModuleType, name: str, kind: str) -> None:
    check(formulas, kind, JOINT[name])


@quietly
@pytest.mark.slow
@pytest.mark.parametrize("kind", ["joint", "joint_paired"])
@pytest.mark.parametrize("name", JOINT)
def test_every_joint_function_does_what_python_does(formulas: ModuleType, name: str, kind: str) -> None:
    check(formulas, kind, JOINT[name])


def fuzz(formulas: ModuleType, kinds: list[str], count: int, bodies: Any = None) -> None:
    @settings(
        max_examples=count, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
    )
    @given(body=formulas.BODIES if bodies is None else bodies, kind=st.sampled_from(kinds))
    def agree(body: str, kind: str) -> None:
        check(formulas, kind, body)

    agree()


@quietly
def test_a_few_generated_formulas(formulas: ModuleType) -> None:
    fuzz(formulas, ["activation"], 6)


@quietly
@pytest.mark.slow
def test_a_hundred_generated_formulas(formulas: ModuleType) -> None:
    fuzz(formulas, ["activation", "joint", "error", "change", "signal", "paired", "joint_paired"], 100)


@quietly
@pytest.mark.parametrize("count", [10, pytest.param(400, marks=[pytest.mark.slow, pytest.mark.timeout(900)])])
def test_generated_formulas_of_floats_are_compiled_without_numba(formulas: ModuleType, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    by_numba: list[str] = []
    numba_address = numba_formulas.numba_address

    def counted(title: str, *arguments: Any, **named: Any) -> int:
        by_numba.append(title)
        return numba_address(title, *arguments, **named)

    monkeypatch.setattr(numba_formulas, "numba_address", counted)
    kinds = ["activation"] if count < 100 else ["activation", "joint", "error", "change", "signal", "paired"]
    fuzz(formulas, kinds, count, formulas.FLOAT_BODIES)
    assert len(by_numba) <= count / 4, by_numba


def in_threads(count: int, work: Callable[[int], Any]) -> list[Any]:
    """Return the results of a function in several threads that start together."""
    barrier, results = threading.Barrier(count), [None] * count

    def run(number: int) -> None:
        barrier.wait()
        results[number] = work(number)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@quietly
def test_exceptions_stay_in_their_thread(formulas: ModuleType) -> None:
    bodies = [f"if a == a and {number % 2}:\n    raise LookupError('formula {number}')\nreturn a" for number in range(4)]
    functions = [formulas.plugin("activation", body) for body in bodies]
    generator = np.random.default_rng(0)
    examples = cn.ExampleSet.from_arrays(generator.random((40, 2)), generator.integers(0, 2, (40, 2)))

    def train(number: int) -> list[str]:
        outcomes = []
        for _ in range(5):
            try:
                net = formulas.network("activation", functions[number])
                cn.train(net, examples, cn.rule("steepest", rate=0.01), 3, engine=cn.engine("compiled", threads=2))
                outcomes.append("")
            except LookupError as error:
                outcomes.append(str(error))
        return outcomes

    assert in_threads(4, train) == [[f"formula {number}" if number % 2 else ""] * 5 for number in range(4)]


def test_a_thread_waits_for_a_formula_that_another_one_compiles(formulas: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[object] = []
    load = compilation._load

    def counted(*arguments: Any) -> int:
        calls.append(arguments)
        return load(*arguments)

    monkeypatch.setattr(compilation, "_load", counted)
    function = formulas.plugin("activation", "return a * 0.123456")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        addresses = in_threads(4, lambda _: formula_address(function, "activate", "float64", []))
    assert len(set(addresses)) == len(calls) == 1


def test_a_formula_that_cannot_be_compiled_warns_for_each_class(formulas: ModuleType) -> None:
    for _ in range(2):  # the same text, as in a notebook whose cell runs again
        with pytest.warns(CompilationWarning, match="it calls round"):
            formula_address(formulas.plugin("activation", "return round(a)"), "activate", "float64", [])
