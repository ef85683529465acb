package org.jxapi.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.hypervisor.DiskImages;
import org.jxapi.image.Image;
import org.jxapi.volume.Driver;
import org.jxapi.volume.DriverSet;
import org.jxapi.volume.LiveDisks;
import org.jxapi.volume.LiveImage;
import org.jxapi.volume.Repository;
import org.jxapi.volume.Settings;
import org.jxapi.volume.Stage;
import org.jxapi.volume.TestDrivers;
import org.jxapi.volume.Volume;

/** The storage of another host: what ends with the connection, what is kept apart, and how it fails. */
class RemoteStorageTest {
    private static final int MIB = 1 << 20;

    @TempDir
    private Path folder;

    /** The images that the agent has closed, by the names of their volumes. */
    private final BlockingQueue<String> closed = new LinkedBlockingQueue<>();

    private StorageAgents agents;

    @BeforeEach
    void start() throws Exception {
        agents = new StorageAgents(
                folder.resolve("agent"),
                StorageAgents.drivers(watched()),
                (sr, location) -> List.of(new LiveDisks.Guest(7, location.equals("written"), true)));
    }

    @AfterEach
    void end() {
        agents.close();
    }

    private Driver watched() {
        Driver file = TestDrivers.file();
        LiveDisks guests = new CallersDisks(proxy(DiskImages.class, null, (name, result, args) -> true));
        return proxy(
                Driver.class,
                file,
                (name, result, args) -> result instanceof Repository repository
                        ? proxy(
                                Repository.class,
                                repository,
                                (called, value, values) -> watch(guests, called, value, values))
                        : result);
    }

    private Object watch(LiveDisks guests, String called, Object result, Object[] args) {
        if (result instanceof Image image) {
            return proxy(Image.class, image, (name, value, values) -> {
                if (name.equals("close")) {
                    closed.add((String) args[0]);
                }
                return value;
            });
        }
        return called.equals("live") ? elsewhere(() -> live(guests, (String) args[0])) : result;
    }

    /** A guest that the agent's drivers learn of comes back as its image. */
    private static Optional<LiveImage> live(LiveDisks guests, String location) {
        return guests.guests("the-sr", location).stream()
                .filter(LiveDisks.Guest::writes)
                .map(guest -> new LiveImage(guest.domid(), Path.of("/leaf")))
                .findFirst();
    }

    /** Work that a thread of its own does, as on a mounted file system. */
    private static <T> T elsewhere(Supplier<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        new Thread(() -> {
                    try {
                        result.complete(work.get());
                    } catch (RuntimeException e) {
                        result.completeExceptionally(e);
                    }
                })
                .start();
        return result.join();
    }

    private interface Seen {
        Object of(String method, Object result, Object[] arguments);
    }

