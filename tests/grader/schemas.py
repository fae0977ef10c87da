"""What the schemas that editors use refuse."""

import json

from jsonschema import Draft202012Validator

from grader.bank import schema, yaml

VALIDATORS = {kind: Draft202012Validator(json.loads(schema.written(kind))) for kind in schema.KINDS}


def faults(path, kind="exercise"):
    """What the schema refuses in a file."""
    return [error.message for error in VALIDATORS[kind].iter_errors(yaml.load(path)[0])]
