"""The language of exercises and answers: expressions over oriented matrices; ``operations`` has a row for each function."""
