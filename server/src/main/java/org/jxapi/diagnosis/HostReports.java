package org.jxapi.diagnosis;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import org.jxapi.backup.DatabaseDump;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.host.StatusItems;
import org.jxapi.local.PerHost;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Host;

/** The parts of the reports of all hosts: those that each host has, and the database, which is the coordinator's. */
final class HostReports {
    private final Store store;
    private final PerHost<StatusItems> hosts;
    private final Supplier<List<String>> passwords;

    HostReports(Store store, PerHost<StatusItems> hosts, Supplier<List<String>> passwords) {
        this.store = store;
        this.hosts = hosts;
        this.passwords = passwords;
    }

    /** The parts of a host's report, in the order of their keys; HOST_OFFLINE when it is not connected. */
    List<Capability> parts(Ref<Host> host) {
        StatusItems there = hosts.of(host);
        List<Capability> all = new ArrayList<>();
        for (StatusItems.Part part : there.parts()) {
            List<Item> items =
                    part.items().stream().map(name -> item(there, name)).toList();
            all.add(new Capability(part.key(), part.personal(), part.checked(), items));
        }
        all.add(new Capability("xenserver-databases", "yes", true, List.of(database())));
        all.sort(Comparator.comparing(Capability::key));
        return all;
    }

    /** The threads of a host's daemon; HOST_OFFLINE when it is not connected. */
    String threads(Ref<Host> host) {
        return hosts.of(host).threads();
    }

    private static Item item(StatusItems there, String name) {
        return new Item(name, out -> {
            try {
                there.write(name, out.stream());
            } catch (XenApiException e) {
                // Without the cause, since the report says what the innermost cause says.
                throw new IOException("The host is gone (" + e.code() + "). Fetch the report again when it answers.");
            }
        });
    }

    private Item database() {
        return new Item("jxapid/database.xml", out -> {
            Redaction secrets = Redaction.of(store.snapshot(), passwords.get());
            DatabaseDump.write(store.snapshot(), out.stream(), secrets::shown);
        });
    }
}
