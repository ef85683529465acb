package org.jxapi.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.EventBatch;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Audit;
import org.jxapi.harness.Eventually;
import org.jxapi.store.H2Store;
import org.jxapi.xenapi.Event;
import org.jxapi.xenapi.EventOperation;
import org.jxapi.xenapi.Session;
import org.jxapi.xenapi.VM;

/** Clients of server-sent events that do not read, with limits shorter than the daemon's. */
class SlowEventClientTest {
    private static final int EVENTS = 20;

    private final AtomicInteger asked = new AtomicInteger();
    private final Row<Event> large = Row.of(Event.XEN_CLASS)
            .with(Event.ID, 1L)
            .with(Event.CLASS, "vm")
            .with(Event.OPERATION, EventOperation.MOD)
            .with(Event.REF, "OpaqueRef:x");

    /** Changes without end, of about a MiB each time. */
    private CompletionStage<EventBatch> after(Ref<Session> session, List<String> classes, String token, Duration wait) {
        asked.incrementAndGet();
        Row<VM> vm = Row.of(VM.XEN_CLASS).with(VM.NAME_DESCRIPTION, "x".repeat(50_000));
        List<Row<?>> events = IntStream.range(0, EVENTS)
                .<Row<?>>mapToObj(i -> large.with(Event.SNAPSHOT, vm))
                .toList();
        return CompletableFuture.completedFuture(new EventBatch(events, Map.of(), "1,0"));
    }

    @Test
    void aClientThatDoesNotReadIsAskedForNoMoreChangesAndIsDropped(@TempDir Path folder) throws Exception {
        try (H2Store store = H2Store.open(folder)) {
            Ref<Session> session =
                    store.transact(tx -> tx.create(Row.of(Session.XEN_CLASS).with(Session.IS_LOCAL_SUPERUSER, true)));
            HttpAccess access = new HttpAccess(
                    store,
                    call -> CompletableFuture.failedFuture(new IllegalStateException()),
                    Clock.systemUTC(),
                    Audit.NONE);
            HttpServer.Listen listen = new HttpServer.Listen(
                    new InetSocketAddress("127.0.0.1", 0),
                    null,
                    null,
                    null,
                    false,
                    1024,
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(300));
            WebHandlers web = new WebHandlers(
                    () -> CompletableFuture.completedFuture(true), this::after, null, false, SiteFiles.NONE, null);
            try (HttpServer server = HttpServer.start(
                    listen,
                    call -> CompletableFuture.failedFuture(new IllegalStateException()),
                    new NonRpcHandlers(null, null, new NoTransfers(), access),
                    web)) {
                URI uri = URI.create(server.endpoints().get(0));
                try (Socket socket = new Socket()) {
                    socket.setReceiveBufferSize(4096);
                    socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()));
                    socket.setSoTimeout(60_000);
                    socket.getOutputStream()
                            .write(("GET /events?session_id=" + session.value() + " HTTP/1.1\r\nHost: x\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
                    Eventually.holds(() -> assertThat(asked).hasPositiveValue());
                    Eventually.holds(() -> assertThat(server.connections()).isZero());
                    // The kernel's buffers take a few MiB, and the daemon keeps nothing.
                    assertThat(asked).hasValueLessThan(40);
                }
            }
        }
    }
}
