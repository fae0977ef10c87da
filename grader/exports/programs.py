"""Which programs there are: name at the door → module of this package with its ``TARGET``."""

MODULES = {
    "moodle": "moodle",
    "pdf": "pdf",
}
