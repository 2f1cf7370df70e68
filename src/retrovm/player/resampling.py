"""Samples at another rate that may change at any time: the sound of a machine for a sound card whose clock is not the machine's.

Between samples a cubic goes through the two neighbours with the slopes of a Catmull-Rom spline; at a step of exactly 1 every
sample stays as it is.

Sources: docs/references.md: catmull-rom.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.int16]
"""int16 samples of shape (n, channels)."""

# The cubic at a place needs one sample before it and two behind.
_BEFORE, _AROUND = 1, 3


class Resampler:
    """Resamples a stream that comes in parts; no seam is heard between them."""

    def __init__(self, channels: int) -> None:
        self._tail = np.zeros((_AROUND, channels), np.float32)
        self._at = float(_BEFORE)

    def feed(self, samples: Samples, step: float = 1.0) -> Samples:
        """The next samples, `step` of those that come in for each one that goes out."""
        data = np.concatenate((self._tail, samples.astype(np.float32)))
        end = len(samples) + _BEFORE                     # places from here on need samples that are not there yet
        count = max(0, int(np.ceil((end - self._at) / step)))
        places = self._at + step * np.arange(count)
        whole = places.astype(np.intp)
        part = (places - whole).astype(np.float32)[:, None]
        before, here, next_, behind = (data[whole + offset] for offset in (-1, 0, 1, 2))
        out = here + part * (0.5 * (next_ - before) + part * (before - 2.5 * here + 2 * next_ - 0.5 * behind
                                                              + part * (0.5 * (behind - before) + 1.5 * (here - next_))))
        self._at += step * count - len(samples)
        self._tail = data[len(data) - _AROUND:]
        return np.clip(np.rint(out), -32768, 32767).astype(np.int16)


def squeezed(samples: Samples, count: int) -> Samples:
    """The same sound in about `count` samples, so much higher: the mean of each few that become one."""
    each = max(1, len(samples) // max(1, count))
    whole = len(samples) // each * each
    means: Samples = samples[:whole].reshape(-1, each, samples.shape[1]).mean(axis=1).astype(np.int16)
    return means
