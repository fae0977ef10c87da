"""Follow-through of formulas."""
from grader.answers import Outcome
from grader.marking.scoring import Response
from grader.model import Model
def followed_formulas(model: Model, response: Response) -> dict[str, Outcome]:
    return {}
