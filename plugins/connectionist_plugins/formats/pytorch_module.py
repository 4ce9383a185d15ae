"""A module of PyTorch that computes the outputs of a network and can be trained (``.py``, with its numbers beside it).

The written file has the class ``Network``, a ``torch.nn.Module``: ``forward`` computes the outputs, ``error`` the error E. Torch is needed
to run it, and not to write it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import connectionist as cn
from connectionist.utils.visible_text import visible_line

if TYPE_CHECKING:
    from connectionist.formats import Block, NetworkSteps

FUNCTIONS = {
    "linear": """

def linear(x):
    return x
""",
    "logistic": """

def logistic(x, gain=1.0):
    return torch.sigmoid(gain * x)
""",
    "rectified": """

def rectified(x):
    return torch.relu(x)
""",
    "softmax": """

def softmax(x):
    return torch.softmax(x, dim=-1)
""",
    "tanh": """

def tanh(x):
    return torch.tanh(x)
""",
    "bipolar": """

def bipolar(x, gain=1.0):
    return torch.tanh(0.5 * gain * x)
""",
    "squared": """

def squared(y, d):
    return 0.5 * (y - d) ** 2
""",
    "cross_entropy": """

def cross_entropy(y, d):
    y = y.clamp(1e-300, 1.0 - 2.0**-53)
    return torch.xlogy(d, d) - torch.xlogy(d, y) + torch.xlogy(1 - d, 1 - d) - torch.xlogy(1 - d, 1 - y)
""",
    "divergence": """

def divergence(y, d):
    return torch.xlogy(d, d) - torch.xlogy(d, y.clamp(1e-300))
""",
}
ACTIVATIONS: dict[str, dict[str, float]] = {
    name: {"gain": 1.0} if name in ("logistic", "bipolar") else {}
    for name in ("linear", "logistic", "rectified", "softmax", "tanh", "bipolar")
}
RADII = {"target_radius": 0.0, "zero_error_radius": 0.0}
ERRORS: dict[str, dict[str, float]] = {"squared": RADII, "cross_entropy": RADII, "divergence": {}}

SCRIPT = '''"""A network as a module of PyTorch. Written by connectionist {version}.

