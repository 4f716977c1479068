"""Presets: they load, cite a source for every value, and their derived numbers follow from the cited ones."""

import math
import re
import tomllib
from importlib import resources

import pytest

from qec_leak.device import Device

# Source tables: arXiv:2207.06431; Miao et al. Table S1; arXiv:2408.13687 Table S4.
IDLE_ERROR = {"sycamore": 2.46e-2, "miao2023": 2.46e-2, "projected": 3e-3 + 1e-3, "willow": 9e-3}
FITTED = {"willow": 0.25, "sycamore": 0.1}  # the part of measurements is fitted; how far the whole may be off
CYCLE_NS = {"sycamore": 921.0, "miao2023": 921.0, "willow": 1100.0}
HEATING = {"sycamore": 6.4e-4, "willow": 2.5e-4}


def cycle_ns(device):
    if device.cycle_ns is not None:
        return device.cycle_ns
    idle = device.readout.duration_ns + device.reset.mlr_ns
    return 5 * device.gate.duration_ns + 4 * device.cz.duration_ns + idle


def twirled_relaxation(device, time_ns):
    """Total Pauli error of T1 and T2: px = py = (1 - exp(-t/T1))/4, pz = (1 - exp(-t/T2))/2 - px."""
    px = (1 - math.exp(-time_ns / device.idle.t1_ns)) / 4
    pz = (1 - math.exp(-time_ns / device.idle.t2_ns)) / 2 - px
    return 2 * px + pz


def test_the_four_presets_are_there():
    assert Device.presets() == ("miao2023", "projected", "sycamore", "willow")
    for name in Device.presets():
        assert Device.preset(name).name == name
        assert Device.preset(name) is Device.preset(name)


@pytest.mark.parametrize("name", IDLE_ERROR)
def test_idle_error_per_cycle_is_the_cited_one(name):
    device = Device.preset(name)
    time_ns = device.readout.duration_ns + device.reset.mlr_ns
    if name == "willow":  # DQLR is a part of its cycle
        time_ns += device.dqlr.iswap_ns + device.reset.mlr_ns
    of_time = twirled_relaxation(device, time_ns) + device.idle.dd_error_per_us * time_ns * 1e-3
    total = of_time + device.idle.measurement_error
    assert total == pytest.approx(IDLE_ERROR[name], rel=FITTED.get(name, 2e-3))


def test_the_cycle_of_willow_holds_dqlr():
    """Without waiting: 4 moments of one-qubit gates, 4 of CZs, readout, reset, Leakage iSWAP, reset."""
    device = Device.preset("willow")
    gates = 4 * device.gate.duration_ns + 4 * device.cz.duration_ns
    end = device.readout.duration_ns + 2 * device.reset.mlr_ns + device.dqlr.iswap_ns
    assert gates + end == device.cycle_ns == CYCLE_NS["willow"]


def test_projected_relaxation_is_that_of_table_s1():
    assert twirled_relaxation(Device.preset("projected"), 300.0) == pytest.approx(2.99e-3, rel=1e-2)


@pytest.mark.parametrize("name", CYCLE_NS)
def test_cycle_times(name):
    assert cycle_ns(Device.preset(name)) == CYCLE_NS[name]


@pytest.mark.parametrize("name", HEATING)
def test_heating_per_cycle_averages_to_the_cited_one(name):
    device = Device.preset(name)
    assert device.idle.heating_per_us * cycle_ns(device) * 1e-3 / 2 == pytest.approx(HEATING[name], rel=1e-3)


def test_miao2023_is_sycamore_but_for_its_leakage():
    miao, sycamore = Device.preset("miao2023"), Device.preset("sycamore")
    cycle_error = [d.idle.measurement_error + 0.66 * d.idle.dd_error_per_us for d in (miao, sycamore)]
    assert miao.gate == sycamore.gate and miao.readout.error == sycamore.readout.error
    assert miao.cz.error == sycamore.cz.error and miao.cz.crosstalk == sycamore.cz.crosstalk
    assert miao.reset.error == sycamore.reset.error and cycle_error[0] == pytest.approx(cycle_error[1], rel=0.5)
    assert miao.cz.leakage > 2 * sycamore.cz.leakage


def test_projected_leaks_only_where_injected():
    assert Device.preset("projected").without_leakage() == Device.preset("projected")
    assert Device.preset("projected").reset.error == 0.0


@pytest.mark.parametrize("name", Device.presets())
def test_every_value_has_a_comment(name):
    """On its own line or in the comment block right above it (a block may serve the lines that follow it)."""
    text = resources.files("qec_leak.device").joinpath("presets", f"{name}.toml").read_text(encoding="utf-8")
    assert len(tomllib.loads(text)) == 8 + (name == "willow")  # which has cycle_ns
    explained = False
    for line in text.split("[gate]", 1)[1].splitlines():
        if line.startswith("#"):
            explained = True
        elif not line or line.startswith("["):
            explained = False
        elif re.match(r"\w+ =", line):
            assert "#" in line or explained, line
