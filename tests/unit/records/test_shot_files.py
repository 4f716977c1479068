"""Shot files: the same bits come back in every format, and a disk that fills up is noticed."""

from pathlib import Path

import numpy as np
import pytest
import stim

from qec_leak.records import SHOT_FORMATS, ShotWriter, read_shots, write_shots


def random_bits(shots: int, num_bits: int) -> np.ndarray:
    return np.random.default_rng(3).random((shots, num_bits)) < 0.3


@pytest.mark.parametrize("format", SHOT_FORMATS)
@pytest.mark.parametrize("kind", ["measurements", "detectors", "observables"])
@pytest.mark.parametrize("num_bits", [1, 8, 13])
def test_batches_read_back_as_one_file(tmp_path, format, kind, num_bits):
    bits = random_bits(192, num_bits)
    path = tmp_path / f"shots.{format}"
    with ShotWriter(path, format=format, num_bits=num_bits, kind=kind) as writer:
        writer.write(bits[:50])  # not a multiple of 64: ptb64 groups straddle the batches
        writer.write(np.packbits(bits[50:], axis=1, bitorder="little"))
    assert np.array_equal(read_shots(path, format=format, num_bits=num_bits, kind=kind), bits)
    packed = read_shots(path, format=format, num_bits=num_bits, kind=kind, bit_packed=True)
    assert np.array_equal(packed, np.packbits(bits, axis=1, bitorder="little"))
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("format", SHOT_FORMATS)
def test_same_bytes_as_stim(tmp_path, format):
    bits = random_bits(128, 11)
    write_shots(tmp_path / "ours", bits, format=format, num_bits=11)
    stim.write_shot_data_file(data=bits, path=str(tmp_path / "stims"), format=format, num_detectors=11)
    assert (tmp_path / "ours").read_bytes() == (tmp_path / "stims").read_bytes()


@pytest.mark.parametrize("format", SHOT_FORMATS)
def test_full_disk_is_an_error(tmp_path, format, monkeypatch):
    """Stim does not notice a full disk: emulate one that keeps half of what is written."""
    write = stim.write_shot_data_file

    def write_half(*, path, **options):
        write(path=path, **options)
        data = Path(path).read_bytes()
        Path(path).write_bytes(data[: len(data) // 2])

    monkeypatch.setattr(stim, "write_shot_data_file", write_half)
    bits = random_bits(64, 16)
    target = "/dev/full" if format == "b8" else tmp_path / "shots"
    with pytest.raises(OSError, match="No space left"):
        write_shots(target, bits, format=format, num_bits=16)


def test_ptb64_needs_whole_groups(tmp_path):
    with pytest.raises(ValueError, match="multiple of 64 in the format ptb64, but 36 are left over"):
        write_shots(tmp_path / "x", random_bits(100, 3), format="ptb64", num_bits=3)


def test_refusals(tmp_path):
    with pytest.raises(ValueError, match=r"`format` must be one of .*but is 'b9'"):
        write_shots(tmp_path / "x", random_bits(2, 3), format="b9", num_bits=3)
    with pytest.raises(ValueError, match=r"`bits` must be bool \(shots, 4\).*\(2, 3\)"):
        write_shots(tmp_path / "x", random_bits(2, 3), format="b8", num_bits=4)
    (tmp_path / "odd.b8").write_bytes(b"123")
    with pytest.raises(ValueError, match="whole shots of 2 bytes"):
        read_shots(tmp_path / "odd.b8", format="b8", num_bits=9)
    (tmp_path / "bad.01").write_text("0120\n")
    with pytest.raises(ValueError, match="must be a 01 file of 4 detectors a shot"):
        read_shots(tmp_path / "bad.01", format="01", num_bits=4)
