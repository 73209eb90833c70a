"""``oneshot list``: the names of plugins and suites, and the settings of one method."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from dataclasses import asdict
from inspect import getdoc, getmodule
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.commands.options import json_option, plugin_option
from harness.plugins.defaults import DRAWN_TASK, SWEEP

if TYPE_CHECKING:
    from harness.plugins.registry import Plugins
    from harness.protocol.method import MethodSpec


@click.command("list")
@click.argument("method", required=False)
@plugin_option
@json_option
def list_(method: str | None, plugins: tuple[Path, ...], as_json: bool) -> None:
    """List methods, tasks, datasets and suites.

    Each is listed with its origin, and none is imported. With METHOD, show that method, its
    settings and its presets.
    """
    from harness.plugins.registry import Plugins

    found = Plugins(plugins)
    if method is not None:
        _print_method(found.method(method), as_json)
        return
    listing = _listing(found)
    if as_json:
        click.echo(json.dumps(listing, indent=1))
        return
    width = max(len(name) for group in listing.values() for name in group)
    for kind, group in listing.items():
        forms = f" (as {DRAWN_TASK}, {SWEEP}; @background after any)"
        click.echo(f"{kind}{forms if kind == 'tasks' else ''}:")
        for name, origin in group.items():
            click.echo(f"  {name:<{width}}  {origin}")


def _listing(found: Plugins) -> dict[str, dict[str, str]]:
    from harness.plugins.registry import KINDS
    from harness.running.suites import suite_names

    listing = {
        f"{kind}s": {
            name: " AND ".join(each.origin for each in claims)
            for name, claims in found.listed(kind).items()
        }
        for kind in KINDS
    }
    return {**listing, "suites": {name: "built in" for name in suite_names()}}


def _print_method(spec: MethodSpec, as_json: bool) -> None:
    settings = asdict(spec.settings())
    presets = {name: asdict(preset) for name, preset in spec.presets.items()}
    if as_json:
        traits = {
            "name": spec.name,
            "framework": spec.framework,
            "seeded": spec.seeded,
            "transductive": spec.transductive,
            "settings": settings,
            "presets": presets,
        }
        click.echo(json.dumps(traits, indent=1))
        return
    module = getmodule(spec.build)
    click.echo(getdoc(module) or spec.name if module else spec.name)
    click.echo(
        f"\nframework: {spec.framework}; seeded: {'yes' if spec.seeded else 'no'}; "
        f"transductive: {'yes' if spec.transductive else 'no'}"
    )
    _echo_settings(spec, settings)
    if presets:
        click.echo("\npresets, and the settings in which each differs from those above:")
    differing = {
        name: {key: value for key, value in values.items() if value != settings[key]}
        for name, values in presets.items()
    }
    _echo_rows({f"preset={name}": ", ".join(_pairs(each)) for name, each in differing.items()})


def _echo_settings(spec: MethodSpec, settings: Mapping[str, Any]) -> None:
    from harness.protocol.settings import comments

    texts = comments(spec.settings)
    pairs = zip(settings, _pairs(settings), strict=True)
    _echo_rows({pair: texts.get(name, "") for name, pair in pairs})


def _pairs(settings: Mapping[str, Any]) -> list[str]:
    from harness.protocol.settings import spelled

    return [f"{key}={value}" for key, value in spelled(settings).items()]


def _echo_rows(rows: Mapping[str, str]) -> None:
    """Print each key with its text in a column, which fits a terminal of 80 characters."""
    width = max(map(len, rows), default=0)
    for key, text in rows.items():
        line = f"  {key:<{width}}  {text}".rstrip()
        indent = " " * (width + 4)
        click.echo(textwrap.fill(line, 80, subsequent_indent=indent, break_on_hyphens=False))
