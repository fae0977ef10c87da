"""Which programs there are: name at the door → module of this package with its ``TARGET``."""

MODULES = {
    "moodle": "moodle",
    "canvas": "canvas",
    "canvas-classic": "classic",
    "qti3": "qti3",
}
