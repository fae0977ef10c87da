"""Each exercise of the bank whose answers are computed is computed once more in this folder."""

from importlib import import_module
from pathlib import Path

from tests.forms import FORMS
from tests.grader.chapters import COMPUTED, test_layers
from tests.shipped import drawn

HERE = Path(__file__).parent
ELSEWHERE = {
    "linear-layers-collapse",  # test_exercises.py, for any sizes
    "softmax-stability",  # test_exercises.py, by NumPy's formats
    "learning-rate-grid",  # test_exercises.py, by counting
}


def solved() -> set[str]:
    """What the chapters compute."""
    modules = [
        import_module(f"tests.grader.chapters.{path.stem}") for path in HERE.glob("test_*.py")
    ]
    marks = [module.test_keys.pytestmark for module in modules if hasattr(module, "test_keys")]
    names = {solve.__name__.replace("_", "-") for [mark] in marks for solve in mark.args[1]}
    return names | test_layers.ORACLES.keys() | ELSEWHERE


def written() -> set[str]:
    """Exercises whose formulas stand beside those of their source exam."""
    return {blank.partition("/")[0] for blanks in FORMS.values() for blank in blanks}


def test_every_exercise_is_computed_once_more(shipped):
    done = solved() | written()
    for name in shipped:
        if name not in done:
            [printed] = drawn(name, ["printed"])
            assert not any(isinstance(key, COMPUTED) for _, key in printed.keys.values()), name
