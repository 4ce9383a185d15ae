"""Training by procedures with random units. The kernels compute on the state of the units, one case after the other, as the objects do."""
