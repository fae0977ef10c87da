"""The bank of the term: answers whose right marks are plain from the key alone, as none follows from another."""

from pathlib import Path

LINE = """
id: line
title: Two lines
network:
  inputs: {x: 1}
  parameters: {w: 1, b: 1, v: 1, c: 1}
  equations: |
    z = w x + b
    u = v x + c
sample:
  x: {from: [-3, 3], step: 1, not: 0}
  w, b, v, c: {from: [-0.9, 0.9], step: 0.1, not: 0}
questions:
  - id: forward
    points: 4
    ask: Compute $z$ and $u$.
    answer: {values: [z, u]}
"""
MENDED = LINE.replace("z = w x + b", "z = w x + b + 1")
RATES = """
id: rates
title: What dropout does
questions:
  - id: pick
    points: 1
    ask: What does dropout do during training?
    answer:
      choose_one:
        show: 4
        options:
          silences: {right: true, text: It sets random activations to zero.}
          weights: {text: It removes the smallest weights for good.}
          examples: {text: It leaves out random examples.}
          rate: {text: It lowers the learning rate from epoch to epoch.}
          layers: {text: It deletes layers that learn too slowly.}
"""
WHY = """
id: why
title: In your own words
choose:
  depth: [ten, twenty, thirty, forty, fifty]
questions:
  - id: saturation
    points: 3
    ask: In a network of {{depth}} layers, why do the first layers learn slowly?
    answer:
      text:
        rubric:
          slope: {text: Says that slopes are small., weight: 2}
          product: {text: Says that they are multiplied.}
"""
QUIZ = """
id: {name}
title: A quiz of the term
pick:
  - {{exercise: line, points: 10}}
  - rates
  - why
"""


def write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (("line", LINE), ("rates", RATES), ("why", WHY)):
        (folder / f"{name}.yaml").write_text(text)
