"""The launcher detects another project of the same name, and says which commands remove it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import connectionist.__main__
import connectionist_launcher

ROOT = Path(connectionist_launcher.__file__).parent
INTERRUPTED_IMPORT = """
import sys

class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == "importlib.metadata":
            raise KeyboardInterrupt

sys.modules.pop("importlib.metadata", None)
sys.meta_path.insert(0, Interrupt())
import connectionist_launcher
"""
OURS = {
    "connectionist/__init__.py": "",
    "connectionist/cli/__init__.py": "",
    "connectionist/cli/main.py": "def main():\n    print('ran')\n    return 0\n",
}
OTHERS = {"connectionist/__init__.py": "raise AssertionError('imported')\n", "connectionist/layers.py": ""}
PLUGINS = "[connectionist]\nxor = connectionist_tasks.xor\n"
UNINSTALL = f"{sys.executable} -m pip uninstall connectionist"
INSTALL = f"{sys.executable} -m pip install --force-reinstall --no-deps "


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Return a folder with the launcher, for use as site-packages of a new Python process."""
    folder = tmp_path / "site"
    folder.mkdir()
    shutil.copy(connectionist_launcher.__file__, folder)
    return folder


def install(site: Path, name: str, version: str, files: Mapping[str, str], **metadata: str) -> None:
    """Write files as pip does, with a RECORD of their digests; of `metadata`, ``direct_url`` is the file direct_url.json."""
    information = site / f"{name.replace('-', '_')}-{version}.dist-info"
    information.mkdir()
    record = ["connectionist/__pycache__/__init__.cpython-311.pyc,,"]
    for path, text in files.items():
        (site / path).parent.mkdir(exist_ok=True)
        (site / path).write_text(text, encoding="utf-8")
        digest = urlsafe_b64encode(hashlib.sha256((site / path).read_bytes()).digest()).decode("ascii").rstrip("=")
        record.append(f"{path},sha256={digest},{len(text)}")
    (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", encoding="utf-8")
    (information / "RECORD").write_text("\n".join(record) + "\n", encoding="utf-8")
    for file, text in metadata.items():
        (information / {"direct_url": "direct_url.json", "entry_points": "entry_points.txt"}[file]).write_text(text, encoding="utf-8")


def install_ours(site: Path, files: Mapping[str, str] = OURS, **metadata: str) -> None:
    install(site, "connectionist-simulator", "0.1.0", files, **metadata)


def install_other(site: Path) -> None:
    install(site, "connectionist", "0.2.5", OTHERS)


def launch(*path: Path) -> tuple[int, str, list[str]]:
    """Run the launcher with these folders as site-packages; return status, output and the lines of the message."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path))}
    code = "import sys, connectionist_launcher; sys.exit(connectionist_launcher.main())"
    command = [sys.executable, "-S", "-P", "-c", code]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8", check=False)
    return done.returncode, done.stdout.strip(), [line.strip() for line in done.stderr.splitlines()]


def test_both_ways_to_the_command_line_go_through_the_launcher() -> None:
    [script] = entry_points(group="console_scripts", name="connectionist")
    assert script.value == "connectionist_launcher:main"
    assert vars(connectionist.__main__)["main"] is connectionist_launcher.main


def test_nothing_is_said_where_nothing_is_wrong(site: Path) -> None:
    install_ours(site)
    assert launch(site) == (0, "ran", [])


def test_other_project_over_ours_is_an_error(site: Path) -> None:
    install_ours(site)
    install_other(site)
    status, out, (message, *remedy) = launch(site)
    assert (status, out) == (2, "")
    assert message.startswith("connectionist: error: two distributions install a package 'connectionist': ")
    assert "connectionist-simulator 0.1.0 (this project) and connectionist 0.2.5 (another project)" in message
    assert "overwritten files of this project" in message
    assert remedy == [UNINSTALL, INSTALL + "connectionist-simulator"]


def test_ours_over_the_other_project_is_a_warning(site: Path) -> None:
    install_other(site)
    install_ours(site)
    status, out, (message, *remedy) = launch(site)
    assert (status, out) == (0, "ran")
    assert message.startswith("connectionist: warning: two distributions install")
    assert "The files of this project are intact" in message
    assert remedy == [UNINSTALL, INSTALL + "connectionist-simulator"]


def test_another_module_overwritten_than_the_first_is_an_error(site: Path) -> None:
    install_other(site)
    install_ours(site, {**OURS, "connectionist/layers.py": "ours = True\n"})
    assert launch(site)[0] == 0
    (site / "connectionist" / "layers.py").write_text("ours = False\n", encoding="utf-8")
    assert launch(site)[0] == 2


def test_other_project_that_hides_an_editable_install_is_an_error(site: Path) -> None:
    (site / "connectionist_launcher.py").unlink()
    install_ours(site, {}, direct_url=json.dumps({"url": "file:///clone", "dir_info": {"editable": True}}))
    install_other(site)
    status, out, (message, *remedy) = launch(site, ROOT)
    assert (status, out) == (2, "")
    assert "Python finds the package of the other project" in message
    assert remedy == [UNINSTALL, INSTALL + "--editable file:///clone"]


def test_files_that_an_uninstallation_removed_are_missed(site: Path) -> None:
    install_ours(site)
    (site / "connectionist" / "__init__.py").unlink()
    status, out, (message, *remedy) = launch(site)
    assert (status, out) == (2, "")
    assert message.startswith("connectionist: error: files of connectionist-simulator 0.1.0 are missing.")
    assert remedy == [INSTALL + "connectionist-simulator"]


def test_own_former_name_beside_the_new_one_is_an_error(site: Path) -> None:
    install(site, "connectionist", "0.1.0", OURS, entry_points=PLUGINS)
    install_ours(site, entry_points=PLUGINS)
    status, out, (message, *remedy) = launch(site)
    assert (status, out) == (2, "")
    assert "as connectionist-simulator 0.1.0, and under its former name as connectionist 0.1.0" in message
    assert "another project" not in message
    assert remedy == [UNINSTALL, INSTALL + "connectionist-simulator"]


def test_own_former_name_alone_is_a_warning(site: Path) -> None:
    install(site, "connectionist", "0.1.0", OURS, entry_points=PLUGINS)
    status, out, (message, *remedy) = launch(site)
    assert (status, out) == (0, "ran")
    assert message.startswith("connectionist: warning: this project is installed under its former name, as connectionist 0.1.0.")
    assert remedy == [UNINSTALL, INSTALL + "connectionist-simulator"]


@pytest.mark.parametrize(
    ("origin", "source"),
    [
        ({"url": "file:///clone", "dir_info": {}}, "file:///clone"),
        ({"url": "file:///ours.whl", "archive_info": {}}, "file:///ours.whl"),
        ({"url": "https://host/ours", "vcs_info": {"vcs": "git", "commit_id": "889d722"}}, "git+https://host/ours@889d722"),
    ],
)
def test_what_was_installed_is_what_is_to_be_installed_again(site: Path, origin: object, source: str) -> None:
    install_ours(site, direct_url=json.dumps(origin))
    install_other(site)
    assert launch(site)[2][-1] == INSTALL + source


def test_ctrl_c_during_the_first_imports_prints_a_sentence() -> None:
    ran = subprocess.run([sys.executable, "-c", INTERRUPTED_IMPORT], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (130, "connectionist: interrupted by SIGINT before the command was started\n")
