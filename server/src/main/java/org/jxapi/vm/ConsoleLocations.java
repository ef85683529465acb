package org.jxapi.vm;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.ChangeLog;
import org.jxapi.store.Derivation;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Console;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.VM;

/**
 * The URLs of consoles: at the address of the VM's host, and at the port where this daemon listens now. XAPI listens at
 * 443 always, and names no port.
 */
public final class ConsoleLocations implements Derivation {
    private static final Map<String, String> DEFAULT_PORTS = Map.of("https", "443", "http", "80");

    private volatile String scheme = "https";
    private volatile String port = "";

    /** Follows the listeners of this run: TLS, or plain HTTP where there is no TLS. */
    public void listening(Store store, List<String> endpoints) {
        for (String wanted : List.of("http", "https")) {
            for (String endpoint : endpoints) {
                if (endpoint.startsWith(wanted + "://")) {
                    String given = endpoint.substring(endpoint.lastIndexOf(':') + 1);
                    scheme = wanted;
                    port = given.equals(DEFAULT_PORTS.get(wanted)) ? "" : ":" + given;
                }
            }
        }
        store.change(tx -> locate(tx, consoles(tx)));
    }

    @Override
    public void derive(Transaction tx, Collection<ChangeLog.Change> changes) {
        Set<Ref<Console>> consoles = new LinkedHashSet<>();
        for (ChangeLog.Change change : changes) {
            if (change.kind() == ChangeLog.Kind.DEL) {
                continue;
            }
            if (change.model() == Console.XEN_CLASS) {
                consoles.add(Console.XEN_CLASS.cast(change.ref()));
            } else if (change.model() == Host.XEN_CLASS) {
                consoles.addAll(consoles(tx));
            }
        }
        locate(tx, consoles);
    }

    private static Set<Ref<Console>> consoles(Transaction tx) {
        Set<Ref<Console>> all = new LinkedHashSet<>();
        for (Stored<Console> console : tx.all(Console.XEN_CLASS)) {
            all.add(console.ref());
        }
        return all;
    }

    private void locate(Transaction tx, Set<Ref<Console>> consoles) {
        for (Ref<Console> console : consoles) {
            tx.find(console).ifPresent(stored -> {
                String location = location(tx, stored.row());
                if (location != null && !location.equals(stored.row().get(Console.LOCATION))) {
                    tx.set(console, Console.LOCATION, location);
                }
            });
        }
    }

    private @Nullable String location(Transaction tx, Row<Console> row) {
        Row<VM> vm = tx.find(row.get(Console.VM)).map(Stored::row).orElse(null);
        if (vm == null) {
            return null;
        }
        Row<Host> host = tx.find(vm.get(VM.RESIDENT_ON)).map(Stored::row).orElse(null);
        if (host == null) {
            return null;
        }
        String address = host.get(Host.ADDRESS);
        return scheme + "://" + (address.contains(":") ? "[" + address + "]" : address) + port + "/console?" + "uuid="
                + row.get(Console.UUID);
    }
}
