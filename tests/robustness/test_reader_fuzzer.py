"""Mutations of good files: every reader accepts a file or raises an error of the simulator, in bounded time and memory.

``pytest -m slow tests/robustness/test_reader_fuzzer.py`` reads 100,000 mutated files in one process.
"""

from __future__ import annotations

import io
import json
import pickle
import resource
import shutil
import signal
import warnings
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import connectionist as cn
from connectionist.errors import ConnectionistError
from connectionist.experiments.run_folder import write_run, write_summary
from connectionist.experiments.seed_summary import summarize
from connectionist.learning.resume import read_checkpoint
from connectionist.reporting.compare import compare

MANY = 100_000
FEW = 250
NETWORKS = ("network.npz", "unrolled.npz")
MOST_SECONDS = 20  # of one file
MOST_GROWTH = 400_000  # kB of the process
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2.5, 10**30, 10**400, -(10**18), 1e308, float("nan"), float("inf"), "", "x", "../x", "/etc/passwd"),
    *("\x1b[31m", "\ud800", "x" * 5000, [], {}, [[]], [None], [1, "x"], {"": None}, {"bytes": 1}, 10_000_000, "10000000", "seed-1", "\x00"),
)
TOKENS = (
    *(
        b"NaN",
        b"Infinity",
        b"1e999",
        b"[" * 2000,
        b"{" * 2000,
        b'"',
        b"\\",
        b"\x00",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b",",
        b"\n",
        b"\r",
        b";",
    ),
    *(b"9" * 5000, b"-", b"'<f8'", b"'|O'", b"'<c16'", b"'<U999999999999'", b"(1000000000000,)", b"(1000000000000000000000000000000,)"),
    *(b"True", b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"\xff\xff\xff\xff", b"\x7f" * 8, b"1e5", b"nan", b"=cmd"),
)


def mutated_bytes(content: bytes, random: Random) -> bytes:
    """Return bytes with one to four changes: a bit flipped, a part cut out, doubled, moved or replaced by a token, or the end cut."""
    for _ in range(random.randint(1, 4)):
        first, last = sorted(random.randrange(len(content) + 1) for _ in range(2))
        last = min(last, first + random.choice((1, 4, 30, 10**9)))
        part = content[first:last]
        kind = random.randrange(6)
        if kind == 0 and part:
            content = content[:first] + bytes([part[0] ^ 1 << random.randrange(8)]) + content[first + 1 :]
        elif kind == 1:
            content = content[:first] + content[last:]
        elif kind == 2 and len(content) < 10**6:
            content = content[:last] + part + content[last:]
        elif kind == 3:
            content = content[:first] + random.choice(TOKENS) + content[random.choice((first, last)) :]
        elif kind == 4:
            place = random.randrange(len(content) + 1)
            content = content[:place] + part + content[place + len(part) :]
        elif random.random() < 0.3:
            content = content[:first]
    return content


def mutated_json(content: bytes, random: Random) -> bytes:
    """Return JSON with one to three changes: a value replaced, left out, moved, repeated, or under another key."""
    value = json.loads(content)
    for _ in range(random.randint(1, 3)):
        places = [(holder, key) for holder in containers(value) for key in (holder if isinstance(holder, dict) else range(len(holder)))]
        if not places:
            break
        holder, key = random.choice(places)
        kind = random.randrange(5)
        if kind == 0:
            del holder[key]
        elif kind == 1:
            other, other_key = random.choice(places)
            holder[key] = json.loads(json.dumps(other[other_key])) if other_key in other or isinstance(other, list) else None
        elif kind == 2 and isinstance(holder, list):
            holder.insert(key, json.loads(json.dumps(holder[key])))
        elif kind == 2:
            holder[random.choice(("x", "", "../x", "\x1b", "format", "seed"))] = holder.pop(key)
        else:
            holder[key] = random.choice(VALUES)
    return json.dumps(value, ensure_ascii=random.random() < 0.5).encode("utf-8", "surrogatepass")


