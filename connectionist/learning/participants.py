"""The networks that `train_many` trains, given or made by a function of a seed, and their runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from connectionist.engines.engine import Engine
from connectionist.engines.phase import Criterion, Phase
from connectionist.engines.population import wiring_key
from connectionist.errors import ParameterError, WiringError
from connectionist.learning.member import Member
from connectionist.learning.network_changes import NetworkSettings, original_of
from connectionist.learning.population import NetworkNote, with_rate
from connectionist.learning.run import Run
from connectionist.learning.run_of_seed import RunOfSeed
from connectionist.learning.train_many_arguments import given_networks, given_rates, given_seeds
from connectionist.learning.training_checks import check_criterion, check_training
from connectionist.model.assembly.description import NetworkDescription, describe
from connectionist.model.network import Network, build_network
from connectionist.model.perturbation import has_noise
from connectionist.utils.caller_warnings import warn_caller
from connectionist.utils.functions import takes
from connectionist.utils.visible_text import shown

NetworkOfSeed = Callable[[int], Network]


class Participants:
    """The networks to train, given or made, with their seeds and rates.

    Parameters
    ----------
    networks, seeds, rates, examples
        As the user gave them; see `train_many`.
    phases : tuple of Phase
    engine : Engine
    tolerance : float
        Distance from the target below which an output unit is correct, above 0.
    criterion : Criterion or None
        None without one, or if `until` is a function.

    Raises
    ------
    ParameterError, DataError, WiringError
        As `train_many`.
    """

    def __init__(
        self,
        networks: object,
        seeds: object,
        rates: object,
        phases: tuple[Phase, ...],
        examples: Any,
        engine: Engine,
        tolerance: float,
        criterion: Criterion | None,
    ) -> None:
        self.phases, self.tolerance, self.criterion, self.examples = phases, tolerance, criterion, examples
        self.engine, self.settings = engine, engine.settings
        if callable(networks) and not takes(networks, 1):
            raise ParameterError(f"train_many.networks: a function must take one argument, the seed (got {shown(networks)})")
        self.make: NetworkOfSeed | None = networks if callable(networks) else None
        self.networks = () if callable(networks) else given_networks(networks)
        self.seeds = given_seeds(seeds, None if self.make else [network.seed for network in self.networks])
        self.rates = given_rates(rates, len(self.seeds), phases)
        self.known: dict[int, tuple[NetworkSettings, tuple[object, ...]]] = {}  # networks that are kept, and their keys
        self.has_warned = False

    def warn_if_equal(self, network: Network, members: Sequence[Member]) -> None:
        """Warn once of the first member that has all that another one of its population has, as copies of one network have."""
        if self.has_warned or not any(phase.epochs for phase in self.phases):
            return
        is_drawn = any(phase.order != "fixed" for phase in self.phases) or has_noise(network, "training")
        positions: dict[tuple[object, ...], int] = {}
        for member in members:
            same = member.initial.tobytes(), member.rate, member.seed if is_drawn else None
            first = positions.setdefault(same, member.position)
            if first != member.position:
                self.has_warned = True
                same_text = "weights and seed" if is_drawn else "weights"
                advice = f"draw the weights of each with its own seed, as network.randomize(0.5, seed={member.seed})"
                if self.seeds[first] == member.seed:
                    advice = f"both have the seed {member.seed}; give each network another seed, and draw its weights with it"
                warn_caller(
                    f"train_many: networks {first} and {member.position}, counted from 0, have the same {same_text}, so their runs are "
                    f"equal; {advice}"
                )
                return

    def make_network(self, position: int) -> Network:
        """Return the network of a position, made by the function if there is one."""
        with NetworkNote("making", position, self.seeds[position]):
            network: object = self.make(self.seeds[position]) if self.make else self.networks[position]
            if not isinstance(network, Network):
                raise ParameterError(f"train_many.networks: the function must return a Network (got {shown(network)})")
        return network

    def is_known(self, network: Network) -> bool:
        """Return whether a network was returned before and is kept, after checking that only its weights have changed."""
        if id(network) not in self.known:
            return False
        self.check_kept(network)
        return True

    def check_kept(self, network: Network) -> None:
        """Raise WiringError if the function has changed more than the weights of a network that it returned before."""
        if not self.known[id(network)][0].is_same():
            raise WiringError(
                f"train_many.networks: the function changed more than the weights of {network.name!r}, which it had returned before; "
                f"return a new network for each seed, or change its weights only"
            )

    def key_of(self, network: Network) -> tuple[object, ...]:
        """Return the key of a network's wiring, after checking that the examples fit it, if it is not kept.

        A list of examples becomes an `ExampleSet` then.
        """
        if id(network) in self.known:
            return self.known[id(network)][1]
        self.examples = network._examples(self.examples)
        return wiring_key(network)

    def keep(self, network: Network, key: tuple[object, ...]) -> None:
        """Keep a network, the first one of a wiring, after checking that it can be trained."""
        self.known[id(network)] = NetworkSettings.of(network), key
        check_criterion(self.criterion, network, self.examples, self.tolerance, "train_many")
        check_training(network, self.examples, self.phases)

    def description_of(self, network: Network) -> NetworkDescription | None:
        """Return what `trained_network` makes the networks of a wiring from; None if it needs none."""
        return None if self.make is None else describe(original_of(network))

    def trained_network(self, member: Member) -> Network:
        """Return a network of a member's own with its weights after training."""
        assert member.description is not None
        network = build_network(member.description)
        network.name, network.seed = member.name_and_seed
        if member.ticks is not None:
            network = network.unroll(member.ticks)
        network.weight_values = member.values
        return network

    def run(self, member: Member) -> Run:
        """Return the run of a member. Before training, only that of a member without a network may be asked for."""
        if self.make is not None:
            return RunOfSeed(self, member)
        return member.run or member.add_log(Run(member.network, **self.attributes(member)))  # type: ignore[arg-type]

    def attributes(self, member: Member) -> dict[str, Any]:
        """Return the attributes of a member's run, without its network and its log."""
        phases = self.phases if member.rate is None else tuple(with_rate(phase, member.rate) for phase in self.phases)
        found = {name: getattr(member.run or member, name) for name in ("memory", "stopped", "seconds")}
        found |= {"phases": phases, "engine": self.engine.name, "seed": member.seed, "engine_settings": self.settings}
        continuation = member.continuation(self.engine, self.tolerance, len(self.examples), len(phases))
        return found | {"ran_by": member.ran_by(self.engine), "_continuation": continuation}
