"""The cases of ``fixtures/reading.yaml``, over the names, abstract functions and indices of their group."""

from pathlib import Path

from reference.language.reading import Vocabulary, read
from reference.language.shapes import resolve
from reference.network import Symbols

FILE = Path(__file__).parent.parent / "fixtures" / "reading.yaml"


def size(text):
    return int(text) if text.isdigit() else text


def understand(text, group):
    """A text over the names, abstract functions and indices of a group."""
    shapes = {
        name: tuple(size(part) for part in shape.split()) for name, shape in group["names"].items()
    }
    functions = group.get("functions", {})
    indices = {name: size(over) for name, over in group.get("indices", {}).items()}
    symbols = Symbols(functions, indices)
    names = (*group.get("only", shapes), *indices)
    written = read(text, Vocabulary(names, tuple(functions.items()), tuple(indices)))
    return resolve(written, {**shapes, **symbols.shapes}, indices)[0]
