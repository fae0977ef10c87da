"""``python -m tests.term 400``: three quizzes of so many students; exit code 1 if anything is lost, doubled or unaccounted for."""

import sys
import tempfile
from pathlib import Path

from tests.term.quizzes import Term

if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    with tempfile.TemporaryDirectory() as place:
        term = Term(Path(place), count)
        found = term.run()
    print("\n".join(term.told))
    print("\n".join(found) or "every point is accounted for")
    sys.exit(bool(found))
