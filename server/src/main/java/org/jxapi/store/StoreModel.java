package org.jxapi.store;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.xenapi.XenModel;

/** The classes of all objects of the store: those of the XenAPI, and {@link PoolFile}, which is none of them. */
final class StoreModel {
    static final List<ClassModel<?>> CLASSES = Stream.concat(
                    XenModel.CLASSES.stream().filter(ClassModel::stored), Stream.of(PoolFile.STORE_CLASS))
            .toList();

    private StoreModel() {}

    /** The class of that name whose objects the store has, or null. */
    static @Nullable ClassModel<?> get(String name) {
        if (name.equals(PoolFile.STORE_CLASS.name())) {
            return PoolFile.STORE_CLASS;
        }
        ClassModel<?> model = XenModel.get(name);
        return model == null || !model.stored() ? null : model;
    }
}
