"""An HTML document that contains its style and figures, loads nothing and runs no script."""

from __future__ import annotations

from importlib.resources import files

from connectionist.reporting.html.elements import Html, element, join


def page(title: str, *parts: object, footer: object = None) -> str:
    """Return an HTML 5 document.

    Parameters
    ----------
    title : str
        Title of the window and first heading.
    *parts
        Content, from top to bottom.
    footer : optional
        Small text at the end.
    """
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("style", stylesheet()),
    )
    body = element("body", element("main", element("h1", title), *parts), element("footer", footer) if footer else None)
    return f"<!DOCTYPE html>\n{element('html', head, body, lang='en')}\n"


def section(heading: str, *parts: object) -> Html:
    """Return a section with a heading."""
    return element("section", element("h2", heading), *parts)


def paragraphs(*texts: object) -> Html:
    """Return a paragraph for each text that is not empty."""
    return join(*(element("p", text) for text in texts if text))


def stylesheet() -> Html:
    """Return the style of all pages."""
    return Html(files("connectionist.reporting").joinpath("style.css").read_text(encoding="utf-8"))
