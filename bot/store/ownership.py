"""Files that an administrator makes by hand belong to whom their folder belongs.

The service runs without rights under a user of its own. What root puts into its folder (a backup
that is restored, new tables) would be closed to it.
"""

from __future__ import annotations

import os
from pathlib import Path


def hand_over(path: Path) -> None:
    """Give a file to its folder's owner, where we may; nothing for anybody but root."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or not path.exists():
        return
    folder = path.parent.stat()
    for name in (path, *(Path(f"{path}{suffix}") for suffix in ("-wal", "-shm"))):
        if name.exists():
            os.chown(name, folder.st_uid, folder.st_gid)
