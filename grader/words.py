"""Words that depend on a number."""


def counted(count: int | str, noun: str, plural: str = "") -> str:
    """A number with its noun.

    >>> counted(1, "file"), counted(0, "file"), counted("about 10^9", "query", "queries")
    ('1 file', '0 files', 'about 10^9 queries')
    """
    return f"{count} {noun if str(count) == '1' else plural or noun + 's'}"
