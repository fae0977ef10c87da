"""What is put around an answer is taken off in its place; what only looks like that is left."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.language.wrapping import unwrapped

AROUND = {
    "**0.65**": "0.65",
    "`0.65`": "0.65",
    "*0.65*": "0.65",
    r"\mathbf{0.65}": "0.65",
    r"w = \boxed{0.65}.": "w =        0.65 .",
    "**2*10**3**": "2*10**3",
    "**lr = 2**(-1)**.": "lr = 2**(-1)  .",
    "__0.65__": "0.65",
    "'0.65'": "0.65",
    "“0.65”": "0.65",
    "**`0.65`**.": "0.65   .",
    "$0.65$": "0.65",
    "$$\n0.65\n$$": "0.65",
    r"\(0.65\)": "0.65",
    r"\[0.65\]": "0.65",
    "`w21` = `0.65`": "w21  =  0.65",
    "**w21** = 0.65": "w21   = 0.65",
    "**Loss:** 0.65": "Loss:   0.65",
    "**Answer:** 0.65": "0.65",
    "My final answer is: 0.65": "0.65",
    "answer => 0.65": "0.65",
    "Ergebnis -> 0.65": "0.65",
    ">>> 0.65": "0.65",
    "Out[3]: 0.65": "0.65",
    "print(0.3)": "0.3",
    "print((1 + 2) * 3)": "(1 + 2) * 3",
    "```python\nprint(0.3)\n```": "0.3",
    "0.65  # rounded": "0.65",
    "－１．５": "-1.5",
    "‑1.5": "-1.5",
    "yhat（1 — yhat）": "yhat(1 - yhat)",
    "1\u00a0000\u202f000": "1 000 000",
    "1，2、3。": "1,2,3.",
}
LEFT = [
    "2**3", "a**b**c", "2 **3** 2", "**a** * **b**", "f'(x)", "x' = y'", "g`(x)", "print(1) + print(2)", "w_1 = _2",
    r"\mathbf{W} x + \mathbf{b}", r"\mathbf{1}\{x > 0\}", r"\begin{pmatrix} 1 \\[2pt] 2 \end{pmatrix}", r"5 \$", "W'", "[[1, 2]]'", "answer == 2", "answer", "the result of x",
]  # fmt: skip


@pytest.mark.parametrize("text", AROUND)
def test_what_stands_around_is_taken_off_in_its_place(text):
    assert unwrapped(text).strip() == AROUND[text]
    assert len(unwrapped(text)) == len(text)


@pytest.mark.parametrize("text", LEFT)
def test_what_belongs_to_a_formula_is_left(text):
    assert unwrapped(text) == text


@given(st.text("`*_'\"=$#(\n x1\\", max_size=40))
def test_every_sign_keeps_its_place(text):
    found = unwrapped(text)
    assert len(found) == len(text)
    assert all(after in (before, " ") for before, after in zip(text, found, strict=True))
