package org.jxapi.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.H2Store;
import org.jxapi.store.StateImage;
import org.jxapi.store.Store;
import org.jxapi.store.StoreSettings;
import org.jxapi.xenapi.Network;

/** The members of a group, in this process, with real connections between them. */
final class TestGroup implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path folder;
    private final UUID id = UUID.randomUUID();
    private final long snapshotEvery;
    private final Map<String, MemberSettings> settings = new TreeMap<>();
    private final Map<String, RaftMember> members = new TreeMap<>();

    TestGroup(Path folder, long snapshotEvery) {
        this.folder = folder;
        this.snapshotEvery = snapshotEvery;
    }

    /** A group of the members a, b and c, all with a vote. */
    static TestGroup ofThree(Path folder, long snapshotEvery) throws Exception {
        TestGroup group = new TestGroup(folder, snapshotEvery);
        group.found("a");
        for (String other : List.of("b", "c")) {
            group.join(other);
            group.promote(other);
        }
        return group;
    }

    MemberSettings settings(String name) {
        return settings.computeIfAbsent(name, n -> {
            try {
                Path data = Files.createDirectories(folder.resolve(n));
                return new MemberSettings(
                        id,
                        n,
                        "127.0.0.1",
                        freePort(),
                        StoreSettings.of(data),
                        null,
                        Duration.ofMillis(700),
                        snapshotEvery);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Begins with the store of a host alone, which has one network. */
    void found(String name) throws Exception {
        StateImage state;
        try (H2Store alone = H2Store.open(settings(name).store().folder())) {
            create(alone, "before");
            state = alone.image();
        }
        members.put(name, RaftMember.found(settings(name), state));
        await(() -> member(name).leads());
    }

    /** Adds a listener. */
    void join(String name) throws Exception {
        start(name);
        leader().add(settings(name).address());
    }

    /** Starts one that the leader is about to add. */
    void start(String name) throws IOException {
        members.put(name, RaftMember.join(settings(name)));
    }

    void promote(String name) throws Exception {
        leader().promote(settings(name).address());
    }

    void stop(String name) {
        members.remove(name).close();
    }

    void resume(String name) throws IOException {
        members.put(name, RaftMember.resume(settings(name)));
    }

    RaftMember member(String name) {
        return members.get(name);
    }

    String leaderName() throws Exception {
        List<String> found = new ArrayList<>();
        await(() -> {
            found.clear();
            members.forEach((name, member) -> {
                if (member.leads()) {
                    found.add(name);
                }
            });
            return found.size() == 1;
        });
        return found.get(0);
    }

    RaftMember leader() throws Exception {
        return member(leaderName());
    }

    static Ref<Network> create(Store store, String name) {
        return store.transact(tx -> tx.create(Row.of(Network.XEN_CLASS).with(Network.NAME_LABEL, name)));
    }

    /** Waits until all members have applied the same changes, and that have the same state. */
    String awaitLevel() throws Exception {
        await(() ->
                members.values().stream().map(RaftMember::position).distinct().count() == 1);
        return members.values().iterator().next().position();
    }

    static void await(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("the end of patience").isLessThan(end);
            Thread.sleep(10);
        }
    }

    @Override
    public void close() {
        members.values().forEach(RaftMember::close);
    }
}
