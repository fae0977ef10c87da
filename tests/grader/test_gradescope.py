"""An autograder for Gradescope: its marks are those of the gradebook, its sums are exact, and whatever goes wrong counts nothing."""

import io
import json
from decimal import Decimal
from fractions import Fraction
from importlib import metadata
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import exports
from grader.errors import UsageError
from grader.exports import on_gradescope, wheels
from grader.marking import Mark
from grader.version import __version__
from tests.grader.readers.gradescope import Autograder, Results
from tests.grader.test_prairielearn import Mixed

QUIZ = """
id: graded
title: A quiz
balance: false
pick:
  - {exercise: two-two-one, points: 1}
  - softmax-cross-entropy
  - mixed
"""
STUDENTS = ["ada,ada@x.org,blue", "grace,grace@x.org,red", "s3,s3@x.org,red"]


@pytest.fixture(scope="module")
def quiz(tmp_path_factory):
    return Mixed(tmp_path_factory.mktemp("quiz"), QUIZ, STUDENTS, header="student,email,team")


def packed(name, version, tag, requires):
    """A wheel that holds a name alone."""
    data, about = io.BytesIO(), f"{name}-{version}.dist-info/METADATA"
    lines = [f"Name: {name}", f"Version: {version}", *(f"Requires-Dist: {one}" for one in requires)]
    with ZipFile(data, "w") as archive:
        archive.writestr(f"{name}/__init__.py", "")
        archive.writestr(about, "\n".join(["Metadata-Version: 2.1", *lines, ""]))
    return f"{name}-{version}-{tag}.whl", data.getvalue()


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """Wheels with nothing in them."""
    folder = tmp_path_factory.mktemp("wheels")
    needed = [one for one in metadata.requires("gradmark") if "extra ==" not in one]
    names = [wheels.REQUIRED.match(one)[0].replace("-", "_") for one in needed]
    ours = packed("gradmark", __version__, "py3-none-any", needed)
    binary = "cp312-cp312-manylinux_2_28_x86_64"
    for name, data in [ours, *(packed(one, "1.0", binary, ()) for one in names)]:
        (folder / name).write_bytes(data)
    return folder


def exported(quiz, of, out):
    chosen = exports.Selection(wheels=of)
    return exports.export(quiz.folder, "gradescope", out, quiz.bank, chosen)


@pytest.fixture(scope="module")
def autograder(quiz, bare, tmp_path_factory):
    out = tmp_path_factory.mktemp("gradescope")
    assert exported(quiz, bare, out).report.codes == ["point-scale"]
    base = tmp_path_factory.mktemp("autograder")
    return Autograder(out / "autograder.zip", base)


@pytest.fixture
def grade(autograder):
    """Results of files, by the code that runs there."""

    def run(files, email=""):
        autograder.hand_in({name: text(one) for name, one in files.items()}, email)
        base = autograder.base
        found = on_gradescope.results(
            base / "submission",
            base / "source" / "quiz",
            on_gradescope.users(base),
            "after_published",
        )
        return Results(on_gradescope.encoded(found).decode())

    return run


def text(content):
    return content if isinstance(content, str) else json.dumps(content)


def test_marks_are_those_of_the_gradebook(quiz, grade):
    for student in ("ada", "grace", "s3"):
        paper = quiz.answered(student)
        if student == "grace":
            paper = json.loads(text(paper).replace("output.h1", "output.h2", 1))
        [row] = [one for one in quiz.grade(quiz.hand_in({"a.ipynb": paper})) if one.file]
        found = grade({"a.ipynb": paper})
        assert float(found.score) == pytest.approx(row.points, abs=0.005)
        waiting = [f"{one.exercise}/{at}" for one in row.marks for at, m in one.marks.items() if m.to_look_at]  # fmt: skip
        assert {*waiting} == {*found.tests} - {*found.scored} - {"Read"}
        assert "mixed/why" in waiting and found.found["extra_data"]["waiting"] == len(waiting)


def test_sums_are_exact(quiz, grade):
    """The exercise is worth a third of a point a blank."""
    found = grade({"a.ipynb": quiz.answered("ada")})
    assert found.score == found.sum == found.most
    assert sum(found.scored[f"two-two-one/output.{at}"]["score"] for at in ("h1", "h2", "y")) == 1
    out_of = sum(Fraction(str(one.out_of)) for one in quiz.manifest.papers[0].items) - 3
    assert Fraction(found.score) == out_of


parts = st.tuples(st.integers(0, 6), st.integers(1, 6), st.integers(1, 14))


