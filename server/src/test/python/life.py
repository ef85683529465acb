"""Calls as XenAPI.py does: XML-RPC on /RPC2, login with two to four arguments, Async with polling of the task."""

import sys
import time
import xmlrpc.client


class Failure(Exception):
    def __init__(self, details):
        super().__init__(str(details))
        self.details = details


class Method:
    """A dotted name that becomes a call with the session as its first argument."""

    def __init__(self, session, name):
        self.session = session
        self.name = name

    def __getattr__(self, name):
        return Method(self.session, self.name + "." + name)

    def __call__(self, *args):
        return self.session.send(self.name, (self.session.ref, *args))


class Session:
    def __init__(self, url):
        self.proxy = xmlrpc.client.ServerProxy(url + "RPC2", allow_none=True)
        self.ref = None

    def send(self, name, args):
        method = self.proxy
        for part in name.split("."):
            method = getattr(method, part)
        answer = method(*args)
        if name == "system.listMethods":
            return answer
        if answer["Status"] != "Success":
            raise Failure(answer["ErrorDescription"])
        return answer["Value"]

    def login(self, *args):
        self.ref = self.send("session.login_with_password", args)

    def __getattr__(self, name):
        return Method(self, name)


def wait(session, task):
    deadline = time.time() + 60
    while session.task.get_status(task) == "pending":
        assert time.time() < deadline, "the task does not end"
        time.sleep(0.05)
    record = session.task.get_record(task)
    session.task.destroy(task)
    if record["status"] != "success":
        raise Failure(record["error_info"])
    return record["result"]


def main(url, password):
    session = Session(url)
    for args in ((), ("1.0",), ("1.0", "life.py")):
        session.login("root", password, *args)
    assert "VM.start" in session.send("system.listMethods", ())
    assert isinstance(session.session.get_uuid(session.ref), str)
    host = session.session.get_this_host(session.ref)
    assert session.host.get_API_version_major(host) == "2"
    assert session.host.get_record(host)["enabled"] is True
    created = session.session.get_last_active(session.ref)
    assert isinstance(created, xmlrpc.client.DateTime), created

    template = session.VM.get_by_name_label("Other install media")[0]
    result = wait(session, session.Async.VM.clone(template, "von Python: <ü> & \"quoted\""))
    vm = result[len("<value>"):-len("</value>")]
    assert session.VM.get_name_label(vm) == "von Python: <ü> & \"quoted\""
    session.VM.provision(vm)
    assert wait(session, session.Async.VM.start(vm, False, False)) == "<value></value>"
    assert session.VM.get_power_state(vm) == "Running"
    try:
        wait(session, session.Async.VM.start(vm, False, False))
        raise AssertionError("a running VM started again")
    except Failure as e:
        assert e.details[0] == "VM_BAD_POWER_STATE", e.details
    batch = session.event.get_current_id()
    assert batch.isdigit(), batch
    events = session.send("event.from", (session.ref, ["VM/" + vm], "", 1.0))
    assert [e["ref"] for e in events["events"]] == [vm]
    assert events["valid_ref_counts"]["pool"] == 1
    session.VM.hard_shutdown(vm)
    session.VM.destroy(vm)
    try:
        session.VM.get_record(vm)
        raise AssertionError("a VM that is gone answered")
    except Failure as e:
        assert e.details == ["HANDLE_INVALID", "VM", vm], e.details
    session.session.logout()
    try:
        session.VM.get_all()
        raise AssertionError("a session that has ended answered")
    except Failure as e:
        assert e.details[0] == "SESSION_INVALID", e.details
    print("life: well")


main(*sys.argv[1:])
