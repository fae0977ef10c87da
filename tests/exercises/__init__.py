"""Small exercises that several tests use. What one test needs, it writes on the spot."""

from pathlib import Path


def exercise_text(name: str) -> str:
    return (Path(__file__).parent / f"{name}.yaml").read_text(encoding="utf-8")