    private static <T> T proxy(Class<T> type, T inside, Seen seen) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, values) -> {
                    try {
                        Object result = inside == null ? null : method.invoke(inside, values);
                        return seen.of(method.getName(), result, values);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    private Repository repository(StorageAgents of, String name) throws IOException {
        Path place = Files.createDirectories(folder.resolve(name));
        Repository repository =
                of.remote().repository("file", new Settings("", Map.of("location", place.toString()), Map.of()));
        repository.attach();
        return repository;
    }

    private static void make(Repository repository, String location, long bytes) throws IOException {
        repository.begin(location);
        repository.create(location, bytes);
        repository.keep(location);
    }

    @Test
    void aLostConnectionClosesImagesAndUndoesNewContents() throws Exception {
        Repository repository = repository(agents, "sr");
        make(repository, "a", 2 * MIB);
        Image image = repository.open("a", true);
        image.write(0, ByteBuffer.wrap(new byte[] {1, 2, 3}));
        Stage stage = repository.stage("a", MIB);
        assertThat(closed).isEmpty();
        List<String> files = files();
        agents.pair().stopAgent();
        assertThat(closed.poll(20, TimeUnit.SECONDS)).isEqualTo("a");
        assertThatThrownBy(() -> image.read(0, ByteBuffer.allocate(1))).isInstanceOf(XenApiException.class);
        agents.pair().changes.clear();
        agents.pair().startAgent();
        assertThat(agents.pair().changes.poll(20, TimeUnit.SECONDS)).isNotNull();
        assertThatThrownBy(() -> image.read(0, ByteBuffer.allocate(1))).isInstanceOf(IOException.class);
        assertThatThrownBy(stage::take).isInstanceOf(IOException.class);
        assertThat(repository.bytes("a")).isEqualTo(2 * MIB);
        assertThat(files()).isNotEqualTo(files);
        try (Image again = repository.open("a", false)) {
            ByteBuffer read = ByteBuffer.allocate(3);
            again.read(0, read);
            assertThat(read.array()).containsExactly(1, 2, 3);
        }
    }

    private List<String> files() throws IOException {
        try (var list = Files.list(folder.resolve("sr"))) {
            return list.map(Path::toString).sorted().toList();
        }
    }

    /** A type and settings name a repository of one host only. */
    @Test
    void repositoriesOfTwoAgentsAreKeptApart() throws Exception {
        Settings settings =
                new Settings("", Map.of("location", folder.resolve("sr").toString()), Map.of());
        try (StorageAgents others = new StorageAgents(
                folder.resolve("other-agent"), elsewhere(folder.resolve("other")), (sr, location) -> List.of())) {
            Repository here = repository(agents, "sr");
            make(here, "a", MIB);
            Files.createDirectories(folder.resolve("other"));
            Repository there = others.remote().repository("file", settings);
            make(there, "b", MIB);
            assertThat(here.volumes()).extracting(Volume::location).containsExactly("a");
            assertThat(there.volumes()).extracting(Volume::location).containsExactly("b");
            try (Image image = here.open("a", false)) {
                others.pair().stopAgent();
                assertThat(others.pair().changes.poll(20, TimeUnit.SECONDS)).isFalse();
                assertThatThrownBy(() -> there.holds("b")).isInstanceOf(XenApiException.class);
                image.read(0, ByteBuffer.allocate(MIB));
            }
        }
    }

    /** The drivers of another machine, on which every location is that folder. */
    private static DriverSet elsewhere(Path place) {
        Driver file = TestDrivers.file();
        return StorageAgents.drivers(proxy(
                Driver.class,
                file,
                (name, result, args) -> name.equals("repository")
                        ? file.repository(new Settings("", Map.of("location", place.toString()), Map.of()))
                        : result));
    }

    @Test
    void failuresArriveAsTheyAre() throws Exception {
        Repository repository = repository(agents, "sr");
        make(repository, "a", MIB);
        assertThatThrownBy(() -> repository.create("a", MIB))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("a.jxapi-pending: No such file or directory");
        Repository gone = agents.remote()
                .repository(
                        "file",
                        new Settings(
                                "", Map.of("location", folder.resolve("gone").toString()), Map.of()));
        assertThatThrownBy(gone::attach)
                .isInstanceOfSatisfying(
                        XenApiException.class, e -> assertThat(e.code()).startsWith("SR_BACKEND_FAILURE_"))
                .hasMessageContaining(folder.resolve("gone").toString());
        IllegalStateException stop = new IllegalStateException("stop");
        repository.begin("b");
        assertThatThrownBy(() -> repository.tidy(
                        location -> {
                            throw stop;
                        },
                        location -> true,
                        location -> true))
                .isSameAs(stop);
        agents.pair().changes.clear();
        agents.pair().stopAgent();
        assertThat(agents.pair().changes.poll(20, TimeUnit.SECONDS)).isFalse();
        assertThatThrownBy(() -> repository.holds("a"))
                .isInstanceOfSatisfying(
                        XenApiException.class, e -> assertThat(e.code()).isEqualTo("HOST_OFFLINE"));
    }

    /** The coordinator has the records of guests, and only it. */
    @Test
    void driversAskTheCoordinatorForGuests() throws Exception {
        Repository repository = repository(agents, "sr");
        assertThat(repository.live("written")).contains(new LiveImage(7, Path.of("/leaf")));
        assertThat(repository.live("read")).isEmpty();
    }

    @Test
    void conditionsAreAskedOnTheThreadOfTheCaller() throws Exception {
        Repository repository = repository(agents, "sr");
        repository.begin("a");
        repository.create("a", MIB);
        AtomicReference<Thread> asked = new AtomicReference<>();
        repository.tidy(
                location -> true,
                location -> {
                    asked.set(Thread.currentThread());
                    return false;
                },
                location -> false);
        assertThat(asked.get()).isSameAs(Thread.currentThread());
        assertThat(repository.holds("a")).isFalse();
    }
}
