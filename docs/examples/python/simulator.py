"""jxapi's simulator for tests in Python. It needs nothing but Python, and a jxapid.

    with Simulator.start(world="laptop") as simulator:
        xen, session = simulator.login()
        simulator.fault(api="VM.start", fault="drop-after")

The program is jxapid, unless the variable JXAPID of the environment names another one.
"""

import json
import os
import shutil
import subprocess
import tempfile
import urllib.request
import xmlrpc.client


class Simulator:
    def __init__(self, url, token, password):
        """A daemon that runs already. url is that of plain HTTP, without a slash at its end."""
        self.url, self.token, self.password = url, token, password
        self.folder = self.process = None

    @classmethod
    def start(cls, *options, world=None):
        """Starts a jxapid of its own, with these options in addition; close() ends it."""
        folder = tempfile.mkdtemp(prefix="xenapi")
        data = os.path.join(folder, "data")
        command = [
            os.environ.get("JXAPID", "jxapid"), "--hypervisor", "simulator", "--data-dir", data,
            "--http", "127.0.0.1:0", "--https", "off", "--nbd", "off",
            "--unix-socket", os.path.join(folder, "socket"), "--simulator-delays", "off",
        ]
        if world:
            command += ["--simulator-world", world]
        with open(os.path.join(folder, "log"), "w") as log:
            process = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, stderr=log, text=True)
        ready = process.stdout.readline()
        if " ready: " not in ready:
            process.kill()
            process.wait()
            with open(os.path.join(folder, "log")) as log:
                raise RuntimeError("jxapid did not start: " + log.read())

        def secret(name):
            with open(os.path.join(data, name)) as file:
                return file.readline().strip()

        url = next(word for word in ready.split() if word.startswith("http://"))
        started = cls(url, secret("simulator-token"), secret("root-password"))
        started.folder, started.process = folder, process
        return started

    def close(self):
        if self.process:
            self.process.terminate()
            self.process.wait()
            self.process.stdout.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.close()

    def send(self, method, path, order=None):
        """Sends a request below /simulator; urllib.error.HTTPError when it is refused."""
        body = None if order is None else json.dumps(order).encode()
        request = urllib.request.Request(self.url + "/simulator" + path, body, method=method)
        request.add_header("Authorization", "Bearer " + self.token)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def fault(self, **fault):
        self.send("POST", "/faults", fault)

    def order(self, **order):
        self.send("POST", "/orders", order)

    def end_sessions(self):
        self.send("POST", "/sessions/end")

    def reset(self):
        self.send("POST", "/reset", {})

    def login(self):
        """A proxy of the XenAPI, and the reference of a new session."""
        xen = xmlrpc.client.ServerProxy(self.url)
        return xen, xen.session.login_with_password("root", self.password, "1.0", "example")["Value"]
