"""Where an argument comes from, as the assistant's prompt says it: by what tells one source from the others."""

from agents.schema import (
    Constant,
    FromCode,
    FromItem,
    FromUser,
    JsonObject,
    ListOf,
    ObjectOf,
    Source,
    Template,
    Written,
)


def shorten(source: Source) -> JsonObject:
    """The source in half the marks of its form.

    >>> shorten(ListOf(items=(FromUser(fact="order id"), FromItem(path="id"))))
    {'list': [{'user': 'order id'}, {'item': 'id'}]}
    """
    match source:
        case FromUser():
            return {"user": source.fact}
        case Constant():
            return {"value": source.value}
        case FromItem():
            return {"item": source.path}
        case FromCode():
            return {"code": source.step}
        case Template():
            return {"template": source.template, "parts": {name: shorten(part) for name, part in source.parts.items()}}
        case ListOf():
            return {"list": [shorten(part) for part in source.items]}
        case ObjectOf():
            return {"object": {name: shorten(part) for name, part in source.fields.items()}}
        case Written():
            return {"task": source.task, "reads": [shorten(part) for part in source.reads]}
    return {"step": source.step, "path": source.path}


def restore(short: JsonObject) -> JsonObject:
    """The source in its form again.

    >>> restore({"list": [{"user": "order id"}, {"item": "id"}]})["items"][1]
    {'source': 'item', 'path': 'id'}
    """
    match short:
        case {"user": fact}:
            return {"source": "user", "fact": fact}
        case {"value": value}:
            return {"source": "constant", "value": value}
        case {"item": path}:
            return {"source": "item", "path": path}
        case {"code": step}:
            return {"source": "code", "step": step}
        case {"template": text, "parts": parts}:
            return {"source": "template", "template": text, "parts": {k: restore(part) for k, part in parts.items()}}
        case {"list": items}:
            return {"source": "list", "items": [restore(part) for part in items]}
        case {"object": fields}:
            return {"source": "object", "fields": {name: restore(part) for name, part in fields.items()}}
        case {"task": task, "reads": reads}:
            return {"source": "written", "task": task, "reads": [restore(part) for part in reads]}
    return {"source": "step", **short}
