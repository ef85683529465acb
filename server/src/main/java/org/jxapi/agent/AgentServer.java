package org.jxapi.agent;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jxapi.hypervisor.Hypervisor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the hypervisor of this host, and other parts of it, to those whose certificate the TLS context trusts. Connections whose peer is not
 * known yet have few places, and the oldest of them gives its own up: strangers cannot keep a coordinator out.
 */
public final class AgentServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AgentServer.class);
    /** The version of the messages. A coordinator refuses an agent of another one. */
    static final int PROTOCOL = 1;

    private static final int MAX_STRANGERS = 32;
    private static final int MAX_PEERS = 64;
    private static final long IDLE_SECONDS = 60;

    private final ServerSocket listener;
    private final SSLContext tls;
    private final Served served;
    private final Fence fence;
    private final AgentTiming timing;
    private final AtomicInteger threadNumber = new AtomicInteger();
    /** Work that comes after the end is that of connections which are closed then. */
    private final RejectedExecutionHandler late = new ThreadPoolExecutor.DiscardPolicy();

    private final ExecutorService threads = new ThreadPoolExecutor(
            0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), this::thread, late);
    private final ScheduledExecutorService clock = new ScheduledThreadPoolExecutor(1, this::thread, late);
    private final Set<Socket> strangers = new LinkedHashSet<>();
    private final Set<Socket> peers = new LinkedHashSet<>();
    private volatile boolean closed;

    /** Serves a hypervisor alone. */
    public AgentServer(
            InetSocketAddress address, SSLContext tls, Hypervisor hypervisor, Fence fence, AgentTiming timing)
            throws IOException {
        this(address, tls, Served.of(hypervisor), fence, timing);
    }

    /**
     * Begins to listen.
     *
     * @param address with port 0 for any that is free
     * @param tls has the agent's key, and trusts the coordinator's certificate alone
     */
    public AgentServer(InetSocketAddress address, SSLContext tls, Served served, Fence fence, AgentTiming timing)
            throws IOException {
        this.tls = tls;
        this.served = served;
        this.fence = fence;
        this.timing = timing;
        listener = new ServerSocket();
        listener.setReuseAddress(true);
        listener.bind(address);
        threads.execute(this::accept);
    }

    private Thread thread(Runnable work) {
        Thread thread = new Thread(work, "agent-" + threadNumber.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    }

    public int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        while (!closed) {
            try {
                Socket socket = listener.accept();
                admit(socket);
                threads.execute(() -> serve(socket));
            } catch (IOException e) {
                if (!closed) {
                    LOG.warn("Agent: cannot accept a connection: {}", e.getMessage());
                    pause();
                }
            }
        }
    }

    private void pause() {
        try {
            Thread.sleep(timing.ping().toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void admit(Socket socket) {
        if (strangers.size() >= MAX_STRANGERS) {
            Socket oldest = strangers.iterator().next();
            strangers.remove(oldest);
            Channel.close(oldest);
        }
        strangers.add(socket);
        if (closed) {
            Channel.close(socket);
        }
    }

    private void serve(Socket socket) {
        try {
            SSLSocket secure = greet(socket);
            try (Channel channel = new Channel(socket, secure, timing)) {
                channel.start("agent-writer");
                channel.send(JsonNodeFactory.instance.objectNode().put("protocol", PROTOCOL));
                LOG.info("Agent: {} is connected", socket.getRemoteSocketAddress());
                new ServedPeer(channel, served, fence, threads).serve();
            }
        } catch (SSLException e) {
            LOG.warn("Agent: refused {}: {}", socket.getRemoteSocketAddress(), e.getMessage());
        } catch (IOException e) {
            LOG.info("Agent: {} is gone: {}", socket.getRemoteSocketAddress(), e.toString());
        } catch (MalformedException e) {
            LOG.warn("Agent: disconnected {}: {}", socket.getRemoteSocketAddress(), e.getMessage());
        } finally {
            forget(socket);
            Channel.close(socket);
        }
    }

    /** Both sides prove who they are, within a time. */
    private SSLSocket greet(Socket socket) throws IOException {
        var timeout =
                clock.schedule(() -> Channel.close(socket), timing.connect().toMillis(), TimeUnit.MILLISECONDS);
        try {
            SSLSocket secure = (SSLSocket) tls.getSocketFactory().createSocket(socket, null, true);
            secure.setUseClientMode(false);
            secure.setNeedClientAuth(true);
            secure.setEnabledProtocols(new String[] {"TLSv1.3"});
            secure.startHandshake();
            know(socket);
            return secure;
        } finally {
            timeout.cancel(false);
        }
    }

    private synchronized void know(Socket socket) throws IOException {
        strangers.remove(socket);
        if (peers.size() >= MAX_PEERS) {
            throw new IOException("too many peers");
        }
        peers.add(socket);
    }

    private synchronized void forget(Socket socket) {
        strangers.remove(socket);
        peers.remove(socket);
    }

    /** Ends all connections, and stops their calls; the hypervisor stays open. */
    @Override
    public void close() {
        closed = true;
        List<Socket> all;
        synchronized (this) {
            all = new ArrayList<>(strangers);
            all.addAll(peers);
        }
        try {
            listener.close();
        } catch (IOException e) {
            LOG.debug("Agent: the listener cannot be closed", e);
        }
        all.forEach(Channel::close);
        clock.shutdownNow();
        threads.shutdown();
    }
}
