"""Plugins by name: listing imports none, using one imports that one alone."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar

from harness.errors import PluginError, UsageError, did_you_mean
from harness.plugins.names import PEOPLE, check_plugin_name
from harness.plugins.source import source_hash

if TYPE_CHECKING:
    import pluggy

    from harness.protocol.dataset import DatasetSpec
    from harness.protocol.method import MethodSpec
    from harness.protocol.task import TaskSpec

SpecT = TypeVar("SpecT", "MethodSpec", "TaskSpec", "DatasetSpec")
Spec: TypeAlias = "MethodSpec | TaskSpec | DatasetSpec"
Kind = Literal["method", "task", "dataset"]
KINDS: tuple[Kind, ...] = ("method", "task", "dataset")
OURS = Path(__file__).parents[2]
"""The folder of this project's own packages."""


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A plugin that is not imported yet: its name, its origin for people, and its source."""

    name: str
    origin: str
    entry_point: EntryPoint | None = None
    file: Path | None = None


class Plugins:
    """The methods, tasks and datasets that exist, each imported when it is first used.

    Args:
        files: plugin files; they are imported at once, because their names are inside them.

    Raises:
        PluginError: a file cannot be imported, breaks a rule, or takes a name that exists.
    """

    def __init__(self, files: tuple[Path, ...] = ()) -> None:
        self._given: dict[tuple[Kind, str], tuple[Spec, Path]] = {}
        self._loaded: dict[tuple[Kind, str], Spec] = {}
        for file in files:
            self._add_file(file)

    def listed(self, kind: Kind) -> dict[str, list[Listed]]:
        """Return the plugins of a kind by name, importing none.

        A name with several plugins is an error only when it is used.
        """
        found: dict[str, list[Listed]] = {}
        for point in entry_points(group=f"oneshot.{kind}s"):
            origin = f"{point.dist.name} {point.dist.version}" if point.dist else "unknown"
            if any(
                point.value == other.entry_point.value
                for other in found.get(point.name, ())
                if other.entry_point and other.origin == origin
            ):
                continue  # an editable install is on the path twice
            found.setdefault(point.name, []).append(
                Listed(name=point.name, origin=f"{origin} ({point.value})", entry_point=point)
            )
        for (given_kind, name), (_, file) in self._given.items():
            if given_kind == kind:
                found.setdefault(name, []).append(Listed(name=name, origin=str(file), file=file))
        return dict(sorted(found.items()))

    def method(self, name: str) -> MethodSpec:
        """Return a method, importing its plugin and no other.

        Raises:
            UsageError: no method has that name.
            PluginError: two plugins have the name, or the plugin cannot be imported or breaks a
                rule.
        """
        from harness.protocol.method import MethodSpec

        return self._spec("method", name, MethodSpec)

    def task(self, name: str) -> TaskSpec:
        """Return a family of tasks; the errors are those of ``method``."""
        from harness.protocol.task import TaskSpec

        return self._spec("task", name, TaskSpec)

    def dataset(self, name: str) -> DatasetSpec:
        """Return how a dataset is loaded; the errors are those of ``method``."""
        from harness.protocol.dataset import DatasetSpec

        return self._spec("dataset", name, DatasetSpec)

    def source(self, kind: Kind, name: str) -> str:
        """Return the sha256 of a plugin's code: while it is the same, so are the answers."""
        plugin = self._plugin(kind, name)
        if plugin.entry_point is None:
            assert plugin.file is not None
            return source_hash(plugin.file, plugin.file.stem)
        # find_spec imports the parent packages alone
        found = importlib.util.find_spec(plugin.entry_point.module)
        if found is None or not found.origin:
            return "unknown"
        return source_hash(Path(found.origin), plugin.entry_point.module)

    def version(self, kind: Kind, name: str) -> str:
        """Return the version of a plugin's distribution, or ``none`` if it has none."""
        point = self._plugin(kind, name).entry_point
        return point.dist.version if point is not None and point.dist is not None else "none"

    def _plugin(self, kind: Kind, name: str) -> Listed:
        self._loaded_spec(kind, name)
        (plugin,) = self.listed(kind)[name]
        return plugin

    def _spec(self, kind: Kind, name: str, expected: type[SpecT]) -> SpecT:
        spec = self._loaded_spec(kind, name)
        assert isinstance(spec, expected)  # _call has checked it
        return spec

    def _loaded_spec(self, kind: Kind, name: str) -> Spec:
        if (kind, name) not in self._loaded:
            self._loaded[kind, name] = self._load(kind, name)
        return self._loaded[kind, name]

    def _load(self, kind: Kind, name: str) -> Spec:
        if (kind, name) == ("method", PEOPLE):
            raise UsageError(
                f"{PEOPLE} is a person, who answers in a browser: oneshot human --task TASK --name "
                "NAME"
            )
        listed = self.listed(kind)
        if name not in listed:
            raise UsageError(
                f"no {kind} is called {name}; {did_you_mean(name, listed)}; see: oneshot list"
            )
        if len(listed[name]) > 1:
            claims = " and ".join(each.origin for each in listed[name])
            raise PluginError(f"{kind} {name} is claimed twice: by {claims}; remove one of them")
        (plugin,) = listed[name]
        check_plugin_name(kind, name, plugin.origin)
        if plugin.entry_point is None:
            return self._given[kind, name][0]
        module = _import_entry_point(plugin.entry_point, plugin.origin)
        specs = _specs(module, plugin.origin)
        if kind not in specs:
            raise PluginError(f"{plugin.origin}: it implements no hook oneshot_{kind}; add it")
        if specs[kind].name != name:
            raise PluginError(
                f"{plugin.origin}: its entry point is called {name} and its {kind} "
                f"{specs[kind].name}; give both one name"
            )
        return specs[kind]

    def _add_file(self, file: Path) -> None:
        specs = _specs(_import_file(file), str(file))
        for kind, spec in specs.items():
            check_plugin_name(kind, spec.name, str(file))
            taken = self.listed(kind).get(spec.name)
            if taken:
                raise PluginError(
                    f"{file}: the {kind} name {spec.name} is taken by {taken[0].origin}; rename it"
                )
            self._given[kind, spec.name] = (spec, file)


