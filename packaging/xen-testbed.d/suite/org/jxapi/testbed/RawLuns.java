package org.jxapi.testbed;

import java.util.ArrayList;
import java.util.List;

/** Type iscsi: the LUNs of a target, as disks of a guest. */
final class RawLuns {
    private static final String NAME = "storage iscsi";

    private final Scenarios all;
    private final Guests guests;
    private final XenApi api;
    private final IscsiServer server = new IscsiServer("127.0.0.1", "iscsi");
    private String sr;
    private String vm;
    private String vbd;
    private GuestConsole console;

    RawLuns(Scenarios all) {
        this.all = all;
        guests = all.guests;
        api = all.api;
    }

    void tell(String template) {
        all.checks.scenario(NAME, s -> {
            s.check("is made by xe sr-create and has a disk for each LUN", () -> {
                List<String> words = new ArrayList<>(List.of("sr-create", "type=iscsi", "name-label=" + NAME,
                        "content-type=user"));
                words.addAll(server.start());
                sr = api.text("SR.get_by_uuid", Command.xe(words.toArray(String[]::new)));
                Checks.expectEqual(2, api.refs("SR.get_VDIs", sr).size(), "disks");
            });
            s.check("gives a guest a LUN that it writes to", () -> {
                vm = guests.install(template, NAME);
                console = new GuestConsole(api, vm);
                vbd = guests.attach(vm, small(), "1");
                api.call("VM.start", vm, false, false);
                Scenarios.ready(console, 0);
                console.ask("write xvdb first", "wrote first to xvdb");
            });
            s.check("keeps the LUN when jxapid is killed, which finds it again", () -> {
                all.jxapid.kill();
                all.startJxapid();
                console.ask("read xvdb", "read first from xvdb");
                api.refused("VDI_IN_USE", "PBD.unplug", api.refs("SR.get_PBDs", sr).get(0));
            });
            s.check("ends its session", () -> {
                api.call("VM.hard_shutdown", vm);
                api.call("VBD.destroy", vbd);
                api.call("PBD.unplug", api.refs("SR.get_PBDs", sr).get(0));
                api.call("SR.forget", sr);
            });
        }, () -> {
            if (console != null) {
                console.close();
            }
            server.remove();
            all.cleanUp(NAME);
        });
    }

    /** The LUN of 64 MiB. */
    private String small() {
        return api.refs("SR.get_VDIs", sr).stream()
                .filter(vdi -> api.call("VDI.get_virtual_size", vdi).asLong() == 64 * Guests.MIB)
                .findFirst()
                .orElseThrow();
    }
}
