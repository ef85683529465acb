package org.jxapi.certificate;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.xenapi.Host;

/** The certificates by which the hosts of the pool know each other. */
public interface PoolTrust {
    /** HOST_OFFLINE if the host does not answer now, and CANNOT_CONTACT_HOST if another one of the pool does not. */
    void assertReached(Ref<Host> host);

    /**
     * Has all hosts of the pool trust these certificates of a host, and no others of it.
     *
     * @param shown in PEM form
     * @param next the one that the host is going to show, in PEM form; null if there is none
     * @return one that has not learned of it now; it does when it is connected to again
     */
    Optional<Ref<Host>> trust(Ref<Host> host, String shown, @Nullable String next);

    /**
     * Has all hosts of the pool trust the certificate that a host shows, and no others of it, unless it is being renewed now: a
     * renewal may have been interrupted.
     *
     * @param shown in PEM form
     */
    void settle(Ref<Host> host, String shown);
}
