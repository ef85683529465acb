"""A client of jxapi's simulator for tests in Python. It needs nothing but Python.

    simulator = Simulator.of_environment()
    simulator.fault(api="VM.start", fault="drop-after")
    xen, session = simulator.login()
"""

import json
import os
import urllib.request
import xmlrpc.client


class Simulator:
    def __init__(self, url, token, password):
        """url is that of plain HTTP, without a slash at its end."""
        self.url, self.token, self.password = url, token, password

    @classmethod
    def of_environment(cls):
        """The daemon of JXAPI_URL, whose data folder is JXAPI_DATA."""
        def secret(name):
            with open(os.path.join(os.environ["JXAPI_DATA"], name)) as file:
                return file.readline().strip()
        return cls(os.environ["JXAPI_URL"].rstrip("/"), secret("simulator-token"), secret("root-password"))

    def send(self, method, path, order=None):
        """Sends a request below /simulator; urllib.error.HTTPError when it is refused."""
        body = None if order is None else json.dumps(order).encode()
        request = urllib.request.Request(self.url + "/simulator" + path, body, method=method)
        request.add_header("Authorization", "Bearer " + self.token)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def fault(self, **fault):
        self.send("POST", "/faults", fault)

    def reset(self):
        self.send("POST", "/reset", {})

    def login(self):
        """A proxy of the XenAPI, and the reference of a new session."""
        xen = xmlrpc.client.ServerProxy(self.url)
        return xen, xen.session.login_with_password("root", self.password, "1.0", "example")["Value"]
