"""``connectionist convert`` and ``connectionist show FILE``."""

from __future__ import annotations

from pathlib import Path

import pytest

import connectionist as cn
from connectionist.cli import main

TEXT = "name: a freq: 2 proc: {puts x}\nI: (p) 1 0 T: (o) 1;\nname: b I: (p) 0 1 T: (o) -;\n"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "x.ex"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_examples_are_converted(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = source.with_suffix(".csv")
    assert main.main(["convert", str(source), str(target)]) == 2
    shown = capsys.readouterr().err
    assert f"{source}:1:17: 'proc:' of the example is a script of LENS, which is not run" in shown
    assert "(accepted with strict=False, or --lenient)" in shown
    assert not target.exists()
    assert main.main(["convert", str(source), str(target), "--lenient"]) == 0
    shown = capsys.readouterr().out
    assert f"Wrote 2 examples to {target} (csv)" in shown
    assert "not supported: " in shown
    assert target.read_text(encoding="utf-8") == "name,frequency,input:p:0,input:p:1,target:o:0\na,2.0,1,0,1\nb,1.0,0,1,\n"
    assert main.main(["convert", str(target), str(source), "--set", "ticks_per_interval=2"]) == 0
    assert "max: 0.5" in source.read_text(encoding="utf-8")
    assert main.main(["convert", str(target), str(source.with_suffix(".none")), "--format", "lens_examples"]) == 0
    assert len(cn.read_examples(source.with_suffix(".none"))) == 2


def test_a_parameter_is_that_of_the_file_that_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "x.tsv"
    table.write_text("_H:\t$Name\t%Colors[2:0,0]<2:1,2>\t%Colors[2:0,1]\t%Size\n_D:\ta\t1\t0\t1\n")
    names = ["--set", "inputs=Colors", "--set", "targets=Size"]
    for target in ("y.csv", "y.mat"):
        assert main.main(["convert", str(table), str(tmp_path / target), *names]) == 0
        examples = cn.read_examples(tmp_path / target)
        assert (examples.inputs.tolist(), examples.targets.tolist()) == ([[1, 0]], [[1]])
    assert main.main(["convert", str(tmp_path / "y.csv"), str(tmp_path / "z.csv"), "--set", "separator=;"]) == 2
    assert main.main(["convert", str(tmp_path / "y.mat"), str(tmp_path / "z.csv"), "--set", "separator=;"]) == 0
    assert ";" in (tmp_path / "z.csv").read_text(encoding="utf-8")
    capsys.readouterr()


def test_weights_need_a_network(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    network = cn.task("xor").network(1)
    cn.write_weights(network, tmp_path / "x.wt")
    assert main.main(["convert", str(tmp_path / "x.wt"), str(tmp_path / "y.mat")]) == 2
    assert "has table or weights, and no format for" in capsys.readouterr().err
    assert main.main(["convert", str(tmp_path / "x.wt"), str(tmp_path / "y.csv"), "--network", "xor"]) == 0
    assert "Wrote 9 weights to" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["x.none", "y.ex"], "cannot be read|format that is not known"),
        (["x.ex", "y.none"], "has examples, and no format for"),
        (["x.ex", "y.csv", "--format", "pdf"], "unknown file format 'pdf'"),
        (["x.ex", "y.csv", "--set", "size=3"], "--set size: no such parameter; the formats have lens_examples (ticks_per_interval, "),
        (["x.ex", "y.csv", "--network", "nothing"], "--network 'nothing': there is no such file, and no task of this name"),
        (["x.ex", "none/y.csv", "--lenient"], "cannot be written"),
    ],
)
def test_wrong_use_is_named(
    source: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(source.parent)
    assert main.main(["convert", *words]) == 2
    shown = capsys.readouterr().err
    assert any(part in shown for part in message.split("|"))
    assert "Traceback" not in shown


def test_show_prints_the_content_of_a_file_and_its_unsupported_parts(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["show", str(source)]) == 0
    shown = capsys.readouterr().out
    assert f"{source}: lens_examples, 2 examples" in shown
    assert "Not supported:" in shown
    assert "'proc:' of the example is a script of LENS" in shown
    source.write_text("I: 1 x;", encoding="utf-8")
    assert main.main(["show", str(source)]) == 2
    assert "x.ex:1:6: found 'x'; a number" in capsys.readouterr().err
    assert main.main(["show", "none.ex"]) == 2
    assert "file 'none.ex' cannot be read (No such file or directory)" in capsys.readouterr().err
    source.with_suffix(".csv").write_text("a,b\n1,2\n", encoding="utf-8")
    assert main.main(["show", str(source.with_suffix(".csv"))]) == 0
    assert "csv, 1 row" in (shown := capsys.readouterr().out)
    assert "Not supported:" in shown
    assert "has no columns 'input:…'" in shown
    assert main.main(["show", str(source), "--format", "lens_weights"]) == 2


def test_show_of_weights_has_their_values(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cn.write_weights(cn.task("xor").network(1), tmp_path / "x.wt")
    assert main.main(["show", str(tmp_path / "x.wt")]) == 0
    assert "lens_weights, 9 rows" in capsys.readouterr().out


def test_what_a_table_does_not_say_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    counts = "No. of patterns : 2\nNo. of input units : 1\nNo. of output units : 1\nstartpattern : 1\nendpattern : 2\n"
    (tmp_path / "x.res").write_text(f"SNNS result file V1.4-3D\ngenerated at Fri\n\n{counts}#1.1\n0.5\n")
    assert main.main(["convert", str(tmp_path / "x.res"), str(tmp_path / "x.csv")]) == 0
    shown = capsys.readouterr().out
    assert "Wrote 1 row to" in shown
    assert "x.res: has the results of 1 patterns, and the header says 1 to 2; the file may have been cut" in shown


def test_show_prints_the_content_of_saved_networks_and_weights(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    net = cn.task("xor").network(seed=1)
    cn.save_network(net, tmp_path / "network.npz")
    cn.save_weights(net, tmp_path / "weights.npz")
    assert main.main(["show", str(tmp_path / "network.npz")]) == 0
    shown = capsys.readouterr().out
    assert "network.npz: written by save_network, a network of 5 units" in shown
    assert "hidden → output" in shown
    assert main.main(["show", str(tmp_path / "weights.npz")]) == 0
    shown = capsys.readouterr().out
    assert "weights.npz: written by save_weights, 9 weights" in shown
    assert f"{net.connection('bias', 'hidden:0').weight.value:.4g}" in shown
    assert "and 3 more weights" in shown
    (tmp_path / "network.npz").write_bytes((tmp_path / "network.npz").read_bytes()[:500])
    assert main.main(["show", str(tmp_path / "network.npz")]) == 2
    assert "network.npz' cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["", "run.json"])
def test_show_says_which_commands_show_the_folder_of_a_run(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["show", str(tmp_path / name)]) == 2
    assert f"'connectionist inspect {tmp_path}' opens its network" in capsys.readouterr().err
