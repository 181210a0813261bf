"""Say when the site answers, and how to sign in; then wait to be stopped with the rest."""

import os
import signal
import sys
import time
import urllib.error
import urllib.request

PATIENCE_SECONDS = 120


def answers(url: str) -> bool:
    """Whether a GET of ``url`` succeeds."""
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310  # nosec B310: our own address
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def main() -> int:
    """Wait for the site; 1 if it does not come up."""
    base_url = os.environ["BASE_URL"]  # honcho gives every process a PORT of its own
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not answers(f"{base_url}/health/"):
        if time.monotonic() > deadline:
            print(f"The site did not answer on {base_url} within {PATIENCE_SECONDS} seconds.", file=sys.stderr)
            return 1
        time.sleep(0.3)
    print(f"\n  Caseforge is on {base_url}   (stop with Ctrl-C)\n  Sign-ins are listed above.\n", flush=True)
    signal.sigwait({signal.SIGINT, signal.SIGTERM})
    return 0


if __name__ == "__main__":
    sys.exit(main())
