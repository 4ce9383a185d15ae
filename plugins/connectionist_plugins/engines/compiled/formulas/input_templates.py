"""The templates of input functions; see `templates`."""

from __future__ import annotations

OF_INPUT_FUNCTIONS = "numbers, int64s, int64s, numbers, int64, int64, int64, float64s, float64s"  # types of the parameters

GATHER = """\
weight_row, sender_row = carray(weight_rows, (connections,)), carray(sender_rows, (connections,))
value, carried, work = carray(values, (1,)), carray(ys, (1,)), carray(scratch, (4, connections))
weights, activations, weight_slopes, activation_slopes = work[0], work[1], work[2], work[3]
for index in range(connections):
    weights[index], activations[index] = value[weight_row[index]], carried[(first_row + sender_row[index]) * stride]
arrays = address_of(value), address_of(weight_row), address_of(sender_row), address_of(carried)
places = first_row, connections, stride, address_of(work)"""

NET_INPUT = """
def c_function(values, weight_rows, sender_rows, ys, first_row, connections, stride, scratch, address_of_parameters):
    GATHER
    SELF
    result, raises = net_input(self, weights, activations)
    if raises:
        return call_float(REPORTER, (plugin_of(parameters), *arrays, *places, 0))
    return result * 1.0
"""

INPUT_SLOPES = """
def c_function(values, weight_rows, sender_rows, ys, first_row, connections, stride, scratch, address_of_parameters):
    GATHER
    SELF
    for index in range(connections):
        weight_slopes[index], activation_slopes[index] = 0.0, 0.0
    _, raises = slopes(self, weights, activations, weight_slopes, activation_slopes)
    if raises:
        return call_float(REPORTER, (plugin_of(parameters), *arrays, *places, 0))
    return 0.0
"""
