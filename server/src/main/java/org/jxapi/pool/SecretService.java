package org.jxapi.pool;

import java.util.Map;
import org.jxapi.datamodel.MessageTable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.local.Uuids;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Secret;
import org.jxapi.xenapi.SecretMessages;

/** The messages of class secret. */
public final class SecretService implements SecretMessages<Call> {
    private final Store store;

    public SecretService(Store store) {
        this.store = store;
    }

    public void bind(MessageTable<Call> table) {
        SecretMessages.bind(table, this);
    }

    /** UUID_INVALID for one that is none, or that another secret has. */
    @Override
    public Ref<Secret> introduce(Call call, String uuid, String value, Map<String, String> otherConfig) {
        Uuids.check(Secret.XEN_CLASS, uuid);
        Row<Secret> secret = Row.of(Secret.XEN_CLASS)
                .with(Secret.UUID, uuid)
                .with(Secret.VALUE, value)
                .with(Secret.OTHER_CONFIG, otherConfig);
        return store.transact(tx -> tx.create(secret));
    }
}
