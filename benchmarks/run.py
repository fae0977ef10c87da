"""Measure everything in one run and print one table: ``python -m benchmarks.run``."""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks import commands, drawing, gradients, marking, nbgrader_peer, notebooks, sufficiency
from benchmarks.table import Row, markdown
from benchmarks.timing import Failed
from grader import __version__, bank


def main() -> None:
    """Section by section; one that fails has a row that says so, and the others go on."""
    start = time.perf_counter()
    known = bank.load_folder()
    rows: list[Row] = []
    with TemporaryDirectory(prefix="gradmark-bench-") as folder:
        temporary = Path(folder)

        def twenty() -> Iterator[Row]:
            found = notebooks.twenty_blanks(temporary, known)
            yield from notebooks.twenty_rows(found)
            yield from nbgrader_peer.rows(found, temporary)

        sections: dict[str, Callable[[], Iterable[Row]]] = {
            "Notebook round": lambda: notebooks.notebook_round(temporary, known),
            "Twenty blanks": twenty,
            "Drawing": lambda: drawing.rows(known),
            "Marking": marking.rows,
            "Gradients": lambda: gradients.rows(known),
            "Data sufficiency": lambda: sufficiency.rows(known),
            "Commands": commands.rows,
        }
        for name, section in sections.items():
            print(f"{name} …", file=sys.stderr, flush=True)
            try:
                rows += section()
            except Failed as failure:
                rows.append(Row(name, "not measured", str(failure)))
    print(
        f"gradmark {__version__}, Python {platform.python_version()}, NumPy {np.__version__}, "
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors; "
        f"measured in {time.perf_counter() - start:.0f} s\n"
    )
    print(markdown(rows))


if __name__ == "__main__":
    main()
