"""A benchmark harness for one-shot classification: what a plugin's author needs, in one place."""

from harness.dataset import Dataset, DatasetSpec, Runs, Split
from harness.dataset_cache import cached
from harness.embedding import Embedder, from_embedding
from harness.episodes import Draw, Episodes
from harness.errors import DataError, MethodError, OneShotError, UsageError
from harness.from_sklearn import from_sklearn
from harness.hookspecs import hookimpl
from harness.images import Images
from harness.method import Method, MethodSpec, NoSettings
from harness.randomness import Words
from harness.task import Task, TaskSpec
from harness.training import Learner, Training

__all__ = [
    "DataError",
    "Dataset",
    "DatasetSpec",
    "Draw",
    "Embedder",
    "Episodes",
    "Images",
    "Learner",
    "Method",
    "MethodError",
    "MethodSpec",
    "NoSettings",
    "OneShotError",
    "Runs",
    "Split",
    "Task",
    "TaskSpec",
    "Training",
    "UsageError",
    "Words",
    "cached",
    "from_embedding",
    "from_sklearn",
    "hookimpl",
]