The numbers are in the file of the same name that ends in .numbers.npz. Inputs and outputs are in the order of INPUT_UNITS and OUTPUT_UNITS.
"""

from pathlib import Path

import numpy as np
import torch

NETWORK = {network}

with np.load(Path(__file__).with_suffix(".numbers.npz")) as file:
    numbers = {{name: file[name] for name in file.files}}

INPUT_UNITS = numbers.pop("input units").tolist()
OUTPUT_UNITS = numbers.pop("output units").tolist()
TRAINABLE = [
{trainable}]
{functions}

def zeros(x, units):
    return x.new_zeros((*x.shape[:-1], units))


def join(arrays):
    return torch.cat(arrays, dim=-1)


def tensor(values, like):
    values = values if torch.is_tensor(values) else np.array(values)
    return torch.as_tensor(values, dtype=like.dtype, device=like.device)


def total_error(function, y, d, margin=0.0, target_radius=0.0, zero_error_radius=0.0):
    """Return the error of the units that have a target and are not within the margin of it."""
    counts = ~(torch.isnan(y) | torch.isnan(d))
    if margin:
        counts &= ~torch.where(d >= 0.5, y > d - margin, y < d + margin)
    y, d = y[counts], d[counts]
    if target_radius or zero_error_radius:
        distance = (y - d).detach()
        is_near = (distance.abs() < zero_error_radius) | (distance.abs() <= target_radius)
        d = torch.where(is_near, y.detach(), d + torch.sign(distance) * target_radius)
    return function(y, d).sum()


class Network(torch.nn.Module):
    """The network. Its parameters are the trainable weights [sender, receiver]; those that connections share are in "tied".

    The derivative of a weight is the sum over its connections and all ticks. With tie_derivative="mean", connectionist has their mean.
    """

    def __init__(self):
        super().__init__()
        self.weights = torch.nn.ParameterDict()
        for name, array in numbers.items():
            if name in TRAINABLE:
                self.weights[name] = torch.nn.Parameter(torch.tensor(array))
            else:
                self.register_buffer(name, torch.tensor(array))

    def matrices(self):
        """Return the weights of each projection [sender, receiver], with 0 where there is no connection, and the other numbers."""
        w = {{**dict(self.named_buffers()), **self.weights}}
{matrices}        return w

{outputs}
    def step(self, w, x{past}):
        """Return the activations {of_what}, by group, for inputs x [..., unit] and matrices w."""
        y = {{"bias": zeros(x, 1) + w["bias"]}}
{lines}        return y

    def error(self, outputs, targets):
        """Return E, summed over all patterns, for targets [..., output unit]. NaN is for a unit without target."""
        targets = tensor(targets, outputs)
        total = outputs.new_zeros(())
{errors}        return total
'''

FORWARD = '''    def forward(self, inputs):
        """Return the activations [..., output unit] for inputs [..., input unit]. NaN in an input is for a pattern that is not there."""
        w = self.matrices()
        given = tensor(inputs, w["bias"])
        x = given.nan_to_num()
        y = self.step(w, x)
        return torch.where(given.isnan().any(dim=-1, keepdim=True), torch.nan, {result})
'''

FORWARD_IN_TIME = '''    def forward(self, inputs):
        """Return the activations [..., tick, output unit] for inputs [..., tick, input unit]. NaN in an input is for a tick not there."""
        w = self.matrices()
        given = tensor(inputs, w["bias"])
        patterns = given.nan_to_num()
        names = [{names}]
        past = [{{name: zeros(patterns[..., 0, :], 1) + w[name + ": initial"] for name in names}}] * {ticks_before}
        results = []
        for tick in range(patterns.shape[-2]):
            x = patterns[..., tick, :]
            y = self.step(w, x, past)
            past = [*past[1:], y]
            results.append({result})
        return torch.where(given.isnan().any(dim=-1, keepdim=True), torch.nan, torch.stack(results, dim=-2))
'''


@dataclass(frozen=True)
class PytorchModule(cn.FileFormat):
    """Modules of PyTorch that compute the outputs of a network, its error and, by automatic differentiation, its error derivatives.

    The numbers have double precision; ``module.float()`` makes them single.
    """

    name = "pytorch"
    suffixes = (".py",)

    def write_network(self, file: cn.formats.OutputFile, network: cn.Network) -> None:
        """Write the module, and its numbers beside it."""
        from connectionist.formats import check_perturbations, network_steps, write_arrays

        steps = network_steps(network)
        check_perturbations(file, network, ("both", "testing", "training"))
        check_training(file, network)
        matrices = Matrices(steps)
        file.write(script(file, steps, matrices))
        write_arrays(file, steps, {"bias": steps.bias.initial, **matrices.arrays})


def check_training(file: cn.formats.OutputFile, network: cn.Network) -> None:
    """List what the network has for training and the module cannot have."""
    from connectionist.formats import check_tie_derivative

    check_tie_derivative(file, network, "sum")
    if network.ticks_back is not None:
        file.cannot(f"ticks_back = {network.ticks_back} has no equivalent; the error of the module goes back through all ticks")
    for group in network.groups:
        if group.cost is not None:
            file.cannot(f"the cost {group.cost.kind} of group {visible_line(group.name)} has no equivalent in a module")
    for projection in network.projections:
        for quantity in ("rate", "limits"):
            value = getattr(projection, quantity)
            if value is not None:
                file.cannot(f"the {quantity} {value} of {visible_line(projection.name)} has no equivalent in a module")


class Matrices:
    """The matrix of each block, as a sum of parameters and buffers.

    Attributes
    ----------
    arrays : dict of str to array
        Parameters and buffers by name.
    trainable : list of str
        The names of those that are parameters.
    lines : list of str
        One for each matrix that is not a parameter or buffer itself.
    """

    def __init__(self, steps: NetworkSteps) -> None:
        import numpy as np

        self.steps = steps
        self.arrays: dict[str, cn.Array] = {}
        self.trainable: list[str] = []
        self.lines: list[str] = []
        weights = steps.network.weights
        counts = np.zeros(len(weights), dtype=int)
        for block in steps.blocks:
            counts += np.bincount(block.numbers[block.numbers >= 0], minlength=len(weights))
        self.is_trainable = np.array([*(weight.trainable for weight in weights), False])  # the last is for no connection
        self.is_tied = np.array([*(counts > 1), False]) & self.is_trainable
        self.place = np.cumsum(self.is_tied) - 1  # of a tied weight
        if self.is_tied.any():
            self.add("tied", steps.network.weight_values[self.is_tied[:-1]], trainable=True)
            self.lines.append('tied = join([w["tied"], w["tied"].new_zeros(1)])')
        for block in steps.blocks:
            self.add_block(block)

    def add(self, name: str, array: cn.Array, *, trainable: bool = False) -> None:
        """Add a parameter or buffer."""
        self.arrays[name] = array
        if trainable:
            self.trainable.append(name)

    def add_block(self, block: Block) -> None:
        """Add the parameter, mask, frozen weights and places of tied weights of a block, those that it has."""
        import numpy as np

        from connectionist.formats import quoted

        is_tied, is_there = self.is_tied[block.numbers], block.numbers >= 0
        is_own = self.is_trainable[block.numbers] & ~is_tied
        is_frozen = is_there & ~is_own & ~is_tied
        terms = []
        if is_own.any():
            self.add(block.name, block.weights, trainable=True)
            terms.append(f"w[{quoted(block.name)}]")
        if is_own.any() and not is_own.all():
            self.arrays[block.name] = np.where(is_own, block.weights, 0.0)
            self.add(f"{block.name}: mask", is_own.astype(float))
            terms[0] += f" * w[{quoted(f'{block.name}: mask')}]"
        if is_frozen.any():
            name = f"{block.name}: frozen" if terms or is_tied.any() else block.name
            self.add(name, np.where(is_frozen, block.weights, 0.0))
            terms.append(f"w[{quoted(name)}]")
        if is_tied.any():
            self.add(f"{block.name}: tied", np.where(is_tied, self.place[block.numbers], -1))
            terms.append(f"tied[w[{quoted(f'{block.name}: tied')}]]")
        made = f"w[{quoted(block.name)}]"
        if terms != [made]:
            self.lines.append(f"{made} = {' + '.join(terms)}")


def script(file: cn.formats.OutputFile, steps: NetworkSteps, matrices: Matrices) -> str:
    """Return the text of the module."""
    from connectionist.formats import program, quoted, step_code

    lines, used = step_code(file, steps, ACTIVATIONS, levels=2, detach=True)
    errors = "".join(f"        total = total + {each}\n" for each in error_calls(file, steps, used))
    return program(
        (SCRIPT, FORWARD_IN_TIME if steps.in_time else FORWARD),
        steps,
        FUNCTIONS,
        used,
        lines,
        version=cn.__version__,
        trainable="".join(f"    {quoted(name)},\n" for name in matrices.trainable),
        matrices="".join(f"        {line}\n" for line in matrices.lines),
        errors=errors,
    )


def error_calls(file: cn.formats.OutputFile, steps: NetworkSteps, used: set[str]) -> Iterator[str]:
    """Yield a call for the error of each output group, and add its function to those that are used."""
    import numpy as np

    from connectionist.formats import arguments, columns, find_function

    units = steps.network.schedule.outputs
    for group in steps.network.groups:
        positions = np.array([number for number, unit in enumerate(units) if unit.group is group and not unit.lesioned])
        if group.role != "output" or not len(positions):
            continue
        found = find_function(group.error_function, ERRORS)
        if found is None:
            file.cannot(f"the error function {group.error_function.name!r} of group {visible_line(group.name)!r} has no equivalent")
            continue
        name, parameters = found
        used.add(name)
        margin = {"margin": group.margin} if group.margin else {}
        place = f"[..., {columns(positions)}]"
        yield f"total_error({', '.join([name, f'outputs{place}', f'targets{place}', *arguments(margin | parameters)])})"


@cn.hookimpl
def file_formats() -> Sequence[type[cn.FileFormat]]:
    """Return the format."""
    return [PytorchModule]
