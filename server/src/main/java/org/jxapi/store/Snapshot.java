package org.jxapi.store;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;

/** All objects at one moment. Immutable, and read without a lock. */
public interface Snapshot {
    /** The sequence number of the last change that it holds. */
    long sequence();

    /** The object, or nothing when the reference is unknown or of another class. */
    Optional<Stored> find(ClassModel model, Ref<?> ref);

    /** The object's record; HANDLE_INVALID when there is none. */
    default Row row(ClassModel model, Ref<?> ref) {
        return find(model, ref).orElseThrow(() -> invalid(model, ref)).row();
    }

    /** One value; HANDLE_INVALID when the object is not there. The class is the field's. */
    <T> T get(Ref<?> ref, Field<T> field);

    /** All objects of a class, in no particular order. */
    Collection<Stored> all(ClassModel model);

    int count(ClassModel model);

    /** The objects of a class whose last change came after that sequence number, by its order; costs only what it finds. */
    Collection<Stored> modifiedAfter(ClassModel model, long sequence);

    Optional<Stored> byUuid(ClassModel model, String uuid);

    /** References of the objects of that name; empty when there is none. */
    List<Ref<?>> byNameLabel(ClassModel model, String nameLabel);

    /** Which class the reference belongs to, whatever it is. */
    Optional<ClassModel> classOf(Ref<?> ref);

    private static RuntimeException invalid(ClassModel model, Ref<?> ref) {
        return org.jxapi.xenapi.Errors.handleInvalid(model.name(), ref.value());
    }
}
