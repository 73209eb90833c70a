"""The method under test: as it was named, and in a fitted state whenever a check asks for one."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from weakref import finalize

import numpy as np
from numpy.typing import NDArray

from harness.conformance.episodes import (
    copy_of,
    copy_of_split,
    small_dataset,
    small_episodes,
)
from harness.conformance.faults import Blocked, Nonconformance
from harness.conformance.process import Errand, Report, run_elsewhere
from harness.conformance.snapshot import Snapshot
from harness.errors import MethodError, one_line
from harness.learning.embedding import EmbeddingMethod
from harness.learning.training import Training
from harness.plugins.registry import Plugins
from harness.plugins.requirements import check_installed
from harness.protocol.dataset import Dataset
from harness.protocol.episodes import Episodes
from harness.protocol.method import Method, checked_scores
from harness.protocol.settings import canonical, configure, parse_method
from harness.running.device import Device, check_device
from harness.running.machine import keras_backend

Scores = NDArray[np.float64]

SEED, OTHER_SEED = 0, 1
KEPT_FITS = 3
"""How often a method is fitted that can be saved: for all checks, in another process, and with
another seed."""


@dataclass(frozen=True, kw_only=True, eq=False)
class FirstFit:
    """A method just after it was fitted, before it has answered anything.

    Attributes:
        method: the method.
        changed: what fitting changed in the background that it was given.
        kept: the folder that it was saved into, where it can be; None where it cannot.
        saving: what saving raised, if it did.
    """

    method: Method
    changed: tuple[str, ...]
    kept: Path | None
    saving: Nonconformance | None


class Subject:
    """A method under test, and the episodes it is asked about.

    Args:
        method: as on the command line, ``NAME`` or ``NAME[key=value,...]``.
        plugins: plugin files that may be needed.
        dataset: what it learns from and is asked about, as it is; the small one when not given.
        device: where it computes.

    Raises:
        UsageError: no such method, setting or device, or what it needs is not installed.
        PluginError: its plugin cannot be imported or understood.
        DataError: the dataset is too small.
    """

    def __init__(
        self,
        method: str,
        plugins: Iterable[Path | str] = (),
        dataset: Dataset | None = None,
        device: Device = "auto",
    ) -> None:
        check_device(device)
        self.plugins = tuple(Path(file).absolute() for file in plugins)
        self.device = device
        choice = parse_method(method)
        self.spec = Plugins(self.plugins).method(choice.name)
        self._settings = configure(choice, self.spec.settings)
        self.method = str(canonical(choice, self.spec.settings))
        check_installed(self.spec, keras_backend())
        self.dataset = small_dataset() if dataset is None else dataset
        dealt = small_episodes(self.dataset)
        self._episodes, self.truth = dealt.episodes, dealt.key.truth
        self._folder: Path | None = None

    @cached_property
    def learns(self) -> bool:
        """Whether there is something to fit."""
        return "fit" in self.verbs

    @cached_property
    def keeps(self) -> bool:
        """Whether what it learns can be saved and loaded; the same rule as when it is run."""
        return self.verbs == {"fit", "save", "load"}

    @cached_property
    def verbs(self) -> set[str]:
        """Those of fit, save and load that its author wrote."""
        method = self.built()
        learner = method.embedder if isinstance(method, EmbeddingMethod) else method
        return {verb for verb in ("fit", "save", "load") if hasattr(learner, verb)}

    @property
    def folder(self) -> Path:
        """A folder for what has to be written; it goes with the subject, at the latest."""
        if self._folder is None:
            self._folder = Path(mkdtemp(prefix="oneshot-conformance-"))
            self._remove = finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        return self._folder

    def episodes(self) -> Episodes:
        """Return the episodes, over a pool that nobody has seen."""
        return copy_of(self._episodes)

    @cached_property
    def first(self) -> FirstFit:
        """The method fitted for the first time, and saved as a run would save it."""
        background = copy_of_split(self.dataset.background)
        before = Snapshot(background)
        method = self._fitted(Training(seed=SEED, device=self.device), background)
        changed, kept, saving = before.changed(), None, None
        if self.keeps:
            kept = self.folder / "kept"
            kept.mkdir()
            try:
                _attempt("save", lambda: method.save(kept))  # type: ignore[attr-defined]
            except Nonconformance as fault:
                saving = fault
        return FirstFit(method=method, changed=changed, kept=kept, saving=saving)

    @cached_property
    def fitted_scores(self) -> Scores:
        """What it answered first, just after it was fitted."""
        return self.scores(self.first.method, self.episodes())

    @cached_property
    def reference(self) -> Scores:
        """What it answers, made anew in the same state: what all comparisons are made with.

        Raises:
            Blocked: it does not come back, or cannot answer then; another check says so.
        """
        responsible = "save-and-load" if self.keeps else "made-twice"
        try:
            return self.scores(self.again(), self.episodes())
        except Nonconformance as fault:
            raise Blocked(f"waits for {responsible}") from fault

    @cached_property
    def elsewhere(self) -> Report:
        """What came of fitting and scoring in another process, with the same seed."""
        folder = self.folder / "elsewhere"
        folder.mkdir()
        errand = Errand(method=self.method, plugins=self.plugins, device=self.device)
        return run_elsewhere(errand, self.dataset, folder)

    def fresh(self) -> Method:
        """Return the method in its fitted state, made anew, so that no check disturbs another.

        Raises:
            Blocked: it cannot be had, or cannot answer; another check says so.
        """
        _ = self.reference
        return self.again()

    def again(self) -> Method:
        """Return the method made anew: loaded where it can be, else fitted with the same seed.

        Raises:
            Nonconformance: that failed.
        """
        if not self.keeps:
            return self.fitted(SEED)
        if self.first.saving is not None:
            raise self.first.saving
        method, kept = self.built(), self.first.kept
        _attempt("load", lambda: method.load(kept))  # type: ignore[attr-defined]
        return method

    def fitted(self, seed: int) -> Method:
        """Return the method built, and fitted where it learns.

        Raises:
            Nonconformance: that failed.
        """
        training = Training(seed=seed, device=self.device)
        return self._fitted(training, copy_of_split(self.dataset.background))

    def built(self) -> Method:
        """Return the method, not fitted.

        Raises:
            Nonconformance: it could not be built, or cannot score.
        """
        method: Method = _attempt("build", lambda: self.spec.build(self._settings))
        if not callable(getattr(method, "score", None)):
            raise Nonconformance(
                f"build returned {type(method).__name__}, which has no score; wrap an embedding "
                "with from_embedding, a classifier with from_sklearn"
            )
        return method

    def scores(self, method: Method, episodes: Episodes) -> Scores:
        """Return ``(n_episodes, n_query, n_way)`` float64, in which NaN and infinity may stand.

        Raises:
            Nonconformance: scoring failed, or what came has another shape or is no number.
        """
        answer = _attempt("score", lambda: method.score(episodes))
        array = _attempt("reading what score returned", lambda: np.asarray(answer))
        is_float = array.dtype.kind == "f"
        try:
            checked_scores(np.nan_to_num(array) if is_float else answer, episodes, self.spec.name)
        except MethodError as refusal:
            raise Nonconformance(str(refusal)) from refusal
        return array.astype(np.float64)

    def _fitted(self, training: Training, background: Any) -> Method:
        method = self.built()
        if hasattr(method, "fit"):
            _attempt("fit", lambda: method.fit(background, training))
        return method


def _attempt(verb: str, call: Callable[[], Any]) -> Any:
    """Call what the method's author wrote; whatever it raises is the method's fault."""
    try:
        return call()
    except Exception as failure:
        raise Nonconformance(f"{verb} failed: {one_line(failure)}") from failure
