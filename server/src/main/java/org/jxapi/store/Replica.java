package org.jxapi.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A replica of the state of a pool: what a {@link GroupLog} has been applied to, in memory, and behind it in the H2 file of a
 * data folder. Everything but the store is called on the one thread that applies the log, or before there is one.
 */
public final class Replica implements Copyable, AutoCloseable {
    /** The file that says whose state the database holds. */
    static final String OWNER = "jxapi.replica";

    private static final Logger LOG = LoggerFactory.getLogger(Replica.class);

    private final StoreSettings settings;
    private final String owner;
    private final Published published = new Published(HashedState.EMPTY, new MemoryChangeLog());
    private final ReplicaStore store;
    /** Those who copy it read it on their own threads. */
    private volatile @Nullable ReplicaDatabase database;

    /** The database had this change when it was opened, so it needs none up to it. */
    private long had;

    private volatile @Nullable StoreException stopped;

    private volatile boolean leading;

    private volatile LeadListener listener = leads -> {};

    /**
     * A replica without a state, until {@link #resume} or {@link #install}.
     *
     * @param owner a name that no other replica has, also none that was in this folder before
     * @param log where the changes of this host go while it is the coordinator
     */
    public Replica(StoreSettings settings, String owner, GroupLog log) {
        this.settings = settings;
        this.owner = owner;
        this.store = new ReplicaStore(published, log, new DiskRoom(settings.folder()));
    }

    /** The store of this host. */
    public Store store() {
        return store;
    }

    /** Begins with an image of this replica's own. The database stays if it holds this state or a later one. */
    public void resume(StateImage image) throws IOException {
        begin(image);
        ReplicaDatabase kept = mine() ? open(image) : null;
        if (kept == null) {
            make(image);
        } else {
            database = kept;
            had = kept.content().sequence();
            published.changes().restore(kept.content().log(), had);
            compareDatabase();
        }
    }

    /** Begins, or goes on, with the image of another replica. The database gets it instead of what it has. */
    public void install(StateImage image) throws IOException {
        if (image.number() < published.now().number()) {
            throw new IOException("a state of change " + image.number() + " is older than this replica, which has "
                    + published.now().number());
        }
        begin(image);
        make(image);
        LOG.info("Replica: has the state of change {} of another host", image.number());
    }

    private void begin(StateImage image) {
        published.jump(image.state());
        published.changes().restore(image.removals(), image.number());
        // Nothing that this host executed follows this state.
        store.committer().follow();
    }

    private boolean mine() throws IOException {
        Path file = settings.folder().resolve(OWNER);
        return Files.exists(file) && Files.readString(file).equals(owner);
    }

    private @Nullable ReplicaDatabase open(StateImage image) {
        ReplicaDatabase opened = null;
        try {
            opened = ReplicaDatabase.open(settings);
        } catch (StoreException e) {
            LOG.warn("Replica: the database is made again from the log: {}", e.getMessage());
            return null;
        }
        if (opened.content().damaged().isEmpty() && opened.content().sequence() >= image.number()) {
            return opened;
        }
        LOG.info(
                "Replica: the database ends with change {} and is made again",
                opened.content().sequence());
        opened.close();
        return null;
    }

