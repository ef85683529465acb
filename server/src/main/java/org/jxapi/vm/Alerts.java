package org.jxapi.vm;

import java.time.Clock;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.message.Messages;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Cls;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.VM;

/** The messages that XAPI writes when something happens to a VM. */
public final class Alerts {
    private final Store store;
    private final Clock clock;

    public Alerts(Store store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /** The kinds of alerts, with XAPI's priority: 1 is the highest, 5 the lowest. */
    public enum Alert {
        VM_STARTED(5),
        VM_SHUTDOWN(5),
        VM_REBOOTED(5),
        VM_SUSPENDED(5),
        VM_RESUMED(5),
        VM_MIGRATED(5),
        VM_PAUSED(5),
        VM_UNPAUSED(5),
        VM_CRASHED(2),
        VM_CLONED(5),
        VM_SNAPSHOTTED(5),
        VM_CHECKPOINTED(5),
        VM_SNAPSHOT_REVERTED(5);

        private final long priority;

        Alert(long priority) {
            this.priority = priority;
        }
    }

    /**
     * Writes {@code VM 'NAME' (uuid: UUID) WHAT}.
     *
     * @param what the end of the sentence
     */
    public void write(Transaction tx, Ref<VM> vm, Alert alert, String what) {
        tx.find(vm).ifPresent(stored -> {
            Row<VM> row = stored.row();
            String body = "VM '" + row.get(VM.NAME_LABEL) + "' (uuid: " + row.get(VM.UUID) + ") " + what;
            Messages.write(tx, clock, alert.name(), alert.priority, Cls.VM, row.get(VM.UUID), body);
        });
    }

    /** The same, in a transaction of its own. */
    public void write(Ref<VM> vm, Alert alert, String what) {
        store.change(tx -> write(tx, vm, alert, what));
    }

    /** {@code on host: NAME (uuid: UUID)}, for the ends of sentences. */
    static String onHost(Snapshot snapshot, Ref<Host> host) {
        return snapshot.find(host)
                .map(Stored::row)
                .map(row -> "on host: " + row.get(Host.NAME_LABEL) + " (uuid: " + row.get(Host.UUID) + ")")
                .orElse("");
    }
}
