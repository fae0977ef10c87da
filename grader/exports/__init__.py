"""A quiz for other programs that mark: what each can hold, what is lost, the files it reads.

``items``: an exercise of a paper as a record; ``package``: which papers, for whom; ``losses``: codes, words and the report;
``programs``: their names; ``targets``: the table of kinds, from a module each (``prairielearn``, ``gradescope``, ``moodle``, ``canvas``,
``classic``, ``qti3``), and what runs there (``on_prairielearn``, ``on_gradescope``, from ``wheels``, ``pdf``); ``door``: all of it, failing closed; ``collecting``: responses back; ``labels``: our
words by language; ``prose``: Markdown as HTML; ``numbers``: decimals and distances; ``archive``: archives and XML, the same bytes each time.
"""

from typing import TYPE_CHECKING

from grader.faces import lazy

if TYPE_CHECKING:
    from grader.exports import targets
    from grader.exports.collecting import collect
    from grader.exports.door import Exported, export
    from grader.exports.labels import Locale
    from grader.exports.losses import LOSSES
    from grader.exports.package import Selection
    from grader.exports.programs import MODULES, RUN_GRADMARK
    from grader.exports.targets import carried
else:
    __getattr__ = lazy(__name__)

__all__ = [
    "LOSSES",
    "MODULES",
    "RUN_GRADMARK",
    "Exported",
    "Locale",
    "Selection",
    "carried",
    "collect",
    "export",
    "targets",
]
