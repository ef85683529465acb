package org.jxapi.certificate;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.jxapi.store.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificates that the host shows: one to clients, and one to hosts of the pool, which ask for the name {@code pool}
 * as in XAPI. They are in the data folder, unless the settings name PEM files for the first one. A change is used by all
 * connections that begin after it.
 */
public final class ServerCertificates {
    private static final Logger LOG = LoggerFactory.getLogger(ServerCertificates.class);

    /** The two certificates as they are now. */
    public record Shown(Identity host, Identity pool) {}

    private final IdentityFile file;
    private final IdentityFile poolFile;
    private final @Nullable PemFiles given;
    private final Clock clock;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile Shown shown;
    /** The state of the given files when they were last used or refused, and when they were last seen. */
    private Object used = new Object();

    private Object seen = new Object();

    private ServerCertificates(
            IdentityFile file, IdentityFile poolFile, @Nullable PemFiles given, Clock clock, Shown shown) {
        this.file = file;
        this.poolFile = poolFile;
        this.given = given;
        this.clock = clock;
        this.shown = shown;
    }

    /**
     * Reads the certificates of a data folder, and makes those that are missing.
     *
     * @param given the files of the host's certificate; null for the one in the data folder
     * @param hostname the first name of a new certificate
     * @throws IOException with one line that names the file
     */
    public static ServerCertificates open(Path folder, @Nullable PemFiles given, String hostname, Clock clock)
            throws IOException {
        return open(folder, given, hostname, new FirstKey(), clock);
    }

    /** The same, with the key of a new certificate. */
    public static ServerCertificates open(
            Path folder, @Nullable PemFiles given, String hostname, FirstKey key, Clock clock) throws IOException {
        IdentityFile file = IdentityFile.ofHost(folder);
        IdentityFile poolFile = ofPool(folder);
        Object state = given == null ? "" : given.state();
        Identity host = given == null ? readOrMake(file, hostname, key, clock) : given.read();
        Path path = given == null ? file.path() : given.certificate();
        Validity.fault(host.certificate(), clock.instant())
                .ifPresent(fault -> LOG.warn(
                        "Certificate {}: {}, and clients refuse it; replace it, or correct the clock of the host",
                        path,
                        fault.reason()));
        // The certificate for hosts of the pool needs the host's UUID, which the first start makes later.
        Identity pool = poolFile.exists() ? poolFile.read() : host;
        ServerCertificates certificates = new ServerCertificates(file, poolFile, given, clock, new Shown(host, pool));
        certificates.used = state;
        certificates.seen = state;
        return certificates;
    }

    /**
     * Reads the certificates of a folder that no daemon uses yet.
     *
     * @throws IOException with one line that names the file that cannot be read
     */
    public static void check(Path folder) throws IOException {
        for (IdentityFile each : List.of(IdentityFile.ofHost(folder), ofPool(folder))) {
            if (each.exists()) {
                each.read();
            }
        }
    }

    private static IdentityFile ofPool(Path folder) {
        return new IdentityFile(folder.resolve("pool-certificate.p12"));
    }

    private static Identity readOrMake(IdentityFile file, String hostname, FirstKey key, Clock clock)
            throws IOException {
        if (file.exists()) {
            return file.read();
        }
        Identity made = selfSigned(hostname, key.get(), clock);
        file.write(made);
        return made;
    }

    static Identity selfSigned(String hostname, Clock clock) throws IOException {
        return selfSigned(hostname, new FirstKey().get(), clock);
    }

    private static Identity selfSigned(String hostname, KeyPair key, Clock clock) throws IOException {
        try {
            return SelfSigned.of(CertificateNames.of(hostname), key, clock.instant());
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot make a certificate: " + Reason.of(e), e);
        }
    }

    public Shown shown() {
        return shown;
    }

    /** The certificate that clients see. */
    public X509Certificate certificate() {
        return shown.host().certificate();
    }

    /** The certificate that hosts of the pool see, in PEM form. */
    public String poolPem() {
        return Pem.of(shown.pool().certificate());
    }

    /** Calls this after each change, on the thread that makes it. */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /** The files that the settings name for the host's certificate. */
    Optional<PemFiles> given() {
        return Optional.ofNullable(given);
    }

    /** Whether hosts of the pool have a certificate of their own to see. */
    boolean hasPool() {
        return poolFile.exists();
    }

    /** Keeps another certificate for clients; those that connect from now on see it. */
    synchronized void replaceHost(Identity identity) throws IOException {
        file.write(identity);
        show(new Shown(identity, shown.pool()));
    }

    /** Keeps another certificate for hosts of the pool. */
    synchronized void replacePool(Identity identity) throws IOException {
        poolFile.write(identity);
        show(new Shown(shown.host(), identity));
    }

    private void show(Shown now) {
        shown = now;
        listeners.forEach(Runnable::run);
    }

    /**
     * Uses the files that the settings name, if another program has changed them and has left them alone since the last
     * look: it replaces two files, one after the other. Files that cannot be used change nothing, and the log has the
     * reason once.
     *
     * @return whether the host has another certificate now
     */
    public synchronized boolean look() {
        if (given == null) {
            return false;
        }
        Object now = given.state();
        boolean quiet = now.equals(seen);
        seen = now;
        if (!quiet || now.equals(used)) {
            return false;
        }
        used = now;
        try {
            Identity identity = given.readValid(clock.instant());
            if (identity.chain().equals(shown.host().chain())) {
                return false;
            }
            show(new Shown(identity, shown.pool()));
            LOG.info("Certificate {}: it has changed, and new connections use it", given.certificate());
            return true;
        } catch (IOException e) {
            LOG.warn("Certificate: {}; the earlier certificate stays in use", e.getMessage());
            return false;
        }
    }
}
