"""The templates of the modules that `compile` compiles: each loops one formula over rows of cases, or over weights.

`module_text` fills them in.

Arrays are [row, case], `rows` rows of `stride` numbers, `count` of which are cases. Rows have space for whole vectors, so loops over cases
run to the end of the last vector (`width`), without a scalar remainder. Numbers between `count` and `width` are undefined. Rows without
space after `width` are treated as one long row. Pointers are to numbers of the arrays' precision unless noted. In the formula, ``self`` is
a named tuple of the plugin object's numeric parameters, which the placeholder ``SELF`` builds, so ``self.gain`` compiles unchanged. A
parameter that is True or False is so in the formula too, as in Python.

The C function for each role:

=============== ==========================================================================================================
activate        ``(x, y, rows, stride, count, parameters)``: write y = f(x)
net_input       ``(values, weight rows, sender rows, y, first row, connections, stride, scratch, parameters)``: return x of one unit in
                one case; the senders' rows of `y` are from `first row` on, `scratch` has 4 numbers per connection
input_slopes    the same; write ∂x/∂w and ∂x/∂y of each connection to the third and fourth row of `scratch` [4, connection]
dynamic_activate ``(x, previous, y, count, parameters)``: write y = f(x, previous) for `count` units
slope           ``(x, y, dy, rows, stride, count, parameters)``: multiply ∂E/∂y by the slope, which gives ∂E/∂x
joint_activate  ``(x, y, rows, units, stride, count, scratch, parameters)``: write y of a group; `rows` points to the int64
                rows of its units, `scratch` to float64 memory for 3 numbers per unit
joint_slope     ``(y, dy, rows, units, stride, count, scratch, parameters)``: replace ∂E/∂y of a group by ∂E/∂x
compare         ``(y, d, dy, errors, rows, stride, count, margin, parameters)``: add to ∂E/∂y [row, case] and to E [case];
                a target NaN, or an activation within the margin of the target, adds nothing
cost            ``(y, dy, errors, rows, stride, count, scale, parameters)``: add the cost of each activation to E [case], and `scale`
                times its slope to ∂E/∂y [row, case]
paired          ``(x, y, d, dx, errors, rows, stride, count, margin, scale, parameters)``: the same for an error function with a
                formula of the net input; write `scale` · ∂E/∂x of the units' own errors [row, case] to `dx`
joint_paired    ``(x, y, d, dx, errors, rows, target rows, rows of dx, units, stride, count, margin, scale, scratch, parameters)``:
                the same for a joint activation function; `target rows` are those of `d`, `scratch` has 5 numbers per unit
joint_compare   ``(y, d, dy, errors, rows, target rows, units, stride, count, margin, scale, scratch, parameters)``: as `compare` for a
                joint error function, with the rows of the units of a group, and `scale` times ∂E/∂y
signal          ``(value, senders, receivers, targets, count, parameters)``: return the sum over cases of a weight's signal
phased_signal   ``(value, senders, later senders, receivers, later receivers, targets, count, parameters)``: the same for a procedure whose
                signals are of two phases
case_signals    ``(value, senders, later senders, receivers, later receivers, targets, signals, count, parameters)``: write the signals of
                a weight in each case
matrix_signals  ``(values, signals, senders, later senders, receivers, later receivers, targets, rows, count, mode, sign, parameters)``:
                add `sign` times the signals of a weight matrix in one case. It is [receiver, sender] if `mode` is 0, else
                [sender, receiver]; `rows` and `count` are its rows and columns
change          ``(count, total, size, rows, values, derivatives, changes, memory, rates, rate, mode, decay, error, parameters)``:
                change `count` weights and their memory [name, `total`]; see below
=============== ==========================================================================================================

`parameters` points to the plugin object's float64 parameters, and then to the bits of two addresses: of the object, and of the table of
functions that call its formulas in Python. A C function calls one of them with its own arguments if a formula says that Python may have
raised (`guards`). Such a formula in the space after `count` cases is disregarded. In the roles paired and joint_paired, the parameters of
the activation function and the address of that object come between. ``activation_function`` is a named tuple, as ``self``.

`change` finds its weights in one of three ways (`mode`):

- ``CONTIGUOUS``: values, derivatives and changes point to the first of `count` successive weights with one `rate`
- ``CONTIGUOUS_STORING``: the same, and Δw is written to `changes`
- ``INDEXED``: they point to row 0 of arrays of `size` weights; `rows` (int64) and `rates` (float64) list the `count` weights; Δw is
  written to `changes`
"""

