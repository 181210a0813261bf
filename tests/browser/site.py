"""A running site for the browser: real processes, real broker, real database, the demonstration program seeded."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 180


def free_port() -> int:
    """A TCP port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_healthy(base_url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{base_url}/health/", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise RuntimeError(f"The site did not come up:\n{log.read_text()[-4000:]}")


@contextmanager
def running_site(folder: Path) -> Iterator[str]:
    """Serve the site as the Procfile says, with data of its own; gives its address."""
    port = free_port()
    environment = {**os.environ, "VAR_DIR": str(folder / "var"), "PORT": str(port), "HOST": "127.0.0.1"}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "migrate", "--verbosity", "0"], cwd=ROOT, env=environment, check=True)
    subprocess.run([*manage, "seed_demo"], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    log = folder / "site.log"
    honcho = shutil.which("honcho", path=environment["PATH"])
    assert honcho, "honcho is not installed: run make setup"
    with log.open("wb") as stream:
        command = [honcho, "start", "web", "worker", "clock"]
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=stream, stderr=stream, start_new_session=True
        )
        base_url = f"http://127.0.0.1:{port}"
        try:
            wait_until_healthy(base_url, process, log)
            yield base_url
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=30)
