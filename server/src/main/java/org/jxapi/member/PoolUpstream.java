package org.jxapi.member;

import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jxapi.certificate.Identity;
import org.jxapi.certificate.MutualTls;
import org.jxapi.http.Upstream;

/**
 * Passes clients of a member on to the coordinator: those of its unix socket, so that {@code xe} works on each host of the pool,
 * and, where the setting {@code answers} says so, all others. Calls and commands for emergencies stay here.
 */
public final class PoolUpstream implements Upstream {
    private final OwnPlace place;
    private final SSLContext tls;
    private final MemberCalls calls;
    private final boolean all;

    /**
     * @param own the certificate that this host shows to the pool
     * @param all whether clients on the network are passed on too
     */
    public PoolUpstream(OwnPlace place, Identity own, MemberCalls calls, boolean all) throws GeneralSecurityException {
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
    public Optional<Coordinator> of(boolean unixSocket) {
        if (!all && !unixSocket) {
            return Optional.empty();
        }
        Membership now = place.membership();
        return Optional.of(new Coordinator(now.coordinator(), now.port(), new Member(now.host(), now.secret())));
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