from __future__ import annotations

from typing import NamedTuple

from connectionist_plugins.engines.compiled.formulas.input_templates import INPUT_SLOPES, NET_INPUT, OF_INPUT_FUNCTIONS
from connectionist_plugins.engines.compiled.formulas.paired_templates import JOINT_COMPARE, JOINT_PAIRED, PAIRED

SET_WIDTH = """\
width = (count + LANES - 1) // LANES * LANES
if width == stride:
    stride, rows = rows * stride, 1
    width = (stride + LANES - 1) // LANES * LANES"""

ACTIVATE = """
def c_function(xs, ys, rows, stride, count, address_of_parameters):
    case_x, own_rows, own_stride = carray(xs, (rows, stride)), rows, stride
    SET_WIDTH
    x, y = carray(xs, (rows, stride)), carray(ys, (rows, stride))
    SELF
    raised = 0
    for row in range(rows):
        for case in range(width):
            value, raises = activation(self, x[row, case])
            ROUND_INWARD
            y[row, case] = rounded
            raised |= raises
    if raised:
        raised = 0
        for row in range(own_rows):
            for case in range(count):
                _, raises = activation(self, case_x[row, case])
                raised |= raises
        if raised:
            call(REPORTER, (plugin_of(parameters), address_of(x), address_of(y), own_rows, own_stride, count, 0))
"""

DYNAMIC_ACTIVATE = """
def c_function(xs, before, ys, count, address_of_parameters):
    x, previous, y = carray(xs, (count,)), carray(before, (count,)), carray(ys, (count,))
    SELF
    raised = 0
    for unit in range(count):
        value, raises = activation(self, x[unit], previous[unit])
        ROUND_INWARD
        y[unit] = rounded
        raised |= raises
    if raised:
        call(REPORTER, (plugin_of(parameters), address_of(x), address_of(previous), address_of(y), count, 0))
"""

SLOPE = """
def c_function(xs, ys, dys, rows, stride, count, address_of_parameters):
    case_x, case_y, own_rows, own_stride = carray(xs, (rows, stride)), carray(ys, (rows, stride)), rows, stride
    SET_WIDTH
    x, y, dy = carray(xs, (rows, stride)), carray(ys, (rows, stride)), carray(dys, (rows, stride))
    SELF
    raised = 0
    for row in range(rows):
        for case in range(width):
            value, raises = slope(self, x[row, case], y[row, case])
            dy[row, case] *= value
            raised |= raises
    if raised:
        raised = 0
        for row in range(own_rows):
            for case in range(count):
                _, raises = slope(self, case_x[row, case], case_y[row, case])
                raised |= raises
        if raised:
            call(REPORTER, (plugin_of(parameters), address_of(x), address_of(y), address_of(dy), own_rows, own_stride, count, 0))
"""

JOINT_ACTIVATE = """
def c_function(xs, ys, rows, units, stride, count, scratch, address_of_parameters):
    row = carray(rows, (units,))
    size = (row[units - 1] + 1) * stride
    x, y = carray(xs, (size,)), carray(ys, (size,))
    work = carray(scratch, (2, units))
    x_case, y_case = work[0], work[1]
    SELF
    for case in range(count):
        for unit in range(units):
            x_case[unit], y_case[unit] = x[row[unit] * stride + case], 0.0
        _, raises = activations(self, x_case, y_case)
        if raises:
            first = case * BYTES
            call(REPORTER, (plugin_of(parameters), address_of(x) + first, address_of(y) + first, address_of(row), units, stride, 1, 0, 0))
        else:
            for unit in range(units):
                value = y_case[unit]
                ROUND_INWARD
                y[row[unit] * stride + case] = rounded
"""

