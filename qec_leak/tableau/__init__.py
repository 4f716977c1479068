"""A stabilizer simulator with transmon levels: one tableau a shot, in which gates of leaked qubits are skipped.

It is the judge of the Pauli-frame engine, shares no code with it, and simulates circuits that frames cannot. The rules:

1. A shot has a tableau with real signs, and for each qubit a level (0 computational, 2, 3).
2. A measurement gives what the stabilizers decide, else what the asked values decide (rule 4), else a coin.
3. A leaked qubit takes part in nothing: no one-qubit gate, no controlled Pauli, no Pauli noise, no feedback. SWAP and
   its kin exchange levels with states; of CXSWAP, SWAPCX, CZSWAP and ISWAP only the exchange, and the one-qubit parts
   on a computational qubit, happen.
4. A leakage channel sees values that the stabilizers decide as known. Where its draw does not do the same for all
   values that are not decided, they are asked: by rule 2, without a collapse. An asked value is remembered as a Pauli
   that gates move on, so that who did not leak although 1 leaks is less likely 1, and whoever is tied to it as well
   (kernels.py: the map, and where this is exact).
5. Branches that change a level have the probabilities of the row of the values, asked or known. The Pauli on a qubit
   whose value was asked and that stays is that of the same branch of the row of unknown values; the rest of the
   probability goes to what that row does within levels. A qubit that leaks is projected on its value, and comes back
   as |0> or |1>.
6. A leaked qubit reads 1 with the probability of its level, 1 if none is given; a reset brings it to |0> unless its
   tag says otherwise. A record of a level (MPAD) changes nothing.
"""

from qec_leak.tableau.sampler import TableauCircuit, TableauShots, compile_tableau

__all__ = ["TableauCircuit", "TableauShots", "compile_tableau"]
