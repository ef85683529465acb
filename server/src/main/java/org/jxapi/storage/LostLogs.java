package org.jxapi.storage;

import java.time.Clock;
import org.jxapi.datamodel.Ref;
import org.jxapi.message.Messages;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Cls;
import org.jxapi.xenapi.VDI;

/** Logs of changed blocks that are damaged or gone. As in XenServer, the disk is not tracked any more, and a message says so. */
final class LostLogs {
    private LostLogs() {}

    /** Turns tracking off for a disk that has no log, if it was on. */
    static void note(Transaction tx, Clock clock, Ref<VDI> vdi) {
        if (tx.find(vdi).isEmpty() || !tx.get(vdi, VDI.CBT_ENABLED)) {
            return;
        }
        tx.set(vdi, VDI.CBT_ENABLED, false);
        String uuid = tx.get(vdi, VDI.UUID);
        String body =
                "The log of changed blocks of disk " + uuid + " cannot be read. Changes are not tracked any more.";
        Messages.write(tx, clock, "VDI_CBT_METADATA_INCONSISTENT", 3, Cls.VDI, uuid, body);
    }
}