JOINT_SLOPE = """
def c_function(ys, dys, rows, units, stride, count, scratch, address_of_parameters):
    row = carray(rows, (units,))
    size = (row[units - 1] + 1) * stride
    y, dy = carray(ys, (size,)), carray(dys, (size,))
    work = carray(scratch, (3, units))
    y_case, dy_case, dx_case = work[0], work[1], work[2]
    SELF
    for case in range(count):
        for unit in range(units):
            y_case[unit] = y[row[unit] * stride + case]
            dy_case[unit], dx_case[unit] = dy[row[unit] * stride + case], 0.0
        _, raises = net_derivatives(self, y_case, dy_case, dx_case)
        if raises:
            first = case * BYTES
            call(REPORTER, (plugin_of(parameters), address_of(y) + first, address_of(dy) + first, address_of(row), units, stride, 1, 0, 0))
        else:
            for unit in range(units):
                dy[row[unit] * stride + case] = dx_case[unit]
"""

COMPARE_LOOP = """\
for row in range(rows):
    for case in range(width):
        has_target = (case < count) & (d[row, case] == d[row, case])
        activation, target = y[row, case] if case < count else 0.5, d[row, case] if has_target else 0.5
        COUNTS
        result, raises = derivative(self, activation, target)
        dy[row, case] += result if counts else 0.0
        raised |= raises & counts
        result, raises = error(self, activation, target)
        e[case] += result if counts else 0.0
        raised |= raises & counts"""

COMPARE = """
def c_function(ys, ds, dys, errors, rows, stride, count, margin, address_of_parameters):
    width = (count + LANES - 1) // LANES * LANES
    y, d, dy = carray(ys, (rows, stride)), carray(ds, (rows, stride)), carray(dys, (rows, stride))
    e = carray(errors, (width,))
    SELF
    raised = 0
    COMPARE_LOOPS
    if raised:
        addresses = address_of(y), address_of(d), address_of(dy), address_of(e)
        call(REPORTER, (plugin_of(parameters), *addresses, rows, stride, count, margin, 0))
"""
COST = """
def c_function(ys, dys, errors, rows, stride, count, scale, address_of_parameters):
    width = (count + LANES - 1) // LANES * LANES
    y, dy, e = carray(ys, (rows, stride)), carray(dys, (rows, stride)), carray(errors, (width,))
    SELF
    raised = 0
    for row in range(rows):
        for case in range(width):
            activation = float64(y[row, case]) if case < count else 0.5
            result, raises = slope(self, activation)
            dy[row, case] += scale * result if case < count else 0.0
            raised |= raises & (case < count)
            result, raises = cost(self, activation)
            e[case] += result if case < count else 0.0
            raised |= raises & (case < count)
    if raised:
        call(REPORTER, (plugin_of(parameters), address_of(y), address_of(dy), address_of(e), rows, stride, count, scale, 0))
"""

SIGNAL = """
def c_function(value, senders, receivers, targets, count, address_of_parameters):
    sender, receiver, target = carray(senders, (count,)), carray(receivers, (count,)), carray(targets, (count,))
    SELF
    total, raised = 0.0, 0
    for case in range(count):
        result, raises = signal(self, value, sender[case], receiver[case], target[case])
        total += result
        raised |= raises
    if raised:
        addresses = address_of(sender), address_of(receiver), address_of(target)
        return call_float(REPORTER, (plugin_of(parameters), value, *addresses, count, 0))
    return total
"""