def _import_entry_point(point: EntryPoint, origin: str) -> ModuleType:
    _refuse_shadowed(point.module)
    try:
        return point.load()
    except Exception as failure:
        raise PluginError(
            f"{origin}: importing it failed with {type(failure).__name__}: {_line(failure)}; mend "
            "it, or remove its distribution"
        ) from failure


def _refuse_shadowed(module: str) -> None:
    """Raise PluginError if another top-level module hides one of this project's packages."""
    package = module.partition(".")[0]
    ours = OURS / package / "__init__.py"
    if not ours.exists() or package not in ("methods", "tasks"):
        return
    found = importlib.util.find_spec(package)
    if found is not None and found.origin and not Path(found.origin).samefile(ours):
        raise PluginError(
            f"{found.origin} hides {ours}: both are called {package}; rename the first, or run "
            "oneshot from another folder"
        )


def _import_file(file: Path) -> ModuleType:
    if not file.is_file():
        raise PluginError(f"--plugin {file}: there is no such file; name one that ends in .py")
    # a module's name may not have the dots and dashes of a file's
    name = "oneshot_plugin_" + "".join(c if c.isalnum() else "_" for c in file.stem)
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise PluginError(f"--plugin {file}: not a Python file; its name must end in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look up their own module
    if str(file.absolute().parent) not in sys.path:  # last, so that it hides no other module
        sys.path.append(str(file.absolute().parent))
    try:
        spec.loader.exec_module(module)
    except Exception as failure:
        raise PluginError(
            f"--plugin {file}: importing it failed with {type(failure).__name__}: {_line(failure)}"
        ) from failure
    return module


def _specs(module: object, origin: str) -> Mapping[Kind, Spec]:
    """Return what a plugin's hooks declare.

    Raises:
        PluginError: the module breaks a rule; pluggy alone would ignore most such mistakes.
    """
    import pluggy

    from harness.plugins import hookspecs

    manager = pluggy.PluginManager("oneshot")
    manager.add_hookspecs(hookspecs)
    try:
        manager.register(module, name=origin)
        manager.check_pending()
    except pluggy.PluginValidationError as refusal:
        hooks = ", ".join(f"oneshot_{kind}" for kind in KINDS)
        raise PluginError(f"{origin}: {_line(refusal)}; the hooks are {hooks}") from refusal
    specs = {kind: _call(manager, kind, origin) for kind in KINDS if _implements(manager, kind)}
    if not specs:
        raise PluginError(
            f"{origin}: it implements no hook; decorate oneshot_method, oneshot_task or "
            "oneshot_dataset with @hookimpl"
        )
    return specs


def _implements(manager: pluggy.PluginManager, kind: Kind) -> bool:
    return bool(getattr(manager.hook, f"oneshot_{kind}").get_hookimpls())


def _call(manager: pluggy.PluginManager, kind: Kind, origin: str) -> Spec:
    """Return what one hook declares.

    Raises:
        PluginError: the hook fails, or returns nothing or a value of another type.
    """
    from harness.protocol.dataset import DatasetSpec
    from harness.protocol.method import MethodSpec
    from harness.protocol.task import TaskSpec

    types: dict[Kind, type[Spec]] = {
        "method": MethodSpec,
        "task": TaskSpec,
        "dataset": DatasetSpec,
    }
    expected = types[kind]
    try:
        answers = getattr(manager.hook, f"oneshot_{kind}")()
    except Exception as failure:
        raise PluginError(
            f"{origin}: oneshot_{kind} failed with {type(failure).__name__}: {_line(failure)}"
        ) from failure
    if not answers:
        raise PluginError(f"{origin}: oneshot_{kind} returned nothing; is a return missing?")
    if not isinstance(answers[0], expected):
        raise PluginError(
            f"{origin}: oneshot_{kind} returned {type(answers[0]).__name__}, "
            f"not {expected.__name__}"
        )
    return answers[0]


def _line(failure: BaseException) -> str:
    """Return a failure's message on one line."""
    return " ".join(str(failure).split())
