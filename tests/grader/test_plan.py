"""The printed variants have the answers for which they were planned."""

from pathlib import Path

import pytest
import yaml

from grader.drawing import printed_variant
from tests.grader.chapters import holds

PLAN = Path(__file__).parents[1] / "fixtures" / "plan"


@pytest.mark.parametrize("chapter", sorted(path.stem for path in PLAN.glob("*.yaml")))
def test_printed_answers(chapter, shipped):
    planned = yaml.safe_load((PLAN / f"{chapter}.yaml").read_text())
    for name, answers in planned.items():
        keys = printed_variant(shipped[name]).keys
        for blank, answer in answers.items():
            holds(keys[blank][1], answer, f"{name}/{blank}", digits=1e-4)
