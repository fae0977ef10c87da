"""A PostgreSQL server of the tests' own: a fresh cluster in a folder, reached through a socket in it."""

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from functools import cache
from pathlib import Path

USER = "postgres"  # who runs the server where tests are run by root, which it refuses
BESIDE = "/usr/lib/postgresql/*/bin"  # where Debian keeps what it does not put on the path


@cache
def program(name):
    """The path of a program of PostgreSQL; nothing where there is none."""
    beside = sorted(Path("/").glob(f"{BESIDE[1:]}/{name}"))
    return shutil.which(name) or (str(beside[-1]) if beside else "")


def run(name, *words):
    user = USER if os.geteuid() == 0 else None
    subprocess.run([program(name), *words], user=user, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def served():
    """The address of a server's databases but for their names: ``served % "one"``."""
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        if os.geteuid() == 0:
            shutil.chown(folder, USER)
        data = f"{folder}/data"
        run("initdb", "--pgdata", data, "--username", "tests", "--auth", "trust", "--no-sync")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        run("pg_ctl", "start", "--wait", "-D", data, "-o", options, "-l", f"{folder}/log")
        try:
            yield f"postgresql:///%s?host={folder}&user=tests"
        finally:
            run("pg_ctl", "stop", "--wait", "-D", data, "-m", "immediate")
