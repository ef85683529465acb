package org.jxapi.volume;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;

/**
 * A repository in a folder of this host. While it is plugged, the place under its UUID is a link to its folder. XenServer
 * binds the folder there by a mount; a link needs no entry in the table of mounts, and nothing can hide behind it.
 */
final class LinkedRepository {
    private LinkedRepository() {}

    /** The repository with a link; itself when it has no UUID, as in a probe. */
    static Repository of(Mounts mounts, String uuid, Path folder, Repository inside) {
        if (uuid.isEmpty()) {
            return inside;
        }
        return (Repository) Proxy.newProxyInstance(
                Repository.class.getClassLoader(), new Class<?>[] {Repository.class}, (proxy, method, arguments) -> {
                    try {
                        Object result = method.invoke(inside, arguments);
                        if (method.getName().equals("attach")) {
                            mounts.link(uuid, folder);
                        } else if (method.getName().equals("detach")) {
                            mounts.unlink(uuid);
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause() == null ? e : e.getCause();
                    }
                });
    }
}
