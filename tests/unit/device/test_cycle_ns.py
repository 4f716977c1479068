"""The length of a device's cycle: in files, by dotted key, by strategy."""

import pytest

from qec_leak.device import Device

DEVICE = Device.preset("sycamore")


@pytest.mark.parametrize("value", [1100.0, {"MLR": 921.0, "DQLR": 1093.0}])
def test_it_is_written_and_read(value):
    device = DEVICE.replace(cycle_ns=value)
    assert Device.from_toml_text(device.to_toml()) == device
    assert hash(device) == hash(DEVICE.replace(cycle_ns=value)) and device != DEVICE
    assert device.replace(cycle_ns=None) == DEVICE


def test_by_strategy():
    device = DEVICE.replace({"cycle_ns.MLR": 921, "cycle_ns.DQLR": 1093})
    assert [device.cycle_ns_of(s) for s in ("NO_RESET", "MLR", "DQLR")] == [0.0, 921.0, 1093.0]
    assert device.replace({"cycle_ns.MLR": None, "cycle_ns.DQLR": None}) == DEVICE
    assert [DEVICE.replace(cycle_ns=1100).cycle_ns_of(s) for s in ("NO_RESET", "DQLR")] == [1100.0, 1100.0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"cycle_ns": -1.0}, "`cycle_ns` must"),
        ({"cycle_ns": "long"}, "`cycle_ns` must"),
        ({"cycle_ns.MLR": -1.0}, "`cycle_ns.MLR` must"),
        ({"cycle_ns": 1100.0, "cycle_ns.MLR": 1.0}, "`cycle_ns.MLR` must go with a table by strategy"),
    ],
)
def test_values_that_are_refused(changes, message):
    with pytest.raises((TypeError, ValueError), match=message):
        DEVICE.replace(changes)
