"""Configuration of Sphinx; ``scripts/docs`` builds the site."""

from __future__ import annotations

import sys
from pathlib import Path

import connectionist as cn
from connectionist import errors

DOCS = Path(__file__).parent
sys.path[:0] = [str(DOCS / "_sphinx"), str(DOCS.parent / "scripts")]

project = "connectionist"
author = "the connectionist developers"
copyright = author
release = cn.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "gallery",
    "myst_nb",
    "sphinx_copybutton",
    "command_line",
    "doctests",
    "mathml",
    "names",
    "plugin_reference",
    "root_links",
]
exclude_patterns = ["_build", "_sphinx", "conf.py", "conftest.py", "images/draw.py"]
nitpicky = True
nitpick_ignore = [("py:class", "dataclasses.FrozenInstanceError")]  # a base class that no page here describes
default_role = "py:obj"
add_module_names = False

myst_heading_anchors = 3
nb_execution_mode = "off"  # a piece of the gallery is run when it is read

autodoc_member_order = "bysource"
autodoc_typehints = "none"
autosummary_filename_map = {  # on file systems that ignore case, the page of cn.run would replace the page of cn.Run
    f"connectionist.{name}": f"connectionist.{name}-function" for name in cn.__all__ if name.islower() and name.capitalize() in cn.__all__
}
numpydoc_show_class_members = False
numpydoc_xref_param_type = True
numpydoc_xref_ignore = "all"
raised = [name for name, found in vars(errors).items() if isinstance(found, type) and issubclass(found, BaseException)]
numpydoc_xref_aliases = {name: f"connectionist.{name}" for name in cn.__all__ if name[0].isupper()}
numpydoc_xref_aliases |= {name: f"connectionist.errors.{name}" for name in raised}

templates_path = ["_templates"]
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_theme = "furo"
pygments_dark_style = "a11y-high-contrast-dark"
html_title = f"{project} {release}"
html_copy_source = False
html_show_sphinx = False
html_math_renderer = "mathml"
copybutton_prompt_text = r">>> |\.\.\. "
copybutton_prompt_is_regexp = True
