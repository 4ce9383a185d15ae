"""The templates of error functions with a formula of the net input, and of joint ones; see `templates`."""

from __future__ import annotations

IS_WITHIN = """\
is_high = target >= 0.5
bound = target - margin if is_high else target + margin
within = (margin > 0.0) & (activation > bound if is_high else activation < bound)"""

PAIRED_LOOP = """\
for row in range(rows):
    for case in range(width):
        has_target = (case < count) & (d[row, case] == d[row, case])
        net_input = x[row, case] if has_target else 0.0
        activation, target = y[row, case] if has_target else 0.5, d[row, case] if has_target else 0.5
        COUNTS
        (error, derivative), raises = compare_net_input(self, net_input, activation, target, activation_function)
        dx[row, case] = derivative * scale if counts else 0.0
        e[case] += error if counts else 0.0
        raised |= raises & counts"""

PAIRED = """
def c_function(xs, ys, ds, dxs, errors, rows, stride, count, margin, scale, address_of_parameters):
    width = (count + LANES - 1) // LANES * LANES
    x, y = carray(xs, (rows, stride)), carray(ys, (rows, stride))
    d, dx, e = carray(ds, (rows, stride)), carray(dxs, (rows, stride)), carray(errors, (width,))
    SELF
    ACTIVATION_FUNCTION
    raised = 0
    PAIRED_LOOPS
    if raised:
        addresses = address_of(x), address_of(y), address_of(d), address_of(dx), address_of(e)
        call(REPORTER, (plugin_of(parameters), *addresses, rows, stride, count, margin, scale, activation_function_of(parameters)))
"""

JOINT_PAIRED = """
def c_function(xs, ys, ds, dxs, errors, rows, target_rows, dx_rows, units, stride, count, margin, scale, scratch, address_of_parameters):
    row, target_row, dx_row = carray(rows, (units,)), carray(target_rows, (units,)), carray(dx_rows, (units,))
    size = (row[units - 1] + 1) * stride
    x, y, e = carray(xs, (size,)), carray(ys, (size,)), carray(errors, (count,))
    d, dx = carray(ds, ((target_row[units - 1] + 1) * stride,)), carray(dxs, ((dx_row[units - 1] + 1) * stride,))
    work = carray(scratch, (5, units))
    x_case, y_case, d_case, e_case, dx_case = work[0], work[1], work[2], work[3], work[4]
    SELF
    ACTIVATION_FUNCTION
    for case in range(count):
        any_counts = 0
        for unit in range(units):
            x_case[unit], y_case[unit] = x[row[unit] * stride + case], y[row[unit] * stride + case]
            activation, target = y_case[unit], float64(d[target_row[unit] * stride + case])
            if margin > 0.0:
                IS_WITHIN
                target = NAN if within else target
            d_case[unit] = target
            any_counts |= target == target
        for unit in range(units):
            e_case[unit], dx_case[unit] = 0.0, 0.0
        raises = False
        if any_counts:
            _, raises = compare_net_inputs(self, x_case, y_case, d_case, e_case, dx_case, activation_function)
        if raises:
            first = case * BYTES
            arrays = address_of(x) + first, address_of(y) + first, address_of(d) + first, address_of(dx) + first, address_of(e) + first
            places = address_of(row), address_of(target_row), address_of(dx_row), units, stride, 1
            call(REPORTER, (plugin_of(parameters), *arrays, *places, margin, scale, 0, activation_function_of(parameters)))
        else:
            total = 0.0
            for unit in range(units):
                total += e_case[unit] if d_case[unit] == d_case[unit] else 0.0
                dx[dx_row[unit] * stride + case] = dx_case[unit] * scale
            e[case] += total
"""

JOINT_COMPARE = """
def c_function(ys, ds, dys, errors, rows, target_rows, units, stride, count, margin, scale, scratch, address_of_parameters):
    row, target_row = carray(rows, (units,)), carray(target_rows, (units,))
    size = (row[units - 1] + 1) * stride
    y, dy, e = carray(ys, (size,)), carray(dys, (size,)), carray(errors, (count,))
    d, work = carray(ds, ((target_row[units - 1] + 1) * stride,)), carray(scratch, (5, units))
    unit_of = work[4]
    SELF
    for case in range(count):
        used = 0
        for unit in range(units):
            activation, target = float64(y[row[unit] * stride + case]), float64(d[target_row[unit] * stride + case])
            IS_WITHIN
            if (target == target) & (not within):
                work[0, used], work[1, used], work[2, used], work[3, used] = activation, target, 0.0, 0.0
                unit_of[used] = unit * 1.0
                used += 1
        if used > 0:
            y_case, d_case, e_case, dy_case = work[0, :used], work[1, :used], work[2, :used], work[3, :used]
            _, raises = compare(self, y_case, d_case, e_case, dy_case)
            if raises:
                first = case * BYTES
                arrays = address_of(y) + first, address_of(d) + first, address_of(dy) + first, address_of(e) + first
                places = address_of(row), address_of(target_row), units, stride, 1
                call(REPORTER, (plugin_of(parameters), *arrays, *places, margin, scale, 0, 0))
            else:
                total = 0.0
                for index in range(used):
                    total += e_case[index]
                    dy[row[int64(unit_of[index])] * stride + case] += dy_case[index] * scale
                e[case] += total
"""
