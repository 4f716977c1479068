"""Files of a run: shots in Stim's formats, leakage populations, folders like Google's data sets."""

from qec_leak.records.folder import ShotFolder, read_folder
from qec_leak.records.populations import LeakagePopulations, read_populations, write_populations
from qec_leak.records.shot_files import SHOT_FORMATS, ShotWriter, read_shots, write_shots
from qec_leak.records.staging import StagedFolder

__all__ = [
    "SHOT_FORMATS",
    "LeakagePopulations",
    "ShotFolder",
    "ShotWriter",
    "StagedFolder",
    "read_folder",
    "read_populations",
    "read_shots",
    "write_populations",
    "write_shots",
]
