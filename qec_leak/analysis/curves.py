"""Curves through measured points: a line, an offset power law, the Gompertz curve. Errors are standard errors, from
the weighted least-squares fit (delta method) or, of counts, from the likelihood."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import curve_fit, minimize

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class LineFit:
    """y = slope x + offset.

    Attributes:
        slope: the slope.
        offset: y at x = 0.
        slope_error: its standard error.
        offset_error: its standard error.
        r_squared: the part of the variance of y that the line explains.

    Examples:
        >>> float(LineFit(2.0, 1.0, 0.1, 0.1, 1.0).value(3))
        7.0
    """

    slope: float
    offset: float
    slope_error: float
    offset_error: float
    r_squared: float

    def value(self, x: npt.ArrayLike) -> Array:
        """The fitted y.

        Args:
            x: where.

        Returns:
            float64, in the shape of ``x``.
        """
        return np.asarray(self.slope * np.asarray(x, dtype=float) + self.offset)


def fit_line(x: npt.ArrayLike, y: npt.ArrayLike, error: npt.ArrayLike) -> LineFit:
    """Straight line by weighted least squares, for example 1/Lambda against injected leakage (Miao et al., F5c).

    Args:
        x: where, at least 3 points.
        y: the values.
        error: their standard errors.

    Returns:
        The line.

    Raises:
        ValueError: there are too few points, or they do not fit together.

    Examples:
        >>> round(fit_line([0, 1, 2], [1, 3, 5], [0.1, 0.1, 0.1]).slope, 6)
        2.0
    """
    x, y, error = _points(x, y, error, minimum=3)
    weight = 1.0 / np.square(error)
    mean_x, mean_y = np.average(x, weights=weight), np.average(y, weights=weight)
    spread = float((weight * np.square(x - mean_x)).sum())
    if not spread:
        raise ValueError(f"`x` must have different values, but all are {x[0]!r}; give more points")
    slope = float((weight * (x - mean_x) * (y - mean_y)).sum() / spread)
    offset = float(mean_y - slope * mean_x)
    residual = float((weight * np.square(y - slope * x - offset)).sum())
    total = float((weight * np.square(y - mean_y)).sum())
    return LineFit(
        slope,
        offset,
        float(spread**-0.5),
        float((1.0 / weight.sum() + mean_x**2 / spread) ** 0.5),
        1.0 - residual / total if total else 1.0,
    )


@dataclass(frozen=True)
class PowerLawFit:
    """y = offset + prefactor x**exponent.

    Attributes:
        offset: y at x = 0.
        prefactor: what x**exponent is multiplied with.
        exponent: the exponent.
        offset_error: its standard error.
        prefactor_error: its standard error.
        exponent_error: its standard error.

    Examples:
        >>> curve = PowerLawFit(1.0, 2.0, 2.0, 0.1, 0.1, 0.1)
        >>> float(curve.value(3)), curve.where(19.0)
        (19.0, 3.0)
    """

    offset: float
    prefactor: float
    exponent: float
    offset_error: float
    prefactor_error: float
    exponent_error: float

    def value(self, x: npt.ArrayLike) -> Array:
        """The fitted y.

        Args:
            x: where, >= 0.

        Returns:
            float64, in the shape of ``x``.
        """
        return np.asarray(self.offset + self.prefactor * np.asarray(x, dtype=float) ** self.exponent)

    def where(self, y: float) -> float:
        """The x at which the curve reaches ``y``.

        Args:
            y: a value of the curve.

        Returns:
            The x.
        """
        return float(((y - self.offset) / self.prefactor) ** (1.0 / self.exponent))


def fit_power_law(x: npt.ArrayLike, y: npt.ArrayLike, error: npt.ArrayLike) -> PowerLawFit:
    """Offset power law, for logical error against an injected population. The offset is the error without injection.

    Args:
        x: where, >= 0, at least 4 points.
        y: the values.
        error: their standard errors.

    Returns:
        The curve.

    Raises:
        ValueError: nothing can be fitted.

    Examples:
        >>> fit = fit_power_law([0, 1, 2, 3, 4], [1, 3, 9, 19, 33], [0.1] * 5)
        >>> round(fit.exponent, 3)
        2.0
    """
    x, y, error = _points(x, y, error, minimum=4)
    order = np.argsort(x)
    start = (float(y[order[0]]), float(np.ptp(y)) / max(float(x.max()), 1e-300), 1.0)
    values, errors = _fit(
        lambda x, offset, prefactor, exponent: offset + prefactor * x**exponent, x, y, error, start, [0, 0, 0.05]
    )
    return PowerLawFit(*values, *errors)


@dataclass(frozen=True)
class GompertzFit:
    """y = asymptote exp(-displacement exp(-rate n)): grows slowly at first, ends at the asymptote.

    Attributes:
        displacement: how far the curve is from the asymptote at n = 0.
        rate: per cycle.
        displacement_error: its standard error.
        rate_error: its standard error.
        asymptote: where it ends.

    Examples:
        >>> float(GompertzFit(3.0, 0.1, 0.1, 0.01).value(1000))
        0.5
    """

    displacement: float
    rate: float
    displacement_error: float
    rate_error: float
    asymptote: float = 0.5

    def value(self, cycles: npt.ArrayLike) -> Array:
        """The fitted y.

        Args:
            cycles: numbers of cycles.

        Returns:
            float64, in the shape of ``cycles``.
        """
        n = np.asarray(cycles, dtype=float)
        return np.asarray(self.asymptote * np.exp(-self.displacement * np.exp(-self.rate * n)))


def fit_gompertz(
    cycles: npt.ArrayLike, errors: npt.ArrayLike, shots: npt.ArrayLike, *, asymptote: float = 0.5
) -> GompertzFit:
    """Fit a Gompertz curve, for example to the logical error of a bit-flip code against cycles (Miao et al., S5).

    If the error probability is the same in each cycle, the curve starts at 0 with a finite slope. A Gompertz curve
    starts flat and gets steeper, since leakage has to build up first.

    The fit maximises the likelihood of binomial counts. After few cycles there are few errors, and a standard error
    from the count itself would be wrong. Standard errors follow from the inverse Fisher information. If the points do
    not follow the curve, they are multiplied by sqrt(chi^2 / degrees of freedom), as the Particle Data Group does.

    Args:
        cycles: numbers of cycles, at least 3 of them.
        errors: number of errors after each.
        shots: number of shots of each.
        asymptote: where the curve ends.

    Returns:
        The curve.

    Raises:
        ValueError: there are too few points, or nothing can be fitted.

    Examples:
        >>> fit = fit_gompertz([5, 10, 20, 40], [350, 940, 2460, 4370], [10_000] * 4)
        >>> 0.05 < fit.rate < 0.15
        True
    """
    n, k, total = _points(cycles, errors, shots, minimum=3, names=("cycles", "errors", "shots"))
    y = k / total
    if not ((y > 0) & (y < asymptote)).any():
        raise ValueError(
            f"`errors` must be between 0 and {asymptote} of `shots`, but none are; give more shots or cycles"
        )

    def curve(log_parameters: Array) -> Array:
        displacement, rate = np.exp(log_parameters)
        p: Array = asymptote * np.exp(-displacement * np.exp(-rate * n))
        return p.clip(1e-300, 1 - 1e-16)

    def deviance(log_parameters: Array) -> float:
        p = curve(log_parameters)
        return -float((k * np.log(p) + (total - k) * np.log1p(-p)).sum())

    inside = np.clip((k + 0.5) / (total + 1), asymptote * 1e-6, asymptote * (1 - 1e-6))
    slope, offset = np.polyfit(n, np.log(-np.log(inside / asymptote)), 1)
    found = minimize(
        deviance, [offset, np.log(max(-slope, 1e-6))], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-9}
    )
    displacement, rate = (float(v) for v in np.exp(found.x))
    p = curve(found.x)
    gradient = p * np.exp(-rate * n) * np.stack([-np.ones_like(n), displacement * n])
    variance = p * (1 - p) / total
    covariance = np.linalg.inv((gradient / variance) @ gradient.T)
    misfit = float((np.square(y - p) / variance).sum()) / max(len(n) - 2, 1)
    displacement_error, rate_error = (float(e) for e in np.sqrt(np.diag(covariance) * max(misfit, 1.0)))
    return GompertzFit(displacement, rate, displacement_error, rate_error, asymptote)


def _points(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    error: npt.ArrayLike,
    *,
    minimum: int,
    names: tuple[str, str, str] = ("x", "y", "error"),
) -> tuple[Array, Array, Array]:
    points = tuple(np.asarray(values, dtype=np.float64) for values in (x, y, error))
    shapes = [values.shape for values in points]
    if len(set(shapes)) != 1 or points[0].ndim != 1 or points[0].size < minimum:
        first, second, third = names
        raise ValueError(
            f"`{first}`, `{second}` and `{third}` must be equally many values, at least {minimum}, but have shapes "
            f"{', '.join(map(str, shapes))}; give more points"
        )
    if not (points[2] > 0).all():
        raise ValueError(f"`{names[2]}` must be positive, but its least value is {points[2].min()!r}; give more shots")
    return points[0], points[1], points[2]


def _fit(
    model: object, x: Array, y: Array, error: Array, start: tuple[float, ...], lower: list[float]
) -> tuple[list[float], list[float]]:
    """Parameters and their standard errors, each at least its lower bound."""
    start = tuple(max(value, low + 1e-12) for value, low in zip(start, lower, strict=True))
    try:
        values, covariance = curve_fit(
            model, x, y, p0=start, sigma=error, absolute_sigma=True, bounds=(lower, np.inf), x_scale="jac"
        )
    except RuntimeError as problem:
        raise ValueError(f"`y` must follow the curve, but no fit converged ({problem}); give more points") from None
    return [float(v) for v in values], [float(e) for e in np.sqrt(np.diag(covariance))]
