package org.jxapi.member;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jxapi.cli.CliServer;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.http.CliHandler;
import org.jxapi.xenapi.Errors;

/**
 * Command lines that reach a member, because the coordinator cannot be reached or only this host can run them. The commands
 * for emergencies run, for root and for those who know root's password. All others learn where the coordinator is, or was.
 */
public final class MemberCli implements CliHandler {
    private static final List<String> LOCAL =
            List.of("pool-emergency-reset-master", "pool-emergency-transition-to-master", "host-shutdown-agent");

    private final MemberCalls calls;
    private final CliServer refusing;
    private final CliServer local;

    /**
     * @param refusing runs commands by the calls of a member
     * @param local runs them in a session of the member itself
     */
    public MemberCli(MemberCalls calls, CliServer refusing, CliServer local) {
        this.calls = calls;
        this.refusing = refusing;
        this.local = local;
    }

    @Override
    public CompletionStage<Client> open(byte[] commandLine, Peer peer) {
        if (isLocal(commandLine)) {
            return local.open(commandLine, peer);
        }
        if (peer.unixSocket()) {
            XenApiException why = Errors.cannotContactHost(calls.membership().coordinator());
            return CompletableFuture.completedFuture(refusing.refused(peer, why));
        }
        return refusing.open(commandLine, peer);
    }

    /** Whether a command line is one for emergencies, which no other host can run; the arguments are one a line. */
    static boolean isLocal(byte[] commandLine) {
        return new String(commandLine, StandardCharsets.UTF_8).lines().anyMatch(LOCAL::contains);
    }
}
