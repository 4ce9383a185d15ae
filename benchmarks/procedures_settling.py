"""Interactive activation: one case of the task jets-and-sharks, by this project, PyTorch (eager) and JAX (jit and scan).

Each call takes the inputs of the case from NumPy, and returns the activations of all ticks [tick, unit] to NumPy. The weights do not
change, and each program may prepare them before. This project finds out in each call that they have not changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from procedures_peers import Answer
from workers import timed

if TYPE_CHECKING:
    from connectionist.utils.arrays import Array

NAME, PROBE = "interactive activation, 68 units, one case of {} ticks", "Art"
TICKS = 100, 1000
MAXIMUM, MINIMUM, REST, DECAY = 1.0, -0.2, -0.1, 0.1


def network_and_inputs() -> tuple[Any, Array]:
    """Return the network of the task, and the inputs of its input units for a name."""
    import connectionist as cn

    net: Any = cn.task("jets-and-sharks").network(0)
    return net, np.array([float(unit.label == PROBE) for unit in net.schedule.inputs])


def matrices() -> tuple[Array, Array, Array]:
    """Return the weights [receiver, sender] between the computed units, those from the input units, and the inputs."""
    net, inputs = network_and_inputs()
    computed = {unit: index for index, unit in enumerate(net.schedule.units)}
    given = {unit: index for index, unit in enumerate(net.schedule.inputs)}
    between, from_inputs = np.zeros((len(computed), len(computed))), np.zeros((len(computed), len(given)))
    for connection in net.connections:
        is_computed = connection.sender in computed
        table, senders = (between, computed) if is_computed else (from_inputs, given)
        table[computed[connection.receiver], senders[connection.sender]] = connection.weight.value
    return between, from_inputs, inputs


def ours(ticks: int, calls: int) -> Answer:
    """Settle with the compiled engine."""
    import connectionist as cn

    net, inputs = network_and_inputs()
    states = cn.settle(net, inputs, None, ticks).activations  # so that compilation is not timed
    with timed() as times:
        for _ in range(calls):
            states = cn.settle(net, inputs, None, ticks).activations
    return Answer(times.processor / calls, states)


def torch_eager(ticks: int, calls: int) -> Answer:
    """Settle in PyTorch, in float64."""
    import torch

    torch.set_num_threads(1)
    *weights, inputs = matrices()
    between, from_inputs = map(torch.tensor, weights)

    def run() -> Array:
        external, y, states = torch.mv(from_inputs, torch.from_numpy(inputs)), torch.full((len(between),), REST, dtype=torch.float64), []
        for _ in range(ticks):
            x = torch.addmv(external, between, y.clamp(min=0.0))
            change = torch.where(x > 0.0, MAXIMUM - y, y - MINIMUM) * x - DECAY * (y - REST)
            y = (y + change).clamp(MINIMUM, MAXIMUM)
            states.append(y)
        return np.asarray(torch.stack(states))

    with torch.no_grad():
        states = run()
        with timed() as times:
            for _ in range(calls):
                states = run()
    return Answer(times.processor / calls, states)


def jax_scan(form: str, ticks: int, calls: int) -> Answer:
    """Settle in JAX, with all ticks in one scan, compiled before timing. `form` is that of the loop over ticks."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_cpu_enable_async_dispatch", False)  # in the thread of the caller, which takes less time
    *weights, inputs = matrices()
    between, from_inputs = map(jnp.asarray, weights)

    @jax.jit  # type: ignore[untyped-decorator,unused-ignore]
    def run(inputs: Any) -> Any:  # the weights are constants in it, which takes less time than as arguments
        external = from_inputs @ inputs

        def tick(y: Any, _: Any) -> Any:
            x = external + between @ jnp.maximum(y, 0.0)
            change = jnp.where(x > 0.0, MAXIMUM - y, y - MINIMUM) * x - DECAY * (y - REST)
            y = jnp.clip(y + change, MINIMUM, MAXIMUM)
            return y, y

        start = jnp.full(len(between), REST)
        return jax.lax.scan(tick, start, None, length=ticks, unroll=4 if form == "unrolled" else 1)[1]

    states = np.asarray(run(inputs))
    with timed() as times:
        for _ in range(calls):
            states = np.asarray(run(inputs))
    return Answer(times.processor / calls, states)
