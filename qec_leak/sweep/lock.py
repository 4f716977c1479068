"""A lock on an open file, held until the file is closed or the process ends, however it ends.

It is on the results file itself, which ``filelock`` would empty when it opens it, or else leave a second file beside.
"""

from __future__ import annotations

import errno
import sys

if sys.platform != "win32":
    import fcntl


def try_lock(descriptor: int) -> bool:
    """Lock the file if nobody else has: True if it is now ours.

    Where the system or the file system has no such locks, True: there the user must see to it.
    """
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
            return False
        if error.errno not in (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS):
            raise
    return True
