"""A staged folder shows all of its files or none."""

import pytest

from qec_leak.records import StagedFolder


def test_files_appear_on_commit_only(tmp_path):
    target = tmp_path / "a" / "b"
    with StagedFolder(target, reserve_bytes=1000) as folder:
        folder.write_text("one.txt", "1")
        folder.write_text("two/two.txt", "2")
        assert [p.name.startswith(".partial-") for p in target.iterdir()] == [True]
        paths = folder.commit(last="one.txt")
    assert paths == [target / "two" / "two.txt", target / "one.txt"]
    assert sorted(p.name for p in target.iterdir()) == ["one.txt", "two"]
    assert (target / "two" / "two.txt").read_text() == "2"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_an_exception_leaves_nothing(tmp_path, error):
    with pytest.raises(error), StagedFolder(tmp_path / "a" / "b", reserve_bytes=10) as folder:
        folder.write_text("one.txt", "1")
        raise error
    assert list(tmp_path.iterdir()) == []


def test_an_exception_leaves_earlier_results(tmp_path):
    (tmp_path / "one.txt").write_text("old")
    with pytest.raises(ValueError), StagedFolder(tmp_path) as folder:
        folder.write_text("one.txt", "new")
        raise ValueError
    assert (tmp_path / "one.txt").read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["one.txt"]


def test_earlier_results_are_replaced(tmp_path):
    (tmp_path / "one.txt").write_text("old")
    with StagedFolder(tmp_path) as folder:
        folder.write_text("one.txt", "new")
        folder.commit(last="one.txt")
    assert (tmp_path / "one.txt").read_text() == "new"


def test_target_below_a_file(tmp_path):
    (tmp_path / "file").write_text("")
    for target in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(OSError), StagedFolder(target):
            pass


def test_errors_name_the_target(tmp_path):
    with pytest.raises(OSError) as caught, StagedFolder(tmp_path / "a") as folder:
        (folder.path("one.txt") / "below").write_text("")
    assert caught.value.filename == str(tmp_path / "a" / "one.txt" / "below")
    with pytest.raises(OSError) as caught, StagedFolder(tmp_path / "a"):
        raise OSError(28, "No space left on device")
    assert caught.value.filename == str(tmp_path / "a")
