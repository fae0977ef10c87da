"""Files of answers → files of marks, in bounded memory; ``jsonl`` and ``parquet`` are the formats."""

from typing import TYPE_CHECKING

from grader.faces import lazy

if TYPE_CHECKING:
    from grader.bulk import executors, jsonl
    from grader.bulk.executors import Engine
    from grader.bulk.jsonl import BadLine
    from grader.bulk.lines import Report, grade_lines, no_report
    from grader.bulk.streams import FORMATS, compressed, source
    from grader.bulk.worker import draw_seeds, redrawn
else:
    __getattr__ = lazy(__name__)

__all__ = [
    "FORMATS",
    "BadLine",
    "Engine",
    "Report",
    "compressed",
    "draw_seeds",
    "executors",
    "grade_lines",
    "jsonl",
    "no_report",
    "redrawn",
    "source",
]
