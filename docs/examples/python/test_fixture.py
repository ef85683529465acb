"""Tests with the fixture of conftest.py: pytest test_fixture.py."""

import urllib.error

import pytest


def test_a_fault_happens_once(simulator):
    simulator.reset()
    xen, session = simulator.login()
    with xen:
        vm = xen.VM.get_by_name_label(session, "build")["Value"][0]
        simulator.fault(operation="create", fault="fail", error="NOMEM")
        assert xen.VM.start(session, vm, False, False)["ErrorDescription"][0] == "HOST_NOT_ENOUGH_FREE_MEMORY"
        assert xen.VM.start(session, vm, False, False)["Status"] == "Success"


def test_a_fault_with_a_typing_error_is_refused(simulator):
    with pytest.raises(urllib.error.HTTPError) as refusal:
        simulator.fault(operation="crate", fault="fail")
    with refusal.value as answer:
        assert "unknown operation crate" in answer.read().decode()
