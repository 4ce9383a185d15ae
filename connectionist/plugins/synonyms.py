"""Names of other programs and of the literature for functions and rules. A message suggests the name that they have here."""

SYNONYMS = {
    "backprop": "steepest",
    "bce": "cross_entropy",
    "binary_cross_entropy": "cross_entropy",
    "categorical_cross_entropy": "divergence",
    "crossentropy": "cross_entropy",
    "gradient_descent": "steepest",
    "identity": "linear",
    "kl": "divergence",
    "kullback_leibler": "divergence",
    "mse": "squared",
    "quadratic": "squared",
    "relu": "rectified",
    "sgd": "steepest",
    "sigmoid": "logistic",
    "sse": "squared",
    "sum_squared": "squared",
    "widrow_hoff": "delta",
}
