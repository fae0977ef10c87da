"""An autograder as Gradescope unpacks and runs it, and results as it reads them, by its documentation."""

from __future__ import annotations

import json
import shutil
import subprocess
from decimal import Decimal
from zipfile import ZipFile

VISIBILITY = ("hidden", "after_due_date", "after_published", "visible")
FORMATS = ("text", "html", "simple_format", "md", "ansi")
TOP = {"score", "execution_time", "output", "output_format", "test_output_format", "test_name_format", "visibility", "stdout_visibility", "extra_data", "tests", "leaderboard"}  # fmt: skip
TEST = {"score", "max_score", "status", "name", "name_format", "number", "output", "output_format", "tags", "visibility", "extra_data"}  # fmt: skip


class Autograder:
    """``/autograder`` with a zip in ``source``, in a folder of its own."""

    def __init__(self, archive, base):
        self.base, self.source = base, base / "source"
        with ZipFile(archive) as found:
            names = found.namelist()
            assert {"setup.sh", "run_autograder"} <= {*names}
            found.extractall(self.source)
            for name in names:
                (self.source / name).chmod(found.getinfo(name).external_attr >> 16)
        shutil.copy(self.source / "run_autograder", base / "run_autograder")
        for name in ("submission", "results"):
            (base / name).mkdir()

    def set_up(self, *around):
        return self.run(*around, self.source / "setup.sh")

    def run(self, *words):
        return subprocess.run(
            [*map(str, words)], cwd=self.base, capture_output=True, text=True, timeout=600
        )

    def hand_in(self, files, email=""):
        for path in (self.base / "submission").iterdir():
            path.unlink()
        for name, content in files.items():
            (self.base / "submission" / name).write_text(content)
        users = [{"email": email, "id": 1, "name": "Somebody"}] if email else []
        about = {"id": 1, "users": users, "submission_method": "upload"}
        (self.base / "submission_metadata.json").write_text(json.dumps(about))

    def grade(self, *around):
        """Results of what was handed in."""
        (self.base / "results" / "results.json").unlink(missing_ok=True)
        done = self.run(*around, self.base / "run_autograder")
        return done, Results((self.base / "results" / "results.json").read_text())


class Results:
    """Results, checked: ``score`` is that of the submission, nothing where it has none."""

    def __init__(self, text):
        found = json.loads(text, parse_float=Decimal)
        self.found, self.output = found, found.get("output", "")
        assert found.keys() <= TOP
        assert found.get("visibility", "visible") in VISIBILITY
        assert found.get("stdout_visibility", "hidden") in VISIBILITY
        assert found.get("output_format", "text") in FORMATS
        self.tests = {one["name"]: one for one in found["tests"]}
        assert len(self.tests) == len(found["tests"])
        for one in found["tests"]:
            assert one.keys() <= TEST
            assert one.get("status", "passed") in ("passed", "failed")
            assert one.get("visibility", "visible") in VISIBILITY
            assert isinstance(one.get("output", ""), str)
            assert ("score" in one) == ("max_score" in one)
        self.scored = {name: one for name, one in self.tests.items() if "score" in one}
        self.score = found.get("score")
        self.sum = sum((Decimal(one["score"]) for one in self.scored.values()), Decimal(0))
        self.most = sum((Decimal(one["max_score"]) for one in self.scored.values()), Decimal(0))
