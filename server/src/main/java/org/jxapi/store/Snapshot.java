package org.jxapi.store;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.xenapi.Errors;

/** All objects at one moment. Immutable, and read without a lock. */
public interface Snapshot {
    /** The sequence number of the last change that it holds. */
    long sequence();

    /** The object, or nothing when there is none of the reference's class. */
    <C> Optional<Stored<C>> find(Ref<C> ref);

    /** The object; HANDLE_INVALID when there is none. */
    default <C> Stored<C> stored(Ref<C> ref) {
        return find(ref).orElseThrow(() -> Errors.handleInvalid(ref.className(), ref.value()));
    }

    /** The object's record; HANDLE_INVALID when there is none. */
    default <C> Row<C> row(Ref<C> ref) {
        return stored(ref).row();
    }

    /** Throws HANDLE_INVALID when the object is not there. */
    default void require(Ref<?> ref) {
        stored(ref);
    }

    /** One value; HANDLE_INVALID when the object is not there. */
    <C, T> T get(Ref<C> ref, Field<C, T> field);

    /** All objects of a class, in no particular order. */
    <C> Collection<Stored<C>> all(ClassModel<C> model);

    int count(ClassModel<?> model);

    /** The objects of a class whose last change came after that sequence number, by its order; costs only what it finds. */
    <C> Collection<Stored<C>> modifiedAfter(ClassModel<C> model, long sequence);

    <C> Optional<Stored<C>> byUuid(ClassModel<C> model, String uuid);

    /** References of the objects of that name; empty when there is none. */
    <C> List<Ref<C>> byNameLabel(ClassModel<C> model, String nameLabel);

    /** The class of the object that has this reference. */
    Optional<ClassModel<?>> classOf(String ref);
}
