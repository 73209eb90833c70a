"""The networks of ``siamese``: two kinds of twin, and the logistic unit that joins them.

Only Keras layers and operations, so that every backend runs them and a saved one needs no code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

LENGTH = 4.0
"""Of the residual twin's vectors: long enough for the loss to tell near from far."""


def koch_twin(precision: str) -> keras.Model:
    """Return the twin of Koch et al. 2015, figure 4: ``(n, 105, 105, 1)`` to ``(n, 4096)``.

    They publish the range of the L2 penalties, 0 to 0.1 and one for each layer, but not what their
    search chose; 2e-4 for convolutions and 1e-3 for the dense layer are Bouma's (2017). The dense
    layer computes in float32 always: in bfloat16 its sigmoids would have two digits.
    """
    import keras
    from keras.initializers import RandomNormal

    policy = _policy(precision)

    def convolution(channels: int, size: int) -> keras.layers.Layer:
        return keras.layers.Conv2D(
            channels,
            size,
            activation="relu",
            kernel_initializer=RandomNormal(0, 0.01),
            bias_initializer=RandomNormal(0.5, 0.01),
            kernel_regularizer=keras.regularizers.L2(2e-4),
            dtype=policy,
        )

    layers = [keras.Input((105, 105, 1))]
    for channels, size in ((64, 10), (128, 7), (128, 4)):
        layers += [convolution(channels, size), keras.layers.MaxPooling2D(dtype=policy)]
    layers += [convolution(256, 4), keras.layers.Flatten(dtype=policy)]  # (n, 6 * 6 * 256)
    dense = keras.layers.Dense(
        4096,
        activation="sigmoid",
        kernel_initializer=RandomNormal(0, 0.2),
        bias_initializer=RandomNormal(0.5, 0.01),
        kernel_regularizer=keras.regularizers.L2(1e-3),
    )
    return keras.Sequential([*layers, dense], name="twin")


def koch_unit() -> keras.layers.Layer:
    """Return the logistic unit of Koch et al. 2015, before its sigmoid; its penalty is a guess."""
    import keras
    from keras.initializers import RandomNormal

    return keras.layers.Dense(
        1,
        kernel_initializer=RandomNormal(0, 0.2),
        bias_initializer=RandomNormal(0.5, 0.01),
        kernel_regularizer=keras.regularizers.L2(1e-3),
        name="unit",
    )


def residual_twin(side: int, width: int, dimensions: int, precision: str) -> keras.Model:
    """Return a small residual twin: ``(n, side, side, 1)`` to ``(n, dimensions)`` of one length.

    A convolution and three residual blocks; each halves the image, then normalises: on a processor
    batch normalisation costs as much as the convolutions, and a quarter of that after pooling.
    """
    import keras

    policy = _policy(precision)
    image = keras.Input((side, side, 1))
    features = _halved(_convolution(width // 2, policy)(image), policy)
    for channels in (width, 2 * width, 4 * width):
        features = _residual(features, channels, policy)
    flat = keras.layers.Flatten(dtype=policy)(features)
    vectors = keras.layers.Dense(dimensions, dtype="float32")(flat)
    unit = keras.layers.UnitNormalization(dtype="float32")(vectors)
    return keras.Model(image, keras.layers.Rescaling(LENGTH, dtype="float32")(unit), name="twin")


def steep_unit(dimensions: int) -> keras.layers.Layer:
    """Return a logistic unit that starts sure of itself: near is the same, far is not.

    The L1 distance of two vectors of one length grows as the root of their dimensions, and so does
    the bias that stands between near and far.
    """
    import keras
    from keras.initializers import Constant

    bias = Constant(20.0 * (dimensions / 256) ** 0.5)
    return keras.layers.Dense(
        1, kernel_initializer=Constant(-0.5), bias_initializer=bias, name="unit"
    )


def pair_network(twin: keras.Model, unit: keras.layers.Layer, *, all_pairs: bool) -> keras.Model:
    """Join two twins, which share their weights, by the L1 distance and the logistic unit.

    It takes pairs of images ``(n, 2, side, side, 1)`` and returns the logit of "the same" for each
    ``(n, 1)``; or with ``all_pairs`` for each first with each second image, ``(n, n, 1)``.
    """
    import keras
    from keras import ops

    shape = tuple(twin.input_shape[1:])
    pairs = keras.Input((2, *shape))
    vectors = twin(ops.reshape(pairs, (-1, *shape)))
    vectors = ops.reshape(vectors, (-1, 2, twin.output_shape[-1]))
    first, second = vectors[:, 0], vectors[:, 1]
    if all_pairs:
        first, second = ops.expand_dims(first, 1), ops.expand_dims(second, 0)
    return keras.Model(pairs, unit(ops.abs(first - second)))


def _policy(precision: str) -> keras.DTypePolicy:
    import keras

    return keras.DTypePolicy("mixed_bfloat16" if precision == "bfloat16" else "float32")


def _convolution(channels: int, policy: keras.DTypePolicy, size: int = 3) -> keras.layers.Layer:
    import keras

    return keras.layers.Conv2D(channels, size, padding="same", use_bias=False, dtype=policy)


def _normal(features: keras.KerasTensor, policy: keras.DTypePolicy) -> keras.KerasTensor:
    import keras

    # a training of few thousand steps has no time for the usual memory of 0.99
    normal = keras.layers.BatchNormalization(momentum=0.9, dtype=policy)(features)
    return keras.layers.Activation("relu", dtype=policy)(normal)


def _halved(features: keras.KerasTensor, policy: keras.DTypePolicy) -> keras.KerasTensor:
    import keras

    pool = keras.layers.MaxPooling2D(padding="same", dtype=policy)
    return _normal(pool(features), policy)


def _residual(
    features: keras.KerasTensor, channels: int, policy: keras.DTypePolicy
) -> keras.KerasTensor:
    import keras

    inner = _normal(_convolution(channels, policy)(features), policy)
    outer = _convolution(channels, policy)(inner)
    past = _convolution(channels, policy, size=1)(features)
    return _halved(keras.layers.Add(dtype=policy)([outer, past]), policy)
