package org.jxapi.transfer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.transfer.OvaXml.Item;
import org.jxapi.xenapi.Errors;

/** The records of an archive, by their class and by their reference. */
final class ArchiveItems {
    private final List<Item> all;
    private final Map<String, Item> byId = new HashMap<>();
    private final Map<String, List<Item>> byClass = new HashMap<>();

    ArchiveItems(List<Item> all) {
        this.all = all;
        for (Item item : all) {
            byId.putIfAbsent(item.id(), item);
            byClass.computeIfAbsent(item.className(), name -> new ArrayList<>()).add(item);
        }
    }

    List<Item> all() {
        return all;
    }

    /** In the order of the archive. */
    List<Item> of(ClassModel<?> model) {
        return byClass.getOrDefault(model.name(), List.of());
    }

    /** The record of that reference; IMPORT_ERROR_FAILED_TO_FIND_OBJECT when the archive has none. */
    Item get(String id) {
        return Optional.ofNullable(byId.get(id)).orElseThrow(() -> Errors.importErrorFailedToFindObject(id));
    }

    /** The record of that reference and class; null when the archive has none. */
    @Nullable
    Item find(ClassModel<?> model, String id) {
        Item item = byId.get(id);
        return item != null && item.className().equals(model.name()) ? item : null;
    }
}
