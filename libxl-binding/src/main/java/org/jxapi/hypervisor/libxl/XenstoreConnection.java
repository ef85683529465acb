package org.jxapi.hypervisor.libxl;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import jnr.ffi.Pointer;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.Subscription;
import org.jxapi.hypervisor.Xenstore;
import org.jxapi.hypervisor.XenstorePermissions;
import org.jxapi.hypervisor.XenstorePermissions.Access;

/** xenstore through libxenstore; its handles may be used by many threads. Watches have a connection of their own. */
final class XenstoreConnection implements Xenstore, AutoCloseable {
    private static final int ENOENT = 2;
    private static final int EAGAIN = 11;
    private static final int MOST_TRIES = 100;
    /** The size of a {@code struct xs_permissions}. */
    private static final long PERMISSION_BYTES = 8;
    /** The bits of its second number that say what a domain may do; newer versions have others. */
    private static final int ACCESS_MASK = 3;

    private final Libraries libraries;
    private final LibXenstore lib;
    private final XenstoreHandle connection;
    private final XenstoreWatches watches;

    XenstoreConnection(Libraries libraries) {
        this.libraries = libraries;
        this.lib = libraries.xenstore();
        this.connection = new XenstoreHandle(libraries);
        this.watches = new XenstoreWatches(libraries);
    }

    @Override
    public Optional<String> read(String path) {
        return connection.use(handle -> read(handle, path));
    }

    private Optional<String> read(Pointer handle, String path) {
        Pointer length = libraries.allocate(8);
        try {
            Pointer value = lib.xs_read(handle, LibXenstore.XBT_NULL, XenstoreHandle.bytes(path), length);
            if (value == null) {
                absent(path);
                return Optional.empty();
            }
            try {
                byte[] bytes = new byte[length.getInt(0)];
                value.get(0, bytes, 0, bytes.length);
                return Optional.of(new String(bytes, StandardCharsets.UTF_8));
            } finally {
                libraries.libc().free(value);
            }
        } finally {
            libraries.libc().free(length);
        }
    }

    /** Returns when the last call failed because nothing is at the path, and throws when for another reason. */
    private void absent(String path) {
        int errno = libraries.runtime().getLastError();
        if (errno != ENOENT) {
            throw failure(path, "cannot be read", errno);
        }
    }

    private static HypervisorException failure(String path, String problem, int errno) {
        return new HypervisorException(LibxlError.FAIL, "xenstore: " + path + " " + problem + ": errno " + errno);
    }

    @Override
    public List<String> list(String path) {
        return connection.use(handle -> list(handle, path));
    }

    private List<String> list(Pointer handle, String path) {
        Pointer count = libraries.allocate(8);
        try {
            Pointer names = lib.xs_directory(handle, LibXenstore.XBT_NULL, XenstoreHandle.bytes(path), count);
            if (names == null) {
                absent(path);
                return List.of();
            }
            try {
                List<String> all = new ArrayList<>();
                for (int i = 0; i < count.getInt(0); i++) {
                    all.add(libraries.string(names.getPointer(8L * i)));
                }
                return all;
            } finally {
                libraries.libc().free(names);
            }
        } finally {
            libraries.libc().free(count);
        }
    }

    @Override
    public Map<String, String> readTree(String path) {
        Map<String, String> tree = new TreeMap<>();
        collect(path, "", tree);
        return tree;
    }

    private void collect(String path, String relative, Map<String, String> tree) {
        Optional<String> value = read(path);
        if (value.isPresent()) {
            tree.put(relative, value.get());
            for (String child : list(path)) {
                collect(path + "/" + child, relative.isEmpty() ? child : relative + "/" + child, tree);
            }
        }
    }

    @Override
    public void write(String path, String value) {
        connection.use(handle -> write(handle, LibXenstore.XBT_NULL, path, value));
    }

    private Void write(Pointer handle, int transaction, String path, String value) {
        byte[] data = value.getBytes(StandardCharsets.UTF_8);
        if (lib.xs_write(handle, transaction, XenstoreHandle.bytes(path), data, data.length) == 0) {
            throw failure(path, "cannot be written", libraries.runtime().getLastError());
        }
        return null;
    }

