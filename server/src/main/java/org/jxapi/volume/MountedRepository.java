package org.jxapi.volume;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.jxapi.store.Reason;

/**
 * A repository whose folder is the root of a file system that is mounted for it. The volumes are the work of the
 * repository in the folder. Every call of it, also of methods that Repository gets later, first makes sure that the file
 * system is there: without it, disks would be made in the memory of the host. The work is done by a thread of its own, which
 * is left to itself when the file system falls silent. So a dead server costs an error, and no thread that others need.
 */
final class MountedRepository implements InvocationHandler {
    private final Mounts mounts;
    private final String uuid;
    private final MountSource source;
    private final Function<Path, Repository> format;

    private MountedRepository(Mounts mounts, String uuid, MountSource source, Function<Path, Repository> format) {
        this.mounts = mounts;
        this.uuid = uuid;
        this.source = source;
        this.format = format;
    }

    /**
     * @param uuid {@code SR.uuid}
     * @param format the repository in the folder at which the source is mounted
     */
    static Repository of(Mounts mounts, String uuid, MountSource source, Function<Path, Repository> format) {
        return (Repository) Proxy.newProxyInstance(
                Repository.class.getClassLoader(),
                new Class<?>[] {Repository.class},
                new MountedRepository(mounts, uuid, source, format));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        boolean ofRepository = method.getParameterCount() == 0;
        switch (ofRepository ? method.getName() : "") {
            case "place":
                return source.place();
            case "toString":
                return source.name();
            case "hashCode":
                return System.identityHashCode(proxy);
            case "folder":
                // The folder belongs to this repository alone, and looking at it may take for ever.
                return Optional.empty();
            case "readOnly":
                return inside().readOnly();
            case "create":
                source.create();
                return null;
            case "attach":
                attach();
                return null;
            case "detach":
                mounts.unmount(mounts.at(uuid), source.unmountFailure());
                return null;
            case "destroy":
                source.destroy();
                return null;
            default:
                break;
        }
        if (method.getName().equals("equals")) {
            return arguments != null && proxy == arguments[0];
        }
        if (method.getName().equals("names")) {
            return call(method, arguments);
        }
        return mounts.during(
                mounts.at(uuid), source.name(), () -> ownFiles(method, call(method, arguments), arguments));
    }

    private Repository inside() {
        return format.apply(mounts.at(uuid));
    }

    private @Nullable Object call(Method method, Object @Nullable [] arguments) throws Exception {
        try {
            return method.invoke(inside(), arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    /** Others may write to the file system. A link that they put there must not lead guests out of it. */
    private @Nullable Object ownFiles(Method method, @Nullable Object result, Object @Nullable [] arguments) {
        if (inside().readOnly()) {
            return result;
        }
        if (method.getName().equals("volumes") && result instanceof List<?> volumes) {
            return volumes.stream()
                    .filter(volume -> !Files.isSymbolicLink(((Volume) volume).path()))
                    .toList();
        }
        if (method.getName().equals("holds") && Boolean.TRUE.equals(result) && arguments != null) {
            return !Files.isSymbolicLink(inside().path((String) arguments[0]));
        }
        return result;
    }

    private void attach() throws Exception {
        Path at = mounts.at(uuid);
        boolean before = mounts.mounted(at);
        mounts.mount(at, source);
        try {
            mounts.during(at, source.name(), () -> {
                Repository inside = inside();
                inside.attach();
                if (!inside.readOnly()) {
                    requireWritable(at);
                }
                return null;
            });
        } catch (Exception | Error e) {
            if (!before) {
                mounts.unmount(at, source.unmountFailure());
            }
            throw e;
        }
    }

    private void requireWritable(Path at) {
        Path file = at.resolve(".jxapi-" + UUID.randomUUID());
        try {
            Files.createFile(file);
            Files.delete(file);
        } catch (IOException e) {
            throw source.unusable(Reason.withFile(e));
        }
    }
}