PHASED_SIGNAL = """
def c_function(value, senders, later_senders, receivers, later_receivers, targets, count, address_of_parameters):
    sender, later_sender = carray(senders, (count,)), carray(later_senders, (count,))
    receiver, later_receiver, target = carray(receivers, (count,)), carray(later_receivers, (count,)), carray(targets, (count,))
    SELF
    total, raised = 0.0, 0
    for case in range(count):
        result, raises = signal(self, value, sender[case], later_sender[case], receiver[case], later_receiver[case], target[case])
        total += result
        raised |= raises
    if raised:
        addresses = address_of(sender), address_of(later_sender), address_of(receiver), address_of(later_receiver), address_of(target)
        return call_float(REPORTER, (plugin_of(parameters), value, *addresses, count, 0))
    return total
"""

CASE_SIGNALS = """
def c_function(value, senders, later_senders, receivers, later_receivers, targets, signals, count, address_of_parameters):
    width = (count + LANES - 1) // LANES * LANES
    sender, later_sender, out = carray(senders, (width,)), carray(later_senders, (width,)), carray(signals, (width,))
    receiver, later_receiver, target = carray(receivers, (width,)), carray(later_receivers, (width,)), carray(targets, (width,))
    SELF
    raised = 0
    for case in range(width):
        result, raises = signal(self, value, sender[case], later_sender[case], receiver[case], later_receiver[case], target[case])
        out[case] = result * 1.0 if case < count else 0.0
        raised |= raises & (case < count)
    if raised:
        ends = address_of(sender), address_of(later_sender), address_of(receiver), address_of(later_receiver), address_of(target)
        call(REPORTER, (plugin_of(parameters), value, *ends, address_of(out), count, 0))
"""

MATRIX_SIGNALS = """
def c_function(values, outs, senders, later_senders, receivers, later_receivers, targets, rows, count, mode, sign, address_of_parameters):
    value, out = carray(values, (rows * count,)), carray(outs, (rows * count,))
    sender, later_sender = carray(senders, (count,)), carray(later_senders, (count,))
    receiver, later_receiver, target = carray(receivers, (count,)), carray(later_receivers, (count,)), carray(targets, (count,))
    SELF
    raised = 0
    if mode:
        for row in range(rows):
            y, later_y, first = sender[row], later_sender[row], row * count
            for index in range(count):
                result, raises = signal(self, value[first + index], y, later_y, receiver[index], later_receiver[index], target[index])
                out[first + index] += sign * result
                raised |= raises
    else:
        for row in range(rows):
            y, later_y, d, first = receiver[row], later_receiver[row], target[row], row * count
            for index in range(count):
                result, raises = signal(self, value[first + index], sender[index], later_sender[index], y, later_y, d)
                out[first + index] += sign * result
                raised |= raises
    if raised:
        ends = address_of(sender), address_of(later_sender), address_of(receiver), address_of(later_receiver), address_of(target)
        call(REPORTER, (plugin_of(parameters), address_of(value), address_of(out), *ends, rows, count, mode, 0.0, 0))
"""

CHANGE = """
def c_function(count, total, size, rows, values, derivatives, changes, memories, rates, rate, mode, decay, error, address_of_parameters):
    memory, row, own_rate = carray(memories, (MEMORY_ROWS, total)), carray(rows, (count,)), carray(rates, (count,))
    if mode == INDEXED:
        value, derivative, last_change = carray(values, (size,)), carray(derivatives, (size,)), carray(changes, (size,))
        SUMMARIZE_BY_INDEX
        UPDATE_BY_INDEX
    else:
        value, derivative, last_change = carray(values, (count,)), carray(derivatives, (count,)), carray(changes, (count,))
        SUMMARIZE_RANGE
        if mode == STORING:
            UPDATE_RANGE_STORING
        else:
            UPDATE_RANGE
"""

UPDATE = """\
for index in range(count):
    self = SELF
    result, raises = change(self, value[WEIGHT], derivative[WEIGHT]EXTRA_ARGUMENTS)
    if raises:
        by_index, by_weight = index, 0 if mode == INDEXED else index * BYTES
        REPORT_CHANGE
    else:
        STORE_MEMORY
        value[WEIGHT] = (value[WEIGHT] + result[0]) * (1.0 - decay)"""

