"""A page that stands alone: its style is in it, its figures are in it, and nothing is fetched or run."""

from __future__ import annotations

from importlib.resources import files

from connectionist.reporting.html.elements import Html, element, join


def page(title: str, *parts: object, footer: object = None) -> str:
    """Return a whole document in HTML 5.

    Parameters
    ----------
    title : str
        Of the window; the first heading.
    *parts
        What stands on it, one under the other.
    footer : optional
        Small print.
    """
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("style", style()),
    )
    body = element("body", element("main", element("h1", title), *parts), element("footer", footer) if footer else None)
    return f"<!DOCTYPE html>\n{element('html', head, body, lang='en')}\n"


def section(heading: str, *parts: object) -> Html:
    """Return a part of a page under a heading."""
    return element("section", element("h2", heading), *parts)


def lines(*texts: object) -> Html:
    """Return texts, each a paragraph."""
    return join(*(element("p", text) for text in texts if text))


def style() -> Html:
    """Return the style of all pages."""
    return Html(files("connectionist.reporting").joinpath("style.css").read_text(encoding="utf-8"))
