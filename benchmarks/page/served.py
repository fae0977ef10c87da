"""A server in a process of its own, and the processor time that it takes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

GRADMARK = Path(sys.executable).parent / "gradmark"
TICK = 1 / os.sysconf("SC_CLK_TCK")


class Served:
    """``before``: a command that runs the server."""

    def __init__(self, data: Path, before: Sequence[str] = ()) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        start = time.perf_counter()
        self.process = subprocess.Popen(
            [*before, GRADMARK, "serve", "--data", data, "--port", str(self.port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        while True:
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", self.port)) == 0:
                    break
            if self.process.poll() is not None:
                raise RuntimeError("the server did not start")
            time.sleep(0.02)
        self.started = time.perf_counter() - start

    def spent(self) -> tuple[float, float]:
        """Seconds of a processor that the server took, and its workers."""
        times = dict(processes(self.process.pid))
        own = times.pop(self.process.pid)
        return own, sum(times.values())

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        os.killpg(self.process.pid, how)
        self.process.wait()


def processes(session: int) -> Iterator[tuple[int, float]]:
    """The processes of a session, with their seconds of a processor and those of children that have ended."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        if int(fields[3]) == session:
            yield int(path.parent.name), TICK * sum(map(int, fields[11:15]))
