package org.jxapi.transfer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.transfer.OvaXml.Item;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.XenModel;

/** An import under way: the local objects for those of the archive, the changes of its end, and its way back. */
final class ImportState {
    private final Store store;
    private final ArchiveItems items;
    private final ImportOptions options;
    private final Map<String, Ref<?>> local = new HashMap<>();
    private final List<Consumer<Transaction>> last = new ArrayList<>();
    private final Undo undo = new Undo();

    ImportState(Store store, ArchiveItems items, ImportOptions options) {
        this.store = store;
        this.items = items;
        this.options = options;
    }

    ArchiveItems items() {
        return items;
    }

    ImportOptions options() {
        return options;
    }

    void put(Item item, Ref<?> ref) {
        local.put(item.id(), ref);
    }

    boolean has(String id) {
        return local.containsKey(id);
    }

    /** The local object of an object in the archive. */
    <C> Ref<C> of(ClassModel<C> model, String id) {
        Ref<?> ref = local.get(id);
        if (ref == null || !ref.className().equals(model.name())) {
            throw Errors.importErrorFailedToFindObject(id);
        }
        return model.cast(ref);
    }

    /** The local object of an object in the archive; the null reference when there is none. */
    <C> Ref<C> orNil(ClassModel<C> model, String id) {
        Ref<?> ref = local.get(id);
        return ref == null || !ref.className().equals(model.name()) ? Ref.nil() : model.cast(ref);
    }

    /** Adds a change to the transaction that ends the import. */
    void atEnd(Consumer<Transaction> change) {
        last.add(change);
    }

    /** The part of the import's last transaction that removes what was replaced, and hands over its identity. */
    void settle(Transaction tx) {
        last.forEach(change -> change.accept(tx));
    }

    /** The way back. */
    Undo undo() {
        return undo;
    }

    /**
     * An object that is restored keeps its UUID, unless another one has it. One that is replaced has it until the import
     * ends.
     */
    <C> void keep(Item item, Field<C, String> uuid, Ref<C> ref) {
        String wanted = item.text("uuid");
        if (!options.restore() || wanted.isEmpty()) {
            return;
        }
        Consumer<Transaction> take = tx -> {
            if (tx.byUuid(XenModel.of(uuid), wanted).isEmpty() && tx.find(ref).isPresent()) {
                tx.set(ref, uuid, wanted);
            }
        };
        store.change(take);
        last.add(take);
    }
}
