"""A script that computes the outputs of a network with NumPy alone (``.py``, with its numbers beside it).

The script has the functions ``outputs`` and ``step``, one line for each group, and the activation functions that it needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import connectionist as cn

if TYPE_CHECKING:
    from connectionist.formats import NetworkSteps

FUNCTIONS = {
    "linear": """

def linear(x):
    return x
""",
    "logistic": """

def logistic(x, gain=1.0):
    power = np.exp(-np.abs(gain * x))
    y = np.where(x >= 0.0, 1.0, power) / (1.0 + power)
    return np.clip(y, 1e-300, 1.0 - 2.0**-53)
""",
    "rectified": """

def rectified(x):
    return np.maximum(x, 0.0)
""",
    "softmax": """

def softmax(x):
    power = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.maximum(power / power.sum(axis=-1, keepdims=True), 1e-300)
""",
    "tanh": """

def tanh(x):
    return np.tanh(x)
""",
    "bipolar": """

def bipolar(x, gain=1.0):
    return np.tanh(0.5 * gain * x)
""",
}
KNOWN: dict[str, dict[str, float]] = {name: {"gain": 1.0} if name in ("logistic", "bipolar") else {} for name in FUNCTIONS}

SCRIPT = '''"""The outputs of a network, as NumPy computes them. Written by connectionist {version}.

The numbers are in the file of the same name that ends in .numbers.npz; w has them by name. Inputs and outputs are in the order of
INPUT_UNITS and OUTPUT_UNITS.
"""

from pathlib import Path

import numpy as np

NETWORK = {network}

with np.load(Path(__file__).with_suffix(".numbers.npz")) as file:
    w = {{name: file[name] for name in file.files}}

INPUT_UNITS = w.pop("input units").tolist()
OUTPUT_UNITS = w.pop("output units").tolist()
{functions}

def zeros(x, units):
    return np.zeros((*x.shape[:-1], units))


def join(arrays):
    return np.concatenate(arrays, axis=-1)


def step(x{past}):
    """Return the activations {of_what}, by group, for inputs x [..., unit]."""
    y = {{"bias": np.ones((*x.shape[:-1], 1))}}
{lines}    return y

{outputs}'''

OUTPUTS = '''
def outputs(inputs):
    """Return the activations [..., output unit] for inputs [..., input unit]. NaN in an input is for a pattern that is not there."""
    given = np.asarray(inputs, dtype=float)
    x = np.nan_to_num(given)
    y = step(x)
    return np.where(np.isnan(given).any(axis=-1, keepdims=True), np.nan, {result})
'''

OUTPUTS_IN_TIME = '''
def initial(x):
    """Return the activations before tick 1."""
    names = [{names}]
    return {{name: zeros(x, 1) + w[name + ": initial"] for name in names}}


def outputs(inputs):
    """Return the activations [..., tick, output unit] for inputs [..., tick, input unit]. NaN in an input is for a tick not there."""
    given = np.asarray(inputs, dtype=float)
    patterns = np.nan_to_num(given)
    past = [initial(patterns[..., 0, :])] * {ticks_before}
    results = []
    for tick in range(patterns.shape[-2]):
        x = patterns[..., tick, :]
        y = step(x, past)
        past = [*past[1:], y]
        results.append({result})
    return np.where(np.isnan(given).any(axis=-1, keepdims=True), np.nan, np.stack(results, axis=-2))
'''


@dataclass(frozen=True)
class NumpyScript(cn.FileFormat):
    """Scripts that compute the outputs of a network and need NumPy only.

    The numbers are those of ``net.outputs`` within 1e-12. Everything that is only for training is left out.
    """

    name = "numpy"
    suffixes = (".py",)

    def write_network(self, file: cn.formats.OutputFile, network: cn.Network) -> None:
        """Write the script, and its numbers beside it."""
        from connectionist.formats import check_perturbations, network_steps, write_arrays

        steps = network_steps(network)
        check_perturbations(file, network)
        file.write(script(file, steps))
        write_arrays(file, steps, {block.name: block.weights for block in steps.blocks})


def script(file: cn.formats.OutputFile, steps: NetworkSteps) -> str:
    """Return the text of the script."""
    from connectionist.formats import program, step_code

    lines, used = step_code(file, steps, KNOWN)
    return program((SCRIPT, OUTPUTS_IN_TIME if steps.in_time else OUTPUTS), steps, FUNCTIONS, used, lines, version=cn.__version__)


@cn.hookimpl
def file_formats() -> Sequence[type[cn.FileFormat]]:
    """Return the format."""
    return [NumpyScript]
