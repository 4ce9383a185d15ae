"""The compiled passes over one case, for weights that change after each example.

With one case there is no dimension of cases to vectorise over. But most units receive from units in successive rows, over weights in
successive rows (a stretch), so the sums are taken along those. Here the arrays of the block are used as rows of one number per unit.
"""

# mypy: disable-error-code="no-untyped-def,untyped-decorator"

from __future__ import annotations

from connectionist_plugins.engines.compiled.caching import kept
from connectionist_plugins.engines.compiled.kernels import REORDER, average_ties, change_weights, compare, gather_signals
from connectionist_plugins.engines.compiled.pointers import NUMBER_BYTES, WHOLE_BYTES, call


@kept(error_model="numpy", forceinline=True, fastmath=REORDER)
def add_up_one(wiring, place, values, y):
    """Return the net input of the unit at one place of the order (equation 1)."""
    total = 0.0
    for at in range(wiring.starts[place], wiring.starts[place + 1]):
        total += values[wiring.weights[at]] * y[wiring.senders[at]]
    return total


@kept(error_model="numpy", forceinline=True)
def add_up_patches_one(wiring, step, values, x, y):
    """Set the net inputs of the units of one step, patch by patch, four receivers at a time (equation 1)."""
    for place in range(wiring.bounds[step], wiring.bounds[step + 1]):
        x[wiring.units[place]] = 0.0
    for number in range(wiring.patch_starts[step], wiring.patch_starts[step + 1]):
        patch = wiring.patches[number]
        sender, senders, receiver, receivers, weight = patch[0], patch[1], patch[2], patch[3], patch[4]
        j = 0
        while j + 4 <= receivers:
            k0 = weight + j * senders
            k1, k2, k3 = k0 + senders, k0 + 2 * senders, k0 + 3 * senders
            x0, x1, x2, x3 = 0.0, 0.0, 0.0, 0.0
            for i in range(senders):
                y0 = y[sender + i]
                x0 += values[k0 + i] * y0
                x1 += values[k1 + i] * y0
                x2 += values[k2 + i] * y0
                x3 += values[k3 + i] * y0
            r = receiver + j
            x[r] += x0
            x[r + 1] += x1
            x[r + 2] += x2
            x[r + 3] += x3
            j += 4
        while j < receivers:
            total = 0.0
            for i in range(senders):
                total += values[weight + j * senders + i] * y[sender + i]
            x[receiver + j] += total
            j += 1


@kept(error_model="numpy", forceinline=True)
def forward_one(wiring, functions, values, cases):
    """Activate every step in order."""
    x, y = cases.x[:, 0], cases.y[:, 0]
    for step in range(functions.activate.size):
        first, end = wiring.bounds[step], wiring.bounds[step + 1]
        if wiring.patch_starts[step] < wiring.patch_starts[step + 1]:
            add_up_patches_one(wiring, step, values, x, y)
        else:
            for place in range(first, end):
                x[wiring.units[place]] = add_up_one(wiring, place, values, y)
        f, parameters = functions.activate[step], functions.activation_parameters[step]
        if functions.joint[step]:
            rows = wiring.units.ctypes.data + WHOLE_BYTES * first
            call(f, (x.ctypes.data, y.ctypes.data, rows, end - first, 1, 1, cases.scratch.ctypes.data, parameters))
        else:
            row = NUMBER_BYTES * wiring.units[first]
            call(f, (x.ctypes.data + row, y.ctypes.data + row, end - first, parameters))


@kept(error_model="numpy", forceinline=True)
def hand_back_one(wiring, place, values, derivatives, cases):
    """Add to each incoming weight's derivative (equation 6) and to each sender's ∂E/∂y (equation 7)."""
    net_derivative = cases.dx[wiring.units[place], 0]
    for at in range(wiring.starts[place], wiring.starts[place + 1]):
        sender, weight = wiring.senders[at], wiring.weights[at]
        derivatives[weight] += net_derivative * cases.y[sender, 0]
        if wiring.backs[at]:
            cases.dy[sender, 0] += net_derivative * values[weight]


@kept(error_model="numpy", forceinline=True)
def hand_back_patches_one(wiring, step, values, derivatives, cases):
    """Add to the derivatives of the weights into one step (equation 6) and to the senders' ∂E/∂y (equation 7), patch by patch."""
    y, dx, dy = cases.y[:, 0], cases.dx[:, 0], cases.dy[:, 0]
    for number in range(wiring.patch_starts[step], wiring.patch_starts[step + 1]):
        patch = wiring.patches[number]
        sender, senders, receiver, receivers, weight, back = patch[0], patch[1], patch[2], patch[3], patch[4], patch[5]
        for j in range(receivers):
            k, net_derivative = weight + j * senders, dx[receiver + j]
            for i in range(senders):
                derivatives[k + i] += net_derivative * y[sender + i]
            if back:
                for i in range(senders):
                    dy[sender + i] += net_derivative * values[k + i]


@kept(error_model="numpy", forceinline=True)
def backward_one(wiring, functions, values, derivatives, cases):
    """Ask every step, last first, to hand back its error derivatives."""
    x, y, dy, dx = cases.x.ctypes.data, cases.y.ctypes.data, cases.dy.ctypes.data, cases.dx.ctypes.data
    for step in range(functions.slope.size - 1, -1, -1):
        first, end = wiring.bounds[step], wiring.bounds[step + 1]
        f, parameters = functions.slope[step], functions.activation_parameters[step]
        if functions.joint[step]:
            rows = wiring.units.ctypes.data + WHOLE_BYTES * first
            call(f, (y, dy, dx, rows, end - first, 1, 1, cases.scratch.ctypes.data, parameters))
        else:
            row = NUMBER_BYTES * wiring.units[first]
            call(f, (x + row, y + row, dy + row, dx + row, end - first, parameters))
        if wiring.patch_starts[step] < wiring.patch_starts[step + 1]:
            hand_back_patches_one(wiring, step, values, derivatives, cases)
        else:
            for place in range(first, end):
                hand_back_one(wiring, place, values, derivatives, cases)


@kept(error_model="numpy", forceinline=True)
def load_one(wiring, inputs, targets, case, cases):
    """Copy the inputs and targets of one example, from tables [case, unit]."""
    for number in range(wiring.inputs.size):
        if wiring.inputs[number] >= 0:
            cases.y[wiring.inputs[number], 0] = inputs[case, number]
    for number in range(wiring.outputs.size):
        cases.d[wiring.outputs[number], 0] = targets[case, number]


@kept(error_model="numpy")
def run_epoch_singly(wiring, functions, learning, weights, inputs, targets, order, cases, tolerance):
    """Present one epoch's examples, change the weights after each, and return E and how many were right."""
    error, right = 0.0, 0
    for case in order:
        weights.gathered[:] = 0.0
        load_one(wiring, inputs, targets, case, cases)
        forward_one(wiring, functions, weights.values, cases)
        error += compare(wiring, functions, cases, 1, tolerance)
        right += 1 - cases.wrong[0]
        if learning.signal == 0:
            backward_one(wiring, functions, weights.values, weights.gathered, cases)
        else:
            gather_signals(wiring, learning, weights.values, weights.gathered, cases, 1)
        if weights.mean:
            average_ties(wiring, weights.gathered)
        change_weights(learning, weights)
    return error, right
