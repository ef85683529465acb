package org.jxapi.simulator;

import java.util.ArrayList;
import java.util.List;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Session;
import org.jxapi.xenapi.XenModel;

/** Makes all objects what they were at an earlier moment. Clients get the events of that. Sessions go on. */
final class ObjectReset {
    private ObjectReset() {}

    static void to(Snapshot earlier, Transaction tx) {
        for (ClassModel<?> model : XenModel.CLASSES) {
            if (resets(model)) {
                removeLater(model, earlier, tx);
            }
        }
        for (ClassModel<?> model : XenModel.CLASSES) {
            if (resets(model)) {
                createMissing(model, earlier, tx);
            }
        }
        // Also the sets that have followed from changes at their other ends.
        for (ClassModel<?> model : XenModel.CLASSES) {
            if (resets(model)) {
                replaceChanged(model, earlier, tx);
            }
        }
    }

    private static boolean resets(ClassModel<?> model) {
        return model.stored() && model != Session.XEN_CLASS;
    }

    private static <C> void removeLater(ClassModel<C> model, Snapshot earlier, Transaction tx) {
        List<Stored<C>> gone = new ArrayList<>();
        for (Stored<C> stored : tx.all(model)) {
            if (earlier.find(stored.ref()).isEmpty()) {
                gone.add(stored);
            }
        }
        gone.forEach(stored -> tx.destroy(stored.ref()));
    }

    private static <C> void createMissing(ClassModel<C> model, Snapshot earlier, Transaction tx) {
        for (Stored<C> stored : earlier.all(model)) {
            if (tx.find(stored.ref()).isEmpty()) {
                tx.create(stored.ref(), stored.row());
            }
        }
    }

    private static <C> void replaceChanged(ClassModel<C> model, Snapshot earlier, Transaction tx) {
        for (Stored<C> stored : earlier.all(model)) {
            Stored<C> now = tx.stored(stored.ref());
            if (now.row() != stored.row()) {
                tx.update(stored.ref(), row -> stored.row());
            }
        }
    }
}
