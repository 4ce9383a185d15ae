"""The kernels that Python calls, and the libraries in which they are compiled."""

from __future__ import annotations

from connectionist_plugins.engines.compiled.kernel_compiler.kernel import Entry, Library
from connectionist_plugins.engines.compiled.kernels import trajectory
from connectionist_plugins.engines.compiled.kernels.block import passes
from connectionist_plugins.engines.compiled.kernels.population import orders
from connectionist_plugins.engines.compiled.kernels.population import training_loop as population
from connectionist_plugins.engines.compiled.kernels.training_loop import (
    train_by_block,
    train_by_case,
    train_by_settling,
    train_with_random_units,
)

BLOCK = Library("block", (train_by_block, passes.present_examples, passes.accumulate_derivatives))
CASE = Library("case", (train_by_case,))
SETTLING = Library("settling", (train_by_settling,))
STOCHASTIC = Library("stochastic", (train_with_random_units,))
TRAJECTORY = Library("trajectory", (trajectory.settle, trajectory.settle_cases))
POPULATION = Library("population", (population.train_population, orders.draw_orders_of_network))

run_epochs = Entry(BLOCK, train_by_block)
run_epochs_by_case = Entry(CASE, train_by_case)
run_epochs_by_settling = Entry(SETTLING, train_by_settling)
run_epochs_with_random_units = Entry(STOCHASTIC, train_with_random_units)
present_examples = Entry(BLOCK, passes.present_examples)
accumulate_derivatives = Entry(BLOCK, passes.accumulate_derivatives)
train_population = Entry(POPULATION, population.train_population)
draw_orders_of_network = Entry(POPULATION, orders.draw_orders_of_network)
settle = Entry(TRAJECTORY, trajectory.settle)
settle_cases = Entry(TRAJECTORY, trajectory.settle_cases)
