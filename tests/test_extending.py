"""An extension touches the files that ``docs/architecture.md`` names for it, and no other: one of each kind is planted."""

import doctest
import importlib
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "docs/architecture.md").read_text("utf-8").partition("## To extend")[2]


class Planted(NamedTuple):
    """What is written, by file: a whole new one, or lines before a line that is there; and a use of it that must work."""

    files: dict[str, str | tuple[str, str] | None]
    use: str


OPERATION = Planted(
    {
        "reference/language/operations/functions.py": (
            '    "exp": entrywise(',
            """    "gauss": entrywise(
        lambda x: np.exp(-(x**2)),
        lambda x, y: negative(times(TWO, times(x, y))),
        r"\\operatorname{gauss}",
        "gauss",
        nothing_to_do=lambda one, a: a == 0,
    ),
""",
        ),
        "reference/derivatives/certify.py": (
            '        "exp": each(sympy.exp),',
            '        "gauss": each(lambda x: sympy.exp(-(x**2))),\n',
        ),
    },
    r"""
import numpy as np
from reference.derivatives.certify import certify
from reference.language.writing import latex, plain
from reference.network import declare, split_equations

network = declare({"x": (1, 1)}, {"w": (1, 1)}, split_equations("z = gauss(w x)\nL = z^2"))
values = {"x": np.array([[[0.5]]]), "w": np.array([[[1.5]]])}
assert all(one.holds for one in certify(network, "L", ["w"], values))
equation = network.equations["z"]
assert (plain(equation), latex(equation)) == ("gauss(w * x)", r"\operatorname{gauss}\left(w \, x\right)"), latex(equation)
""",
)
MISCONCEPTION = Planted(
    {
        "reference/misconceptions/table.py": (
            '    Misconception("factor", "a factor of 2',
            '    Misconception("tripled", "three times what is asked for", in_answers(scaled(number(3)))),\n',
        ),
        "docs/authoring/misconceptions.md": None,
    },
    """
from grader import load_bank

variant = load_bank()["scalar-residual-block"].variant(seed=3)
address = next(name for name in variant.keys if name.startswith("gradients"))
given = 3 * float(variant.keys[address].value)
mark = variant.mark({address: str(given)}).marks[address]
assert "three times what is asked for" in mark.message, mark
""",
)
FINDING = Planted(
    {
        "grader/checking/kinds.py": (
            '    "points": Kind(',
            """    "odd": Kind(
        "points",
        "the points are an odd number",
        "give an even number of points",
    ),
""",
        ),
        "grader/checking/points.py": (
            "    stated = subject.exercise.file.points",
            """    if subject.exercise.points % 2:
        yield subject.at["points"].problem(f"{subject.exercise.points:g} points", "odd")
""",
        ),
        "docs/checks.md": None,
        "tests/faults/odd.yaml": None,
    },
    """
from grader.bank import load_folder
from grader.checking import check

bank = load_folder()
few = [bank[name] for name in ("two-orders", "two-layer-numbers", "path-sum")]
found = {one.id: {p.code for p in check(one, seeds=3).problems} for one in few}
odd = {one.id for one in few if one.points % 2}
assert odd == {name for name, codes in found.items() if "odd" in codes} != set()
assert len(odd) < len(few)
""",
)
POOL = Planted(
    {
        "grader/pools/truth.py": """
from collections.abc import Sequence

from msgspec import Struct

from grader.answers import ChoiceKey, Key
from grader.errors import Place
from grader.pools.pool import Reason, Sure, strangers


class Truth(Struct, frozen=True, forbid_unknown_fields=True):
    claim: str
    holds: bool


class TrueOrFalse(Sure, Struct, frozen=True):
    given: Truth

    hint = "true or false"
    standard = ["true", "false"]
    width = 0
    arrangements = 1
    texts = ["true", "false"]
    statements = {}

    def draw(self, words: Sequence[int]) -> list[str]:
        return ["true", "false"]

    def pinned(self, given: list[str]) -> list[str]:
        return given

    def misfit(self, order: Sequence[str]) -> str:
        return strangers(order, self.texts)

    def key(self, order: Sequence[str]) -> Key:
        return ChoiceKey(str(self.given.holds).lower(), tuple(order))

    def shown(self, order: Sequence[str]) -> tuple[list[str], list[str]]:
        return [], [*order]

    def reasons(self, order: Sequence[str]) -> list[Reason]:
        right = str(self.given.holds).lower()
        return [Reason("a", f"is {right}", ""), Reason("b", "is the other", "")]

    def check(self, at: Place) -> None:
        pass
""",
        "grader/pools/kinds.py": ('    "order": LinePool,', '    "truth": TrueOrFalse,\n'),
        "grader/pools/kinds.py ": (
            "from grader.pools.pool import Pool",
            "from grader.pools.truth import TrueOrFalse\n",
        ),
        "grader/pools/__init__.py": (
            "    from grader.pools.pool import Identifier",
            "    from grader.pools.truth import Truth\n",
        ),
        "grader/bank/exercise_file.py": (
            "    sufficiency: Data | None = None",
            "    truth: Truth | None = None\n",
        ),
        "grader/bank/exercise_file.py ": (
            "from grader.pools import POOLS, Choose",
            "from grader.pools import Truth\n",
        ),
    },
    """
from pathlib import Path

from grader.bank import load
from grader.drawing import variant_of
from grader.marking import mark

Path("claims.yaml").write_text('''
id: claims
title: Claims
questions:
  - id: linear
    points: 1
    ask: Two linear layers are one linear layer.
    answer: {truth: {claim: They are, holds: true}}
''')
variant = variant_of(load(Path("claims.yaml")), 1)
assert mark(variant, {"linear": "a"}).points == 1
assert mark(variant, {"linear": "false"}).points == 0
""",
)
SHAPE = Planted(
    {
        "grader/answers/year.py": """
from grader.answers.key import Key
from grader.answers.notes import said
from grader.answers.outcome import ALL, NOTHING, Outcome, Verdict
from reference.language.errors import LanguageError


class YearKey(Key, frozen=True):
    year: int

    def parse(self, text: str) -> tuple[int, str]:
        if not text.strip().isdecimal():
            raise LanguageError("expected a year, as 1986")
        return int(text), text.strip()

    def judge(self, given: int, understood: str) -> Outcome:
        if given == self.year:
            return Outcome(Verdict.CORRECT, ALL, (), understood)
        return Outcome(Verdict.INCORRECT, NOTHING, said("different"), understood, given)

    def show(self) -> str:
        return str(self.year)

    def near_misses(self) -> list[str]:
        return [str(self.year - 1), str(self.year + 1)]
""",
        "grader/answers/__init__.py": (
            "else:\n",
            "    from grader.answers.year import YearKey\n",
        ),
        "grader/model/years.py": """
from fractions import Fraction

from grader.answers import YearKey
from grader.bank import QuestionFile
from grader.model.blank import Blank, Fixed


def years(question: QuestionFile, year: int) -> list[Blank]:
    return [Blank(question.id, "", Fraction(0), "a year, as 1986", Fixed(YearKey(year)))]
""",
        "grader/bank/exercise_file.py": (
            "    choose_one: Choose | None = None",
            "    year: int | None = None\n",
        ),
        "grader/bank/consistency.py": ('    "text", "sufficiency",', '    "year",\n'),
        "grader/model/questions.py": (
            "    if answer.text is not None:",
            "    if answer.year is not None:\n        return years(question, answer.year), network\n",
        ),
        "grader/model/questions.py ": (
            "from reference.equivalence.points import SamplePoints",
            "from grader.model.years import years\n",
        ),
    },
    """
from pathlib import Path

from grader.bank import load
from grader.checking import check
from grader.drawing import predict, variant_of
from grader.marking import mark
from grader.sheets import solution
from grader.sheets.solutions import worked
from grader.versions.comparing import compare

Path("history.yaml").write_text('''
id: history
title: History
questions:
  - id: when
    points: 1
    ask: In which year was backpropagation made popular?
    answer: {year: 1986}
''')
exercise = load(Path("history.yaml"))
variant = variant_of(exercise, 1)
texts = ("1986", "1943", "long ago", "")
marks = [mark(variant, {"when": text}).marks["when"] for text in texts]
assert [one.verdict for one in marks] == ["correct", "incorrect", "unreadable", "blank"]
assert solution(variant) == [("when", "1986", "exact")]
assert worked(variant) == {}
assert predict([variant])[0].steps == 0
assert compare("history", {1: variant}, {1: variant}).keys == ()
assert {problem.code for problem in check(exercise, 3).problems} == {"few-variants"}
""",
)
FIGURE = Planted(
    {
        "grader/figures/parameters.py": """
from collections.abc import Sequence

from grader.figures.labels import named
from grader.figures.picture import Figure, figure, text


def parameter_list(names: Sequence[str], name: str) -> Figure:
    shown = [text(20 + 40 * place, 20, named(one), 16) for place, one in enumerate(names)]
    told = f"The parameters are {', '.join(names)}."
    return figure(name, "The parameters", told, (40 * len(names), 40), shown)
""",
        "grader/figures/__init__.py": (
            "from grader.figures.picture import Figure",
            "from grader.figures.parameters import parameter_list\n",
        ),
        "grader/sheets/illustrations.py": (
            '    "network": drawn_network,',
            '    "parameters": lambda model, sizes, question: parameter_list(\n'
            "        model.printed.parameters, identifier(model, question)\n    ),\n",
        ),
        "grader/sheets/illustrations.py ": (
            "from grader.memo import memoized",
            "from grader.figures import parameter_list\n",
        ),
        "grader/bank/consistency.py": ('    "network",', '    "parameters",\n'),
    },
    """
from pathlib import Path

from grader.bank import load
from grader.checking import check
from grader.drawing import variant_of
from grader.sheets import document, in_print

Path("line.yaml").write_text('''
id: line
title: A line
network: {inputs: {x: 1}, parameters: {w: 1, b: 1}, equations: y = w x + b}
figure: parameters
questions:
  - id: slope
    points: 1
    ask: How steep is it?
    answer: {values: dy/dx, in_terms_of: [x, w, b]}
''')
exercise = load(Path("line.yaml"))
sheet = in_print(variant_of(exercise, 1))
assert sheet.figure.description == "The parameters are w, b."
assert "![The parameters are w, b.](data:image/svg+xml" in document(sheet)
assert "figure" not in {problem.code for problem in check(exercise, 3).problems}
""",
)
FORMAT = Planted(
    {
        "grader/bulk/table.py": """
import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any


def lines(path: Path, file: IO[bytes]) -> Iterator[bytes]:
    for row in csv.DictReader(line.decode() for line in file):
        known = {name: row.pop(name) for name in ("exercise", "seed", "student")}
        yield json.dumps({**known, "answers": row}).encode() + b"\\n"


def write(marks: IO[bytes], path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        rows: list[dict[str, Any]] = [json.loads(line) for line in marks]
        csv.writer(file).writerows([one["student"], one["points"]] for one in rows)
""",
        "grader/bulk/streams.py": ('    ".parquet": "parquet",', '    ".csv": "table",\n'),
    },
    """
from pathlib import Path

from grader import load_bank
from grader.bank import load_folder
from grader.bulk import grade_lines

name = "scalar-residual-block"
keys = load_bank()[name].variant(seed=3).keys
address = next(one for one in keys if one.startswith("gradients"))
right = keys[address].show()
Path("answers.csv").write_text(
    f"exercise,seed,student,{address}\\n{name},3,ada,{right}\\n{name},3,bob,12345\\n"
)
grade_lines(Path("answers.csv"), Path("marks.csv"), load_folder())
marks = dict(row.split(",") for row in Path("marks.csv").read_text().split())
assert float(marks["ada"]) > float(marks["bob"]) == 0, marks
""",
)
PLANTED = {
    "operation": OPERATION,
    "misconception": MISCONCEPTION,
    "finding": FINDING,
    "answer shape": SHAPE,
    "kind of pool": POOL,
    "figure": FIGURE,
    "file format": FORMAT,
}


