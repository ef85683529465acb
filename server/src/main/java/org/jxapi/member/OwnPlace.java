package org.jxapi.member;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jxapi.certificate.Thumbprints;
import org.jxapi.store.Reason;

/** This member's place in its pool, as it is now. */
public final class OwnPlace {
    private final Path data;
    private volatile Now now;
    private volatile Runnable moved = () -> {};
    /** Not on disk: the coordinator says them again when it connects. */
    private volatile @Nullable Thumbprints thumbprints;

    private record Now(Membership membership, List<X509Certificate> trusted) {
        static Now of(Membership membership) throws IOException {
            try {
                return new Now(membership, membership.trusted());
            } catch (GeneralSecurityException e) {
                throw new IOException("a certificate of the pool cannot be used: " + Reason.of(e), e);
            }
        }
    }

    /**
     * @param data the folder of this daemon
     * @throws IOException with one line, when a certificate cannot be used
     */
    public OwnPlace(Path data, Membership membership) throws IOException {
        this.data = data;
        this.now = Now.of(membership);
    }

    public Membership membership() {
        return now.membership();
    }

    /** The certificates of the coordinator and of the other hosts of the pool. */
    public List<X509Certificate> trusted() {
        return now.trusted();
    }

    /** Those of the certificate that the coordinator shows to clients; null while it has not said them. */
    @Nullable
    Thumbprints thumbprints() {
        return thumbprints;
    }

    /** Has that called, and nothing else, when another host is the coordinator or it has another address. */
    void onMove(Runnable listener) {
        moved = listener;
    }

    /** Follows the coordinator to another address. */
    synchronized void at(String address) throws IOException {
        become(membership().at(address));
    }

    /** Follows a coordinator. Returns whether it is another one than before. */
    synchronized boolean serve(MemberOrders.Leader leader) throws IOException {
        Membership before = membership();
        Membership next = before.under(leader);
        if (!next.equals(before)) {
            become(next);
        }
        thumbprints = leader.thumbprints();
        return !before.knows(leader);
    }

    private void become(Membership next) throws IOException {
        Now checked = Now.of(next);
        Membership before = membership();
        next.write(data);
        now = checked;
        if (!next.coordinator().equals(before.coordinator()) || next.port() != before.port()) {
            // Another host may answer there.
            thumbprints = null;
            moved.run();
        }
    }
}
