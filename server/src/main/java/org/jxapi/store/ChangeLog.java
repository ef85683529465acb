package org.jxapi.store;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;

/** The changes, by sequence number. Each number is used once, also over restarts, and numbers only increase. */
public interface ChangeLog {
    enum Kind {
        ADD,
        MOD,
        DEL
    }

    /**
     * One change of one object.
     *
     * @param row the record after the change; null for DEL
     */
    record Change(
            long sequence,
            ClassModel<?> model,
            Ref<?> ref,
            Kind kind,
            @Nullable Row<?> row) {
        /** The record after the change, if it is one of that class and the object is still there. */
        public <C> Optional<Row<C>> rowOf(ClassModel<C> of) {
            return row != null && model == (ClassModel<?>) of ? Optional.of(row.as(of)) : Optional.empty();
        }
    }

    /**
     * A removed object that is still remembered; about 512 of each class are.
     *
     * @param created sequence number of its creation
     */
    record Deleted(long sequence, long created, ClassModel<?> model, Ref<?> ref) {}

    /** The remembered removals of a class after that sequence number, oldest first. */
    List<Deleted> deletedAfter(ClassModel<?> model, long sequence);

    /** The sequence number of the newest removal of a class that is forgotten; 0 when all are remembered. */
    long forgottenUpTo(ClassModel<?> model);

    /** Told of each durable transaction's changes, in order, on a thread of the store: it must not block. */
    interface Listener {
        void committed(Snapshot snapshot, List<Change> changes);
    }

    void addListener(Listener listener);

    void removeListener(Listener listener);
}
