"""A network as the kernels take it, which is kept between calls: a small network then needs no new buffers for each of them."""

from __future__ import annotations

from dataclasses import dataclass

from connectionist.data.example_set import ExampleSet
from connectionist.model.network import Network
from connectionist.model.noise import NoiseSource
from connectionist.utils.arrays import Array
from connectionist_plugins.engines.compiled.kernel_compiler.structs import packed
from connectionist_plugins.engines.compiled.kernels.arguments import CaseBuffers, NetworkArguments
from connectionist_plugins.engines.compiled.layout.buffers import make_buffers
from connectionist_plugins.engines.compiled.layout.functions import KnownFunctions
from connectionist_plugins.engines.compiled.layout.program import Program, with_clamped_derivatives
from connectionist_plugins.engines.compiled.precision import Precision
from connectionist_plugins.engines.compiled.simd.table import block_loops, case_loops

KEPT_BYTES = 2**18  # largest buffers that are kept, so that a thousand networks do not fill the memory


@dataclass(eq=False)
class ReadyNetwork:
    """A network with buffers, as an argument of the kernels.

    Attributes
    ----------
    buffers : CaseBuffers
    arguments, recording_arguments : NetworkArguments
        Without and with the recording of ∂E/∂y.
    form : tuple or None
        What the buffers depend on, beside the program and its functions; None if they have state or numbers of some examples.
    """

    buffers: CaseBuffers
    arguments: NetworkArguments
    recording_arguments: NetworkArguments
    form: tuple[object, ...] | None

    @classmethod
    def of(
        cls,
        program: Program,
        known: KnownFunctions,
        network: Network,
        examples: ExampleSet,
        count: int,
        precision: Precision,
        threads: int = 1,
        records_dy: bool = False,
        noise: NoiseSource | None = None,
        after_example: int = 0,
        direct_weights: Array | None = None,
    ) -> ReadyNetwork:
        """Take the network that was kept by `keep` if it has the form that is needed, or make one.

        The parameters are those of `make_buffers`, and `known`, the functions of the program.
        """
        form = None
        if not (records_dy or noise or after_example or network.ticks_back) and direct_weights is None and _is_plain(examples):
            form = count, threads, examples.ticks
            kept = known.kept_networks.pop(form, None)
            if kept is not None:
                return kept
        buffers = make_buffers(
            program, network, examples, count, precision, threads, records_dy, noise, after_example, direct_weights=direct_weights
        )
        loops = case_loops(precision) if program.layout.spacing > 1 else block_loops(precision)
        arguments = NetworkArguments(program.packed_wiring, known.packed, loops, packed(buffers, precision))
        recording = arguments._replace(wiring=with_clamped_derivatives(program.wiring)) if records_dy else arguments
        return cls(buffers, packed(arguments, precision), packed(recording, precision), form)

    def keep(self, known: KnownFunctions) -> bool:
        """Keep the network for the next call, if its buffers are small and hold nothing of this one. Return whether it is kept.

        Then the caller must take it again: another thread may use its buffers.
        """
        if self.form is None or self.buffers.x.nbytes > KEPT_BYTES:
            return False
        known.kept_networks.clear()
        known.kept_networks[self.form] = self
        return True


def _is_plain(examples: ExampleSet) -> bool:
    """Return whether buffers for these examples depend on the number of ticks only."""
    has_one_length = examples.lengths is None or bool((examples.lengths == examples.ticks).all())
    return has_one_length and not (examples.clamps or examples.continues.any() or (examples.error_weights != 1.0).any())
