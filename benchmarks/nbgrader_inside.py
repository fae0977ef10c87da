"""Runs inside nbgrader's own environment, in the folder of a course: ASSIGNMENT STUDENT...

Autogrades one submission after another through nbgrader's Python interface, so that its start-up is paid
once and before the clock starts, and runs the cells of the same notebook without anything around it; the
first student warms both up and is not counted. Prints JSON.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config


def main(assignment: str, students: list[str]) -> None:
    config = Config()
    config.CourseDirectory.root = str(Path.cwd())
    api = NbGraderAPI(config=config)
    autograded, executed = [], []  # alternating, so that both meet the same load
    for student in students:
        start = time.perf_counter()
        result = api.autograde(assignment, student)
        autograded.append(time.perf_counter() - start)
        if not result["success"]:
            sys.exit(str(result.get("error") or result.get("log"))[-200:])
        start = time.perf_counter()
        notebook = nbformat.read(f"submitted/{student}/{assignment}/paper.ipynb", 4)
        NotebookClient(notebook, kernel_name="python3").execute()
        executed.append(time.perf_counter() - start)
    with Gradebook("sqlite:///gradebook.db") as gradebook:
        scores = [
            (submission.student.id, submission.score, submission.max_score)
            for submission in gradebook.assignment_submissions(assignment)
        ]
    print(json.dumps({"autograded": autograded[1:], "executed": executed[1:], "scores": scores}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
