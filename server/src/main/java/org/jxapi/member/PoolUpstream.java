package org.jxapi.member;

import java.security.GeneralSecurityException;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.jxapi.certificate.Identity;
import org.jxapi.certificate.MutualTls;
import org.jxapi.certificate.Thumbprints;
import org.jxapi.http.Upstream;

/**
 * Passes requests to a member on to the coordinator. These are all that are no calls, such as those for consoles and
 * measurements, and all of the unix socket, so that {@code xe} works on each host of the pool. Where the setting
 * {@code answers} says so, it passes on calls over the network too. Calls and commands for emergencies stay here.
 */
public final class PoolUpstream implements Upstream {
    private final OwnPlace place;
    private final SSLContext tls;
    private final MemberCalls calls;
    private final boolean all;

    /**
     * @param own the certificate that this host shows to the pool
     * @param all whether calls and command lines that come over the network are passed on too
     */
    public PoolUpstream(OwnPlace place, Supplier<Identity> own, MemberCalls calls, boolean all)
            throws GeneralSecurityException {
        this.place = place;
        this.tls = MutualTls.context(own, place::trusted);
        this.calls = calls;
        this.all = all;
    }

    @Override
    public SSLContext tls() {
        return tls;
    }

    @Override
    public Coordinator coordinator() {
        Membership now = place.membership();
        return new Coordinator(now.coordinator(), now.port(), new Member(now.host(), now.secret()));
    }

    @Override
    public @Nullable Thumbprints thumbprints() {
        return place.thumbprints();
    }

    @Override
    public boolean sendsAway(boolean unixSocket) {
        return !all && !unixSocket;
    }

    @Override
    public void onMove(Runnable moved) {
        place.onMove(moved);
    }

    @Override
    public boolean answersHere(String call) {
        return calls.knows(call);
    }

    @Override
    public boolean runsHere(byte[] commandLine) {
        return MemberCli.isLocal(commandLine);
    }
}
