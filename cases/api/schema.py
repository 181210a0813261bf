"""What the schema says beyond the views: errors are problem details everywhere."""

from typing import Any

from cases.api.problems import CONTENT_TYPE

PROBLEM = {
    "type": "object",
    "description": "Problem details (RFC 9457).",
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What went wrong, for the person."},
        "errors": {
            "type": "object",
            "description": "What is wrong, by field; the empty name is the whole body.",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
    "required": ["type", "title", "status", "detail"],
}
ALWAYS = {
    "400": "Some values cannot be used.",
    "401": "No valid token.",
    "403": "Your role may not do this.",
    "404": "There is no such thing for you.",
}
ON_WRITE = {"409": "Not possible as things stand.", "415": "Send JSON.", "429": "Too many requests."}
METHODS = {"get", "post", "put", "patch", "delete"}


def add_problems(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Postprocessing hook of drf-spectacular: the problem responses of every operation."""
    result["components"].setdefault("schemas", {})["Problem"] = PROBLEM
    for operations in result["paths"].values():
        for method, operation in operations.items():
            if method in METHODS:
                problems = ALWAYS if method == "get" else ALWAYS | ON_WRITE
                for status, description in problems.items():
                    operation["responses"].setdefault(status, _problem_response(description))
    return result


def _problem_response(description: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {CONTENT_TYPE: {"schema": schema}}}
