"""What is said of a lost scheduler or worker is said in one line, by us."""

import logging
from concurrent.futures import CancelledError

import pytest

from qec_leak.sweep.cluster import _quiet_dask

core = pytest.importorskip("distributed.comm.core")


@pytest.mark.parametrize("logger", ["asyncio", "tornado.application", "distributed.client"])
def test_losses_are_not_logged_by_others(logger, caplog):
    _quiet_dask()
    for error in (core.CommClosedError("closed"), ConnectionResetError(), CancelledError()):
        logging.getLogger(logger).error("Task exception was never retrieved", exc_info=error)
    assert not caplog.records


def test_other_errors_are(caplog):
    _quiet_dask()
    _quiet_dask()
    logging.getLogger("asyncio").error("Task exception was never retrieved", exc_info=ZeroDivisionError())
    logging.getLogger("asyncio").error("no exception")
    assert len(caplog.records) == 2
