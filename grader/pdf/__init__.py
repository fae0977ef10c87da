"""Papers, keys and answer sheets as PDFs by Typst, and scanned answer sheets read back.

``formulas``: LaTeX as the mathematics of Typst; ``markup``: Markdown as Typst; ``labels``: our own words by language;
``answer_sheet``: where everything stands on a sheet; ``codes``: what its corners say; ``documents``: sources of papers, keys and sheets;
``making``: from the papers of a quiz; ``compiling``: sources to PDFs; ``scanning``: pages of a scanner to lines of answers.
"""

from typing import TYPE_CHECKING

from grader.faces import lazy

if TYPE_CHECKING:
    from grader.pdf.compiling import all_compiled, compiled, joined
    from grader.pdf.documents import Printed, of_answers, source
    from grader.pdf.formulas import FormulaError, typeset
    from grader.pdf.labels import LABELS
    from grader.pdf.making import all_printed, printed
    from grader.pdf.scanning import as_lines, scan, with_typed
else:
    __getattr__ = lazy(__name__)

__all__ = [
    "LABELS",
    "FormulaError",
    "Printed",
    "all_compiled",
    "all_printed",
    "as_lines",
    "compiled",
    "joined",
    "of_answers",
    "printed",
    "scan",
    "source",
    "typeset",
    "with_typed",
]
