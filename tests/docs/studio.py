"""The drawings and forms of docs/studio.md, of the graphs themselves: python -m tests.docs.studio writes them anew."""

from collections.abc import Iterator
from enum import Enum
from typing import get_args

from graphs.studio.campaign import Campaign, campaign_graph
from graphs.studio.served import Settings, Start, trajectory_graph
from tests.docs.architecture import ROOT

PAGE = ROOT / "docs" / "studio.md"
BEGIN, END = "<!-- drawn: python -m tests.docs.studio -->\n", "<!-- end of what is drawn -->"


def page() -> str:
    """The whole page with today's graphs and forms in it."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    drawn = "\n".join(_draw())
    return f"{before}{BEGIN}\n{drawn}\n{END}{rest.partition(END)[2]}"


def _draw() -> Iterator[str]:
    for name, graph in (("trajectory", trajectory_graph), ("campaign", campaign_graph)):
        yield f"`{name}`:\n\n```mermaid\n{graph.get_graph().draw_mermaid(with_styles=False).strip()}\n```\n"
    forms = {"Input of `trajectory`": Start, "Input of `campaign`": Campaign, "Settings": Settings}
    for title, form in forms.items():
        yield f"{title}:\n\n| field | default | what it is |\n| --- | --- | --- |"
        for name, field in form.model_fields.items():
            choices = [str(choice) for choice in get_args(field.annotation) if isinstance(choice, str)]
            choices += [member.value for kind in get_args(field.annotation) if _is_enum(kind) for member in kind]
            listed = f" One of {', '.join(choices)}." if choices else ""
            default = "" if field.is_required() or field.default is None else f"`{field.default!r}`"
            yield f"| `{name}` | {default} | {field.description}{listed} |"
        yield ""


def _is_enum(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Enum)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