def containers(value: Any) -> list[Any]:
    found, stack = [], [value]
    while stack:
        each = stack.pop()
        if isinstance(each, (dict, list)):
            found.append(each)
            stack += each.values() if isinstance(each, dict) else each
    return found


def mutated_zip(content: bytes, random: Random) -> bytes:
    """Return a zip file whose members are mutated, left out or repeated, with right sums and sizes."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(written, "w") as new, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that occur twice
        chosen = random.randrange(len(old.infolist()))
        for number, member in enumerate(old.infolist()):
            inner = old.read(member)
            if number == chosen:
                inner = random.choice((mutated_bytes, mutated_array))(inner, random)
            copies = 1 if number != chosen else random.choice((0, 1, 1, 1, 1, 2))
            for _ in range(copies):
                new.writestr(member.filename, inner, random.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED)))
    return written.getvalue()


def mutated_description(content: bytes, random: Random) -> bytes:
    """Return an ``.npz`` file whose description is mutated."""
    with np.load(io.BytesIO(content)) as old:
        arrays = dict(old)
    changed = mutated_json(str(arrays["description"]).encode(), random)
    written = io.BytesIO()
    np.savez(written, **{**arrays, "description": np.array(changed.decode("utf-8", "surrogatepass"))})
    return written.getvalue()


def mutated_array(content: bytes, random: Random) -> bytes:
    """Return an ``.npy`` file with the header of another array, or with another array."""
    dtypes = (
        "<f8",
        "<f4",
        ">f8",
        "<i8",
        "|b1",
        "<c16",
        "|O",
        "<U0",
        "<U1",
        "<U900000000",
        "|S3",
        "<M8[s]",
        "|V8",
        "<f16",
        "<u2",
        "[('a', '<f8')]",
    )
    sizes = (0, 1, 3, 9, 10**6, 10**12, 10**30)
    header = {
        "descr": random.choice(dtypes),
        "fortran_order": random.random() < 0.3,
        "shape": tuple(random.choices(sizes, k=random.randrange(4))),
    }
    text = f"{header}{' ' * random.choice((0, 20))}\n".encode("latin-1")
    data = content[-random.choice((0, 8, 72, 1000)) :]
    return b"\x93NUMPY" + random.choice((b"\x01\x00", b"\x02\x00", b"\x04\x00")) + len(text).to_bytes(2, "little") + text + data


def mutated_table(content: bytes, random: Random) -> bytes:
    """Return a file of Parquet with another column, other values, rows or metadata."""
    table = pq.read_table(io.BytesIO(content))
    columns = {name: table[name].to_pylist() for name in table.column_names}
    metadata = dict(table.schema.metadata)
    for _ in range(random.randrange(1, 3)):
        name = random.choice([*columns, "other", "\x1b[31m", ""])
        values = random.choice(
            ([None], [1], [-1, 2**62], [0.5, float("nan")], ["x", "["], [True], [b"x"], [[1]], [{"a": 1}], ["[1]", "{}"])
        )
        columns[name] = (values * len(table))[: len(table)]
        if random.random() < 0.3:
            columns = dict(random.sample(list(columns.items()), random.randrange(1, len(columns) + 1)))
        if random.random() < 0.3:
            metadata = {key: mutated_bytes(value, random) for key, value in metadata.items()}
        if random.random() < 0.3:
            columns = {key: each * random.choice((0, 1, 2)) for key, each in columns.items()} if random.random() < 0.5 else columns
    rows = min(map(len, columns.values()))
    fields = {name: pa.array(each[:rows]) for name, each in columns.items()}
    is_text = {name for name, array in fields.items() if pa.types.is_string(array.type) and random.random() < 0.3}
    schema = pa.schema(
        [pa.field(name, array.type, metadata={"connectionist": "json"} if name in is_text else None) for name, array in fields.items()]
    )
    written = io.BytesIO()
    pq.write_table(pa.table(list(fields.values()), schema=schema.with_metadata(metadata)), written)
    return written.getvalue()


def mutated_index(content: bytes, random: Random) -> bytes:
    """Return a file of recordings with another index."""
    with np.load(io.BytesIO(content)) as arrays:
        named = dict(arrays)
    named["index"] = np.frombuffer(random.choice((mutated_json, mutated_bytes))(named["index"].tobytes(), random), np.uint8)
    written = io.BytesIO()
    np.savez(written, **named)
    return written.getvalue()


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run, runs with two seeds, and a recording; without manifests, so that what is mutated is read."""
    top = tmp_path_factory.mktemp("good")
    results = list(cn.run_seeds("xor", [1, 2], epochs=3, parameters={"hidden": 2}, engine="local"))
    for name in ("run", "seeds/seed-1", "seeds/seed-2"):
        (top / name).mkdir(parents=True)
        write_run(top / name, results[name.endswith("2")], [])
    write_summary(top / "seeds", summarize([result.report for result in results], has_criterion=True), [])
    for path in top.rglob("*.json"):
        record = json.loads(path.read_text(encoding="utf-8"))
        del record["files"]
        path.write_text(json.dumps(record), encoding="utf-8")
    task = cn.task("xor")
    recorders = [cn.Recorder("activation", of="hidden", folder=top / "units"), cn.Recorder("weight", of="*", folder=top / "connections")]
    cn.train(task.network(seed=1), task.training_examples, cn.rule("momentum"), 4, record=recorders, engine="local")
    recorder = cn.Recorder(("activation", "weight"), of="hidden", every=2)
    study = cn.Study("xor", seeds=[1, 2], vary={"rate": [0.1, 0.5]}, epochs=5, engine="local", record=recorder)
    study.run(top / "study", workers=1)
    for path in (top / "study" / "parts").iterdir():
        path.rename(path.with_name(f"{path.name.split('-')[0]}-000001-0{path.suffix}"))
    net, examples = network_with_everything(), cn.ExampleSet.from_arrays(np.ones((2, 3, 2)), np.ones((2, 3, 1)))
    recorder = cn.Recorder("weight", of="hidden", every=2)
    cn.train(net, examples, "momentum", 4, order="permuted", checkpoint=top / "ck", record=recorder, engine="local")
    cn.save_network(network_with_everything(), top / "network.npz")
    cn.save_network(network_with_everything().unroll(2), top / "unrolled.npz")
    return top


