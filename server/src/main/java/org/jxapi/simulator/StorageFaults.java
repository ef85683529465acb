package org.jxapi.simulator;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.hypervisor.simulator.OrderFields;
import org.jxapi.hypervisor.simulator.PendingFaults;
import org.jxapi.image.Image;
import org.jxapi.store.Store;
import org.jxapi.volume.Reach;
import org.jxapi.volume.Repository;
import org.jxapi.volume.Settings;
import org.jxapi.volume.SmFailure;
import org.jxapi.volume.Stage;
import org.jxapi.volume.Usage;

/**
 * The storage of a simulated host. A world's repositories of real types are in folders, and may be slow. A fault happens at the
 * place where the daemon turns to a repository.
 */
public final class StorageFaults implements Reach {
    private static final Set<String> MAKES = Set.of(
            "create", "createForQemu", "clone", "snapshot", "snapshotAll", "resize", "stage", "stageCopy", "keepBase");

    /** The daemon also asks for it by itself, from time to time. */
    private static final String USAGE = "usage";

    private static final Set<String> WORKS =
            union(MAKES, Set.of("begin", "guestDisk", "open", "differences", "revert", "reset", "bytes", "taken"));

    private static final Set<String> REACHES = Set.of("attach", USAGE, "volumes", "holds");

    /** A fault of the storage. */
    enum Kind {
        FULL("full", MAKES, SmFailure.NO_SPACE, "No space left on device"),
        IO_ERROR("io-error", WORKS, SmFailure.EIO, "Input/output error"),
        GONE("gone", union(WORKS, REACHES), SmFailure.SR_UNAVAILABLE, "Host is down");

        private final String text;
        private final Set<String> methods;
        private final SmFailure failure;
        private final String reason;

        Kind(String text, Set<String> methods, SmFailure failure, String reason) {
            this.text = text;
            this.methods = methods;
            this.failure = failure;
            this.reason = reason;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    private static Set<String> union(Set<String> some, Set<String> others) {
        Set<String> all = new TreeSet<>(some);
        all.addAll(others);
        return all;
    }

    /**
     * @param sr the UUID of the only repository that it is for; null for all
     * @param lasts whether it happens always: only then the daemon meets it by itself too, which would use it up
     */
    record Fault(Kind kind, @Nullable String sr, boolean lasts) {
        boolean concerns(String asked, String method) {
            return (sr == null || sr.equals(asked))
                    && kind.methods.contains(method)
                    && (lasts || !method.equals(USAGE));
        }
    }

    private final PendingFaults<Fault> rules;
    private final SrSizes sizes;
    private final Path folders;
    private final Map<String, Pace> paces = new ConcurrentHashMap<>();

    /**
     * @param folders where simulated repositories are, by the UUIDs of their SRs
     * @param random decides on faults that have a probability
     */
    public StorageFaults(Store store, Path folders, Random random) {
        this.sizes = new SrSizes(store);
        this.folders = folders;
        this.rules = new PendingFaults<>(random);
    }

    /** Adds a fault as an order describes it. */
    void add(OrderFields order) {
        order.only("storage", "sr", "times", "probability", "delay_ms");
        Map<String, Kind> kinds = new TreeMap<>();
        for (Kind kind : Kind.values()) {
            kinds.put(kind.text, kind);
        }
        Kind kind = order.known("storage", "fault of storage", kinds);
        PendingFaults.Terms terms = order.terms();
        String sr = order.has("sr") ? order.uuid("sr").toString() : null;
        rules.add(new Fault(kind, sr, terms.times() == PendingFaults.ALWAYS), terms);
    }

    List<PendingFaults.Rule<Fault>> pending() {
        return rules.all();
    }

    void clear() {
        rules.clear();
    }

    @Override
    public @Nullable Settings folder(Settings settings) {
        Path folder = folders.resolve(settings.uuid());
        return settings.uuid().isEmpty() || !Files.isDirectory(folder)
                ? null
                : new Settings(settings.uuid(), Map.of("location", folder.toString()), settings.smConfig());
    }

    /** The same repository with its speed, and the faults that are to come. */
    @Override
    public Repository seen(String sr, Repository repository) {
        return (Repository) Proxy.newProxyInstance(
                Repository.class.getClassLoader(), new Class<?>[] {Repository.class}, (proxy, method, args) -> {
                    fail(sr, method);
                    try {
                        if (MAKES.contains(method.getName()) && args != null) {
                            refuseFull(sr, repository, args);
                        }
                        Pace pace = pace(sr);
                        if (pace != null && method.getName().equals("stageCopy") && args != null) {
                            pace.take(repository.taken((String) args[0]));
                        }
                        @Nullable Object answer = method.invoke(repository, args);
                        return answer instanceof Usage usage
                                ? sizes.usage(sr, usage)
                                : pace == null ? answer : slow(method.getName(), answer, pace);
                    } catch (InvocationTargetException e) {
                        throw Objects.requireNonNull(e.getCause(), "an invocation has a cause");
                    }
                });
    }

    private @Nullable Pace pace(String sr) {
        long speed = sizes.speed(sr);
        return speed == 0 ? null : paces.computeIfAbsent(sr, key -> new Pace(speed));
    }

    /** The answer of a method, as a slow repository gives it. */
    private static @Nullable Object slow(String method, @Nullable Object answer, Pace pace) {
        if (answer instanceof Image image) {
            return new SlowImage(image, pace);
        }
        if (answer instanceof Stage stage) {
            return new SlowStage(stage, pace);
        }
        // A file that is copied as a whole would take no time.
        return method.equals("raw") ? Optional.empty() : answer;
    }

    /** A repository to which a world has given a size has no room for more. */
    private void refuseFull(String sr, Repository repository, Object[] args) throws IOException {
        Usage usual = repository.usage();
        Usage now = sizes.usage(sr, usual);
        long more = args.length > 1 && args[1] instanceof Long bytes ? bytes : 0;
        if (!now.equals(usual) && now.used() + more > now.size()) {
            throw new IOException(Kind.FULL.reason);
        }
    }

    private void fail(String sr, Method method) throws IOException {
        PendingFaults.Due<Fault> rule = rules.take(fault -> fault.concerns(sr, method.getName()));
        if (rule == null) {
            return;
        }
        try {
            Thread.sleep(rule.delay().toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Kind kind = rule.fault().kind();
        if (kind != Kind.GONE && Arrays.asList(method.getExceptionTypes()).contains(IOException.class)) {
            throw new IOException(kind.reason);
        }
        throw error(kind);
    }

    private static XenApiException error(Kind kind) {
        return kind.failure.error(kind.reason);
    }
}