@settings(max_examples=50)
@given(st.lists(parts, max_size=30))
def test_amounts_add_up(given):
    marks = [
        Mark(
            "partial",
            float(Fraction(min(share, of), of) * Fraction(of, by)),
            float(Fraction(of, by)),
        )
        for share, of, by in given
    ]
    scores, most = on_gradescope.amounts(marks)
    for amounts, name in ((scores, "points"), (most, "out_of")):
        exact = [Fraction(getattr(one, name)).limit_denominator(100) for one in marks]
        assert Fraction(sum(amounts, Decimal(0))) == Fraction(round(sum(exact) * 10**4), 10**4)
    for mark, score, out_of in zip(marks, scores, most, strict=True):
        assert abs(float(score) - mark.points) <= 1e-4
        assert (score == out_of) or mark.points < mark.out_of


def test_broken_submissions_have_results_and_no_marks(quiz, grade):
    ada, grace = quiz.answered("ada"), quiz.answered("grace")
    forged = json.loads(text(ada).replace(quiz.manifest.papers[0].code, "0" * 24))
    for files, why in (
        ({}, "No notebook was handed in"),
        ({"a.ipynb": "{"}, "not a notebook"),
        ({"a.txt": "hello"}, "not a notebook"),
        ({"a.ipynb": forged}, "code does not belong"),
        ({"a.ipynb": ada, "b.ipynb": grace}, "papers of 2 students"),
        ({"a.ipynb": ada, "b.ipynb": json.loads(text(ada).replace("0.", "0.1"))}, "different"),
    ):
        found = grade(files)
        assert found.score is None and not found.scored
        assert why in found.tests["Read"]["output"], files
        assert found.tests["Read"]["status"] == "failed"


def test_a_paper_in_other_hands_is_not_marked(quiz, grade):
    ada = {"a.ipynb": quiz.answered("ada")}
    assert grade(ada, "Ada@x.org").score > 0
    assert grade(ada, "nobody@x.org").score > 0  # of whom the roster knows nothing
    other = grade(ada, "grace@x.org")
    assert other.score is None and "that of 'ada'" in other.tests["Read"]["output"]


def test_students_see_at_once_what_could_not_be_read_and_nothing_of_marks(quiz, grade):
    paper = json.loads(text(quiz.answered("ada")))
    for cell in paper["cells"]:
        if cell["metadata"].get("gradmark", {}).get("blank") == "two-two-one/output.h1":
            cell["source"] = "".join(cell["source"]).partition("\n")[0] + "\n0.5 +"
    found = grade({"a.ipynb": paper})
    assert found.found["visibility"] == "after_published"
    assert [one["name"] for one in found.tests.values() if "visibility" in one] == ["Read"]
    assert "two-two-one/output.h1 could not be read" in found.tests["Read"]["output"]
    assert "score" not in found.tests["two-two-one/output.h1"]


def test_nothing_secret_goes_along(quiz, autograder):
    """Codes of papers do, by which they are known; not the secret that makes them, and nothing of the roster but addresses."""
    files = [path for path in autograder.source.rglob("*") if path.is_file()]
    everything = b"".join(path.read_bytes() for path in files)
    assert quiz.secret.encode() not in everything and bytes.fromhex(quiz.secret) not in everything
    assert quiz.manifest.papers[0].code.encode() in everything
    assert b"ada@x.org" in everything and b"blue" not in everything


def test_results_that_count_nothing_are_there_first(autograder):
    """Here the wheels are empty, so all that comes after fails."""
    autograder.hand_in({})
    _, found = autograder.grade()
    assert found.score is None and not found.scored and found.output == on_gradescope.NO_MARKS
    assert found.tests["Read"]["output"] == on_gradescope.UNFINISHED


def test_the_same_quiz_is_the_same_bytes(quiz, bare, tmp_path):
    for name in ("one", "two"):
        exported(quiz, bare, tmp_path / name)
    one, two = ((tmp_path / name / "autograder.zip").read_bytes() for name in ("one", "two"))
    assert one == two
    with ZipFile(io.BytesIO(one)) as archive:
        assert archive.getinfo("run_autograder").external_attr >> 16 & 0o111


def remove(folder, name):
    next(folder.glob(f"{name}-*")).unlink()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda folder: remove(folder, "gradmark"), "expected a wheel of gradmark"),
        (lambda folder: remove(folder, "numpy"), "no wheel of numpy"),
        (lambda folder: (folder / "a-1-cp311-cp311-linux_x86_64.whl").write_bytes(next(folder.glob("numpy*")).read_bytes()), "found 3.11, 3.12"),
        (lambda folder: (folder / "a-1-cp312-cp312-win_amd64.whl").write_bytes(next(folder.glob("numpy*")).read_bytes()), "for Linux"),
        (lambda folder: (folder / "a-1-py3-none-any.whl").write_bytes(b"no"), "not a wheel"),
    ],
)  # fmt: skip
def test_wheels_that_would_not_run_are_refused(quiz, bare, tmp_path, change, message):
    folder = tmp_path / "wheels"
    folder.mkdir()
    for path in bare.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    change(folder)
    with pytest.raises(UsageError, match=message):
        exported(quiz, folder, tmp_path / "out")
    assert not (tmp_path / "out" / "autograder.zip").exists()
