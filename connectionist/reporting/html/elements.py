"""HTML from values: whatever is not HTML already is escaped, so that no text from outside can become markup."""

from __future__ import annotations

import re
from html import escape

VOID = ("br", "img", "meta")


class Html(str):
    """Text that is HTML. Any other text is escaped when an element takes it in."""

    __slots__ = ()


def element(name: str, /, *children: object, **attributes: object) -> Html:
    """Return an element.

    Parameters
    ----------
    name : str
        As in "table".
    *children
        What stands in it: `Html` as it is, None left out, anything else as escaped text.
    **attributes
        Escaped too. An underscore at the end is taken off and others become hyphens, so that Python's own words can be written
        (``class_="wide"``, ``aria_label="…"``); None leaves the attribute out.

    Examples
    --------
    >>> element("p", "2 < 3", element("br"), Html("<b>x</b>"), class_="note")
    '<p class="note">2 &lt; 3<br><b>x</b></p>'
    """
    given = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items() if value is not None}
    opening = "".join(f' {key}="{escape(str(value))}"' for key, value in given.items())
    if name in VOID:
        return Html(f"<{name}{opening}>")
    return Html(f"<{name}{opening}>{join(*children)}</{name}>")


def join(*children: object) -> Html:
    """Return children one after the other, as `element` takes them.

    Examples
    --------
    >>> join("a & b", None, Html("<br>"))
    'a &amp; b<br>'
    """
    return Html("".join(child if isinstance(child, Html) else escape(str(child)) for child in children if child is not None))


def prose(text: str) -> Html:
    r"""Return paragraphs for the text of a docstring, with its code and emphasis marked.

    Examples
    --------
    >>> prose("An *old* task.\n\nUnits are ``input:A``\nand x < y.")
    '<p>An <em>old</em> task.</p><p>Units are <code>input:A</code> and x &lt; y.</p>'
    """
    return join(*(element("p", phrase(paragraph)) for paragraph in re.split(r"\n\s*\n", text.strip()) if paragraph))


def phrase(text: str) -> Html:
    """Return one paragraph's text as `prose` marks it, however many lines it has."""
    marked = re.sub(r"``(.+?)``|`([^`]+?)`", lambda found: f"<code>{found[1] or found[2]}</code>", escape(" ".join(text.split())))
    marked = re.sub(r"\*\*(\S(?:.*?\S)?)\*\*", r"<strong>\1</strong>", marked)
    return Html(re.sub(r"(?<![\w*])\*(\S(?:[^*]*?\S)?)\*(?![\w*])", r"<em>\1</em>", marked))
