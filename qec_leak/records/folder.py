"""Folders of one experiment, as Google publishes them: circuits, error model, shots.

Layouts read (file names differ in a few places, and both are tried):
Sycamore (Zenodo 6804040): surface_code_bZ_d3_r05_center_3_5/ with circuit_noisy.stim, sweep.b8, obs_flips_actual.01;
Willow (Zenodo 13273331): d3_at_q4_5/Z/r10/ with circuit_noisy_si1000.stim, sweep_bits.b8, obs_flips_actual.b8,
metadata.json. `qec-leak export` writes the Willow layout with circuit_noisy.stim and, beside it, what Google's folders
cannot have: heralds, leakage populations and levels by round. Every file may be gzipped (NAME.gz).
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import stim

from qec_leak.program.totals import count_snapshots
from qec_leak.records.compressed import find_file, read_whole
from qec_leak.records.populations import LeakagePopulations, read_populations
from qec_leak.records.shot_files import SHOT_FORMATS, ShotKind, read_shots

NOISY_CIRCUIT = "circuit_noisy.stim"
IDEAL_CIRCUIT = "circuit_ideal.stim"
ERROR_MODEL = "circuit_detector_error_model.dem"
METADATA = "metadata.json"
POPULATIONS = "populations.npz"

_NOISY_NAMES = (NOISY_CIRCUIT, "circuit_noisy_si1000.stim", IDEAL_CIRCUIT)
_SWEEP_NAMES = ("sweep_bits", "sweep")


@dataclass(frozen=True, eq=False)
class ShotFolder:
    """One experiment read from a folder. What the folder does not hold is None.

    Attributes:
        path: the folder.
        circuit: the noisy circuit (the ideal one where there is no other).
        ideal_circuit: the circuit without noise.
        detector_error_model: read from the folder.
        measurements: bool (shots, measurements): outcomes.
        detection_events: bool (shots, detectors).
        observable_flips: bool (shots, observables).
        sweep_bits: bool (shots, sweep bits).
        heralds: uint8 (shots, measurements): level at each measurement, 0 (computational), 2 or 3.
        levels: uint8 (shots, snapshots, qubits): 0 (computational), 2 or 3. Snapshots are the ends of rounds, or the
            moments if the metadata say so ("levels"). In the files levels_2 and levels_3 it is bit (snapshot * qubits +
            qubit) of a shot.
        populations: leakage populations of the shots.
        metadata: what metadata.json says.

    Examples:
        >>> import tempfile
        >>> from qec_leak.cli import main
        >>> with tempfile.TemporaryDirectory() as out:
        ...     _ = main(f"export --rounds 2 --strategy MLR --shots 100 --seed 1 --out {out}".split())
        ...     data = read_folder(f"{out}/d3_at_miao2023_MLR/Z/r02")
        /...: 100 shots, seed 1
        >>> data.detection_events.shape, data.heralds.shape
        ((100, 16), (100, 25))
    """

    path: Path
    circuit: stim.Circuit
    ideal_circuit: stim.Circuit | None
    detector_error_model: stim.DetectorErrorModel | None
    measurements: npt.NDArray[np.bool_] | None
    detection_events: npt.NDArray[np.bool_] | None
    observable_flips: npt.NDArray[np.bool_] | None
    sweep_bits: npt.NDArray[np.bool_] | None
    heralds: npt.NDArray[np.uint8] | None
    levels: npt.NDArray[np.uint8] | None
    populations: LeakagePopulations | None
    metadata: dict[str, Any]

    @property
    def shots(self) -> int:
        """Number of shots (0 if the folder holds no shot data)."""
        for bits in (self.detection_events, self.measurements, self.observable_flips):
            if bits is not None:
                return len(bits)
        return 0

    @property
    def num_detectors(self) -> int:
        """Detectors of the circuit."""
        return int(self.circuit.num_detectors)

    @property
    def detection_events_b8(self) -> npt.NDArray[np.uint8]:
        """uint8 (shots, ceil(detectors/8)), bit-packed little-endian, as a ShotBatch has them.

        Decoders and statistics take them.

        Raises:
            ValueError: the folder has none.
        """
        return self._packed("detection_events", self.detection_events)

    @property
    def observable_flips_b8(self) -> npt.NDArray[np.uint8]:
        """uint8 (shots, ceil(observables/8)), bit-packed little-endian.

        Raises:
            ValueError: the folder has none.
        """
        return self._packed("obs_flips_actual", self.observable_flips)

    def _packed(self, name: str, bits: npt.NDArray[np.bool_] | None) -> npt.NDArray[np.uint8]:
        if bits is None:
            raise ValueError(f"`{self.path}` must hold {name}, but does not; give a folder with shots")
        return np.packbits(bits, axis=1, bitorder="little")


def read_folder(path: str | os.PathLike[str]) -> ShotFolder:
    """Read one experiment: a leaf folder of either of Google's data sets or of ``qec-leak export``.

    ``qec_leak.decode(data)`` predicts its observable flips. ``analysis.detector_layout(data)`` is the layout of its
    detectors, ``DetectionStatistics.of_shots(data)`` counts their events, and ``data.populations`` is its leakage.

    Args:
        path: the folder.

    Returns:
        What is in it.

    Raises:
        ValueError: the folder has no circuit, or files that do not fit it.
        OSError: a file cannot be read.

    Examples:
        >>> import pathlib, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = pathlib.Path(folder, "circuit_noisy.stim").write_text("M 0")
        ...     read_folder(folder).circuit.num_measurements
        1
    """
    folder = Path(path)
    noisy = next((found for name in _NOISY_NAMES if (found := find_file(folder, name))), None)
    if noisy is None:
        raise ValueError(
            f"`{folder}` must hold one of {', '.join(_NOISY_NAMES)}, but does not; give the folder of one experiment"
        )
    circuit = _circuit(noisy)
    ideal_file = find_file(folder, IDEAL_CIRCUIT)
    ideal = None if ideal_file is None else _circuit(ideal_file)
    dem = find_file(folder, ERROR_MODEL)
    metadata_file = find_file(folder, METADATA)
    metadata = {} if metadata_file is None else json.loads(_text(metadata_file))
    data = ShotFolder(
        path=folder,
        circuit=circuit,
        ideal_circuit=ideal,
        detector_error_model=None if dem is None else _error_model(dem),
        measurements=_bits(folder, ("measurements",), circuit.num_measurements, "measurements"),
        detection_events=_bits(folder, ("detection_events",), circuit.num_detectors, "detectors"),
        observable_flips=_bits(folder, ("obs_flips_actual",), circuit.num_observables, "observables"),
        sweep_bits=_bits(folder, _SWEEP_NAMES, (ideal or circuit).num_sweep_bits, "measurements"),
        heralds=_by_level(folder, "heralds_level", circuit.num_measurements),
        levels=_levels(folder, circuit, metadata),
        populations=next(iter(read_populations(folder / POPULATIONS).values()), None)
        if (folder / POPULATIONS).is_file()
        else None,
        metadata=metadata,
    )
    _check_shots(data)
    return data


def _text(path: Path) -> str:
    try:
        return read_whole(path).decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"`{path}` must be UTF-8 text, but is not (byte {error.start}); copy it again") from None


def _circuit(path: Path) -> stim.Circuit:
    try:
        return stim.Circuit(_text(path))
    except ValueError as error:
        raise ValueError(
            f"`{path}` must be a Stim circuit, but does not parse ({' '.join(str(error).split())}); correct the file"
        ) from error


def _error_model(path: Path) -> stim.DetectorErrorModel:
    try:
        return stim.DetectorErrorModel(_text(path))
    except ValueError as error:
        raise ValueError(
            f"`{path}` must be a detector error model, but does not parse ({' '.join(str(error).split())}); correct "
            "the file"
        ) from error


def _bits(folder: Path, names: tuple[str, ...], num_bits: int, kind: ShotKind) -> npt.NDArray[np.bool_] | None:
    for name in names:
        for format in SHOT_FORMATS:
            path = find_file(folder, f"{name}.{format}")
            if path is not None:
                return read_shots(path, format=format, num_bits=num_bits, kind=kind).astype(np.bool_, copy=False)
    return None


def level_bits(circuit: stim.Circuit, where: str) -> int:
    """Bits of a shot in a file of levels that were noted at "rounds" or "moments": snapshots times qubits."""
    moments, rounds = count_snapshots(circuit)
    return (moments if where == "moments" else rounds) * max(int(circuit.num_qubits), 1)


def _levels(folder: Path, circuit: stim.Circuit, metadata: Mapping[str, Any]) -> npt.NDArray[np.uint8] | None:
    found = _by_level(folder, "levels", level_bits(circuit, metadata.get("levels") or "rounds"))
    return None if found is None else found.reshape(len(found), -1, max(circuit.num_qubits, 1))


def _by_level(folder: Path, name: str, num_bits: int) -> npt.NDArray[np.uint8] | None:
    """uint8 (shots, num_bits): 0, 2 or 3, of the files NAME_2 and NAME_3."""
    planes = [_bits(folder, (f"{name}_{level}",), num_bits, "measurements") for level in (2, 3)]
    if planes[0] is None or planes[1] is None:
        return None
    return (2 * planes[0].astype(np.uint8) + 3 * planes[1].astype(np.uint8)).astype(np.uint8)


def _check_shots(data: ShotFolder) -> None:
    parts = {
        "measurements": data.measurements,
        "detection_events": data.detection_events,
        "obs_flips_actual": data.observable_flips,
        "heralds": data.heralds,
        "levels": data.levels,
        "sweep_bits": data.sweep_bits,
    }
    # Files of rows without bits do not say how many rows they are.
    shots = {name: len(bits) for name, bits in parts.items() if bits is not None and bits.shape[1]}
    if len(set(shots.values())) > 1:
        listed = ", ".join(f"{name} {count}" for name, count in shots.items())
        raise ValueError(f"`{data.path}` must hold files of the same shots, but has {listed}; copy the folder again")
