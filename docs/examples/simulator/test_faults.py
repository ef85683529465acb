"""Tests of a small client against injected faults: python3 -m unittest, or pytest."""

import http.client
import time
import unittest

from simulator import Simulator


def start(xen, session, vm, tries=3):
    """Starts a VM. It survives lost connections, a host without memory for a moment, and a VM that runs already."""
    for left in reversed(range(tries)):
        try:
            answer = xen.VM.start(session, vm, False, False)
        except (http.client.HTTPException, OSError):
            continue
        if answer["Status"] == "Success":
            return "started"
        error = answer["ErrorDescription"]
        if error[0] == "VM_BAD_POWER_STATE" and error[3].lower() == "running":
            return "runs already"
        if error[0] != "HOST_NOT_ENOUGH_FREE_MEMORY" or left == 0:
            return error[0]
        time.sleep(0.05)
    return "no answer"


class FaultsTest(unittest.TestCase):
    def setUp(self):
        self.simulator = Simulator.of_environment()
        self.simulator.reset()
        self.xen, self.session = self.simulator.login()
        template = self.xen.VM.get_by_name_label(self.session, "Other install media")["Value"][0]
        self.vm = self.xen.VM.clone(self.session, template, "example")["Value"]
        self.xen.VM.provision(self.session, self.vm)

    def test_a_lost_answer(self):
        self.simulator.fault(api="VM.start", fault="drop-after")
        self.assertEqual("runs already", start(self.xen, self.session, self.vm))

    def test_a_lost_request(self):
        self.simulator.fault(api="VM.start", fault="drop-before", times=2)
        self.assertEqual("started", start(self.xen, self.session, self.vm))

    def test_no_memory_for_a_moment(self):
        self.simulator.fault(operation="create", fault="fail", error="NOMEM", times=2)
        self.assertEqual("started", start(self.xen, self.session, self.vm))

    def test_no_memory_at_all(self):
        self.simulator.fault(operation="create", fault="fail", error="NOMEM", times="always")
        self.assertEqual("HOST_NOT_ENOUGH_FREE_MEMORY", start(self.xen, self.session, self.vm))


if __name__ == "__main__":
    unittest.main()
