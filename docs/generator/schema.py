"""docs/report-schema.md, from the models."""

from __future__ import annotations

import typing
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from generator.markdown import page as assembled
from generator.markdown import table
from orama_monitor.cluster_report import ClusterReport

INTRODUCTION = """\
# The reports

Written by `make docs` from the models; `orama monitor schema` prints the same as JSON Schema. `null` means "not known",
and a section that is null is not installed on the node or could not be collected: `collectors` says which."""

SIMPLE = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}


def page() -> str:
    models = _reachable(ClusterReport)
    return assembled(INTRODUCTION, *(_part(model) for model in models))


def _reachable(model: type[BaseModel]) -> list[type[BaseModel]]:
    found: list[type[BaseModel]] = []

    def visit(one: type[BaseModel]) -> None:
        if one in found:
            return
        found.append(one)
        for field in one.model_fields.values():
            for inner in _models(field.annotation):
                visit(inner)

    visit(model)
    return found


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in get_args(annotation) for model in _models(argument)]


def _part(model: type[BaseModel]) -> str:
    rows = [(f"`{name}`", _type(field.annotation)) for name, field in model.model_fields.items()]
    doc = " ".join((model.__doc__ or "").split())
    return f"## {model.__name__}\n\n{doc}\n\n" + table(("field", "type"), rows)


def _type(annotation: Any) -> str:
    if annotation in SIMPLE:
        return SIMPLE[annotation]
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _type(arguments[0])
    if origin is typing.Literal:
        return " or ".join(f'"{value}"' for value in arguments)
    if origin in (list, dict):
        return {list: "list of {0}", dict: "map of {0} to {1}"}[origin].format(*map(_type, arguments))
    if origin is Union or arguments:
        return " or ".join(_type(argument) for argument in arguments)
    return getattr(annotation, "__name__", str(annotation))
