"""Array access in kernels: items, rows, ends of rows, and slices that are set to one number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir

from connectionist_plugins.engines.compiled.kernel_compiler.types import INT, Array, Struct, StructField, TupleOf
from connectionist_plugins.engines.compiled.kernel_compiler.values import Arithmetic, Constant, NotInSubset, Operand, Value, tuple_value


class Range:
    """A slice of one dimension: the first index, and the number of items."""

    def __init__(self, first: Any, count: Any) -> None:
        self.first, self.count = first, count


Index = Value | Range


class Arrays:
    """Emit access to arrays and structs at the position of an IR builder.

    Parameters
    ----------
    arithmetic : Arithmetic
        Its builder is used.
    """

    def __init__(self, arithmetic: Arithmetic) -> None:
        self.arithmetic = arithmetic
        self.builder = arithmetic.builder
        self.constant_memory = self.builder.module.add_metadata([])

    def field(self, struct: Value, field: StructField) -> Value:
        """Return a field of a struct. Its memory does not change while a kernel runs, so it need not be read again after a store."""
        if isinstance(field.type, Array):
            pointer, *shape = (ir.PointerType(field.type.item.stored), *[INT.llvm] * field.type.dimensions)
            parts = [self._word(struct, field.first_word + index, kind) for index, kind in enumerate((pointer, *shape))]
            return Value(field.type, tuple(parts))
        if isinstance(field.type, Struct):
            return Value(field.type, (self._word(struct, field.first_word, ir.PointerType(INT.llvm)),))
        if field.type.is_float:  # type: ignore[union-attr]
            return Value(field.type, (self._word(struct, field.first_word, field.type.llvm),))  # type: ignore[union-attr]
        word = Value(INT, (self._word(struct, field.first_word, INT.llvm),))
        return self.arithmetic.convert(word, field.type)

    def _word(self, struct: Value, index: int, kind: Any) -> Any:
        builder = self.builder
        address = builder.gep(struct.llvm, [INT.llvm(index)], inbounds=True)
        word = builder.load(builder.bitcast(address, ir.PointerType(kind)))
        word.set_metadata("invariant.load", self.constant_memory)
        return word

    def size(self, array: Value) -> Value:
        """Return the number of items."""
        size = Value(INT, (array.parts[1],))
        for each in array.parts[2:]:
            size = self.arithmetic.value(self.arithmetic.binary("Mult", size, Value(INT, (each,))))
        return size

    def attribute(self, array: Value, name: str) -> Operand:
        """Return an attribute of an array."""
        assert isinstance(array.type, Array)
        if name == "size":
            return self.size(array)
        if name == "shape":
            return tuple_value([Value(INT, (each,)) for each in array.parts[1:]])
        if name == "itemsize":
            return Constant(array.type.item.bytes)
        raise NotInSubset(f"the attribute {name} of an array")

    def raveled(self, array: Value) -> Value:
        """Return all items of an array as an array of one dimension."""
        assert isinstance(array.type, Array)
        return Value(Array(array.type.item, 1), (array.parts[0], self.size(array).llvm))

    def view(self, array: Value, indices: list[Index]) -> Value:
        """Return an item, or the part of an array that indices select. Only the last index may be a slice."""
        assert isinstance(array.type, Array)
        last = indices[-1]
        if len(indices) == array.type.dimensions and not isinstance(last, Range):
            return self.load(array, self.item_address(array, indices))
        if any(isinstance(each, Range) for each in indices[:-1]) or len(indices) > array.type.dimensions:
            raise NotInSubset("a slice before the last index")
        missing = array.type.dimensions - len(indices)
        whole = [Range(INT.llvm(0), array.parts[1 + len(indices) + index]) for index in range(missing)]
        kept = [each for each in (*indices, *whole) if isinstance(each, Range)]
        return Value(Array(array.type.item, len(kept)), (self._address(array, [*indices, *whole]), *[each.count for each in kept]))

    def item_address(self, array: Value, indices: list[Index]) -> Any:
        """Return the pointer to the item that indices select."""
        if any(isinstance(each, Range) for each in indices) or len(indices) != array.type.dimensions:  # type: ignore[union-attr]
            raise NotInSubset("an index of something other than one item")
        return self._address(array, indices)

    def load(self, array: Value, address: Any) -> Value:
        """Read an item."""
        item = array.type.item  # type: ignore[union-attr]
        stored = self.builder.load(address)
        return Value(item.value, (self.builder.zext(stored, INT.llvm) if item.bytes == 1 else stored,))

    def _address(self, array: Value, indices: list[Index]) -> Any:
        pointer, _, *lengths = array.parts
        starts = [each.first if isinstance(each, Range) else self._whole(each) for each in indices]
        offset = starts[0]
        for start, length in zip(starts[1:], lengths, strict=True):
            offset = self.builder.add(self.builder.mul(offset, length, flags=("nsw",)), start, flags=("nsw",))
        return self.builder.gep(pointer, [offset], inbounds=True)

    def _whole(self, index: Value) -> Any:
        if index.type is not INT:
            raise NotInSubset(f"an index of type {index.type}")
        return index.llvm

    def store(self, array: Value, address: Any, value: Operand) -> None:
        """Write a number to an item, rounded to the array's precision."""
        item = array.type.item  # type: ignore[union-attr]
        if item.bytes == 1:
            raise NotInSubset("an assignment to an array of flags")
        if array.type.is_read_only:  # type: ignore[union-attr]
            raise NotInSubset("an assignment to an array that is read-only")
        self.builder.store(self.arithmetic.convert(value, item.value).llvm, address)

    def fill(self, array: Value, indices: list[Index], value: Operand, loop: Callable[[Any, Callable[[Any], None]], None]) -> None:
        """Write a number to all items that a slice selects. ``loop(count, body)`` emits a loop over indices."""
        part = self.view(array, indices)
        if not isinstance(part.type, Array) or isinstance(self.arithmetic.value(value).type, TupleOf):
            raise NotInSubset("an assignment of something other than a number to a slice")
        pointer = part.parts[0]
        loop(self.size(part).llvm, lambda index: self.store(part, self.builder.gep(pointer, [index], inbounds=True), value))
