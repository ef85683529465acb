package org.jxapi.testbed;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * All that stock agents tell, written by a guest through its own xenbus, arrives in the API: libxl alone lets a guest write
 * no more than its kernel needs.
 */
final class GuestAgent {
    private static final int PATIENCE = 60;

    private final Scenarios all;
    private final Guests guests;
    private final XenApi api;
    private GuestConsole console;
    private String vm;
    private String domain;

    GuestAgent(Scenarios all) {
        this.all = all;
        guests = all.guests;
        api = all.api;
    }

    void tell(String name, String template) {
        all.checks.scenario(name, s -> {
            s.check("finds the nodes of the toolstack", () -> {
                vm = guests.installBare(template, name);
                api.call("VM.set_xenstore_data", vm, XenApi.object().put("vm-data/given", "by the client"));
                console = new GuestConsole(api, vm);
                api.call("VM.start", vm, false, false);
                Scenarios.ready(console, 0);
                for (Map.Entry<String, String> node : Map.of(
                                "vm-data/given", "by the client",
                                "control/has-vendor-device", "0",
                                "memory/dynamic-max", String.valueOf(Guests.MEMORY / 1024),
                                "control/platform-feature-xs_reset_watches", "1")
                        .entrySet()) {
                    Checks.expectEqual(node.getValue(), node(node.getKey()), node.getKey());
                }
            });
            s.check("writes every node that agents write, and none that is the toolstack's", () -> {
                int mark = console.mark();
                console.type("agent");
                domain = console.await(mark, "guest: agent told in ([0-9a-f-]{36})", PATIENCE).group(1);
                Checks.expectEqual(node("unique-domain-id"), domain, "unique-domain-id that the guest reads");
                for (String closed : new String[] {"memory/target", "cpu/0/availability", "name", "unique-domain-id"}) {
                    console.await(mark, "guest: may not write " + closed + "\\s", 5);
                }
                // These are all: what is written with one call is refused with the first node.
                Checks.expectEqual("hello", node("messages/agent"), "messages/agent");
                Checks.expectEqual("1", node("rrd/agent"), "rrd/agent");
            });
            s.check("appears in VM_guest_metrics", this::told);
            s.check("appears in the VM: its own data, and the device for its next boot", () -> {
                Checks.await("xenstore_data", PATIENCE, () -> "tester"
                        .equals(api.call("VM.get_xenstore_data", vm).path("vm-data/agent/role").asText()));
                Checks.expectEqual(
                        "by the client",
                        api.call("VM.get_xenstore_data", vm).path("vm-data/given").asText(),
                        "vm-data/given");
                Checks.expectEqual("0001", api.call("VM.get_platform", vm).path("device_id").asText(), "device_id");
            });
            s.check("may have its processors changed and be suspended, as its agent announces", () -> {
                String allowed = api.call("VM.get_allowed_operations", vm).toString();
                Checks.expect(allowed.contains("changing_VCPUs_live") && allowed.contains("suspend"), allowed);
            });
            s.check("writes all nodes again in the domain of its resume", () -> {
                int mark = console.mark();
                all.suspend(vm);
                api.call("VM.resume", vm, false, false);
                String next = console.await(mark, "guest: agent told in ([0-9a-f-]{36})", 120).group(1);
                Checks.expect(!next.equals(domain), "the domain has the same id");
                told();
            });
        }, () -> {
            if (console != null) {
                console.close();
            }
            all.cleanUp(name);
        });
    }

    private String node(String path) {
        return Command.run("xenstore-read", "/local/domain/" + guests.domid(vm) + "/" + path);
    }

    private void told() throws InterruptedException {
        Checks.await("the agent's nodes", PATIENCE, () -> "8"
                .equals(metrics().path("PV_drivers_version").path("major").asText()));
        JsonNode metrics = metrics();
        expect(metrics, "PV_drivers_version", Map.of("minor", "4", "micro", "1", "build", "proto-0.4.0",
                "xenbus", "XenServer 9.1.9.105 "));
        expect(metrics, "os_version", Map.of("name", "Test bed's guest", "distro", "testbed", "major", "1", "minor", "2"));
        expect(metrics, "netbios_name", Map.of("host_name", "guest.testbed.example"));
        expect(metrics, "networks", Map.of("0/ip", "192.0.2.7", "0/ipv4/0", "192.0.2.7", "0/ipv4/1", "192.0.2.8",
                "0/ipv6/0", "2001:db8::7", "1/ip", "192.0.2.9"));
        expect(metrics, "other", Map.of("feature-balloon", "1", "feature-vcpu-hotplug", "1",
                "feature-static-ip-setting", "1", "feature-xs-batcmd", "1", "feature-setcomputername", "1",
                "feature-ts2", "1", "feature-suspend", "1", "data-ts", "1"));
        expect(metrics, "services", Map.of("clock/state", "on"));
        Checks.expectEqual("yes", metrics.path("can_use_hotplug_vbd").asText(), "can_use_hotplug_vbd");
        Checks.expectEqual("yes", metrics.path("can_use_hotplug_vif").asText(), "can_use_hotplug_vif");
    }

    private JsonNode metrics() {
        return api.call("VM_guest_metrics.get_record", api.text("VM.get_guest_metrics", vm));
    }

    private static void expect(JsonNode metrics, String field, Map<String, String> entries) {
        entries.forEach((key, value) -> Checks.expectEqual(
                value, metrics.path(field).path(key).asText(null), field + ":" + key + " of " + metrics.path(field)));
    }
}
