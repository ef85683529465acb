package org.jxapi.member;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.jxapi.certificate.Identity;
import org.jxapi.cli.CliServer;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.http.CliHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Command lines at a member. Those of its own root, over the unix socket, go to the coordinator, so that {@code xe} works on
 * each host of the pool. The commands for emergencies run here, for root and for those who know root's password. All others
 * learn that this host is a member.
 */
public final class MemberCli implements CliHandler {
    private static final Logger LOG = LoggerFactory.getLogger(MemberCli.class);
    private static final int BLOCK = 16 * 1024;
    private static final List<String> LOCAL =
            List.of("pool-emergency-reset-master", "pool-emergency-transition-to-master", "host-shutdown-agent");

    private final MemberCalls calls;
    private final CoordinatorSocket coordinator;
    private final CliServer refusing;
    private final CliServer local;

    /**
     * @param own the certificate that this host shows to the pool
     * @param refusing runs commands by the calls of a member
     * @param local runs them in a session of the member itself
     */
    public MemberCli(MemberCalls calls, Identity own, CliServer refusing, CliServer local) {
        this.calls = calls;
        this.coordinator = new CoordinatorSocket(own);
        this.refusing = refusing;
        this.local = local;
    }

    @Override
    public CompletionStage<Client> open(byte[] commandLine, Peer peer) {
        Stream<String> words = new String(commandLine, StandardCharsets.UTF_8).lines();
        if (words.anyMatch(LOCAL::contains)) {
            return local.open(commandLine, peer);
        }
        return peer.unixSocket()
                ? CompletableFuture.completedFuture(new Forwarded(commandLine, peer))
                : refusing.open(commandLine, peer);
    }

    private final class Forwarded implements Client {
        private final byte[] commandLine;
        private final Peer peer;

        Forwarded(byte[] commandLine, Peer peer) {
            this.commandLine = commandLine;
            this.peer = peer;
        }

        @Override
        public byte @Nullable [] answer() {
            return null;
        }

        @Override
        public void run(InputStream in, OutputStream out) throws IOException {
            Membership membership = calls.membership();
            String session;
            SSLSocket socket;
            try {
                session = coordinator.login(membership);
                socket = coordinator.open(membership);
            } catch (XenApiException e) {
                out.write(refusing.refusal(peer, e));
                out.flush();
                return;
            }
            try (socket) {
                socket.setSoTimeout(0);
                ByteArrayOutputStream body = new ByteArrayOutputStream();
                body.writeBytes(("session_id=" + session + "\n").getBytes(StandardCharsets.UTF_8));
                body.writeBytes(commandLine);
                CoordinatorSocket.send(socket.getOutputStream(), "/cli", body.toByteArray());
                Thread toClient = new Thread(() -> copy(socket, out), "xe to coordinator");
                toClient.setDaemon(true);
                toClient.start();
                pass(in, socket.getOutputStream());
                toClient.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                end(membership, session);
            }
        }

        private void copy(SSLSocket socket, OutputStream out) {
            try (out) {
                pass(socket.getInputStream(), out);
            } catch (IOException e) {
                LOG.debug("A command line at the coordinator ended", e);
            }
        }

        private void end(Membership membership, String session) {
            try {
                coordinator.call(membership, "session.logout", session);
            } catch (XenApiException e) {
                LOG.debug("A session at the coordinator could not be ended", e);
            }
        }

        @Override
        public void close() {
            // The connection ends with the command.
        }
    }

    private static void pass(InputStream in, OutputStream out) throws IOException {
        byte[] block = new byte[BLOCK];
        for (int count = in.read(block); count >= 0; count = in.read(block)) {
            out.write(block, 0, count);
            out.flush();
        }
    }
}
