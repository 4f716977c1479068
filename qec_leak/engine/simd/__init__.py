"""What leans on the insides of Numba and LLVM, and all that does: vectors, chunks of lists, pointers, prefetch, and how
kernels are compiled and kept. tests/unit/engine/simd/test_numba.py lists what Numba must go on doing."""
