"""Interactive activation of the task jets-and-sharks, by this project, PyTorch (eager) and JAX (jit and scan): one case, or many at once.

Each call takes the inputs from NumPy, and returns the activations of all ticks [tick, unit] or [case, tick, unit] to NumPy. The weights do
not change, and each program may prepare them before. This project finds out in each call that they have not changed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from procedures_peers import Answer
from workers import timed

if TYPE_CHECKING:
    from connectionist.utils.arrays import Array

PROBE = "Art"
ROWS = {  # ticks and cases
    "interactive activation, 68 units, one case of 100 ticks": (100, 1),
    "interactive activation, 68 units, one case of 1000 ticks": (1000, 1),
    "interactive activation, 68 units, 41 cases of 100 ticks in one call": (100, 41),
}
MAXIMUM, MINIMUM, REST, DECAY = 1.0, -0.2, -0.1, 0.1


def network_and_inputs(cases: int) -> tuple[Any, Array]:
    """Return the network of the task, and its inputs: one case of a name, or cases of one input unit each."""
    import connectionist as cn

    net: Any = cn.task("jets-and-sharks").network(0)
    units = net.schedule.inputs
    return net, np.eye(cases, len(units)) if cases > 1 else np.array([float(unit.label == PROBE) for unit in units])


def matrices(cases: int) -> tuple[Array, Array, Array]:
    """Return the weights [sender, receiver] between the computed units, those from the input units, and the inputs."""
    net, inputs = network_and_inputs(cases)
    computed = {unit: index for index, unit in enumerate(net.schedule.units)}
    given = {unit: index for index, unit in enumerate(net.schedule.inputs)}
    between, from_inputs = np.zeros((len(computed), len(computed))), np.zeros((len(given), len(computed)))
    for connection in net.connections:
        is_computed = connection.sender in computed
        table, senders = (between, computed) if is_computed else (from_inputs, given)
        table[senders[connection.sender], computed[connection.receiver]] = connection.weight.value
    return between, from_inputs, inputs


def measured(run: Callable[[], Any], calls: int) -> Answer:
    """Return the time per call, without the first one, and the activations."""
    states = run()  # so that compilation is not timed
    with timed() as times:
        for _ in range(calls):
            states = run()
    return Answer(times.processor / calls, np.array(states))


def ours(ticks: int, cases: int, calls: int) -> Answer:
    """Settle with the compiled engine."""
    import connectionist as cn

    net, inputs = network_and_inputs(cases)
    if cases > 1:
        return measured(lambda: [each.activations for each in cn.settle_many(net, inputs, None, ticks)], calls)
    return measured(lambda: cn.settle(net, inputs, None, ticks).activations, calls)


def torch_eager(ticks: int, cases: int, calls: int) -> Answer:
    """Settle in PyTorch, in float64."""
    import torch

    torch.set_num_threads(1)
    *weights, inputs = matrices(cases)
    between, from_inputs = map(torch.tensor, weights)
    columns = between.T.contiguous()

    def run() -> Array:
        external = torch.from_numpy(inputs) @ from_inputs
        y, states = torch.full_like(external, REST), []
        for _ in range(ticks):
            sent = y.clamp(min=0.0)
            x = torch.addmm(external, sent, between) if cases > 1 else torch.addmv(external, columns, sent)
            change = torch.where(x > 0.0, MAXIMUM - y, y - MINIMUM) * x - DECAY * (y - REST)
            y = (y + change).clamp(MINIMUM, MAXIMUM)
            states.append(y)
        return np.asarray(torch.stack(states, dim=-2))

    with torch.no_grad():
        return measured(run, calls)


def jax_scan(form: str, ticks: int, cases: int, calls: int) -> Answer:
    """Settle in JAX, with all ticks in one scan, compiled before timing. `form` is that of the loop over ticks."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_cpu_enable_async_dispatch", False)  # in the thread of the caller, which takes less time
    *weights, inputs = matrices(cases)
    between, from_inputs = map(jnp.asarray, weights)

    @jax.jit  # type: ignore[untyped-decorator,unused-ignore]
    def run(inputs: Any) -> Any:  # the weights are constants in it, which takes less time than as arguments
        external = inputs @ from_inputs

        def tick(y: Any, _: Any) -> Any:
            x = external + jnp.maximum(y, 0.0) @ between
            change = jnp.where(x > 0.0, MAXIMUM - y, y - MINIMUM) * x - DECAY * (y - REST)
            y = jnp.clip(y + change, MINIMUM, MAXIMUM)
            return y, y

        start = jnp.full(external.shape, REST)
        return jax.lax.scan(tick, start, None, length=ticks, unroll=4 if form == "unrolled" else 1)[1]

    answer = measured(lambda: np.asarray(run(inputs)), calls)
    return answer._replace(result=answer.result.swapaxes(0, -2))