    @Override
    public void writeAll(Map<String, String> values) {
        connection.use(handle -> writeAll(handle, values));
    }

    private Void writeAll(Pointer handle, Map<String, String> values) {
        for (int tries = 0; tries < MOST_TRIES; tries++) {
            int transaction = lib.xs_transaction_start(handle);
            if (transaction == LibXenstore.XBT_NULL) {
                throw failure("/", "has no transaction", libraries.runtime().getLastError());
            }
            try {
                values.forEach((path, value) -> write(handle, transaction, path, value));
            } catch (HypervisorException e) {
                lib.xs_transaction_end(handle, transaction, (byte) 1);
                throw e;
            }
            if (lib.xs_transaction_end(handle, transaction, (byte) 0) != 0) {
                return null;
            }
            int errno = libraries.runtime().getLastError();
            if (errno != EAGAIN) {
                throw failure(String.join(", ", values.keySet()), "cannot be written", errno);
            }
        }
        throw failure(String.join(", ", values.keySet()), "changes all the time", EAGAIN);
    }

    @Override
    public Optional<XenstorePermissions> permissions(String path) {
        return connection.use(handle -> permissions(handle, path));
    }

    private Optional<XenstorePermissions> permissions(Pointer handle, String path) {
        Pointer count = libraries.allocate(8);
        try {
            Pointer all = lib.xs_get_permissions(handle, LibXenstore.XBT_NULL, XenstoreHandle.bytes(path), count);
            if (all == null) {
                absent(path);
                return Optional.empty();
            }
            try {
                Map<Integer, Access> domains = new HashMap<>();
                for (int i = 1; i < count.getInt(0); i++) {
                    domains.put(all.getInt(PERMISSION_BYTES * i), access(all, i));
                }
                return Optional.of(new XenstorePermissions(all.getInt(0), access(all, 0), domains));
            } finally {
                libraries.libc().free(all);
            }
        } finally {
            libraries.libc().free(count);
        }
    }

    private static Access access(Pointer permissions, int index) {
        return Access.values()[permissions.getInt(PERMISSION_BYTES * index + 4) & ACCESS_MASK];
    }

    @Override
    public void setPermissions(String path, XenstorePermissions permissions) {
        connection.use(handle -> setPermissions(handle, path, permissions));
    }

    private Void setPermissions(Pointer handle, String path, XenstorePermissions permissions) {
        int count = 1 + permissions.domains().size();
        Pointer all = libraries.allocate((int) PERMISSION_BYTES * count);
        try {
            put(all, 0, permissions.owner(), permissions.others());
            int index = 1;
            for (Map.Entry<Integer, Access> domain : permissions.domains().entrySet()) {
                put(all, index, domain.getKey(), domain.getValue());
                index++;
            }
            if (lib.xs_set_permissions(handle, LibXenstore.XBT_NULL, XenstoreHandle.bytes(path), all, count) == 0) {
                throw failure(
                        path,
                        "cannot be given to domain " + permissions.owner(),
                        libraries.runtime().getLastError());
            }
            return null;
        } finally {
            libraries.libc().free(all);
        }
    }

    private static void put(Pointer permissions, int index, int domid, Access access) {
        permissions.putInt(PERMISSION_BYTES * index, domid);
        permissions.putInt(PERMISSION_BYTES * index + 4, access.ordinal());
    }

    @Override
    public void remove(String path) {
        connection.use(handle -> remove(handle, path));
    }

    private Void remove(Pointer handle, String path) {
        if (lib.xs_rm(handle, LibXenstore.XBT_NULL, XenstoreHandle.bytes(path)) == 0) {
            int errno = libraries.runtime().getLastError();
            if (errno != ENOENT) {
                throw failure(path, "cannot be removed", errno);
            }
        }
        return null;
    }

    @Override
    public Subscription watch(String path, Consumer<String> listener) {
        return watches.add(path, listener);
    }

    @Override
    public void close() {
        watches.close();
        connection.close();
    }
}
