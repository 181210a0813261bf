"""Real Celery processes for tests, on a database, a broker and a folder of their own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 180


class Site:
    """A site in ``folder``: commands and workers run with its environment, each in a process group of its own."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self._running: list[subprocess.Popen[bytes]] = []
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in ("BROKER_URL", "REDIS_URL")},
            "DATABASE_URL": f"sqlite:///{folder / 'site.sqlite3'}",
            "VAR_DIR": str(folder),
            "MEDIA_ROOT": str(folder / "media"),
            "CASE_PIPELINE": "tests.library.stand_in.pipeline",
            "JOB_HEARTBEAT_SECONDS": "0.3",
            "JOB_STALE_SECONDS": "2",
            "REAPER_SECONDS": "0.5",
            "PYTHONPATH": str(ROOT),
            **environment,
        }

    def python(self, code: str) -> str:
        """What ``code`` prints when it runs inside the site."""
        setup = "import django; django.setup()\n"
        environment = {**self.environment, "DJANGO_SETTINGS_MODULE": "edu_site.settings"}
        done = subprocess.run(
            [sys.executable, "-c", setup + code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def manage(self, *words: str) -> None:
        subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=self.environment, check=True)

    def celery(self, *words: str) -> subprocess.Popen[bytes]:
        """Start ``celery -A edu_site WORDS``; its output goes to a log in the folder."""
        log = (self.folder / f"{words[0]}.log").open("ab")
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "edu_site", *words],
            cwd=ROOT,
            env=self.environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        self._running.append(process)
        return process

    def worker(self) -> subprocess.Popen[bytes]:
        return self.celery("worker", "--queues", "default,generation", "--concurrency", "1", "--loglevel", "info")

    def beat(self) -> subprocess.Popen[bytes]:
        return self.celery("beat", "--loglevel", "info", "--max-interval", "1")

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """SIGKILL to the process and all its children."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self._running.remove(process)

    def is_alive(self) -> bool:
        """Whether every process that was started, and not killed, is still there."""
        return all(process.poll() is None for process in self._running)

    def stop(self) -> None:
        for process in list(self._running):
            self.kill(process)

    def logs(self) -> str:
        return "\n".join(log.read_text() for log in self.folder.glob("*.log"))


def wait_until(true: Callable[[], bool], what: str, site: Site) -> None:
    """Wait for something to become true; fails with the site's logs when it does not."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end and site.is_alive():
        if true():
            return
        time.sleep(0.1)
    raise AssertionError(f"A process ended, or {PATIENCE_SECONDS} s went by, before {what}.\n{site.logs()}")


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """A Redis of its own on a free port; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
    )
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait()
