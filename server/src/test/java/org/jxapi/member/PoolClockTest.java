package org.jxapi.member;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Program;

/**
 * The clocks of hosts that vote jump while clients read and write at all of them. The members answer for the coordinator. A
 * library between the JVM and the system moves the wall clock of each daemon.
 */
class PoolClockTest {
    private static final DateTimeFormatter XEN_TIME = DateTimeFormatter.ofPattern("yyyyMMdd'T'HH:mm:ss'Z'");
    private static final int WRITES = 50;
    /** Shorter than a session lives, and longer than everything that a pool measures by a clock. */
    private static final Duration JUMP = Duration.ofHours(10);

    @TempDir
    Path folder;

    private Path library;

    private final Site site = new Site() {
        @Override
        public String address(int host) {
            return LOOPBACK.address(host);
        }

        @Override
        public int freePort(int host) throws IOException {
            return LOOPBACK.freePort(host);
        }

        @Override
        public URL http(TestPool.Member host) throws IOException {
            return LOOPBACK.http(host);
        }

        @Override
        public List<String> inside(int host) {
            return List.of("env", "LD_PRELOAD=" + library, "CLOCK_FILE=" + clock(host));
        }
    };

    private Path clock(int host) {
        return folder.resolve("clock" + host);
    }

    private void move(int host, Duration by) throws IOException {
        ByteBuffer seconds =
                ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putLong(0, by.toSeconds());
        try (FileChannel file = FileChannel.open(clock(host), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            file.write(seconds, 0);
        }
    }

    private void compile() throws Exception {
        Program.needs("gcc");
        Path source = folder.resolve("clock.c");
        try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream("clock.c"))) {
            Files.copy(in, source);
        }
        library = folder.resolve("clock.so");
        Program.run(folder, "gcc", "-shared", "-fPIC", "-O1", "-o", library.toString(), source.toString(), "-ldl")
                .ok();
    }

    private static Duration ahead(TestPool.Caller caller, String host) throws Exception {
        String time = caller.text("host.get_servertime", host);
        Instant shown = Instant.from(XEN_TIME.withZone(java.time.ZoneOffset.UTC).parse(time));
        return Duration.between(Instant.now(), shown);
    }

    @Test
    void clocksThatJumpChangeNoAnswer() throws Exception {
        compile();
        for (int host = 1; host <= 3; host++) {
            move(host, Duration.ZERO);
        }
        try (TestPool pool = new TestPool(folder, site, "--answers", "members")) {
            TestPool.Member first = pool.voting();
            TestPool.Caller caller = first.caller();
            try (PoolClients clients = new PoolClients(pool, caller)) {
                clients.awaitWrites(WRITES);
                for (Duration jump : List.of(JUMP, JUMP.negated(), Duration.ZERO)) {
                    for (int host = 1; host <= 3; host++) {
                        move(host, jump);
                        clients.awaitWrites(WRITES);
                        clients.check("the clock of host " + host + " moved by " + jump);
                    }
                    assertThat(ahead(caller, first.ref))
                            .as("the clock moves")
                            .isBetween(jump.minusMinutes(5), jump.plusMinutes(5));
                }
            }
            String guest = caller.vm("guest");
            move(1, JUMP);
            for (TestPool.Member host : pool.hosts()) {
                assertThat(caller.starts(guest, host))
                        .as("a start on host " + host.number)
                        .isTrue();
                caller.text("VM.hard_shutdown", guest);
            }
        }
    }
}
