package org.jxapi.hypervisor;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The tree of small values that dom0 shares with guests. Paths are absolute, without a slash at the end. Failures of
 * the store itself are {@link LibxlError#FAIL}.
 */
public interface Xenstore {
    /** A watch of this path reports every domain that is introduced. */
    String INTRODUCE_DOMAIN = "@introduceDomain";

    /** A watch of this path reports every domain that has shut down or disappeared. */
    String RELEASE_DOMAIN = "@releaseDomain";

    /** Returns the home of a domain's data. */
    static String domainPath(int domid) {
        return "/local/domain/" + domid;
    }

    /** Returns the value at a path; empty when nothing is there. */
    Optional<String> read(String path);

    /** Returns the names of a path's children, without order; none when nothing is there. */
    List<String> list(String path);

    /**
     * Returns all values at and below a path, by path relative to it (the value at the path itself by the empty
     * string); none when nothing is there. Nodes that were never given a value are empty strings.
     */
    Map<String, String> readTree(String path);

    /** Writes a value, making the nodes above it when they are missing. */
    void write(String path, String value);

    /** Writes several values in one transaction. */
    void writeAll(Map<String, String> values);

    /** Returns who may use the node at a path; empty when nothing is there. */
    Optional<XenstorePermissions> permissions(String path);

    /**
     * Sets who may use a node; those below it keep their permissions. A node that is made later has the permissions of the
     * node above it. {@link LibxlError#FAIL} when nothing is at the path.
     */
    void setPermissions(String path, XenstorePermissions permissions);

    /** Removes a path and all below it; nothing happens when nothing is there. */
    void remove(String path);

    /**
     * Reports changes at and below a path: at once with the path itself, then with each path that has changed or
     * disappeared. Calls come on one thread of the hypervisor's and must not take long.
     */
    Subscription watch(String path, Consumer<String> listener);
}
