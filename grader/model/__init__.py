"""One structure of an exercise with all that is asked of it, before any number is drawn."""

from typing import TYPE_CHECKING

from grader.faces import lazy

if TYPE_CHECKING:
    from grader.model.blank import (
        Blank,
        Count,
        DataSufficiency,
        Drawn,
        Fixed,
        Listed,
        Literal,
        Offered,
        Symbolic,
        Tally,
        Value,
        ledger,
    )
    from grader.model.claims import Claim, claims_of, options
    from grader.model.constructed import ConstructAsked, Constructed
    from grader.model.model import Model, build, sampled_names
    from grader.model.over_time import at_each_step, lengths, with_lengths
    from grader.model.plots import Plotted
    from grader.model.sizes import complete, computed_sizes
    from grader.model.structure import Choices, Structure, declared_network
    from grader.model.sufficiency.case import Case
    from grader.model.sufficiency.items import phrases
    from grader.model.sufficiency.question import OPTIONS, DataQuestion, Proved
    from grader.model.sufficiency.search import count_cases, draw_case
    from grader.model.values import drawn_value
else:
    __getattr__ = lazy(__name__)

__all__ = [
    "OPTIONS",
    "Blank",
    "Case",
    "Choices",
    "Claim",
    "ConstructAsked",
    "Constructed",
    "Count",
    "DataQuestion",
    "DataSufficiency",
    "Drawn",
    "Fixed",
    "Listed",
    "Literal",
    "Model",
    "Offered",
    "Plotted",
    "Proved",
    "Structure",
    "Symbolic",
    "Tally",
    "Value",
    "at_each_step",
    "build",
    "claims_of",
    "complete",
    "computed_sizes",
    "count_cases",
    "declared_network",
    "draw_case",
    "drawn_value",
    "ledger",
    "lengths",
    "options",
    "phrases",
    "sampled_names",
    "with_lengths",
]
