"""Rows and files: what is read, what is refused, what is dropped."""

import csv
import io

import pytest
import sinter

from qec_leak.sweep import parse_sweep, read_results
from qec_leak.sweep.block import Block, BlockCounts
from qec_leak.sweep.results import ResultsFile, is_being_written, parse_contents
from qec_leak.sweep.rows import HEADER, format_row, parse_row

[POINT] = parse_sweep("[circuit]\ndistance = 3\nrounds = 5\n[stop]\nmax_shots = 1000").points


def line(first=0, end=100, errors=7, seed=5, **counts):
    counts = counts or {"detection_events": 12}
    return format_row(POINT, BlockCounts("abc", "0", Block(first, end), errors, 1.5, counts), seed)


def file_of(*lines, end="\n"):
    return ("\n".join([HEADER, *lines]) + end).encode()


def test_row_is_read_as_it_was_written():
    row = parse_row(line(100, 200), 3)
    assert row.line == 3 and row.blocks == ((5, Block(100, 200)),)
    assert (row.stats.shots, row.stats.errors, row.stats.seconds) == (100, 7, 1.5)
    assert row.stats.strong_id == "abc" and row.stats.decoder == "qec_leak-pymatching"
    assert row.stats.json_metadata == dict(POINT.metadata)
    assert row.stats.custom_counts == {"detection_events": 12, "shots 5:100-200": 1}


def test_sinter_adds_rows_up_and_the_sum_still_says_which_shots_it_holds():
    [total] = sinter.read_stats_from_csv_files(io.StringIO(file_of(line(0, 100), line(100, 200, 3)).decode()))
    assert (total.shots, total.errors, total.custom_counts["detection_events"]) == (200, 10, 24)
    assert parse_row(total.to_csv_line(), 2).blocks == ((5, Block(0, 100)), (5, Block(100, 200)))


def test_rows_of_others():
    stats = sinter.TaskStats(strong_id="x", decoder="pymatching", json_metadata=None, shots=10, errors=1)
    assert parse_row(stats.to_csv_line(), 2).blocks == ()


NONSENSE = {
    "a word for shots": (line().replace("100,", "many,", 1), "`shots` must be a whole number, but is 'many'"),
    "more errors than shots": (line(errors=7).replace("7,", "700,", 1), "`errors` and `discards` must be at most 100"),
    "other shots": (line().replace("100,", "90,", 1), "`shots` must be the 100 that its custom_counts name, but is 90"),
    "a column less": (line().rsplit(",", 8)[0], "it must have 8 columns"),
    "no json": (line().replace('"{', '"(', 1), "must be JSON"),
    "counts of words": (line().replace(":12", ':""x""'), "`custom_counts` must be counts by name"),
    "time": (line().replace("1.50", "soon"), "`seconds` must be a number, but is 'soon'"),
    "negative time": (line().replace("1.50", "-1.5"), "`seconds` must be at least 0"),
    "twice": (line().replace(":1}", ":2}"), "must be counted once, but are counted 2 times"),
    "backwards": (line().replace("5:0-100", "5:100-0"), "must name some shots, but names none"),
    "an essay": ("hello", "it must have 8 columns, but has 1"),
    "a quote": ('"', "it must be one line of comma-separated values"),
}


@pytest.mark.parametrize("name", NONSENSE)
def test_nonsense_is_named_and_the_file_left_alone(name, tmp_path):
    text, message = NONSENSE[name]
    path = tmp_path / "results.csv"
    data = file_of(line(0, 100), text, line(100, 200))
    path.write_bytes(data)
    with pytest.raises(ValueError, match="line 3: ") as caught:
        ResultsFile(path, note=print)
    assert message in str(caught.value) and str(path) in str(caught.value)
    assert path.read_bytes() == data and not is_being_written(path)


@pytest.mark.parametrize("data", [b"\xff\xfe\n", b"a,b,c\n1,2,3\n", b"hello\n", b"\x00" * 10 + b"\n"])
def test_other_files_are_refused(data, tmp_path):
    path = tmp_path / "results.csv"
    path.write_bytes(data)
    with pytest.raises(ValueError, match="line 1: the columns must be"):
        ResultsFile(path, note=print)
    assert path.read_bytes() == data


def test_a_line_torn_anywhere_is_dropped():
    """Whatever part of the last line a killed run has written: all rows but the last, and the file is cut there."""
    whole = file_of(line(0, 100))
    full = file_of(line(0, 100), line(100, 200))
    for cut in range(len(whole), len(full)):
        contents = parse_contents(full[:cut], "x")
        if cut == len(full) - 1:  # only the line break is missing: nothing of the row is
            assert len(contents.rows) == 2 and contents.ends_open
        else:
            assert len(contents.rows) == 1 and contents.whole_bytes == len(whole)
            assert contents.torn_line == (3 if full[len(whole) : cut].strip() else None)
            assert not contents.ends_open


def test_a_torn_first_line_is_no_file_yet():
    for cut in range(len(HEADER) + 1):
        assert parse_contents(HEADER.encode()[:cut], "x").whole_bytes == 0


def test_torn_line_is_reported_and_cut_off(tmp_path):
    path, notes = tmp_path / "results.csv", []
    path.write_bytes(file_of(line(0, 100), line(100, 200)[:-20], end=""))
    with ResultsFile(path, note=notes.append) as file:
        assert len(file.rows) == 1
        file.append(line(200, 300))
    assert len(notes) == 1 and "line 3: incomplete" in notes[0]
    assert path.read_bytes() == file_of(line(0, 100), line(200, 300))
    path.write_bytes(file_of(line(0, 100), line(100, 200)[:-20], end=""))
    ResultsFile(path, note=notes.append).close()
    assert path.read_bytes() == file_of(line(0, 100))


def test_missing_line_break_is_added(tmp_path):
    path = tmp_path / "results.csv"
    path.write_bytes(file_of(line(0, 100), end=""))
    with ResultsFile(path, note=pytest.fail) as file:
        file.append(line(100, 200))
    assert path.read_bytes() == file_of(line(0, 100), line(100, 200))


def test_new_file_in_a_new_folder(tmp_path):
    path = tmp_path / "a" / "b" / "results.csv"
    with ResultsFile(path, note=pytest.fail) as file:
        assert file.rows == () and is_being_written(path)
        with pytest.raises(ValueError, match="must be written by one run at a time"):
            ResultsFile(path, note=pytest.fail)
        file.append(line())
        assert len(read_results(path)) == 1
    assert not is_being_written(path)
    assert next(csv.reader(path.read_text().splitlines())) == HEADER.split(",")


def test_windows_line_ends_and_blank_lines(tmp_path):
    path = tmp_path / "results.csv"
    path.write_bytes(file_of(line(0, 100), "", line(100, 200)).replace(b"\n", b"\r\n"))
    assert [row.line for row in read_results(path)] == [2, 4]
