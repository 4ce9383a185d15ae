"""Check of a file format: it reads its own files, and a damaged file is an error of the simulator."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from connectionist.data.example_set import ExampleSet
from connectionist.errors import ConnectionistError, FormatError
from connectionist.formats.choose_format import candidates_for
from connectionist.formats.file_format import FileFormat, abilities
from connectionist.formats.input_file import InputFile
from connectionist.formats.read import read_examples, read_network, read_weights
from connectionist.formats.write import write_examples, write_network, write_weights
from connectionist.model.network import Network
from connectionist.testing.claims import assert_close, assert_that, check_declaration, make_instance
from connectionist.testing.mutations import mutated
from connectionist.testing.networks import random_network

ROUNDS = 4  # random networks and sets of examples
PLAIN: dict[str, Any] = dict.fromkeys(
    ("ties", "lesions", "frozen", "rates", "margins", "missing_targets", "one_way", "frequencies", "delays", "integrators", "initial"),
    False,
) | {"ticks_back": False, "continues": False, "noise": False, "perturbed": False, "activations": ("logistic",), "errors": ("squared",)}
VARIED: tuple[dict[str, Any], ...] = (
    PLAIN,
    PLAIN | {"missing_targets": True, "frequencies": True},
    PLAIN | {"delays": True, "missing_targets": True},
    {},
)


def check_file_format(
    file_format: type[FileFormat] | FileFormat,
    samples: Iterable[str | Path] = (),
    *,
    mutations: int = 200,
    tolerance: float = 1e-5,
    seed: int = 0,
) -> None:
    """Check a file format.

    It must be a frozen dataclass with a name and at least one suffix, and must read or write something. It must read again the
    random examples, networks and weights that it writes, if it can do both; and it must be found for these files without ``format=``.
    It may raise a `FormatError` for examples or networks that it does not support, but not for all. A mutated file must be read, or raise
    an error of the simulator.

    Parameters
    ----------
    file_format : FileFormat or class of FileFormat
    samples : iterable of path
        Further files to read and to mutate.
    mutations : int
        Number of mutated files.
    tolerance : float
        Greatest relative difference of numbers after writing and reading.
    seed : int
        Of the mutations.

    Raises
    ------
    AssertionError
        If a check fails. The message names the format, the property, what was allowed and what was found.

    Examples
    --------
    >>> from connectionist.plugins import registry
    >>> check_file_format(registry.find("file_formats", "lens_weights"), mutations=20)
    """
    made = make_instance(file_format, FileFormat)
    check_declaration(made)
    owner = type(made).__name__
    suffixes = made.suffixes + made.sniffed_suffixes
    has_suffixes = suffixes and all(each.startswith(".") and each == each.lower() for each in suffixes)
    assert_that(has_suffixes, owner, "suffixes", "one or more, in lower case and with the dot", suffixes)
    assert_that(abilities(made), owner, "methods", "one or more of those that read and write", "none")
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / f"written{suffixes[0]}"
        for check in (_check_examples, _check_networks, _check_weights):
            check(made, written, tolerance)
        files = [*(Path(sample) for sample in samples), *_files_of(made, Path(folder))]
        _check_mutations(made, Path(folder), files, mutations, Random(seed))


def _cases() -> Iterator[tuple[int, Network, ExampleSet]]:
    for number in range(ROUNDS):
        yield number, *random_network(number, **VARIED[number % len(VARIED)])
    network, given = random_network(ROUNDS, **PLAIN)
    yield ROUNDS, network, ExampleSet.from_arrays(given.inputs > 0, given.targets > 0.5)  # for formats without negative numbers


def _can_write(write: Callable[[], None]) -> bool:
    """Return whether a format can write something."""
    try:
        write()
    except FormatError:
        return False
    return True


def _check_examples(made: FileFormat, path: Path, tolerance: float) -> None:
    if "write_examples" not in abilities(made):
        return
    written = [_check_example_set(made, path, network, ExampleSet(given, network), tolerance) for _, network, given in _cases()]
    assert_that(any(written), type(made).__name__, "writing of plain examples", "possible", "impossible")


def _check_example_set(made: FileFormat, path: Path, network: Network, examples: ExampleSet, tolerance: float) -> bool:
    """Return whether examples can be written, after reading them again."""
    if not _can_write(partial(write_examples, examples, path, made)):
        return False
    if "read_examples" in abilities(made):
        _check_found(made, path, "read_examples")
        _compare(type(made).__name__, read_examples(path, network, made), examples, tolerance)
    return True


def _check_found(made: FileFormat, path: Path, ability: str) -> None:
    """Check that a file of the format is one of no other format, with each of its suffixes."""
    for suffix in made.suffixes + made.sniffed_suffixes:
        copy = path.with_name(f"copy{suffix}")
        copy.write_bytes(path.read_bytes())
        candidates = candidates_for(copy, ability, InputFile(copy))
        others = [each.name for each in candidates if type(each) is not type(made)]
        assert_that(
            not others, type(made).__name__, f"file with the suffix {suffix}", "its own by sniff alone", f"also {', '.join(others)}"
        )
        assert_that(made.sniff(InputFile(copy).beginning()), type(made).__name__, "sniff of a file that it wrote", "True", "False")
        copy.unlink()


def _compare(owner: str, got: ExampleSet, wanted: ExampleSet, tolerance: float) -> None:
    assert_that(len(got) == len(wanted), owner, "number of examples", str(len(wanted)), len(got))
    for mine, other in zip(got, wanted, strict=True):
        for field in ("inputs", "targets", "frequency", "error_weight"):
            assert_close(getattr(mine, field), getattr(other, field), tolerance, owner, f"{field} of example {other.name!r}")
        assert_that(mine.continues == other.continues, owner, f"continues of example {other.name!r}", str(other.continues), mine.continues)
        assert_that(mine.clamps.keys() == other.clamps.keys(), owner, "clamps", str([*other.clamps]), [*mine.clamps])
        for group, clamps in other.clamps.items():
            assert_close(mine.clamps[group], clamps, tolerance, owner, f"clamps of example {other.name!r}")


def _check_networks(made: FileFormat, path: Path, tolerance: float) -> None:
    if "write_network" not in abilities(made):
        return
    is_written = False
    for number, network, examples in _cases():
        if _can_write(partial(write_network, network, path, made)):
            is_written = True
            if "read_network" in abilities(made):
                _check_found(made, path, "read_network")
                got, wanted = (np.asarray(each.outputs(examples)) for each in (read_network(path, made), network))
                assert_close(got, wanted, tolerance, type(made).__name__, f"outputs of network {number} after writing and reading")
    assert_that(is_written, type(made).__name__, "writing of plain networks", "possible", "impossible")


def _check_weights(made: FileFormat, path: Path, tolerance: float) -> None:
    if "write_weights" not in abilities(made):
        return
    for number, network, _ in _cases():
        if _can_write(partial(write_weights, network, path, made)) and "read_weights" in abilities(made):
            _check_found(made, path, "read_weights")
            again = network.copy()
            again.weight_values = np.zeros(len(again.weights))
            read_weights(again, path, made)
            assert_close(again.weight_values, network.weight_values, tolerance, type(made).__name__, f"weights of network {number}")


def _readers(made: FileFormat, network: Network | None) -> list[Callable[[Path], object]]:
    """Return functions that read a file in each way that a format can."""
    can = abilities(made)
    readers: list[Callable[[Path], object]] = []
    for strict in (True, False):
        if "read_examples" in can:
            readers += [partial(read_examples, network=each, format=made, strict=strict) for each in {network, None}]
        if "read_network" in can:
            readers.append(partial(read_network, format=made, strict=strict))
        if "read_weights" in can and network is not None:
            readers.append(partial(read_weights, network.copy(), format=made, strict=strict))
        if "read_table" in can:
            readers.append(lambda path, strict=strict: made.read_table(InputFile(path, strict=strict)))  # type: ignore[misc]
    return readers


def _files_of(made: FileFormat, folder: Path) -> list[Path]:
    """Return files that a format writes."""
    files = []
    for number, network, examples in _cases():
        for ability, write in (
            ("write_examples", partial(write_examples, ExampleSet(examples, network))),
            ("write_network", partial(write_network, network)),
            ("write_weights", partial(write_weights, network)),
        ):
            path = folder / f"{ability}-{number}{(made.suffixes + made.sniffed_suffixes)[0]}"
            if ability in abilities(made) and _can_write(partial(write, path, made)):
                files.append(path)
    return files


def _check_mutations(made: FileFormat, folder: Path, files: list[Path], mutations: int, random: Random) -> None:
    readers = _readers(made, random_network(0, **PLAIN)[0])
    if not readers or not files:
        return
    path = folder / f"mutated{(made.suffixes + made.sniffed_suffixes)[0]}"
    contents = [file.read_bytes() for file in files]
    for number in range(mutations + len(files)):
        content = contents[number] if number < len(files) else mutated(random.choice(contents), random)
        path.write_bytes(content)
        for read in readers:
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    read(path)
            except ConnectionistError:
                continue
            except Exception as error:
                raise AssertionError(
                    f"{type(made).__name__}, reading of a damaged file: must end in an error of the simulator "
                    f"(got {type(error).__name__}: {error}, of the content {content[:500]!r})"
                ) from error
