"""Building machine code on vectors of numbers, for the few inner loops that must not be left to a compiler's judgement.

A vector holds as many numbers as a register of this processor does. What is built here goes into numba functions as intrinsics.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import ir
from numba.core.registry import cpu_target

FEATURES = frozenset(cpu_target.target_context.codegen().magic_tuple()[2].split(","))
VECTOR_BYTES = 64 if "+avx512f" in FEATURES else 32 if "+avx" in FEATURES else 16
REGISTERS = 16 if "+sse2" in FEATURES and VECTOR_BYTES < 64 else 32
FUSE = ("contract",)  # a product and the sum it goes into may be rounded once instead of twice

WHOLE = ir.IntType(64)
WHOLE_BYTES = 8
PLACE = ir.IntType(32)


def whole(number: int) -> Any:
    """Return a constant."""
    return ir.Constant(WHOLE, number)


class Vectors:
    """Vectors of one kind of number in the function that a builder is at.

    Parameters
    ----------
    builder : llvmlite.ir.IRBuilder
    number : llvmlite.ir.Type
        The kind of number, float or double.

    Attributes
    ----------
    number_bytes, lanes : int
        Size of a number, and how many make a vector.
    """

    def __init__(self, builder: Any, number: Any) -> None:
        self.builder = builder
        self.number = number
        self.number_bytes = 4 if isinstance(number, ir.FloatType) else 8
        self.lanes = VECTOR_BYTES // self.number_bytes
        self.kind = ir.VectorType(number, self.lanes)
        self.zero = ir.Constant(self.kind, [0.0] * self.lanes)

    def load(self, address: Any, kind: Any = None) -> Any:
        """Return the vector, or the value of another kind, at an address."""
        kind = kind or self.kind
        return self.builder.load(self.builder.inttoptr(address, ir.PointerType(kind)), align=self.number_bytes)

    def store(self, value: Any, address: Any) -> None:
        """Put a vector, or another value, at an address."""
        self.builder.store(value, self.builder.inttoptr(address, ir.PointerType(value.type)), align=self.number_bytes)

    def fetch(self, address: Any) -> None:
        """Have what is at an address brought into the cache meanwhile, if there is such an address."""
        byte, name, module = ir.PointerType(ir.IntType(8)), "llvm.prefetch.p0", self.builder.module
        kind = ir.FunctionType(ir.VoidType(), [byte, PLACE, PLACE, PLACE])
        fetch = module.globals[name] if name in module.globals else ir.Function(module, kind, name)
        self.builder.call(fetch, [self.builder.inttoptr(address, byte), PLACE(0), PLACE(3), PLACE(1)])

    def load_first(self, mask: Any, address: Any) -> Any:
        """Return the vector at an address, with 0 where the mask is not set; what is there is not read."""
        pointer = self.builder.inttoptr(address, ir.PointerType(self.kind))
        return self.builder.call(self._masked("load"), [pointer, ir.Constant(PLACE, self.number_bytes), mask, self.zero])

    def store_first(self, value: Any, mask: Any, address: Any) -> None:
        """Put a vector at an address, but for the places where the mask is not set."""
        pointer = self.builder.inttoptr(address, ir.PointerType(self.kind))
        self.builder.call(self._masked("store"), [value, pointer, ir.Constant(PLACE, self.number_bytes), mask])

    def _masked(self, what: str) -> Any:
        pointer, mask = ir.PointerType(self.kind), ir.VectorType(ir.IntType(1), self.lanes)
        given = [pointer, PLACE, mask, self.kind] if what == "load" else [self.kind, pointer, PLACE, mask]
        kind = ir.FunctionType(self.kind if what == "load" else ir.VoidType(), given)
        name = f"llvm.masked.{what}.v{self.lanes}f{8 * self.number_bytes}.p0"
        module = self.builder.module
        return module.globals[name] if name in module.globals else ir.Function(module, kind, name)

    def first(self, count: Any) -> Any:
        """Return the mask with as many places set as `count` says."""
        kind = ir.VectorType(WHOLE, self.lanes)
        places = ir.Constant(kind, list(range(self.lanes)))
        return self.builder.icmp_signed("<", places, self._spread(count, kind))

    def spread(self, number: Any) -> Any:
        """Return the vector that holds one number in every place."""
        return self._spread(number, self.kind)

    def _spread(self, number: Any, kind: Any) -> Any:
        undefined = ir.Constant(kind, ir.Undefined)
        first = self.builder.insert_element(undefined, number, ir.Constant(PLACE, 0))
        return self.pick(first, undefined, [0] * self.lanes)

    def add_product(self, total: Any, a: Any, b: Any) -> Any:
        """Return total + a · b."""
        return self.builder.fadd(self.builder.fmul(a, b, flags=FUSE), total, flags=FUSE)

    def pick(self, a: Any, b: Any, places: Sequence[int]) -> Any:
        """Return the numbers at some places of two vectors, those of the second counted on from the first's."""
        return self.builder.shuffle_vector(a, b, ir.Constant(ir.VectorType(PLACE, len(places)), list(places)))

    def sums(self, vectors: Sequence[Any]) -> list[Any]:
        """Return the sum of each vector's numbers, one after the other in as few vectors as hold them.

        There must be a power of two of them. However many there are, a vector's halves are added, then the halves of that, and so on:
        the same numbers come to the same sum whatever other vectors are summed beside.
        """
        held, vectors = 1, list(vectors)  # how many sums a vector holds, each still spread over lanes / held places
        while held < self.lanes and len(vectors) > 1:
            vectors = [self._fold(a, b, held) for a, b in zip(vectors[::2], vectors[1::2], strict=True)]
            held *= 2
        width = self.lanes // held
        while width > 1:
            vectors = [self._fold_in_place(vector, held, width) for vector in vectors]
            width //= 2
        return vectors

    def _fold(self, a: Any, b: Any, held: int) -> Any:
        width = self.lanes // held
        starts = [start + side * self.lanes for side in (0, 1) for start in range(0, self.lanes, width)]
        return self._add_halves(a, b, starts, width)

    def _fold_in_place(self, vector: Any, held: int, width: int) -> Any:
        return self._add_halves(vector, vector, [number * width for number in range(held)], width)

    def _add_halves(self, a: Any, b: Any, starts: Sequence[int], width: int) -> Any:
        half = width // 2
        lower = self.pick(a, b, [start + place for start in starts for place in range(half)])
        upper = self.pick(a, b, [start + half + place for start in starts for place in range(half)])
        return self.builder.fadd(lower, upper)

    def part(self, vectors: Sequence[Any], first: int, count: int) -> Any:
        """Return `count` successive numbers out of successive vectors, at most to the end of one."""
        size = vectors[0].type.count
        return self.pick(vectors[first // size], vectors[first // size], [first % size + place for place in range(count)])

    def loop(self, count: Any, carried: Sequence[Any], body: Callable[..., list[Any]]) -> list[Any]:
        """Go through a body so many times, at least 0, and return what it carries on from time to time."""
        builder, before = self.builder, self.builder.block
        inside, after = builder.append_basic_block("loop"), builder.append_basic_block("after")
        builder.cbranch(builder.icmp_signed(">", count, whole(0)), inside, after)
        builder.position_at_end(inside)
        number = builder.phi(WHOLE)
        now = [builder.phi(value.type) for value in carried]
        new = body(*now)
        following = builder.add(number, whole(1))
        for phi, start, value in zip([number, *now], [whole(0), *carried], [following, *new], strict=True):
            phi.add_incoming(start, before)
            phi.add_incoming(value, builder.block)
        end = builder.block
        builder.cbranch(builder.icmp_signed("<", following, count), inside, after)
        builder.position_at_end(after)
        return [self.joined((start, before), (value, end)) for start, value in zip(carried, new, strict=True)]

    def along(self, count: Any, carried: Sequence[Any], body: Callable[..., list[Any]]) -> list[Any]:
        """Go along so many numbers, vector by vector; `body` is given ways to load and to store, and returns what it carries on."""
        builder, lanes = self.builder, whole(self.lanes)
        carried = self.loop(builder.sdiv(count, lanes), carried, lambda *now: body(self.load, self.store, *now))
        return self.rest(builder.srem(count, lanes), carried, body)

    def rest(self, left: Any, carried: Sequence[Any], body: Callable[..., list[Any]]) -> list[Any]:
        """Go once, if anything is left, through a body whose vectors are not full."""
        builder, mask = self.builder, self.first(left)

        def last(*now: Any) -> list[Any]:
            return body(lambda place: self.load_first(mask, place), lambda value, place: self.store_first(value, mask, place), *now)

        return self.loop(builder.zext(builder.icmp_signed(">", left, whole(0)), WHOLE), carried, last)

    def joined(self, *ways: tuple[Any, Any]) -> Any:
        """Return a value that depends on the way by which this place was come to: pairs of value and block."""
        phi = self.builder.phi(ways[0][0].type)
        for value, block in ways:
            phi.add_incoming(value, block)
        return phi


def shared(vectors: Vectors, sizes: Sequence[int], total: Any, body: Callable[[int, Any], None]) -> None:
    """Cut what there is in total into shares of the first size, what is left into shares of the second, and so on to 1."""
    builder, at = vectors.builder, whole(0)
    for size in sizes:

        def one(at: Any, size: int = size) -> list[Any]:
            body(size, at)
            return [builder.add(at, whole(size))]

        (at,) = vectors.loop(builder.sdiv(builder.sub(total, at), whole(size)), [at], one)


def apart(builder: Any, first: Any, distance: Any, count: int) -> list[Any]:
    """Return so many addresses, each so far from the one before."""
    addresses = [first]
    while len(addresses) < count:
        addresses.append(builder.add(addresses[-1], distance))
    return addresses
