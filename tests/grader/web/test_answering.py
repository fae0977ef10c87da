"""A student's way through a paper."""

import re


def test_a_paper_is_begun_answered_and_handed_in(small):
    ann = small.enter("ann")
    assert "Begin" in ann.see(small.quiz)
    assert ann.fill_in(f"{small.quiz}/begin").status_code == 200
    page = ann.see(f"{small.quiz}/1")
    names = re.findall(r'<input class="box" [^>]*name="([^"]*)"', page)
    assert names
    answer = ann.fill_in(f"{small.quiz}/1", **{names[0]: "0.5", "do": "next"})
    assert answer.status_code == 200 and "1 of" in answer.text
    assert 'value="0.5"' in ann.see(f"{small.quiz}/1") and "read as" in ann.shown
