"""A headless Chromium for tests of pages."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@contextmanager
def chromium() -> Iterator[Any]:
    """Start the Chromium that is installed, else playwright's own; skip where there is neither."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    node = import_module("playwright._impl._driver").compute_driver_executable()[0]
    started = subprocess.run([node, "--version"], capture_output=True, text=True)
    if started.returncode:  # a small container lacks libraries of the system
        pytest.skip(f"playwright cannot be started: {started.stderr.strip()}")
    path = next(filter(None, map(shutil.which, _NAMES)), None)
    with sync_api.sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        except sync_api.Error as error:
            pytest.skip(f"no Chromium can be started: {str(error).splitlines()[0]}")
        yield browser
        browser.close()
