"""Known weaknesses in the locked dependencies, by pip-audit; kind to those without a network."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
LOCKS: Final = ("requirements.lock", "requirements-dev.lock")
_AWAY: Final = ("ConnectionError", "Max retries", "NameResolutionError", "ServiceError", "Timeout")
"""What pip-audit says where its source cannot be reached."""


def main() -> int:
    """0 where nothing is known or nothing could be asked; 1 where something was found."""
    worst = 0
    for lock in LOCKS:
        outcome = subprocess.run(
            [
                *(sys.executable, "-m", "pip_audit", "--requirement", str(ROOT / lock)),
                *("--disable-pip", "--no-deps", "--progress-spinner", "off", "--timeout", "20"),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        said = outcome.stdout + outcome.stderr
        if outcome.returncode == 0:
            print(f"{lock}: nothing known.")
        elif any(word in said for word in _AWAY):
            print(f"{lock}: not audited, the advisory service cannot be reached from here.")
        else:
            print(f"{lock}:\n{said}")
            worst = 1
    return worst


if __name__ == "__main__":
    sys.exit(main())
