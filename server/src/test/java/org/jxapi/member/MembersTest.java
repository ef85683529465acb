package org.jxapi.member;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.agent.AgentPair;
import org.jxapi.agent.AgentServer;
import org.jxapi.agent.Fence;
import org.jxapi.agent.Served;
import org.jxapi.certificate.MutualTls;
import org.jxapi.certificate.Pem;
import org.jxapi.certificate.ServerCertificates;
import org.jxapi.datamodel.Ref;
import org.jxapi.harness.Eventually;
import org.jxapi.remote.RemoteHost;
import org.jxapi.vm.SimulatedHost;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;

/** The coordinator's connections to agents, one of which is in this process. */
class MembersTest {
    @TempDir
    Path folder;

    private ServerCertificates certificates(String name) throws Exception {
        return ServerCertificates.open(Files.createDirectory(folder.resolve(name)), null, name, Clock.systemUTC());
    }

    /** Fails at the first arrival of a host, as one does whose agent is too slow. */
    private static final class FailsOnce implements Members.Listener {
        private final AtomicInteger arrivals = new AtomicInteger();

        @Override
        public void known(Ref<Host> host, RemoteHost member) {}

        @Override
        public void arrived(Ref<Host> host) {
            if (arrivals.incrementAndGet() == 1) {
                throw Errors.cannotContactHost(host.value());
            }
        }

        @Override
        public void lost(Ref<Host> host) {}

        @Override
        public void gone(Ref<Host> host) {}
    }

    @Test
    void aHostThatCouldNotBeBroughtUpToDateIsWhenItIsLookedAtAgain() throws Exception {
        ServerCertificates coordinator = certificates("coordinator");
        ServerCertificates agent = certificates("agent");
        FailsOnce listener = new FailsOnce();
        try (SimulatedHost host = new SimulatedHost(folder);
                AgentServer server = new AgentServer(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        MutualTls.context(
                                () -> agent.shown().pool(),
                                () -> List.of(coordinator.shown().pool().certificate())),
                        Served.of(host.xen),
                        new Fence(folder.resolve("term")),
                        AgentPair.QUICK);
                Members members =
                        new Members(host.store, host.hosts, coordinator, null, null, listener, Clock.systemUTC())) {
            members.connect(
                    AgentPair.HOST,
                    new KnownMember(
                            "member",
                            "127.0.0.1",
                            server.port(),
                            Pem.of(agent.shown().pool().certificate()),
                            KnownMember.newSecret(),
                            null,
                            null));
            Eventually.holds(() -> assertThat(listener.arrivals).hasValue(1));
            Eventually.holds(() -> {
                members.look();
                assertThat(listener.arrivals).hasValue(2);
            });
            members.look();
            assertThat(listener.arrivals).as("it is up to date").hasValue(2);
        }
    }
}
