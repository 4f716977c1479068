"""A stabilizer simulator with transmon levels: one tableau a shot, in which gates of leaked qubits are skipped.

It is the judge of the Pauli-frame engine, shares no code with it, and simulates circuits that frames cannot. The rules:

1. A shot has a tableau with real signs, and for each qubit a level (0 computational, 2, 3) and hidden values: what X,
   Y and Z would give where the tableau does not decide them. A fresh |0> has a coin for X. Gates move hidden values as
   they move Paulis, signs included.
2. A measurement gives what the tableau decides, else the hidden value, on which the tableau collapses. Then X is a
   coin. So who did not leak although 1 leaks is less likely 1, and whoever is tied to it as well.
3. A leaked qubit takes part in nothing: no one-qubit gate, no controlled Pauli, no Pauli noise, no feedback. SWAP and
   its kin exchange levels with states; of CXSWAP, SWAPCX, CZSWAP and ISWAP only the exchange, and the one-qubit parts
   on a computational qubit, happen.
4. A leakage channel sees values that the tableau decides as known, others as hidden. Branches that change a level have
   the probabilities of the row of the values, hidden or not; the Pauli on a qubit that stays is that of the same branch
   of the row of unknown values; the rest of the probability goes to what that row does within levels. A hidden value
   that the tableau ties to others that were used before obeys them when it is used: no values of X, Y and Z obey all
   ties by themselves.
5. A qubit that leaks is projected on its value. It comes back as |0> or |1>, with a coin for X.
6. A leaked qubit reads 1 with the probability of its level, 1 if none is given; a reset brings it to |0> unless its
   tag says otherwise. A record of a level (MPAD) changes nothing.
"""

from qec_leak.tableau.sampler import TableauCircuit, TableauShots, compile_tableau

__all__ = ["TableauCircuit", "TableauShots", "compile_tableau"]
