"""``oneshot list``: the names of plugins and suites, and the settings of one method."""

from __future__ import annotations

import json
from dataclasses import fields
from inspect import getdoc, getmodule
from pathlib import Path
from typing import TYPE_CHECKING

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

    Each is listed with its origin, and none is imported. With METHOD, show that method and its
    settings.
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
    from harness.protocol.settings import comments

    settings = {field.name: getattr(spec.settings(), field.name) for field in fields(spec.settings)}
    traits = {
        "framework": spec.framework,
        "seeded": spec.seeded,
        "transductive": spec.transductive,
        "settings": settings,
    }
    if as_json:
        click.echo(json.dumps({"name": spec.name, **traits}, indent=1))
        return
    module = getmodule(spec.build)
    click.echo(getdoc(module) or spec.name if module else spec.name)
    click.echo(
        f"\nframework: {spec.framework}; seeded: {'yes' if spec.seeded else 'no'}; "
        f"transductive: {'yes' if spec.transductive else 'no'}"
    )
    said = comments(spec.settings)
    width = max((len(f"{name}={default}") for name, default in settings.items()), default=0)
    for name, default in settings.items():
        click.echo(f"  {f'{name}={default}':<{width}}  {said.get(name, '')}".rstrip())
