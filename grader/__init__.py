"""Exercises on neural networks: draw, solve, hand out, mark."""
