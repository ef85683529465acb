package org.jxapi.session;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.jxapi.store.PoolFiles;
import org.jxapi.store.Reason;
import org.jxapi.store.SafeFile;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.StoreException;
import org.jxapi.store.Transaction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Root's password in a pool. The store has a hash of it, and counts. The file {@code root-password} of the data folder has
 * it in plain text for administrators of the host where it was made or set. They set another one in that file, which
 * counts from the next login. The store has the hash of what the file of each host had last. So a file that another host's
 * change has made old is known as such, and is removed.
 */
public final class PoolPassword implements RootPassword {
    private static final Logger LOG = LoggerFactory.getLogger(PoolPassword.class);
    private static final String PATH = "root-password";

    private final Store store;
    private final Path file;
    private final PasswordHash hashes = new PasswordHash();
    /** The random password that this start has made; null for none. */
    private final @Nullable String made;

    /** The UUID of this host; null before the start has found it. */
    private @Nullable String host;
    /** The password of this host's file at the last look, and the hash of the pool then. */
    private @Nullable Seen seen;

    private record Seen(String password, String hash) {}

    /**
     * Makes a password if there is none yet.
     *
     * @param data the data folder
     * @throws IOException when the file cannot be used; the message is one line that names it
     */
    public PoolPassword(Store store, Path data) throws IOException {
        this.store = store;
        this.file = Passwords.fileIn(data);
        if (Files.exists(file)) {
            Passwords.of(file);
            made = null;
        } else {
            made = hash(store.snapshot()).isEmpty()
                    ? Passwords.inDataFolder(data).current()
                    : null;
        }
    }

    private static Optional<String> hash(Snapshot now) {
        return PoolFiles.find(now, PATH);
    }

    /** Takes over what the file says, once it is known which host this is. */
    @Override
    public synchronized void start(String hostUuid) {
        host = hostUuid;
        if (Files.exists(file)) {
            inFile();
        } else {
            hash(store.snapshot()).ifPresent(this::note);
        }
    }

    /** A file that comes from now on is a new one, if it does not have the password of this hash. */
    private void note(String hash) {
        if (!PoolFiles.find(store.snapshot(), ofHost()).orElse("").equals(hash)) {
            store.change(tx -> PoolFiles.put(tx, ofHost(), hash));
        }
    }

    /** Not under the lock: the hash of a wrong password takes long. */
    @Override
    public boolean matches(String given) {
        return inFile()
                && hash(store.snapshot())
                        .filter(hash -> hashes.matches(hash, given))
                        .isPresent();
    }

    /** Takes over the password of the file, if there is a file. Returns false when no password of the file can be used. */
    private synchronized boolean inFile() {
        if (!Files.exists(file)) {
            return true;
        }
        try {
            String password = Passwords.of(file).current();
            take(password);
            return true;
        } catch (StoreException e) {
            LOG.warn("Root's password: what {} says cannot be taken over: {}", file, Reason.of(e));
            return true;
        } catch (IOException e) {
            LOG.debug("Root's password: {}", e.getMessage());
            return false;
        }
    }

    private void take(String password) throws IOException {
        Snapshot now = store.snapshot();
        String hash = hash(now).orElse("");
        Seen current = new Seen(password, hash);
        if (current.equals(seen)) {
            return;
        }
        String last = PoolFiles.find(now, ofHost()).orElse("");
        if (hash.isEmpty()) {
            set(password);
        } else if (hashes.matches(hash, password)) {
            note(hash);
            seen = current;
        } else if (last.isEmpty() || hashes.matches(last, password)) {
            LOG.warn("Root's password: {} has one that is not the pool's, and is removed", file);
            Files.deleteIfExists(file);
            note(hash);
        } else {
            set(password);
        }
    }

    private void set(String password) {
        String hash = hashes.of(password, password.equals(made) ? PasswordHash.RANDOM : PasswordHash.CHOSEN);
        store.change(tx -> {
            PoolFiles.put(tx, PATH, hash);
            PoolFiles.put(tx, ofHost(), hash);
        });
        seen = new Seen(password, hash);
    }

    private String ofHost() {
        return ofHost(Objects.requireNonNull(host, "the daemon has not started"));
    }

    private static String ofHost(String uuid) {
        return PATH + '/' + uuid;
    }

    /**
     * A host becomes the coordinator that was a member. Its file has a password of its own for logins at the member, which
     * must not become the pool's.
     */
    public static void wasMember(Transaction tx, String uuid) {
        PoolFiles.remove(tx, ofHost(uuid));
    }

    /** The file first: a kill before the store has it leaves a file that the next start takes over. */
    @Override
    public synchronized void change(String password) throws IOException {
        byte[] before = Files.exists(file) ? Files.readAllBytes(file) : null;
        Passwords.set(file, password);
        try {
            set(password);
        } catch (StoreException e) {
            if (before == null) {
                Files.deleteIfExists(file);
            } else {
                SafeFile.write(file, before);
            }
            throw e;
        }
    }
}
