"""Public checks of plugins. Each takes a class or an object, and raises an AssertionError that says what is wrong.

>>> from connectionist.testing import check_update_rule
>>> from connectionist.plugins import registry
>>> check_update_rule(registry.find("update_rules", "momentum"))

"""

from connectionist.testing.engines import check_engine
from connectionist.testing.formats import check_file_format
from connectionist.testing.functions import check_activation_function, check_error_function
from connectionist.testing.input_functions import check_input_function
from connectionist.testing.networks import Features, random_network
from connectionist.testing.procedures import check_learning_procedure
from connectionist.testing.rules import check_update_rule
from connectionist.testing.tasks import check_task

__all__ = [
    "Features",
    "check_activation_function",
    "check_engine",
    "check_error_function",
    "check_file_format",
    "check_input_function",
    "check_learning_procedure",
    "check_task",
    "check_update_rule",
    "random_network",
]
