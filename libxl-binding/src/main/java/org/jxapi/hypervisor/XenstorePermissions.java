package org.jxapi.hypervisor;

import java.util.Map;

/**
 * The permissions of a node of xenstore. The control domain and the node's owner have all rights.
 *
 * @param owner the domain that owns the node; its quota pays for it
 * @param others what domains may do that are not named in {@code domains}
 * @param domains what single domains may do, by domain number
 */
public record XenstorePermissions(int owner, Access others, Map<Integer, Access> domains) {
    /** The rights of a domain to a node, in the order of libxenstore's numbers. */
    public enum Access {
        NONE,
        READ,
        WRITE,
        BOTH;

        boolean reads() {
            return this == READ || this == BOTH;
        }

        boolean writes() {
            return this == WRITE || this == BOTH;
        }
    }

    public XenstorePermissions {
        domains = Map.copyOf(domains);
    }

    /** A node of a guest's own: no other guest sees it. */
    public static XenstorePermissions ownedBy(int domid) {
        return new XenstorePermissions(domid, Access.NONE, Map.of());
    }

    /** A node of the control domain's that one guest may read. */
    public static XenstorePermissions readableBy(int domid) {
        return new XenstorePermissions(Hypervisor.DOM0, Access.NONE, Map.of(domid, Access.READ));
    }

    /** A node of the control domain's that every guest may read. */
    public static XenstorePermissions readableByAll() {
        return new XenstorePermissions(Hypervisor.DOM0, Access.READ, Map.of());
    }

    public boolean mayRead(int domid) {
        return everything(domid) || domains.getOrDefault(domid, others).reads();
    }

    public boolean mayWrite(int domid) {
        return everything(domid) || domains.getOrDefault(domid, others).writes();
    }

    private boolean everything(int domid) {
        return domid == Hypervisor.DOM0 || domid == owner;
    }
}