STORE_CHANGE = "last_change[WEIGHT] = result[0]"

REPORT_CHANGE = """\
call(REPORTER, (plugin_of(parameters), CHANGED, total, size, address_of(row) + 8 * by_index, address_of(value) + by_weight,
    address_of(derivative) + by_weight, address_of(last_change) + by_weight, address_of(memory) + BYTES * by_index,
    address_of(own_rate) + 8 * by_index, rate, mode, decay, error, 0))"""

SUMMARIZE = """\
of_all = memory[MEMORY_ROWS - 1]
for index in range(count):
    of_all[index] = derivative[WEIGHT]
summary, raises = summarize(RULE, of_all ERROR_ARGUMENT)
if raises:
    by_index, by_weight = 0, 0
    REPORT_ALL
    return"""

CONTIGUOUS, CONTIGUOUS_STORING, INDEXED = 0, 1, 2  # modes of `change`


class Template(NamedTuple):
    """Template of the C function for one role: the methods that it calls, its signature, and its text."""

    methods: tuple[str, ...]
    signature: str
    body: str


ROLES = {
    "activate": Template(("activation",), "void(numbers, numbers, int64, int64, int64, float64s)", ACTIVATE),
    "slope": Template(("slope",), "void(numbers, numbers, numbers, int64, int64, int64, float64s)", SLOPE),
    "joint_activate": Template(("activations",), "void(numbers, numbers, int64s, int64, int64, int64, float64s, float64s)", JOINT_ACTIVATE),
    "joint_slope": Template(("net_derivatives",), "void(numbers, numbers, int64s, int64, int64, int64, float64s, float64s)", JOINT_SLOPE),
    "compare": Template(
        ("error", "derivative"), "void(numbers, numbers, numbers, numbers, int64, int64, int64, float64, float64s)", COMPARE
    ),
    "cost": Template(("cost", "slope"), "void(numbers, numbers, numbers, int64, int64, int64, float64, float64s)", COST),
    "paired": Template(
        ("compare_net_input",),
        "void(numbers, numbers, numbers, numbers, numbers, int64, int64, int64, float64, float64, float64s)",
        PAIRED,
    ),
    "joint_paired": Template(
        ("compare_net_inputs",),
        "void(numbers, numbers, numbers, numbers, numbers, int64s, int64s, int64s, int64, int64, int64, float64, float64, "
        "float64s, float64s)",
        JOINT_PAIRED,
    ),
    "joint_compare": Template(
        ("compare",),
        "void(numbers, numbers, numbers, numbers, int64s, int64s, int64, int64, int64, float64, float64, float64s, float64s)",
        JOINT_COMPARE,
    ),
    "net_input": Template(("net_input",), f"float64({OF_INPUT_FUNCTIONS})", NET_INPUT),
    "input_slopes": Template(("slopes",), f"float64({OF_INPUT_FUNCTIONS})", INPUT_SLOPES),
    "signal": Template(("signal",), "float64(number, numbers, numbers, numbers, int64, float64s)", SIGNAL),
    "phased_signal": Template(("signal",), "float64(number, numbers, numbers, numbers, numbers, numbers, int64, float64s)", PHASED_SIGNAL),
    "dynamic_activate": Template(("activation",), "void(numbers, numbers, numbers, int64, float64s)", DYNAMIC_ACTIVATE),
    "case_signals": Template(
        ("signal",), "void(number, numbers, numbers, numbers, numbers, numbers, numbers, int64, float64s)", CASE_SIGNALS
    ),
    "matrix_signals": Template(
        ("signal",),
        "void(numbers, numbers, numbers, numbers, numbers, numbers, numbers, int64, int64, int64, float64, float64s)",
        MATRIX_SIGNALS,
    ),
    "change": Template(
        ("change",),
        "void(int64, int64, int64, int64s, numbers, numbers, numbers, numbers, float64s, float64, int64, float64, float64, float64s)",
        CHANGE,
    ),
}
