"""Files without doctests: the gallery's pieces are run by tests/conformance/test_gallery.py, and only Sphinx imports the others."""

from pathlib import Path

import pytest

collect_ignore_glob = ["gallery/*.py", "conf.py", "_sphinx/*.py", "_build/*", "reference/generated/*"]


@pytest.fixture(autouse=True)
def temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the examples of each page in an empty folder, for those that write files."""
    monkeypatch.chdir(tmp_path)
