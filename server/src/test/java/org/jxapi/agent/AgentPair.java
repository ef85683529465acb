package org.jxapi.agent;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import org.jxapi.certificate.Identity;
import org.jxapi.certificate.MutualTls;
import org.jxapi.datamodel.Ref;
import org.jxapi.harness.TestCertificates;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.volume.DriverSet;
import org.jxapi.xenapi.Host;

/** An agent and the coordinator that drives it, with a certificate each, over TLS on this machine. */
public final class AgentPair implements AutoCloseable {
    public static final AgentTiming QUICK = new AgentTiming(
            Duration.ofMillis(200), Duration.ofSeconds(4), Duration.ofSeconds(4), Duration.ofMillis(100));
    public static final Ref<Host> HOST = Host.XEN_CLASS.ref("OpaqueRef:the-host");
    private static final long PORT_SECONDS = 60;
    private static final long PORT_LOOK_MILLIS = 50;
    private static final Identity COORDINATOR = identity("coordinator");
    private static final Identity AGENT = identity("agent");

    private final Hypervisor served;
    private final DriverSet drivers;
    private final Path folder;
    final AtomicLong term = new AtomicLong(1);
    /** Each change of the connection. */
    final BlockingQueue<Boolean> changes = new LinkedBlockingQueue<>();

    private AgentServer server;
    private final RemoteHypervisor remote;

    public AgentPair(Hypervisor served, Path folder) throws Exception {
        this(served, StorageAgents.drivers(), folder);
    }

    AgentPair(Hypervisor served, DriverSet drivers, Path folder) throws Exception {
        this.served = served;
        this.drivers = drivers;
        this.folder = folder;
        server = serve(0);
        remote = remote(address(), coordinatorTls());
        changes.poll(20, TimeUnit.SECONDS);
    }

    /** A new certificate with its key. */
    static Identity identity(String name) {
        try {
            KeyPairGenerator keys = KeyPairGenerator.getInstance("EC");
            keys.initialize(256);
            TestCertificates.Issued issued = TestCertificates.selfSigned(
                    TestCertificates.Request.of(name, keys.generateKeyPair()).signedBy("SHA256withECDSA"));
            return new Identity(issued.key(), List.of(issued.certificate()));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private AgentServer serve(int port) throws IOException, GeneralSecurityException {
        return new AgentServer(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                agentTls(),
                ServedStorage.addTo(Served.of(served), drivers),
                fence(),
                QUICK);
    }

    private Fence fence() throws IOException {
        return new Fence(folder.resolve("term"));
    }

    RemoteHypervisor remote(InetSocketAddress address, SSLContext tls) {
        return new RemoteHypervisor(HOST, address, tls, term::get, QUICK, changes::add);
    }

    public static SSLContext coordinatorTls() throws GeneralSecurityException {
        return MutualTls.context(() -> COORDINATOR, () -> List.of(AGENT.certificate()));
    }

    public static SSLContext agentTls() throws GeneralSecurityException {
        return MutualTls.context(() -> AGENT, () -> List.of(COORDINATOR.certificate()));
    }

    static X509Certificate coordinator() {
        return COORDINATOR.certificate();
    }

    static X509Certificate agent() {
        return AGENT.certificate();
    }

    public RemoteHypervisor remote() {
        return remote;
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
    }

    /** Ends the agent, as a kill does for its connections. */
    public void stopAgent() {
        server.close();
    }

    /** Starts the agent at the same address, once no connection of another process has its port. */
    public void startAgent() throws Exception {
        int port = server.port();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PORT_SECONDS);
        while (true) {
            try {
                server = serve(port);
                return;
            } catch (BindException e) {
                if (System.nanoTime() > end) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(PORT_LOOK_MILLIS);
            }
        }
    }

    @Override
    public void close() {
        remote.close();
        server.close();
    }
}
