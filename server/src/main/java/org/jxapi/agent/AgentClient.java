package org.jxapi.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.hypervisor.Subscription;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The coordinator's side of an agent: it keeps a connection, and makes a new one when that is lost. */
final class AgentClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AgentClient.class);
    private static final long FIRST_PAUSE_MS = 50;
    /** Reports that wait for slow listeners. One more ends the connection, and the next one begins with a look. */
    private static final int MAX_REPORTS = 100_000;

    private final AgentAddress agent;
    private final LongSupplier term;
    private final AgentTiming timing;
    private final Consumer<Boolean> connected;
    private final Set<RemoteSubscription> subscriptions = new LinkedHashSet<>();
    private final Thread thread;
    private final ThreadPoolExecutor reports;
    private volatile @Nullable Link link;
    private volatile boolean closed;

    /**
     * @param agent where and who the agent is
     * @param connected gets each change, on the thread that connects
     */
    AgentClient(AgentAddress agent, LongSupplier term, AgentTiming timing, Consumer<Boolean> connected) {
        this.agent = agent;
        this.term = term;
        this.timing = timing;
        this.connected = connected;
        reports = new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(MAX_REPORTS),
                work -> daemon(work, "agent-reports " + agent.address()),
                (work, pool) -> overflow());
        thread = daemon(this::run, "agent " + agent.address());
    }

    private static Thread daemon(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    void start() {
        thread.start();
    }

    boolean isConnected() {
        return openLink() != null;
    }

    /** The connection; null also for one that has ended, although its thread has not dropped it yet. */
    private @Nullable Link openLink() {
        Link current = link;
        return current == null || current.isClosed() ? null : current;
    }

    private void overflow() {
        Link current = link;
        if (!closed && current != null) {
            LOG.warn("Agent: listeners are too slow for the reports of {}", agent.address());
            current.close();
        }
        throw new RejectedExecutionException("too many reports");
    }

    /** Calls the agent; HOST_OFFLINE while it is not connected, and otherwise as {@link PendingCall#await}. */
    JsonNode call(String call, ArrayNode arguments, PendingCall.Local local) {
        Link current = openLink();
        if (current == null) {
            throw Errors.hostOffline(agent.host().value());
        }
        return new PendingCall(agent.host(), current, call, arguments, term.getAsLong(), null).await(local);
    }

    /**
     * Subscribes now if the agent is connected, and again on each later connection. It fails as the agent does, but not
     * because there is no connection.
     */
    Subscription subscribe(RemoteSubscription.Subject subject) {
        RemoteSubscription made = new RemoteSubscription(subject, reports, this::forget);
        Link current;
        synchronized (this) {
            subscriptions.add(made);
            current = link;
        }
        if (current != null) {
            subscribe(made, current);
        }
        return made;
    }

    private void subscribe(RemoteSubscription made, Link current) {
        PendingCall call = new PendingCall(
                agent.host(), current, made.subject().call(), made.subject().arguments(), term.getAsLong(), made::take);
        try {
            call.await(PendingCall.Local.NOTHING);
            made.on(current, call.id());
        } catch (XenApiException e) {
            LOG.debug("Agent: subscribes on the next connection", e);
        } catch (RuntimeException e) {
            forget(made);
            throw e;
        }
    }

    private synchronized void forget(RemoteSubscription ended) {
        subscriptions.remove(ended);
    }

    private void run() {
        long pause = FIRST_PAUSE_MS;
        boolean told = false;
        while (!closed) {
            try (Link made = connect()) {
                LOG.info("Agent: connected to {}", agent.address());
                pause = FIRST_PAUSE_MS;
                told = false;
                begin(made);
                made.receive();
            } catch (IOException | RuntimeException e) {
                if (!told && !closed) {
                    LOG.warn("Agent: no connection to {}: {}", agent.address(), e.toString());
                    told = true;
                }
            } finally {
                end();
            }
            pause = sleep(pause);
        }
    }

    private long sleep(long pause) {
        try {
            if (!closed) {
                Thread.sleep(pause);
            }
        } catch (InterruptedException e) {
            LOG.debug("Agent: the client of {} ends", agent.address());
        }
        return Math.min(pause * 2, timing.again().toMillis());
    }

    private Link connect() throws IOException {
        Socket socket = new Socket();
        try {
            int patience = Math.toIntExact(timing.connect().toMillis());
            socket.connect(agent.address(), patience);
            socket.setSoTimeout(patience);
            InetSocketAddress address = agent.address();
            SSLSocket secure = (SSLSocket) agent.tls()
                    .getSocketFactory()
                    .createSocket(socket, address.getHostString(), address.getPort(), true);
            secure.setEnabledProtocols(new String[] {"TLSv1.3"});
            secure.startHandshake();
            Channel channel = new Channel(socket, secure, timing);
            channel.start("agent-writer " + address);
            // An agent that does not know this coordinator's certificate says so here, after the handshake.
            int protocol = channel.receive().message().path("protocol").asInt();
            if (protocol != AgentServer.PROTOCOL) {
                channel.close();
                throw new IOException("the agent has version " + protocol + " of the messages");
            }
            return new Link(channel);
        } catch (IOException | RuntimeException e) {
            Channel.close(socket);
            throw e;
        }
    }

    private void begin(Link made) {
        List<RemoteSubscription> renewed;
        synchronized (this) {
            link = made;
            renewed = List.copyOf(subscriptions);
        }
        for (RemoteSubscription one : renewed) {
            one.renew(
                    made,
                    answer -> made.send(
                            one.subject().call(), one.subject().arguments(), term.getAsLong(), answer, one::take));
        }
        connected.accept(true);
    }

    private void end() {
        boolean was;
        synchronized (this) {
            was = link != null;
            link = null;
        }
        if (was) {
            connected.accept(false);
        }
    }

    /** Ends the connection; calls in progress fail as when it is lost. */
    @Override
    public void close() {
        closed = true;
        Link current = link;
        if (current != null) {
            current.close();
        }
        thread.interrupt();
        reports.shutdown();
    }

    /**
     * An agent.
     *
     * @param host its host, for errors
     * @param tls has the coordinator's key, and trusts the certificate of this agent alone
     */
    record AgentAddress(Ref<Host> host, InetSocketAddress address, SSLContext tls) {}
}
