"""Emit LLVM IR on SIMD vectors.

A vector has the size of one register of this processor. In this package, the values that LLVM IR computes have no Python type, so they are
annotated as Any.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from llvmlite import ir

from connectionist_plugins.engines.compiled.machine_code.llvm import host_features

FEATURES = frozenset(host_features().split(","))
VECTOR_BYTES = 64 if "+avx512f" in FEATURES else 32 if "+avx" in FEATURES else 16
REGISTER_COUNT = 16 if "+sse2" in FEATURES and VECTOR_BYTES < 64 else 32
FUSE = ("contract",)  # fast-math flag: a product and the sum it goes into may be rounded once instead of twice

INT64 = ir.IntType(64)
INT64_BYTES = 8
INT32 = ir.IntType(32)


def constant(value: int) -> Any:
    """Return an int64 constant."""
    return ir.Constant(INT64, value)


class Vectors:
    """Emit instructions on vectors of one floating-point type, at the position of an IR builder.

    Parameters
    ----------
    builder : llvmlite.ir.IRBuilder
    number_type : llvmlite.ir.Type
        Type of the numbers, float or double.

    Attributes
    ----------
    number_bytes : int
        Size of a number.
    lanes : int
        Numbers per vector.
    vector_type : llvmlite.ir.Type
    zero : llvmlite.ir.Constant
        Vector of zeros.
    """

    def __init__(self, builder: Any, number_type: Any) -> None:
        self.builder = builder
        self.number_type = number_type
        self.number_bytes = 4 if isinstance(number_type, ir.FloatType) else 8
        self.lanes = VECTOR_BYTES // self.number_bytes
        self.vector_type = ir.VectorType(number_type, self.lanes)
        self.zero = ir.Constant(self.vector_type, [0.0] * self.lanes)

    def load(self, address: Any, value_type: Any = None) -> Any:
        """Return the vector, or the value of another type, at an address."""
        value_type = value_type or self.vector_type
        return self.builder.load(self.builder.inttoptr(address, ir.PointerType(value_type)), align=self.number_bytes)

    def store(self, value: Any, address: Any) -> None:
        """Write a vector or another value to an address."""
        self.builder.store(value, self.builder.inttoptr(address, ir.PointerType(value.type)), align=self.number_bytes)

    def prefetch(self, address: Any) -> None:
        """Start to load the cache line of an address. The address may be invalid."""
        byte_pointer, name, module = ir.PointerType(ir.IntType(8)), "llvm.prefetch.p0", self.builder.module
        signature = ir.FunctionType(ir.VoidType(), [byte_pointer, INT32, INT32, INT32])
        function = module.globals[name] if name in module.globals else ir.Function(module, signature, name)
        self.builder.call(function, [self.builder.inttoptr(address, byte_pointer), INT32(0), INT32(3), INT32(1)])

    def load_masked(self, mask: Any, address: Any) -> Any:
        """Return the vector at an address, with 0 in the lanes outside the mask. Memory of these lanes is not read."""
        pointer = self.builder.inttoptr(address, ir.PointerType(self.vector_type))
        return self.builder.call(self._masked("load"), [pointer, ir.Constant(INT32, self.number_bytes), mask, self.zero])

    def store_masked(self, value: Any, mask: Any, address: Any) -> None:
        """Write the lanes of a vector that are in the mask to an address."""
        pointer = self.builder.inttoptr(address, ir.PointerType(self.vector_type))
        self.builder.call(self._masked("store"), [value, pointer, ir.Constant(INT32, self.number_bytes), mask])

    def _masked(self, operation: str) -> Any:
        pointer, mask = ir.PointerType(self.vector_type), ir.VectorType(ir.IntType(1), self.lanes)
        parameters = [pointer, INT32, mask, self.vector_type] if operation == "load" else [self.vector_type, pointer, INT32, mask]
        signature = ir.FunctionType(self.vector_type if operation == "load" else ir.VoidType(), parameters)
        name = f"llvm.masked.{operation}.v{self.lanes}f{8 * self.number_bytes}.p0"
        module = self.builder.module
        return module.globals[name] if name in module.globals else ir.Function(module, signature, name)

    def first_lanes(self, count: Any) -> Any:
        """Return the mask of the first `count` lanes."""
        mask_type = ir.VectorType(INT64, self.lanes)
        indices = ir.Constant(mask_type, list(range(self.lanes)))
        return self.builder.icmp_signed("<", indices, self.broadcast(count, mask_type))

    def broadcast(self, number: Any, vector_type: Any = None) -> Any:
        """Return a vector, or one of another type, with one number in every lane."""
        vector_type = vector_type or self.vector_type
        undefined = ir.Constant(vector_type, ir.Undefined)
        first = self.builder.insert_element(undefined, number, ir.Constant(INT32, 0))
        return self.shuffle(first, undefined, [0] * self.lanes)

    def multiply_add(self, total: Any, a: Any, b: Any, *, fuses: bool = True) -> Any:
        """Return total + a · b. It is rounded once if the processor can do that fast, or always twice if not `fuses`.

        It is one instruction of the IR. LLVM could otherwise move a product out of a loop, away from its sum, and round twice.
        """
        if not fuses:
            return self.builder.fadd(self.builder.fmul(a, b), total)
        name, module = f"llvm.fmuladd.v{self.lanes}f{8 * self.number_bytes}", self.builder.module
        signature = ir.FunctionType(self.vector_type, [self.vector_type] * 3)
        function = module.globals[name] if name in module.globals else ir.Function(module, signature, name)
        return self.builder.call(function, [a, b, total])

    def added(self, a: Sequence[Any], b: Sequence[Any]) -> list[Any]:
        """Return the sums of the vectors of two lists."""
        return [self.builder.fadd(*pair) for pair in zip(a, b, strict=True)]

    def magnitude(self, vector: Any) -> Any:
        """Return the absolute values of a vector's numbers."""
        name, module = f"llvm.fabs.v{self.lanes}f{8 * self.number_bytes}", self.builder.module
        signature = ir.FunctionType(self.vector_type, [self.vector_type])
        function = module.globals[name] if name in module.globals else ir.Function(module, signature, name)
        return self.builder.call(function, [vector])

    def shuffle(self, a: Any, b: Any, indices: Sequence[int]) -> Any:
        """Return a vector of the numbers with the given indices in the concatenation of `a` and `b`."""
        return self.builder.shuffle_vector(a, b, ir.Constant(ir.VectorType(INT32, len(indices)), list(indices)))

    def lane_sums(self, vectors: Sequence[Any]) -> list[Any]:
        """Return the sum over the lanes of each vector, packed in order into as few vectors as possible.

        The number of vectors must be a power of two. Each sum adds the two halves of a vector, then the two halves of the result, and so
        on. It therefore does not depend on the other vectors.
        """
        packed, vectors = 1, list(vectors)  # number of sums per vector, each still spread over lanes / packed lanes
        while packed < self.lanes and len(vectors) > 1:
            vectors = [self._fold_pair(a, b, packed) for a, b in zip(vectors[::2], vectors[1::2], strict=True)]
            packed *= 2
        width = self.lanes // packed
        while width > 1:
            vectors = [self._fold(vector, packed, width) for vector in vectors]
            width //= 2
        return vectors

    def _fold_pair(self, a: Any, b: Any, packed: int) -> Any:
        width = self.lanes // packed
        starts = [start + side * self.lanes for side in (0, 1) for start in range(0, self.lanes, width)]
        return self._add_halves(a, b, starts, width)

    def _fold(self, vector: Any, packed: int, width: int) -> Any:
        return self._add_halves(vector, vector, [index * width for index in range(packed)], width)

    def _add_halves(self, a: Any, b: Any, starts: Sequence[int], width: int) -> Any:
        half = width // 2
        lower = self.shuffle(a, b, [start + lane for start in starts for lane in range(half)])
        upper = self.shuffle(a, b, [start + half + lane for start in starts for lane in range(half)])
        return self.builder.fadd(lower, upper)

    def extract(self, vectors: Sequence[Any], first: int, count: int) -> Any:
        """Return `count` successive numbers of a list of vectors, from index `first` on. All must be in one vector."""
        size = vectors[0].type.count
        vector = vectors[first // size]
        return self.shuffle(vector, vector, [first % size + lane for lane in range(count)])

    def loop(self, count: Any, carried: Sequence[Any], body: Callable[..., list[Any]]) -> list[Any]:
        """Emit a loop of `count` passes, at least 0.

        Parameters
        ----------
        count : int64 value
        carried : sequence of values
            Initial values of the variables that the loop carries from pass to pass.
        body : callable
            Emits the body. It takes the carried values and returns their new values.

        Returns
        -------
        list of values
            Carried values after the loop.
        """
        builder, before = self.builder, self.builder.block
        inside, after = builder.append_basic_block("loop"), builder.append_basic_block("after")
        builder.cbranch(builder.icmp_signed(">", count, constant(0)), inside, after)
        builder.position_at_end(inside)
        counter = builder.phi(INT64)
        current = [builder.phi(value.type) for value in carried]
        new = body(*current)
        following = builder.add(counter, constant(1))
        for phi, start, value in zip([counter, *current], [constant(0), *carried], [following, *new], strict=True):
            phi.add_incoming(start, before)
            phi.add_incoming(value, builder.block)
        end = builder.block
        builder.cbranch(builder.icmp_signed("<", following, count), inside, after)
        builder.position_at_end(after)
        return [self.phi((start, before), (value, end)) for start, value in zip(carried, new, strict=True)]

    def when(self, condition: Any, carried: Sequence[Any], body: Callable[..., list[Any]]) -> list[Any]:
        """Emit code that runs if a condition holds. ``body(*carried)`` returns the new carried values; otherwise they remain."""
        builder, before = self.builder, self.builder.block
        inside, after = builder.append_basic_block("then"), builder.append_basic_block("after")
        builder.cbranch(condition, inside, after)
        builder.position_at_end(inside)
        new = body(*carried)
        end = builder.block
        builder.branch(after)
        builder.position_at_end(after)
        return [self.phi((start, before), (value, end)) for start, value in zip(carried, new, strict=True)]

    def for_each_vector(self, count: Any, carried: Sequence[Any], body: Callable[..., list[Any]]) -> list[Any]:
        """Emit a loop over `count` numbers, vector by vector. ``body(load, store, *carried)`` returns the new carried values."""
        builder, lanes = self.builder, constant(self.lanes)
        carried = self.loop(builder.sdiv(count, lanes), carried, lambda *current: body(self.load, self.store, *current))
        return self.remainder(builder.srem(count, lanes), carried, body)

    def remainder(self, left: Any, carried: Sequence[Any], body: Callable[..., list[Any]]) -> list[Any]:
        """Emit one pass of a body for the last `left` numbers, with masked loads and stores; none if `left` is 0."""
        builder, mask = self.builder, self.first_lanes(left)

        def masked(*current: Any) -> list[Any]:
            return body(
                lambda address: self.load_masked(mask, address), lambda value, address: self.store_masked(value, mask, address), *current
            )

        return self.when(builder.icmp_signed(">", left, constant(0)), carried, masked)

    def phi(self, *incoming: tuple[Any, Any]) -> Any:
        """Return the value that belongs to the preceding block, from pairs of value and block."""
        phi = self.builder.phi(incoming[0][0].type)
        for value, block in incoming:
            phi.add_incoming(value, block)
        return phi


def for_each_chunk(vectors: Vectors, sizes: Sequence[int], total: Any, body: Callable[[int, Any], None]) -> None:
    """Cut `total` items into chunks of the first size, the remaining items into chunks of the second size, and so on to size 1.

    ``body(size, first)`` emits the code for one chunk.
    """
    builder, first = vectors.builder, constant(0)
    for size in sizes:

        def chunk(first: Any, size: int = size) -> list[Any]:
            body(size, first)
            return [builder.add(first, constant(size))]

        (first,) = vectors.loop(builder.sdiv(builder.sub(total, first), constant(size)), [first], chunk)


def strided_addresses(builder: Any, first: Any, distance: Any, count: int) -> list[Any]:
    """Return `count` addresses, `distance` bytes apart."""
    addresses = [first]
    while len(addresses) < count:
        addresses.append(builder.add(addresses[-1], distance))
    return addresses


class WeightType(NamedTuple):
    """What a weight is in memory: one number for all lanes, or a vector with one number for each lane."""

    is_vector: bool

    def size(self, vectors: Vectors) -> Any:
        """Return the distance in bytes between successive weights, an int64 constant."""
        return constant(VECTOR_BYTES if self.is_vector else vectors.number_bytes)

    def load(self, vectors: Vectors, address: Any) -> Any:
        """Return the vector of a weight: the number in all lanes, or the number of each lane."""
        return vectors.load(address) if self.is_vector else vectors.broadcast(vectors.load(address, vectors.number_type))


BROADCAST, PER_LANE = WeightType(is_vector=False), WeightType(is_vector=True)
