package org.jxapi.blob;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.MessageTable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenTime;
import org.jxapi.dispatch.Call;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Blob;
import org.jxapi.xenapi.BlobMessages;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VM;

/** The messages of class blob. Blobs are empty: their contents would come over HTTP, at a path that is not served. */
public final class BlobService implements BlobMessages<Call> {
    /** The classes whose objects have blobs, with the field that names them. */
    private static final Map<ClassModel, Field<Map<String, Ref<Blob>>>> OWNERS = Map.of(
            VM.XEN_CLASS, VM.BLOBS,
            Host.XEN_CLASS, Host.BLOBS,
            Network.XEN_CLASS, Network.BLOBS,
            Pool.XEN_CLASS, Pool.BLOBS,
            SR.XEN_CLASS, SR.BLOBS);

    private final Store store;

    public BlobService(Store store) {
        this.store = store;
    }

    public void bind(MessageTable<Call> table) {
        BlobMessages.bind(table, this);
    }

    /** Makes an empty blob that an object has under that name; MAP_DUPLICATE_KEY when it has one already. */
    public static Ref<Blob> attach(
            Store store,
            ClassModel model,
            Ref<?> owner,
            Field<Map<String, Ref<Blob>>> field,
            String name,
            String mimeType,
            boolean open) {
        return store.transact(tx -> {
            tx.row(model, owner);
            Map<String, Ref<Blob>> blobs = new LinkedHashMap<>(tx.get(owner, field));
            Ref<Blob> blob = make(tx, mimeType, open);
            if (blobs.putIfAbsent(name, blob) != null) {
                throw Errors.mapDuplicateKey(model.name(), field.column(), owner.value(), name);
            }
            tx.set(owner, field, blobs);
            return blob;
        });
    }

    private static Ref<Blob> make(Transaction tx, String mimeType, boolean open) {
        return tx.create(
                Blob.XEN_CLASS,
                Row.of(Blob.XEN_CLASS)
                        .with(Blob.MIME_TYPE, mimeType.isEmpty() ? "application/octet-stream" : mimeType)
                        .with(Blob.PUBLIC, open)
                        .with(Blob.LAST_UPDATED, XenTime.NEVER));
    }

    @Override
    public Ref<Blob> create(Call call, String mimeType, boolean open) {
        return store.transact(tx -> make(tx, mimeType, open));
    }

    @Override
    public void destroy(Call call, Ref<Blob> self) {
        store.change(tx -> {
            tx.row(Blob.XEN_CLASS, self);
            OWNERS.forEach((model, field) -> {
                for (Stored owner : List.copyOf(tx.all(model))) {
                    Map<String, Ref<Blob>> blobs =
                            new LinkedHashMap<>(owner.row().get(field));
                    if (blobs.values().remove(self)) {
                        tx.set(owner.ref(), field, blobs);
                    }
                }
            });
            tx.destroy(Blob.XEN_CLASS, self);
        });
    }
}
