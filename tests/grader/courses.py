"""A course that has packages of the names that gradmark's have in a checkout."""

from pathlib import Path

FILES = {
    "grader/__init__.py": "LIMIT = 3\n",
    "reference/__init__.py": "LIMIT = 3\n",
    "tests/test_course.py": "import grader\nimport reference\n\n\ndef test_limits():\n    assert grader.LIMIT == reference.LIMIT\n",
    "conftest.py": "",
    "exercises/settings.yaml": "colour: blue\n",
}


def lay_out(folder: Path) -> None:
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
