package org.jxapi.blob;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
import org.jxapi.xenapi.XenModel;

/** The messages of class blob. The contents come and go over HTTP ({@link BlobFiles}). */
public final class BlobService implements BlobMessages<Call> {
    /** The fields of objects that have blobs. */
    private static final List<Field<?, Map<String, Ref<Blob>>>> OWNERS =
            List.of(VM.BLOBS, Host.BLOBS, Network.BLOBS, Pool.BLOBS, SR.BLOBS);

    private final Store store;

    public BlobService(Store store) {
        this.store = store;
    }

    public void bind(MessageTable<Call> table) {
        BlobMessages.bind(table, this);
    }

    /** Makes an empty blob that an object has under that name; MAP_DUPLICATE_KEY when it has one already. */
    public static <C> Ref<Blob> attach(
            Store store,
            Ref<C> owner,
            Field<C, Map<String, Ref<Blob>>> field,
            String name,
            String mimeType,
            boolean open) {
        return store.transact(tx -> {
            tx.require(owner);
            Map<String, Ref<Blob>> blobs = new LinkedHashMap<>(tx.get(owner, field));
            Ref<Blob> blob = make(tx, mimeType, open);
            if (blobs.putIfAbsent(name, blob) != null) {
                throw Errors.mapDuplicateKey(field.className(), field.column(), owner.value(), name);
            }
            tx.set(owner, field, blobs);
            return blob;
        });
    }

    private static Ref<Blob> make(Transaction tx, String mimeType, boolean open) {
        return tx.create(Row.of(Blob.XEN_CLASS)
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
            tx.require(self);
            OWNERS.forEach(field -> detach(tx, self, field));
            tx.destroy(self);
        });
    }

    private static <C> void detach(Transaction tx, Ref<Blob> blob, Field<C, Map<String, Ref<Blob>>> field) {
        for (Stored<C> owner : List.copyOf(tx.all(XenModel.of(field)))) {
            Map<String, Ref<Blob>> blobs = new LinkedHashMap<>(owner.row().get(field));
            if (blobs.values().remove(blob)) {
                tx.set(owner.ref(), field, blobs);
            }
        }
    }
}
