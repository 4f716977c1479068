"""All code that depends on internals of Numba and LLVM: vectors, chunks of lists, pointers, prefetch, and how kernels
are compiled and kept. tests/unit/engine/simd/test_numba.py lists the behaviour of Numba that must not change."""
