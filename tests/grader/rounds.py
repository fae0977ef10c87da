"""A quiz made, answered from its key, handed in and graded."""

import json
import tempfile
from pathlib import Path

from grader import bank, papers
from grader.cli.demo import filled
from tests.shipped import BANK


class Round:
    """One quiz in a folder of its own."""

    def __init__(
        self, folder: Path, quiz: str, students, secret="ab" * 32, folders=(), header="student"
    ):
        self.folder = folder / "quiz"
        self.base = folder
        self.secret = secret
        self.folders = folders
        self.header = header
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "quiz.yaml").write_text(quiz)
        (folder / "secret").write_text(secret)
        self.reload()
        self.build(students)

    def reload(self):
        self.bank = bank.load_folder(*self.folders) if self.folders else {**BANK}

    def build(self, students):
        roster = self.base / "roster.csv"
        roster.write_text(f"{self.header}\n" + "\n".join(students) + "\n")
        made = papers.make_quiz(
            self.base / "quiz.yaml", roster, self.folder, self.bank, self.base / "secret"
        )
        self.notes, self.manifest = made.notes, made.manifest
        self.solved = papers.restore_all(self.manifest.papers, self.bank)

    def answered(self, student):
        """A student's paper with every answer of the key typed in."""
        answers = {
            f"{exercise}/{address}": key.show()
            for (owner, exercise), variant in self.solved.items()
            if owner == student
            for address, (_, key) in variant.keys.items()
        }
        return json.loads(
            filled((self.folder / "papers" / f"{student}.ipynb").read_text(), answers)
        )

    def hand_in(self, files):
        """A folder with the given notebooks."""
        folder = Path(tempfile.mkdtemp(dir=self.base))
        for name, content in files.items():
            (folder / name).write_text(json.dumps(content))
        return folder

    def grade(self, folder):
        return papers.grade_notebooks([folder], self.folder, self.bank)
