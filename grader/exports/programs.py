"""Which programs there are: name at the door → module of this package with its ``TARGET``."""

MODULES = {
    "prairielearn": "prairielearn",
    "gradescope": "gradescope",
    "moodle": "moodle",
    "canvas": "canvas",
    "canvas-classic": "classic",
    "qti3": "qti3",
    "pdf": "pdf",
}
RUN_GRADMARK = ("prairielearn", "gradescope")  # from wheels
