package org.jxapi.store;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jxapi.datamodel.ClassModel;

/** The derivations of a store, run until nothing changes any more. */
final class Derivations {
    private static final int ROUNDS = 10;

    private final List<Derivation> all = new CopyOnWriteArrayList<>();

    void add(Derivation derivation) {
        all.add(derivation);
    }

    /** Derives from what a transaction has changed. */
    void derive(StateTransaction tx) {
        Collection<ChangeLog.Change> fresh = tx.takeFresh();
        for (int round = 0; !fresh.isEmpty() && !all.isEmpty(); round++) {
            if (round == ROUNDS) {
                throw new IllegalStateException("derived fields do not settle: " + fresh);
            }
            for (Derivation derivation : all) {
                derivation.derive(tx, fresh);
            }
            fresh = tx.takeFresh();
        }
    }

    /** Derives from all objects. */
    void deriveAll(Transaction tx) {
        List<ChangeLog.Change> everything = new ArrayList<>();
        for (ClassModel<?> model : Schema.classes()) {
            for (Stored<?> stored : tx.all(model)) {
                everything.add(
                        new ChangeLog.Change(stored.modified(), model, stored.ref(), ChangeLog.Kind.MOD, stored.row()));
            }
        }
        for (Derivation derivation : all) {
            derivation.derive(tx, everything);
        }
    }
}
