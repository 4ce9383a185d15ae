"""Mutations of files, for tests of what reads them."""

from __future__ import annotations

import re
from random import Random

WORD = re.compile(rb"[^\s]+")
WORDS = (
    *(
        b"0",
        b"-1",
        b"1",
        b"2",
        b"99999999999",
        b"1000000",
        b"2147483647",
        b"1e999",
        b"1e-999",
        b"nan",
        b"inf",
        b"0x10",
        b"+1",
        b"1_0",
        b".",
    ),
    *(b"-", b"*", b"**", b";", b":", b"=", b"&", b"|", b",", b"{", b"}", b"(", b")", b"[", b"]", b'"', b"'", b"#", b"<", b">", b"%", b"\\"),
    *(b"", b"\n", b"\r", b"\t", b"\x00", b"\x1a", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\x1f\x8b", b"9" * 400, b"x" * 5000, b"[" * 2000),
    *(b"{" * 2000, b"\xe9", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x7f\xc0\x00\x00", b"/etc/passwd", b"../x", b"name:", b"end"),
)


def mutated(content: bytes, random: Random) -> bytes:
    """Return the content of a file with one to four changes.

    A word is deleted, doubled, replaced, or exchanged with another one; a bit is flipped; a part is deleted, doubled or moved; or the end
    is cut.
    """
    for _ in range(random.randint(1, 4)):
        content = (_mutate_word if random.random() < 0.6 else _mutate_bytes)(content, random)
    return content


def _mutate_word(content: bytes, random: Random) -> bytes:
    spans = [_word_near(content, random.randrange(len(content) + 1)) for _ in range(2)]
    (first, end), (other, other_end) = sorted(spans)
    word = content[first:end]
    kind = random.randrange(4)
    if kind == 0:
        return content[:first] + content[end:]
    if kind == 1:
        return content[:end] + b" " + word + content[end:]
    if kind == 2:
        return content[:first] + random.choice(WORDS) + content[end:]
    if other < end:
        return content
    return content[:first] + content[other:other_end] + content[end:other] + word + content[other_end:]


def _word_near(content: bytes, at: int) -> tuple[int, int]:
    match = WORD.search(content, at) or WORD.search(content)
    return match.span() if match else (0, 0)


def _mutate_bytes(content: bytes, random: Random) -> bytes:
    first, last = sorted(random.randrange(len(content) + 1) for _ in range(2))
    last = min(last, first + random.choice((1, 4, 30, 10**9)))
    part = content[first:last]
    kind = random.randrange(5)
    if kind == 0 and part:
        return content[:first] + bytes([part[0] ^ 1 << random.randrange(8)]) + content[first + 1 :]
    if kind == 1:
        return content[:first] + content[last:]
    if kind == 2 and len(content) < 10**6:
        return content[:last] + part + content[last:]
    if kind == 3:
        return content[:first] + random.choice(WORDS) + content[random.choice((first, last)) :]
    return content[:first] if random.random() < 0.3 else content[:first] + content[last:] + part
