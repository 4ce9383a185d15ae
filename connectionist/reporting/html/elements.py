"""HTML elements from Python values. Every text that is not `Html` is escaped, so that it cannot become markup.

Control characters, which are not allowed in HTML, are written as by `visible_text`.
"""

from __future__ import annotations

import re
from html import escape

from connectionist.utils.visible_text import visible_text

VOID_ELEMENTS = ("br", "img", "meta")


class Html(str):
    """Text that is HTML. `element` and `join` escape any other text."""

    __slots__ = ()


def element(name: str, /, *children: object, **attributes: object) -> Html:
    """Return an HTML element.

    Parameters
    ----------
    name : str
        Name of the element, such as "table".
    *children
        Content: `Html` is unchanged, None is left out, anything else is escaped text.
    **attributes
        Attributes, escaped. A trailing underscore is removed and other underscores become hyphens, so that ``class_`` and ``aria_label``
        can be used; None leaves the attribute out.

    Examples
    --------
    >>> element("p", "2 < 3", element("br"), Html("<b>x</b>"), class_="note")
    '<p class="note">2 &lt; 3<br><b>x</b></p>'
    """
    given = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items() if value is not None}
    opening = "".join(f' {key}="{escape(visible_text(str(value)))}"' for key, value in given.items())
    if name in VOID_ELEMENTS:
        return Html(f"<{name}{opening}>")
    return Html(f"<{name}{opening}>{join(*children)}</{name}>")


def join(*children: object) -> Html:
    """Return children one after the other, escaped as by `element`.

    Examples
    --------
    >>> join("a & b", None, Html("<br>"))
    'a &amp; b<br>'
    """
    return Html("".join(child if isinstance(child, Html) else escape(visible_text(str(child))) for child in children if child is not None))


def docstring_html(text: str) -> Html:
    r"""Return the paragraphs of a docstring as HTML, with its code and emphasis.

    Examples
    --------
    >>> docstring_html("An *old* task.\n\nUnits are ``input:A``\nand x < y.")
    '<p>An <em>old</em> task.</p><p>Units are <code>input:A</code> and x &lt; y.</p>'
    """
    return join(*(element("p", inline_html(paragraph)) for paragraph in re.split(r"\n\s*\n", text.strip()) if paragraph))


def inline_html(text: str) -> Html:
    """Return the text of one paragraph as HTML, with its code (``x`` or `x`), *emphasis* and **strong emphasis**."""
    marked = re.sub(
        r"``(.+?)``|`([^`]+?)`", lambda found: f"<code>{found[1] or found[2]}</code>", escape(visible_text(" ".join(text.split())))
    )
    marked = re.sub(r"\*\*(\S(?:.*?\S)?)\*\*", r"<strong>\1</strong>", marked)
    return Html(re.sub(r"(?<![\w*])\*(\S(?:[^*]*?\S)?)\*(?![\w*])", r"<em>\1</em>", marked))