def network_with_everything() -> cn.Network:
    net = cn.simple_recurrent_network("everything", 2, 3, 1)
    net.connect("output", "hidden", delay=2, weights=0.1)
    net.tie([net.connection("input:0", "hidden:0"), net.connection("input:1", "hidden:1")])
    net.lesion(net.connection("input:0", "hidden:1"), "hidden:2")
    net["hidden"].net_input_noise = 0.1
    net.projections[0].limits, net.projections[0].rate = (-2, 2), 0.5
    net.step_forward([0, 1])
    return net


def use_run(folder: Path) -> None:
    run = cn.read_run(folder / "run")
    assert len(run.log) >= 0
    repr(run)


def use_comparison(folder: Path) -> None:
    repr(compare([folder / "run", folder / "seeds"]))


def use_recording(folder: Path, name: str) -> None:
    recording = cn.load_recording(folder / name)
    repr(recording)
    assert np.isfinite(recording.dataset.to_array().size)
    recording.table()


def use_study(folder: Path) -> None:
    study = cn.read_study(folder / "study")
    repr(study)
    assert len(study.table) + len(study.cases) + len(study.summary) >= 0
    assert study.recordings.sizes["run"] >= 0


def use_weights(folder: Path) -> None:
    cn.load_weights(cn.task("xor").network(seed=1), folder / "run" / "weights.npz")


