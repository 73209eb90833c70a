"""The method under test: found by name, fitted, saved, loaded and scored for the checks."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import mkdtemp
from typing import TypeVar
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
from harness.conformance.second_process import FitReport, FitRequest, fit_in_second_process
from harness.conformance.snapshot import Snapshot
from harness.errors import MethodError, one_line
from harness.learning.embedding import EmbeddingMethod
from harness.learning.training import Training
from harness.plugins.registry import Plugins
from harness.plugins.requirements import check_installed
from harness.protocol.dataset import Dataset, Split
from harness.protocol.episodes import Episodes
from harness.protocol.method import Method, checked_scores
from harness.protocol.settings import canonical, configure, parse_method
from harness.running.device import Device, check_device
from harness.running.machine import keras_backend

Scores = NDArray[np.float64]
Returned = TypeVar("Returned")

SEED, OTHER_SEED = 0, 1
KEPT_FITS = 3
"""How often a method that can be saved is fitted: once for all checks, once in another process,
once with another seed."""


@dataclass(frozen=True, kw_only=True, eq=False)
class FirstFit:
    """A method just after it was fitted, before it scored anything.

    Attributes:
        method: the method.
        changed: the names of the background's arrays that ``fit`` changed.
        kept: the folder that the method was saved into; None if it has no ``save``.
        saving: the exception that ``save`` raised; None if it raised none.
    """

    method: Method
    changed: tuple[str, ...]
    kept: Path | None
    saving: Nonconformance | None


class MethodUnderTest:
    """A method under test, and the episodes that it scores.

    Args:
        method: as on the command line, ``NAME`` or ``NAME[key=value,...]``.
        plugins: plugin files to load.
        dataset: the data to fit on and to draw episodes from, used whole. The default is
            ``small_dataset()``.
        device: the device to compute on.

    Raises:
        UsageError: there is no such method, setting or device, or a required package is missing.
        PluginError: the plugin cannot be imported or is not valid.
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
        self._settings = configure(choice, self.spec)
        self.method = str(canonical(choice, self.spec))
        check_installed(self.spec, keras_backend())
        self.dataset = small_dataset() if dataset is None else dataset
        dealt = small_episodes(self.dataset)
        self._episodes, self.truth = dealt.episodes, dealt.key.truth
        self._folder: Path | None = None

    @cached_property
    def learns(self) -> bool:
        """Whether the method can be fitted."""
        return "fit" in self.verbs

    @cached_property
    def keeps(self) -> bool:
        """Whether a run would save and load the fitted method, by the same rule as a run's."""
        return self.verbs == {"fit", "save", "load"}

    @cached_property
    def verbs(self) -> set[str]:
        """Which of fit, save and load the method's author wrote."""
        method = self.built()
        # EmbeddingMethod has every verb itself, so look at the author's object
        learner = method.embedder if isinstance(method, EmbeddingMethod) else method
        return {verb for verb in ("fit", "save", "load") if hasattr(learner, verb)}

    @property
    def folder(self) -> Path:
        """A temporary folder, which is removed together with this object."""
        if self._folder is None:
            self._folder = Path(mkdtemp(prefix="oneshot-conformance-"))
            self._remove = finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        return self._folder

    def episodes(self) -> Episodes:
        """Return the episodes over a new copy of the pool, about which nothing is cached."""
        return copy_of(self._episodes)

    @cached_property
    def first_fit(self) -> FirstFit:
        """The method, fitted for the first time and saved as a run would save it."""
        background = copy_of_split(self.dataset.background)
        before = Snapshot(background)
        method = self._fitted(Training(seed=SEED, device=self.device), background)
        changed, kept, saving = before.changed(), None, None
        if self.keeps:
            kept = self.folder / "kept"
            kept.mkdir()
            try:
                _attempt("save", lambda: method.save(kept))  # type: ignore[attr-defined]
            except Nonconformance as fault:  # raised by remade(): other checks can still run
                saving = fault
        return FirstFit(method=method, changed=changed, kept=kept, saving=saving)

    @cached_property
    def fitted_scores(self) -> Scores:
        """The scores of the first fit, computed before any other."""
        return self.scores(self.first_fit.method, self.episodes())

    @cached_property
    def reference(self) -> Scores:
        """The scores of ``remade()``, which other scores are compared with.

        Raises:
            Blocked: the method cannot be remade, or cannot score then; another check reports it.
        """
        # not fitted_scores: what saving loses is reported once, by save-and-load
        responsible = "save-and-load" if self.keeps else "made-twice"
        try:
            return self.scores(self.remade(), self.episodes())
        except Nonconformance as fault:
            raise Blocked(f"waits for {responsible}") from fault

    @cached_property
    def second_process(self) -> FitReport:
        """The report of fitting and scoring in a second process with the same seed."""
        folder = self.folder / "second-process"
        folder.mkdir()
        request = FitRequest(method=self.method, plugins=self.plugins, device=self.device)
        return fit_in_second_process(request, self.dataset, folder)

    def fresh(self) -> Method:
        """Return ``remade()``, so that no check disturbs another.

        Raises:
            Blocked: the method cannot be remade, or cannot score then; another check reports it.
        """
        _ = self.reference
        return self.remade()

    def remade(self) -> Method:
        """Return a new object of the fitted method: loaded if it was saved, else fitted again.

        Raises:
            Nonconformance: building, saving, loading or fitting failed.
        """
        if not self.keeps:
            return self.fitted(SEED)
        if self.first_fit.saving is not None:
            raise self.first_fit.saving
        method, kept = self.built(), self.first_fit.kept
        _attempt("load", lambda: method.load(kept))  # type: ignore[attr-defined]
        return method

    def fitted(self, seed: int) -> Method:
        """Return the method built, and fitted if it learns.

        Raises:
            Nonconformance: building or fitting failed.
        """
        training = Training(seed=seed, device=self.device)
        return self._fitted(training, copy_of_split(self.dataset.background))

    def built(self) -> Method:
        """Return the method built, not fitted.

        Raises:
            Nonconformance: ``build`` failed or returned an object without ``score``.
        """
        method = _attempt("build", lambda: self.spec.build(self._settings))
        if not callable(getattr(method, "score", None)):
            raise Nonconformance(
                f"build returned {type(method).__name__}, which has no score; wrap an embedding "
                "with from_embedding, a classifier with from_sklearn"
            )
        return method

    def scores(self, method: Method, episodes: Episodes) -> Scores:
        """Return ``(n_episodes, n_query, n_way)`` float64, which may contain NaN and infinity.

        Raises:
            Nonconformance: scoring failed, or the scores have another shape or are no numbers.
        """
        answer = _attempt("score", lambda: method.score(episodes))
        array = _attempt("reading what score returned", lambda: np.asarray(answer))
        # NaN has a check of its own, so replace it before checked_scores refuses it
        is_float = array.dtype.kind == "f"
        try:
            checked_scores(np.nan_to_num(array) if is_float else answer, episodes, self.spec.name)
        except MethodError as refusal:
            raise Nonconformance(str(refusal)) from refusal
        return array.astype(np.float64)

    def _fitted(self, training: Training, background: Split) -> Method:
        method = self.built()
        if hasattr(method, "fit"):
            _attempt("fit", lambda: method.fit(background, training))
        return method


def _attempt(verb: str, call: Callable[[], Returned]) -> Returned:
    """Call the method author's code, and turn whatever it raises into a Nonconformance."""
    try:
        return call()
    except Exception as failure:
        raise Nonconformance(f"{verb} failed: {one_line(failure)}") from failure
