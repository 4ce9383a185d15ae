"""Everything is printed by `connectionist.utils.visible_text.print_text`, without control characters, or by rich."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXCEPT = {
    "connectionist/utils/visible_text.py": "prints",
    "connectionist_launcher.py": "cannot import the package",
}


def test_one_function_prints() -> None:
    paths = [*(path for name in ("connectionist", "plugins", "tasks") for path in (ROOT / name).rglob("*.py"))]
    texts = {path: path.read_text(encoding="utf-8") for path in [*paths, ROOT / "connectionist_launcher.py"]}
    printing = {
        path.relative_to(ROOT).as_posix()
        for path, text in texts.items()
        if "print" in text or "sys.std" in text
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call)
        and (getattr(node.func, "id", "") == "print" or ast.unparse(node.func) in ("sys.stdout.write", "sys.stderr.write"))
    }
    assert printing == set(EXCEPT)