def use_checkpoint(folder: Path) -> None:
    saved = read_checkpoint(folder / "ck")
    repr(saved.run)
    saved.run.network.outputs(saved.examples, "local")


def use_network(folder: Path, name: str) -> None:
    net = cn.load_network(folder / name)
    inputs = len(net.schedule.inputs)
    net.forward(np.ones((2, inputs) if net.in_time else inputs))
    pickle.dumps(net)


Mutator = Callable[[bytes, Random], bytes]
TARGETS: list[tuple[str, tuple[Mutator, ...], Callable[[Path], None]]] = [
    ("run/run.json", (mutated_bytes, mutated_json, mutated_json), use_run),
    ("run/run.json", (mutated_bytes, mutated_json, mutated_json), use_comparison),
    ("run/log.csv", (mutated_bytes,), use_run),
    ("run/weights.npz", (mutated_bytes, mutated_zip, mutated_zip), use_weights),
    *[(name, (mutated_bytes, mutated_zip, mutated_zip, mutated_description), partial(use_network, name=name)) for name in NETWORKS],
    ("ck/checkpoint-1.npz", (mutated_bytes, mutated_zip, mutated_zip, mutated_description), use_checkpoint),
    ("ck/examples.npz", (mutated_bytes, mutated_zip, mutated_description), use_checkpoint),
    ("ck/log.f8", (mutated_bytes,), use_checkpoint),
    ("seeds/summary.json", (mutated_bytes, mutated_json, mutated_json), use_comparison),
    ("units/recording.json", (mutated_bytes, mutated_json, mutated_json), lambda folder: use_recording(folder, "units")),
    ("connections/recording.json", (mutated_bytes, mutated_json, mutated_json), lambda folder: use_recording(folder, "connections")),
    ("units/units.npy", (mutated_bytes, mutated_array), lambda folder: use_recording(folder, "units")),
    ("units/epochs.npy", (mutated_bytes, mutated_array), lambda folder: use_recording(folder, "units")),
    ("study/study.json", (mutated_bytes, mutated_json, mutated_json), use_study),
    ("study/parts/runs-000001-0.parquet", (mutated_bytes, mutated_table, mutated_table), use_study),
    ("study/parts/cases-000001-0.parquet", (mutated_bytes, mutated_table, mutated_table), use_study),
    ("study/parts/recordings-000001-0.npz", (mutated_bytes, mutated_zip, mutated_zip, mutated_index), use_study),
]


def attack(folder: Path, number: int) -> bool:
    """Read one mutated file, and return whether it was accepted."""
    random = Random(number)
    name, mutators, use = TARGETS[number % len(TARGETS)]
    content = (folder / name).read_bytes()
    signal.alarm(MOST_SECONDS)
    try:
        (folder / name).unlink()  # a new file is written faster than an old one is replaced
        (folder / name).write_bytes(random.choice(mutators)(content, random))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.simplefilter("ignore", UserWarning)
            use(folder)
    except ConnectionistError:
        return False
    except BaseException as error:
        error.add_note(f"mutation {number} of {name}")
        raise
    finally:
        signal.alarm(0)
        (folder / name).write_bytes(content)
    return True


def raise_timeout(_signal: int, _frame: object) -> None:
    raise AssertionError(f"takes more than {MOST_SECONDS} s")


def attack_many(good: Path, tmp_path: Path, count: int) -> None:
    signal.signal(signal.SIGALRM, raise_timeout)
    folder = Path(shutil.copytree(good, tmp_path / "top"))
    attack(folder, 0)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    accepted = sum(attack(folder, number) for number in range(count))
    assert 0.02 * count < accepted < 0.6 * count  # the mutations are neither too small nor too large
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_GROWTH


def test_readers_reject_mutated_files(good: Path, tmp_path: Path) -> None:
    attack_many(good, tmp_path, FEW)


@pytest.mark.slow
def test_readers_reject_many_mutated_files(good: Path, tmp_path: Path) -> None:
    attack_many(good, tmp_path, MANY)