EXAMPLES = {  # where one starts reading
    "operation": "reference.language.operations.operation",
    "answer shape": "grader.answers.key",
    "kind of pool": "grader.pools.pool",
    "finding": "grader.checking.subject",
}


@pytest.mark.parametrize("kind", EXAMPLES)
def test_it_starts_with_an_example_that_holds(kind):
    found = doctest.testmod(importlib.import_module(EXAMPLES[kind]), raise_on_error=True)
    assert found.attempted > 3


@pytest.fixture
def copy(tmp_path):
    for name in ("grader", "reference", "exercises"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def plant(copy, files):
    for name, text in files.items():
        path = copy / name.strip()  # a file may be written to twice
        if isinstance(text, str):
            path.write_text(text, "utf-8")
        elif text is not None:  # nothing to run
            line, lines = text
            before = path.read_text("utf-8")
            assert before.count(line) == 1, line
            path.write_text(before.replace(line, lines + line), "utf-8")


def uses(copy, script):
    words = [sys.executable, "-c", script]
    return subprocess.run(
        words, cwd=copy, env={"PYTHONPATH": str(copy)}, capture_output=True, text=True
    )


def named(kind):
    """The files that the guide names for a kind of extension."""
    [entry] = re.findall(rf"^- A new {kind}: (.*(?:\n  .*)*)", GUIDE, re.MULTILINE)
    return set(re.findall(r"`([\w/.<>-]+)`", entry))


def is_named(file, places):
    return any(file == one or (one.endswith("/") and file.startswith(one)) for one in places)


@pytest.mark.parametrize("kind", PLANTED)
def test_it_touches_only_the_files_that_the_guide_names(kind, copy):
    files, script = PLANTED[kind]
    assert uses(copy, script).returncode != 0  # without it
    plant(copy, files)
    result = uses(copy, script)
    assert result.returncode == 0, result.stderr
    assert all(is_named(file.strip(), named(kind)) for file in files), (set(files), named(kind))


def test_another_file_would_be_found():
    assert not is_named("grader/cli/show.py", named("operation"))
