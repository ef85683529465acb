package org.jxapi.store;

import java.util.Collection;

/**
 * Keeps fields that follow from others true, such as allowed_operations: run inside every transaction, after its own
 * changes and before it is durable, again for its own changes until nothing changes any more.
 */
public interface Derivation {
    void derive(Transaction tx, Collection<ChangeLog.Change> changes);
}
