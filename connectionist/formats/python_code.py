"""The steps of a network as lines of Python, which numpy and torch both run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.formats.expressible import function_call
from connectionist.utils.arrays import Array
from connectionist.utils.visible_text import visible_line

if TYPE_CHECKING:
    from connectionist.formats.output_file import OutputFile
    from connectionist.formats.steps import Block, NetworkSteps, Step
    from connectionist.formats.unit_order import Numbers

INDENT = "    "
NUMBERS = ".numbers.npz"
LONGEST_LINE = 90  # of the terms of a sum in one line


def step_code(
    file: OutputFile, steps: NetworkSteps, known: Mapping[str, Mapping[str, float]], *, levels: int = 1, detach: bool = False
) -> tuple[str, set[str]]:
    """Return lines that compute a tick, and the names of the activation functions that they call.

    They read ``x``, the inputs of the tick, and ``w``, arrays by name. They write ``y``, activations by name of part, in which the bias is
    already. ``past`` has such activations of the ticks before, the last one last. They call ``zeros(x, units)``.

    Parameters
    ----------
    file : OutputFile
    steps : NetworkSteps
    known : mapping of str to mapping of str to float
        The activation functions that the format has, with the defaults of their parameters.
    levels : int
        Of indentation.
    detach : bool
        Whether activations have a method ``detach``, to be called where no error derivatives are passed back.

    Raises
    ------
    FormatError
        If the format does not have an activation function.
    """
    lines = [f"y[{quoted(part.name)}] = x[..., {columns(steps.input_columns(part))}]" for part in steps.inputs]
    used = set()
    for step in steps.steps:
        group = step.part.group
        name, parameters = function_call(file, group, group.activation_function, known)
        used.add(name)
        lines += _step_lines(step, f"{name}({', '.join(['{}', *arguments(parameters)])})", levels=levels, detach=detach)
    return "".join(f"{INDENT * levels}{line}\n" for line in lines), used


def program(
    templates: tuple[str, str], steps: NetworkSteps, functions: Mapping[str, str], used: set[str], lines: str, **others: str
) -> str:
    """Return the text of a program.

    Parameters
    ----------
    templates : tuple of str
        That of the program, and that of its part that computes outputs from `lines`, for ``str.format``.
    steps : NetworkSteps
    functions : mapping of str to str
        The text of each function.
    used : set of str
        The names of those that the program needs.
    lines : str
        As `step_code` returns them.
    **others : str
        Further fields of the first template.
    """
    whole, outputs = templates
    return whole.format(
        network=quoted(steps.network.name),
        functions="".join(functions[name] for name in sorted(used)),
        past=", past" if steps.in_time else "",
        of_what="of a tick" if steps.in_time else "of a pattern",
        lines=lines,
        outputs=outputs.format(names=state_names(steps), ticks_before=steps.ticks_before, result=output_code(steps)),
        **others,
    )


def arguments(parameters: Mapping[str, float]) -> list[str]:
    """Return parameters as arguments of a call."""
    return [f"{name}={value!r}" for name, value in parameters.items()]


def quoted(text: str) -> str:
    """Return a text in which control characters are escaped, as a literal of Python."""
    return json.dumps(visible_line(text), ensure_ascii=False)


def output_code(steps: NetworkSteps) -> str:
    """Return an expression for the activations of the output units. It reads `x` and `y`, and calls ``zeros`` and ``join``."""
    parts, positions = steps.outputs
    if not len(positions):
        return "zeros(x, 0)"
    units = sum(map(len, parts))
    joined = [f"y[{quoted(part.name)}]" for part in parts] + ["zeros(x, 1)"] * int((positions == units).any())
    text = joined[0] if len(joined) == 1 else f"join([{', '.join(joined)}])"
    return text if np.array_equal(positions, np.arange(units)) else f"{text}[..., {columns(positions)}]"


def columns(positions: Numbers) -> str:
    """Return an index: a slice if the positions follow one another, else a list."""
    first, last = int(positions[0]), int(positions[-1])
    return f"{first}:{last + 1}" if np.array_equal(positions, np.arange(first, last + 1)) else str(positions.tolist())


def write_arrays(file: OutputFile, steps: NetworkSteps, arrays: Mapping[str, Array]) -> None:
    """Write the arrays of a program to the ``.numbers.npz`` beside it, by name, with those of ``state_arrays`` and the names of the units.

    The name is not that of the program with ``.npz``, which may be a file of weights.
    """
    names = {f"{role} units": np.array(unit_names(steps, role), dtype=str) for role in ("input", "output")}
    _write(file.beside(NUMBERS), {**names, **state_arrays(steps), **arrays})


def unit_names(steps: NetworkSteps, role: str) -> list[str]:
    """Return the names of the units of a role, in the order of the network's inputs or outputs."""
    return [visible_line(unit.name) for group in steps.network.groups if group.role == role for unit in group]


def _write(file: OutputFile, arrays: Mapping[str, Any]) -> None:
    np.savez(file.binary, **arrays)


def state_arrays(steps: NetworkSteps) -> dict[str, Array]:
    """Return the arrays that networks in time need, by name: the state of each part before tick 1, and dt."""
    arrays = {f"{part.name}: initial": part.initial for part in steps.parts if steps.in_time}
    for part in (step.part for step in steps.steps):
        if part.group.integrates:
            arrays[f"{part.name}: dt"] = part.dt
        if part.group.integrates == "net_input":
            arrays[f"{part.name}: net input: initial"] = part.initial_net_input
    return arrays


def state_names(steps: NetworkSteps) -> str:
    """Return the names of what ``past`` has, as literals: the activations of all parts, and the net inputs that are integrated."""
    integrating = [f"{step.part.name}: net input" for step in steps.steps if step.part.group.integrates == "net_input"]
    return ", ".join(map(quoted, [*(part.name for part in steps.parts), *integrating]))


def _step_lines(step: Step, call: str, *, levels: int, detach: bool) -> list[str]:
    name, integrates = step.part.name, step.part.group.integrates
    terms = [_term(block, detach=detach) for block in step.blocks]
    total = _sum(terms, levels) if len(terms) > 1 else terms[0] if terms else f"zeros(x, {len(step.part)})"
    y, x, dt = (f"[{quoted(text)}]" for text in (name, f"{name}: net input", f"{name}: dt"))
    if integrates == "net_input":
        return [f"y{x} = w{dt} * ({total}) + (1 - w{dt}) * past[-1]{x}", f"y{y} = {call.format(f'y{x}')}"]
    computed = call.format(total)
    return [f"y{y} = w{dt} * {computed} + (1 - w{dt}) * past[-1]{y}" if integrates else f"y{y} = {computed}"]


def _sum(terms: list[str], levels: int) -> str:
    """Return a sum, not as a chain of operators, since Python limits the depth of an expression."""
    if sum(map(len, terms)) <= LONGEST_LINE:
        return f"sum([{', '.join(terms)}])"
    inner, outer = f"\n{INDENT * (levels + 1)}", f"\n{INDENT * levels}"
    return f"sum([{inner}{f',{inner}'.join(terms)},{outer}])"


def _term(block: Block, *, detach: bool) -> str:
    tick = f"past[-{block.delay}]" if block.delay else "y"
    cut = ".detach()" if detach and not block.backpropagate else ""
    return f"{tick}[{quoted(block.sender.name)}]{cut} @ w[{quoted(block.name)}]"
