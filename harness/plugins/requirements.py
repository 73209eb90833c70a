"""Whether the frameworks of a method are installed, checked before anything runs."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from harness.errors import UsageError
from harness.protocol.method import MethodSpec


def check_installed(spec: MethodSpec, keras_backend: str) -> None:
    """Refuse a method whose framework is missing.

    Raises:
        UsageError: a distribution that the method requires is missing, or the backend of Keras is.
    """
    for name in spec.requires:
        try:
            version(name)
        except PackageNotFoundError:
            wanted = spec.install or " ".join(spec.requires)
            raise UsageError(
                f"{spec.name} needs {name}, which is not installed; install it: "
                f"pip install '{wanted}'"
            ) from None
    if "keras" in spec.requires and find_spec(keras_backend) is None:
        raise UsageError(
            f"{spec.name} needs {keras_backend}, which is not installed; pip install "
            f"{keras_backend}, or choose another with --keras-backend"
        )
