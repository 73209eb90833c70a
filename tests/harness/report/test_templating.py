from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jinja2 import UndefinedError

from harness.report.templating import template_environment


def filled(folder: Path, text: str, **values: Any) -> str:
    """Fill a template of this text."""
    (folder / "page.html").write_text(text)
    return template_environment(folder).get_template("page.html").render(values)


def test_what_is_shown_is_escaped(tmp_path: Path) -> None:
    assert filled(tmp_path, "{{ name }}", name="<b>&") == "&lt;b&gt;&amp;"


def test_a_value_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UndefinedError, match="'name' is undefined"):
        filled(tmp_path, "{{ name }}")


def test_lines_of_blocks_leave_no_lines(tmp_path: Path) -> None:
    text = "<p>\n  {% if true %}\nyes\n  {% endif %}\n</p>\n"
    assert filled(tmp_path, text) == "<p>\nyes\n</p>"


def test_a_name_breaks_between_its_settings_and_is_escaped_once(tmp_path: Path) -> None:
    name = "matching[steps=4,note=<b>]"
    assert filled(tmp_path, "{{ name|breakable }}", name=name) == (
        "matching[<wbr>steps=4,<wbr>note=&lt;b&gt;]"
    )


def test_json_is_compact_and_has_no_nan(tmp_path: Path) -> None:
    assert filled(tmp_path, "{{ value|tojson }}", value={"a": [1, 2]}) == '{"a":[1,2]}'
    with pytest.raises(ValueError, match="not JSON compliant"):
        filled(tmp_path, "{{ value|tojson }}", value=float("nan"))
