package org.jxapi.member;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Pool;

/** The objects of a host that wants to join, as its own database has them. Fields that are not kept have their defaults. */
final class JoiningHost {
    private final Map<Ref<?>, Row<?>> rows;
    private final Ref<Host> host;
    private final Row<Pool> pool;

    /** HOSTS_NOT_COMPATIBLE when these are not the objects of one host with its pool. */
    JoiningHost(Map<Ref<?>, Row<?>> rows) {
        this.rows = new LinkedHashMap<>(rows);
        List<Row<Pool>> pools = rows(Pool.XEN_CLASS);
        if (pools.size() != 1 || find(pools.get(0).get(Pool.MASTER)).isEmpty()) {
            throw Errors.hostsNotCompatible();
        }
        this.pool = pools.get(0);
        this.host = pool.get(Pool.MASTER);
    }

    Ref<Host> ref() {
        return host;
    }

    Row<Host> row() {
        return row(host);
    }

    Row<Pool> pool() {
        return pool;
    }

    /** All objects of a class, in the order in which they were made. */
    <C> List<Ref<C>> all(ClassModel<C> model) {
        List<Ref<C>> all = new ArrayList<>();
        rows.forEach((ref, row) -> {
            if (row.model() == model) {
                all.add(model.cast(ref));
            }
        });
        return all;
    }

    <C> List<Row<C>> rows(ClassModel<C> model) {
        return all(model).stream().map(this::row).toList();
    }

    /** The record; HANDLE_INVALID when there is none. */
    <C> Row<C> row(Ref<C> ref) {
        return find(ref).orElseThrow(() -> Errors.handleInvalid(ref.className(), ref.value()));
    }

    /** A row has the class of its reference: a dump has both from the same table. */
    @SuppressWarnings("unchecked")
    <C> Optional<Row<C>> find(Ref<C> ref) {
        return Optional.ofNullable((Row<C>) rows.get(ref));
    }
}
