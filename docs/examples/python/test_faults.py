"""Tests of a small client against injected faults: python3 -m unittest, or pytest."""

import http.client
import time
import unittest

from simulator import Simulator


class Starter:
    """Starts VMs. It survives lost connections, sessions that end, and a host without memory for a moment."""

    def __init__(self, login):
        self.login = login
        self.xen, self.session = login()

    def start(self, vm, tries=4):
        for left in reversed(range(tries)):
            try:
                answer = self.xen.VM.start(self.session, vm, False, False)
            except (http.client.HTTPException, OSError):
                # The answer is lost, and perhaps the request too.
                continue
            if answer["Status"] == "Success":
                return "started"
            error = answer["ErrorDescription"]
            if error[0] == "VM_BAD_POWER_STATE" and error[3].lower() == "running":
                return "runs already"
            if error[0] == "SESSION_INVALID" and left > 0:
                self.xen, self.session = self.login()
            elif error[0] == "HOST_NOT_ENOUGH_FREE_MEMORY" and left > 0:
                time.sleep(0.05)
            else:
                return error[0]
        return "no answer"


class FaultsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.simulator = Simulator.start(world="laptop")
        cls.addClassCleanup(cls.simulator.close)

    def setUp(self):
        self.simulator.reset()
        self.starter = Starter(self.simulator.login)
        self.vm = self.starter.xen.VM.get_by_name_label(self.starter.session, "build")["Value"][0]

    def test_a_lost_answer(self):
        self.simulator.fault(api="VM.start", fault="drop-after")
        self.assertEqual("runs already", self.starter.start(self.vm))

    def test_lost_requests(self):
        self.simulator.fault(api="VM.start", fault="drop-before", times=2)
        self.assertEqual("started", self.starter.start(self.vm))

    def test_a_session_that_ends(self):
        self.simulator.end_sessions()
        self.assertEqual("started", self.starter.start(self.vm))

    def test_no_memory_for_a_moment(self):
        self.simulator.fault(operation="create", fault="fail", error="NOMEM", times=2)
        self.assertEqual("started", self.starter.start(self.vm))

    def test_no_memory_at_all(self):
        self.simulator.fault(operation="create", fault="fail", error="NOMEM", times="always")
        self.assertEqual("HOST_NOT_ENOUGH_FREE_MEMORY", self.starter.start(self.vm))

    def test_an_error_of_the_api(self):
        self.simulator.fault(api="VM.start", fault="error", error=["HOST_IS_SLAVE", "10.0.0.1"])
        self.assertEqual("HOST_IS_SLAVE", self.starter.start(self.vm))


if __name__ == "__main__":
    unittest.main()
