package org.jxapi.hypervisor.libxl;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.hypervisor.DiskCounters;

/** A program that answers as QEMU's hw/block/xen-block.c and qapi/block-core.json let it: it has no Xen here. */
class QemuDiskCountersTest {
    private static final String STATS = "{\"device\":\"\",\"node-name\":\"xvda-qcow2\",\"qdev\":\"%s\",\"stats\":{"
            + "\"rd_bytes\":4096,\"rd_operations\":1,\"rd_total_time_ns\":150000,"
            + "\"wr_bytes\":8192,\"wr_operations\":2,\"wr_total_time_ns\":700000,\"flush_operations\":9}}";

    @TempDir
    Path folder;

    private ServerSocketChannel server;
    private final AtomicInteger names = new AtomicInteger();
    private volatile boolean silent;

    @BeforeEach
    void listen() throws Exception {
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(folder.resolve("qmp-3")));
        Thread thread = new Thread(this::serve, "qemu");
        thread.setDaemon(true);
        thread.start();
    }

    @AfterEach
    void close() throws Exception {
        server.close();
    }

    private void serve() {
        while (server.isOpen()) {
            try (SocketChannel client = server.accept();
                    BufferedReader in = new BufferedReader(Channels.newReader(client, StandardCharsets.UTF_8))) {
                if (!silent) {
                    say(client, "{\"QMP\":{\"version\":{},\"capabilities\":[]}}");
                }
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    say(client, answer(new ObjectMapper().readTree(line)));
                }
            } catch (IOException e) {
                // The test has ended, or its client.
            }
        }
    }

    private static void say(SocketChannel client, String line) throws IOException {
        client.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
    }

    private String answer(JsonNode request) {
        return switch (request.get("execute").asText()) {
            case "query-blockstats" ->
                "{\"return\":["
                        + STATS.formatted("/machine/unattached/device[9]") + ","
                        + STATS.formatted("ide0-0-0") + ","
                        + "{\"device\":\"floppy0\",\"stats\":{}}]}";
            case "qom-get" -> {
                names.incrementAndGet();
                yield request.get("arguments").get("path").asText().startsWith("/machine")
                        ? "{\"return\":\"xvda\"}"
                        : "{\"error\":{\"class\":\"GenericError\",\"desc\":\"no such property\"}}";
            }
            default -> "{\"return\":{}}";
        };
    }

    private QemuDiskCounters counters() {
        return new QemuDiskCounters(domid -> folder.resolve("qmp-" + domid));
    }

    @Test
    void theDisksOfXenAreCountedUnderTheirNamesInTheGuest() {
        QemuDiskCounters counters = counters();
        DiskCounters disk = new DiskCounters(3, "xvda", 1, 4096, 150_000, 2, 8192, 700_000, DiskCounters.UNKNOWN);
        assertThat(counters.of(Set.of(3, 4))).containsExactly(disk);
        assertThat(counters.of(Set.of(3))).containsExactly(disk);
        assertThat(names).as("names are asked once").hasValue(2);
    }

    @Test
    void aQemuThatServesAnotherClientCostsLittleTime() {
        silent = true;
        long begin = System.nanoTime();
        assertThat(counters().of(Set.of(3))).isEmpty();
        assertThat(System.nanoTime() - begin).isLessThan(5_000_000_000L);
    }
}
