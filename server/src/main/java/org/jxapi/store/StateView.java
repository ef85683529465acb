package org.jxapi.store;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;

/** Reads a state that is replaced meanwhile. */
abstract class StateView implements Snapshot {
    /** The state as it is now. */
    abstract State state();

    @Override
    public long sequence() {
        return state().sequence();
    }

    @Override
    public <C> Optional<Stored<C>> find(Ref<C> ref) {
        return state().find(ref);
    }

    @Override
    public <C, T> T get(Ref<C> ref, Field<C, T> field) {
        return state().get(ref, field);
    }

    @Override
    public <C> Collection<Stored<C>> all(ClassModel<C> model) {
        return state().all(model);
    }

    @Override
    public <C> Collection<Stored<C>> modifiedAfter(ClassModel<C> model, long sequence) {
        return state().modifiedAfter(model, sequence);
    }

    @Override
    public int count(ClassModel<?> model) {
        return state().count(model);
    }

    @Override
    public <C> Optional<Stored<C>> byUuid(ClassModel<C> model, String uuid) {
        return state().byUuid(model, uuid);
    }

    @Override
    public <C> List<Ref<C>> byNameLabel(ClassModel<C> model, String nameLabel) {
        return state().byNameLabel(model, nameLabel);
    }

    @Override
    public Optional<ClassModel<?>> classOf(String ref) {
        return state().classOf(ref);
    }
}
