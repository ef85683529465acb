"""The fixture of all tests in this folder that pytest runs."""

import pytest

from simulator import Simulator


@pytest.fixture(scope="session")
def simulator():
    with Simulator.start(world="laptop") as started:
        yield started
