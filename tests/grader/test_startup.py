"""No command loads what it does not use: the packages, and what is slow of the standard library, that each may load."""

import json
import subprocess
import sys

import pytest

SLOW = {"multiprocessing", "http", "email", "urllib.request", "asyncio", "unittest", "pdb"}
OURS = {"grader", "reference", "typing_extensions", "cython_runtime"}  # or of those that use them
PROBE = """
import json, sys
before = {*sys.modules}
from grader.cli import main
try:
    main(sys.argv[1:], standalone_mode=False)
except SystemExit:
    pass
print("\\n" + json.dumps([*({*sys.modules} - before)]))
"""
NUMBERS = {"click", "msgspec", "numpy", "yaml"}
LANGUAGE = NUMBERS | {"pylatexenc"}
BUDGET = {
    ("--version",): {"click", "msgspec"},
    ("--help",): {"click", "msgspec"},
    ("list",): NUMBERS,
    ("show", "layer-sizes"): LANGUAGE,
    ("show", "layer-sizes", "--format", "html"): LANGUAGE
    | {"markdown_it", "mdit_py_plugins", "mdurl", "math_core", "jinja2", "markupsafe"},
    ("mark", "layer-sizes", "outputs.A=1"): LANGUAGE,
    ("grade", "a.jsonl", "--out", "m.jsonl"): NUMBERS,
}


@pytest.mark.parametrize("words", BUDGET, ids=" ".join)
def test_a_command_loads_what_it_uses(words, tmp_path):
    (tmp_path / "a.jsonl").write_text(
        '{"exercise": "two-two-one", "seed": 3, "answers": {"output.y": "0.5"}}\n'
    )
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *words], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    loaded = {*json.loads(done.stdout.splitlines()[-1])}
    packages = {name.partition(".")[0] for name in loaded} - sys.stdlib_module_names
    used = {name for name in packages if not name.startswith("_")} - OURS
    assert used <= BUDGET[words]
    assert not loaded & SLOW