    private void make(StateImage image) throws IOException {
        if (database != null) {
            database.close();
            database = null;
        }
        Files.deleteIfExists(settings.folder().resolve(OWNER));
        database = ReplicaDatabase.create(settings, image);
        had = image.number();
        SafeFile.write(settings.folder().resolve(OWNER), owner.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Applies a group, as every other replica does.
     *
     * @return false when it does not follow the state. It was executed on changes that no replica has, so none applies it.
     * @throws StoreException when this replica has stopped, because it does not understand the group, or differs from the
     *     others. The log says it too.
     */
    public boolean apply(byte[] bytes) {
        if (stopped != null) {
            throw StoreException.again(stopped);
        }
        try {
            List<Applied> known = store.committer().known(bytes, published.now());
            if (known != null) {
                known.forEach(this::show);
                return true;
            }
            return apply(EntryCodec.decode(bytes));
        } catch (RuntimeException e) {
            throw stop(e instanceof StoreException known ? known : new StoreException(Reason.of(e), e));
        }
    }

    private boolean apply(Group group) {
        if (group.first() != published.now().number() + 1) {
            LOG.warn(
                    "Replica: changes from {} on were executed on a state that was given up, no host has them",
                    group.first());
            return false;
        }
        for (Entry entry : group.entries()) {
            show(Applied.of(published.now(), entry));
        }
        HashedState now = published.now();
        if (group.check() != null && group.check().contradicts(now.hash())) {
            throw new StoreException("after change " + now.number() + " this replica has a state with the hash "
                    + text(now.hash())
                    + ", but the coordinator's has " + text(group.check().hash())
                    + ": remove this host's replica and add it again");
        }
        return true;
    }

    private static String text(StateHash hash) {
        return Long.toHexString(hash.kept()) + "/" + Long.toHexString(hash.live());
    }

    private void show(Applied applied) {
        if (applied.number() <= had) {
            published.jump(applied.after());
            compareDatabase();
            return;
        }
        published.publish(applied);
        if (database != null) {
            database.write(applied);
        }
    }

    /** Whether the database holds what the log says, at the change with which it was opened. */
    private void compareDatabase() {
        HashedState now = published.now();
        if (database == null || now.number() != had || database.content().hash() == null) {
            return;
        }
        Optional<String> difference = database.content().hash().difference(now.hash());
        if (difference.isPresent()) {
            LOG.error("Replica: the database is made again from the log: {}", difference.get());
            try {
                make(StateImage.of(published));
            } catch (IOException e) {
                throw new StoreException("the database cannot be made again: " + Reason.of(e), e);
            }
        }
    }

    private StoreException stop(StoreException reason) {
        stopped = reason;
        store.committer().follow();
        LOG.error("Replica: stopped after change {}: {}", published.now().number(), reason.getMessage());
        return StoreException.again(reason);
    }

    /** Why this replica applies nothing any more; empty while it does. */
    public Optional<String> stopped() {
        return Optional.ofNullable(stopped).map(StoreException::getMessage);
    }

    @Override
    public Snapshot snapshot() {
        return store.snapshot();
    }

    private ReplicaDatabase database() {
        ReplicaDatabase now = database;
        if (now == null) {
            throw new StoreException("this replica has no database yet");
        }
        return now;
    }

    @Override
    public Path file() {
        return database().file();
    }

    @Override
    public long durable() {
        ReplicaDatabase now = database();
        now.force();
        return now.durable();
    }

    @Override
    public void copyTo(Path zip) throws SQLException {
        database().copyTo(zip);
    }

    /** The whole state as it is now. */
    public StateImage image() {
        return StateImage.of(published);
    }

    /** Waits until the database has all of the state on disk, if it can be written. */
    public void force() {
        if (database != null) {
            database.force();
        }
    }

    /** The number and the hash of the newest change that has been applied, in hexadecimal; for comparisons. */
    public String position() {
        HashedState now = published.now();
        return now.number() + " " + text(now.hash());
    }

    /** This host is the coordinator in that term, and all of earlier terms has been applied; called on any thread. */
    public void lead(long term) {
        if (stopped == null) {
            store.committer().lead(term);
            leading = true;
            listener.changed(true);
        }
    }

    /** Has elections announced to this listener only, beginning with how it is now. */
    public void watch(LeadListener to) {
        listener = to;
        to.changed(leading);
    }

    /** Whether only changes that free room are made from now on, because too many hosts have no room for others. */
    public void scarce(boolean now) {
        store.committer().scarce(now);
    }

    /** Whether this host can make changes. */
    public boolean leads() {
        return leading;
    }

    /** This host is not the coordinator; called on any thread. */
    public void follow() {
        boolean led = leading;
        leading = false;
        store.committer().follow();
        if (led) {
            listener.changed(false);
        }
    }

    @Override
    public void close() {
        store.close();
        if (database != null) {
            database.close();
        }
    }
}
