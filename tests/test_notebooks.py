"""The notebooks run, print what they printed, and their exercises can be failed and solved."""

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("nbclient")
FOLDER = Path(__file__).parents[1] / "notebooks"


@pytest.mark.parametrize("name", [path.name for path in sorted(FOLDER.glob("*.ipynb"))])
def test_notebook(name: str) -> None:
    command = [sys.executable, FOLDER / "run.py", FOLDER / name]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert result.returncode == 0, result.stdout + result.stderr
