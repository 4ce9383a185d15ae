"""Training of one network of a population alone, from where it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter
from typing import Any

import numpy as np

from connectionist_plugins.engines.compiled.formulas.python_fallback import CollectedExceptions
from connectionist_plugins.engines.compiled.kernel_compiler.structs import packed
from connectionist_plugins.engines.compiled.kernel_compiler.types import Doubles, IntegerTable
from connectionist_plugins.engines.compiled.kernels.arguments import WeightArrays
from connectionist_plugins.engines.compiled.kernels.entries import draw_orders_of_network, run_epochs, run_epochs_by_case
from connectionist_plugins.engines.compiled.kernels.entry_arguments import TrainingArguments
from connectionist_plugins.engines.compiled.kernels.population.arguments import OrderArguments
from connectionist_plugins.engines.compiled.kernels.population.training_loop import ENDED_BY_CRITERION, ENDED_BY_EPOCHS
from connectionist_plugins.engines.compiled.kernels.threads import run_in_threads
from connectionist_plugins.engines.compiled.population.arrays import PopulationArrays
from connectionist_plugins.engines.compiled.population.pack import CALL_SECONDS
from connectionist_plugins.engines.compiled.session import CompiledSession, stop_conditions

ORDER_NUMBERS = 2**20  # largest number of presentations whose orders are drawn at once


class SingleTraining:
    """Buffers, weights and memory with which one thread trains a network alone.

    Parameters
    ----------
    arrays : PopulationArrays
    network : int
        Index of the first network. If the networks have rates of their own, it is the only one.
    """

    def __init__(self, arrays: PopulationArrays, network: int) -> None:
        job, population, session = arrays.job, arrays.population, arrays.session
        if population.rates.size:
            rule = job.phase.rule.with_rate(float(population.rates[network]))
            session = CompiledSession(replace(session.job, phase=replace(job.phase, rule=rule)), session.precision, threads=1)
        self.arrays, self.session = arrays, session
        self.job, self.population = job, population
        self.kernel = run_epochs_by_case if session.per_change == 1 else run_epochs
        self.ready = session.new_ready()
        state = job.network.weight_state
        rule_arguments = session.rule_arguments()
        self.rule = rule_arguments._replace(previous=rule_arguments.previous[:0])
        self.weights = WeightArrays(
            values=state.array("value").copy(),
            changes=np.zeros(state.size),
            derivatives=np.zeros(state.size),
            backward=session.backward,
            averages_ties=job.network.tie_derivative == "mean",
        )
        self.arguments = self._arguments()

    def _arguments(self) -> TrainingArguments:
        """Return the arguments of the kernel, without orders and log."""
        session, job = self.session, self.job
        return TrainingArguments(
            network=self.ready.arguments,
            recording_network=self.ready.recording_arguments,
            rule=packed(self.rule, session.precision),
            weights=packed(self.weights, session.precision),
            previous_values=np.empty_like(self.weights.values),
            previous_memory=np.empty_like(self.rule.memory[: None if job.keeps_last else 0]),
            inputs=session.tables[0],
            targets=session.tables[1],
            orders=np.arange(len(job.examples))[np.newaxis],
            epochs=0,
            per_change=session.per_change,
            stop=stop_conditions(job.criterion, job.tolerance),
            errors=np.empty(0),
            correct=np.empty(0),
            probes=None,
        )

    def train(self, network: int, check: Callable[[], None]) -> None:
        """Train a network until its training ends. The function `check` is called about ten times per second."""
        population, memory, names = self.population, self.rule.memory, len(self.job.phase.rule.memory)
        self.weights.values[:] = population.values[network]
        memory[:names], memory[names:] = population.memory[network], 0.0
        log = self.arrays.logs_alone[network] = []
        left, count = self.job.phase.epochs - int(population.epochs[network]), 1
        with CollectedExceptions(self.ready.buffers.has_raised):
            while not self.arrays.is_stopped[0]:
                start_time = perf_counter()
                errors, correct, orders, has_failed = self._run(network, min(count, left))
                log.append((errors, correct))
                left -= len(errors)
                if has_failed:
                    return  # it is trained again by `train`, from its initial weights
                is_met = self.job.criterion is not None and self.job.criterion.is_met(errors[-1], correct[-1])
                if is_met or not left:
                    self._store(network, ENDED_BY_CRITERION if is_met else ENDED_BY_EPOCHS, orders[-1])
                    return
                if perf_counter() - start_time < CALL_SECONDS / 2:
                    count *= 2
                check()

    def _run(self, network: int, most: int) -> tuple[Doubles, Doubles, IntegerTable, bool]:
        """Train a network for at most some epochs. Return the log, the orders, and whether a number was not finite or a formula raised."""
        order = self.job.orders[network] if self.population.generators.size else None
        orders, position = self.arguments.orders, None
        if order is not None:
            most = min(most, max(1, ORDER_NUMBERS // orders.shape[1]))
            position = order.state()
            orders = self._draw_orders(network, most)
        errors, correct = np.empty(most), np.empty(most)
        arguments = self.arguments._replace(orders=orders, epochs=most, errors=errors, correct=correct)
        done, has_failed, _ = run_in_threads(1, lambda team: self.kernel(self.session.precision, arguments, team))
        if order is not None and position is not None and done < most:
            order.restore(position)
            orders = self._draw_orders(network, done)
        return errors[:done], correct[:done], orders, has_failed

    def _draw_orders(self, network: int, epochs: int) -> IntegerTable:
        orders = np.empty((epochs, len(self.job.examples)), np.int64)
        generator = int(self.population.generators[network])
        draw_orders_of_network(self.session.precision, OrderArguments(orders, generator, self.arrays.order_settings))
        return orders

    def _store(self, network: int, ending: int, last_order: Any) -> None:
        """Write the weights, the memory and what is needed of the last epoch to the population."""
        population, names = self.population, len(self.job.phase.rule.memory)
        population.endings[network] = ending
        population.values[network] = self.weights.values
        population.memory[network] = self.rule.memory[:names]
        if self.job.keeps_last:
            population.last_values[network] = self.arguments.previous_values
            population.last_memory[network] = self.arguments.previous_memory[:names]
        if population.last_orders.size:
            population.last_orders[network] = last_order
