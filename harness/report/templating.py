"""Pages from templates: one way to fill them, so that no page forgets to escape what it shows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup


def template_environment(folder: Path) -> Environment:
    """Return what fills the templates in a folder: they are escaped, and miss no value.

    ``tojson`` writes compact JSON and refuses NaN; ``breakable`` lets a method's name break
    between its settings.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["breakable"] = _breakable
    environment.policies["json.dumps_kwargs"] = {"allow_nan": False, "separators": (",", ":")}
    return environment


def _breakable(name: str) -> Markup:
    from markupsafe import Markup, escape

    return Markup(re.sub(r"([\[,])", r"\1<wbr>", str(escape(name))))
