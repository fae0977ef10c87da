"""Archives for Classic Quizzes, which marks several choices in its own way, and keeps four decimals."""

from tests.grader.readers import canvas


def compare(files, variants, compared):
    canvas.compare(files, variants, compared, classic=True)
