"""The arrays of a population: weights, memory of the rule, and how the training of each network ended."""

from __future__ import annotations

from ctypes import POINTER, c_char_p, c_void_p, cast, py_object, pythonapi
from threading import Lock

import numpy as np

from connectionist.engines.population import PopulationJob
from connectionist_plugins.engines.compiled.kernel_compiler.types import Doubles
from connectionist_plugins.engines.compiled.kernels.population.arguments import OrderSettings, Population
from connectionist_plugins.engines.compiled.layout.aligned_arrays import aligned_copy, aligned_zeros
from connectionist_plugins.engines.compiled.session import CompiledSession


class PopulationArrays:
    """The arrays of all networks of a job, which the threads that train them share.

    Attributes
    ----------
    job : PopulationJob
    session : CompiledSession
        Session of one network of the population, which has its program, its rule and its examples.
    population : Population
        What the kernels read and write.
    made : int
        Number of networks that the kernels may train.
    is_stopped : int array [1]
        Whether all threads must end.
    order_settings : OrderSettings
    logs_alone : dict of int to list of pair of array
        E and the fraction of correct cases of the epochs in which a network was trained alone, by its index.
    """

    def __init__(self, job: PopulationJob, session: CompiledSession) -> None:
        self.job = job
        self.session = session
        self.is_stopped = aligned_zeros(1, np.int64)
        self.made = 0
        self.lock = Lock()
        count, presentations = len(job.values), len(job.examples)
        names, rows = job.phase.rule.memory, job.network.weight_rows[session.trained]
        values, memory = np.tile(job.network.weight_state.array("value"), (count, 1)), np.zeros((count, len(names), len(rows)))
        is_random = job.phase.order != "fixed"
        keeps = job.keeps_last
        self.population = Population(
            values=values,
            memory=memory,
            rates=np.zeros(0) if job.rates is None else np.asarray(job.rates, float),
            generators=np.zeros(count if is_random else 0, np.int64),
            first_epochs=np.zeros(count, np.int64),
            lanes=np.zeros(count, np.int64),
            epochs=np.zeros(count, np.int64),
            endings=np.zeros(count, np.int64),
            last_values=np.zeros_like(values[: None if keeps else 0]),
            last_memory=np.zeros_like(memory[: None if keeps else 0]),
            last_orders=np.zeros((count if keeps and is_random else 0, presentations), np.int64),
            next_network=aligned_zeros(1, np.int64),
            made=aligned_zeros(1, np.int64),
            is_making=aligned_copy(np.full(1, job.made < count, np.int64)),
            most_to_take_out=aligned_zeros(1, np.int64),
        )
        self.order_settings = _order_settings(job)
        self.logs_alone: dict[int, list[tuple[Doubles, Doubles]]] = {}
        self.give(job.made)

    def give(self, count: int) -> None:
        """Give the networks that are made, `count` so far, to the kernels."""
        job, population, new = self.job, self.population, slice(self.made, count)
        with self.lock:  # a kernel that sees the number below then sees these numbers too
            population.values[new, job.network.weight_rows] = job.values[new]
            for index, name in enumerate(job.phase.rule.memory):
                population.memory[new, index] = job.memory[name][new, self.session.trained]
            if population.generators.size:
                population.generators[new] = [_state_address(order.generator) for order in job.orders[new]]
        with self.lock:
            population.made[0] = self.made = count


def _order_settings(job: PopulationJob) -> OrderSettings:
    """Return how the orders of a job are drawn."""
    if job.phase.order == "fixed":
        return OrderSettings(0, 0, 0, np.ones(1))
    interface = job.orders[0].generator.bit_generator.ctypes
    next_uint32, next_double = (int(cast(each, c_void_p).value or 0) for each in (interface.next_uint32, interface.next_double))
    cumulative = job.orders[0].probabilities.cumsum()
    return OrderSettings(int(job.phase.order == "permuted"), next_uint32, next_double, cumulative / cumulative[-1])


def _state_address(generator: np.random.Generator) -> int:
    """Return the address of the state of a random generator."""
    pythonapi.PyCapsule_GetPointer.restype, pythonapi.PyCapsule_GetPointer.argtypes = c_void_p, [py_object, c_char_p]
    interface = pythonapi.PyCapsule_GetPointer(generator.bit_generator.capsule, b"BitGenerator")
    return int(cast(interface, POINTER(c_void_p))[0])
