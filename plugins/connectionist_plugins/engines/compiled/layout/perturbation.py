"""The arrays of noise, clamps and weights of the error, for `CaseBuffers`."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from connectionist.data.example_set import ExampleSet
from connectionist.model.network import Network
from connectionist.model.noise import ACTIVATION, NET_INPUT, NoiseSource, scale_of, weight_scales
from connectionist.model.perturbation import QUANTITIES, logistic_scale_of, noise_number
from connectionist.model.unit import Unit
from connectionist.utils.arrays import Array
from connectionist_plugins.engines.compiled.kernel_compiler.types import Floats, Integers
from connectionist_plugins.engines.compiled.layout.program import Program
from connectionist_plugins.engines.compiled.layout.rows import padded_rows
from connectionist_plugins.engines.compiled.precision import Precision


def perturbation_arrays(
    program: Program,
    network: Network,
    examples: ExampleSet,
    width: int,
    precision: Precision,
    noise: NoiseSource | None,
) -> dict[str, Any]:
    """Return the fields of `CaseBuffers` for noise, clamps and weights of the error. Fields of what there is not are empty."""
    is_weighted = bool((examples.error_weights != 1.0).any())
    if not (is_weighted or examples.clamps or noise):
        return _nothing(precision)
    return {
        "is_plain": 0,
        "example_weights": examples.error_weights[: None if is_weighted else 0].astype(precision),
        "error_weights": np.ones(width if is_weighted else 0, precision),
        **_clamp_arrays(program, network, examples, width, precision),
        **_noise_arrays(program, network, width, precision, noise),
    }


@cache
def _nothing(precision: Precision) -> dict[str, Any]:
    """Return the fields for a network without noise and examples without clamps and weights. They are empty, so they can be shared."""
    floats, integers, words = np.zeros(0, precision), np.zeros(0, np.int64), np.zeros(0, np.uint64)
    return {
        "is_plain": 1,
        **dict.fromkeys(("example_weights", "error_weights", "clamp_shares", "noisy_values"), floats),
        **dict.fromkeys(("clamp_table", "clamps"), np.zeros((0, 0), precision)),
        **dict.fromkeys(("net_noise", "activation_noise", "net_logistic", "input_noise", "weight_noise"), np.zeros(0)),
        **dict.fromkeys(("clamp_rows", "unit_numbers", "input_numbers"), integers),
        "noise_keys": words,
        "noise_root": np.zeros(1, np.uint64),
        "noise_epoch": np.zeros(1, np.int64),
        "tick_numbers": 0,
    }


def is_perturbed(network: Network, examples: ExampleSet, noise: NoiseSource | None) -> bool:
    """Return whether the activations of computed units may differ from f(x)."""
    if noise is None:
        return bool(examples.clamps)
    return bool(examples.clamps) or any(scale_of(each.activation_noise, noise.mode) for each in network.groups if not each.clamped)


def _clamp_arrays(program: Program, network: Network, examples: ExampleSet, width: int, precision: Precision) -> dict[str, Any]:
    tick_rows, ticks = program.layout.size, examples.ticks or 1
    rows = (program.ticks_before + ticks) * tick_rows
    units = [unit for name in examples.clamps for unit in network[name]]
    unit_rows = np.where([unit.lesioned for unit in units], rows, program.layout.rows_of(units)) if units else np.zeros(0, np.int64)
    starts = tick_rows * (program.ticks_before + np.arange(ticks))
    shares = np.ones(rows + 1 if units else 0, precision)
    clamped_rows = np.minimum(starts[:, None] + unit_rows, rows)
    shares[clamped_rows] = [unit.group.clamping.share for unit in units]
    return {
        "clamp_shares": shares,
        "clamp_table": _clamp_table(network, examples, precision),
        "clamp_rows": padded_rows(clamped_rows.ravel(), rows),
        "clamps": np.full((rows + 1 if units else 0, width), np.nan, precision),
    }


def _clamp_table(network: Network, examples: ExampleSet, precision: Precision) -> Floats:
    if not examples.clamps:
        return np.zeros((0, 0), precision)
    groups = {name: network[name] for name in examples.clamps}
    tables = [groups[name].clamping.values(table, groups[name].activation_function) for name, table in examples.clamps.items()]
    table = np.concatenate(tables, axis=-1).reshape(len(examples), -1)
    return np.ascontiguousarray(table, precision)


def _noise_arrays(program: Program, network: Network, width: int, precision: Precision, noise: NoiseSource | None) -> dict[str, Any]:
    mode = "" if noise is None else noise.mode
    weight_noise = weight_scales(network.projections, mode, network.weight_state.size)
    return {
        "noise_root": np.array([0 if noise is None else noise.root], np.uint64),
        "noise_epoch": np.array([0 if noise is None else noise.epoch], np.int64),
        "noise_keys": np.zeros(0 if noise is None else width, np.uint64),
        "net_noise": _scales(program.units, NET_INPUT, mode),
        "activation_noise": _scales(program.units, ACTIVATION, mode),
        "net_logistic": _logistic_scales(program.units if mode else ()),
        "unit_numbers": _numbers(program.units),
        "input_numbers": _numbers(network.schedule.inputs),
        "tick_numbers": 3 * network.state.size,
        "input_noise": _scales(network.schedule.inputs, ACTIVATION, mode),
        "weight_noise": weight_noise,
        "noisy_values": np.zeros(len(weight_noise), precision),
    }


def _scales(units: list[Unit] | tuple[Unit, ...], quantity: int, mode: str) -> Array:
    """Return the scale of the noise on a quantity of each unit; empty if there is none."""
    noises = [getattr(unit.group, QUANTITIES[quantity]) for unit in units]
    scales = np.array([0.0 if unit.lesioned else scale_of(noise, mode) for unit, noise in zip(units, noises, strict=True)])
    return scales if scales.any() else np.zeros(0)


def _logistic_scales(units: list[Unit] | tuple[Unit, ...]) -> Array:
    """Return the scale of the logistic deviates on each net input; empty if there are none."""
    scales = np.array([0.0 if unit.lesioned else logistic_scale_of(unit.group) for unit in units])
    return scales if scales.any() else np.zeros(0)


def _numbers(units: list[Unit] | tuple[Unit, ...]) -> Integers:
    return np.array([noise_number(unit) for unit in units], np.int64)
