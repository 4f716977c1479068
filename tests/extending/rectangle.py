"""A patch by hand: the rotated surface code on 2 rows and 3 columns of data qubits.

    6X            x grows to the east, y to the south; 11 is there for DQLR
  0     1     2
11  7Z    8X    9Z
  3     4     5
   10X
"""

from qec_leak import Patch, Stabilizer

RECTANGLE = Patch(
    code="rectangle",
    distance=2,
    data_qubits=(0, 1, 2, 3, 4, 5),
    measure_qubits=(6, 7, 8, 9, 10),
    removal_qubits=(11,),
    coordinates=(
        *((1, 1), (3, 1), (5, 1), (1, 3), (3, 3), (5, 3)),
        *((2, 0), (2, 2), (4, 2), (6, 2), (2, 4)),
        (0, 2),
    ),
    stabilizers=(  # basis, measure qubit, data qubit of each CZ layer
        Stabilizer("X", 6, (1, 0, None, None)),
        Stabilizer("Z", 7, (4, 1, 3, 0)),
        Stabilizer("X", 8, (5, 4, 2, 1)),
        Stabilizer("Z", 9, (None, None, 5, 2)),
        Stabilizer("X", 10, (None, None, 4, 3)),
    ),
    logical_x=(0, 3),
    logical_z=(0, 1, 2),
    dqlr_pairs=((0, 11), (1, 6), (2, 8), (3, 10), (4, 7), (5, 9)),
)
