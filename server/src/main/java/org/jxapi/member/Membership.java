package org.jxapi.member;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import org.jxapi.certificate.Pem;
import org.jxapi.store.Reason;
import org.jxapi.store.SafeFile;

/**
 * This host's place in the pool of another host: the file {@code pool/member.json} of its data folder. A host without
 * that file is the coordinator of its own pool.
 *
 * @param coordinator the name or address of the coordinator, as clients reach it
 * @param port of the coordinator's XenAPI, with TLS
 * @param certificate the certificate that the coordinator shows to hosts of its pool, in PEM form
 * @param host this host's reference in the pool
 * @param secret the text by which this host logs in at the coordinator
 * @param agentAddress the address that the agent listens on
 * @param agentPort its port
 */
public record Membership(
        String coordinator,
        int port,
        String certificate,
        String host,
        String secret,
        String agentAddress,
        int agentPort) {
    private static final JsonMapper JSON = new JsonMapper();

    /** The folder of what a data folder has about pools. */
    public static Path folder(Path data) {
        return data.resolve("pool");
    }

    private static Path file(Path data) {
        return folder(data).resolve("member.json");
    }

    /**
     * The place that the data folder names, if it names one.
     *
     * @throws IOException with one line that names the file, when it cannot be used
     */
    public static Optional<Membership> of(Path data) throws IOException {
        Path file = file(data);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(file.toFile(), Membership.class));
        } catch (IOException e) {
            throw new IOException("cannot use the file of this host's pool " + file + ": " + Reason.of(e), e);
        }
    }

    /** Makes this the host's place; on disk when this returns. */
    public void write(Path data) throws IOException {
        Files.createDirectories(folder(data));
        SafeFile.write(file(data), JSON.writeValueAsBytes(this));
    }

    /** Makes the host the coordinator of a pool of its own at its next start. */
    static void end(Path data) throws IOException {
        Files.deleteIfExists(file(data));
        SafeFile.sync(folder(data));
    }

    /** The same place under another coordinator's address. */
    Membership at(String address) {
        return new Membership(address, port, certificate, host, secret, agentAddress, agentPort);
    }

    /** The coordinator's certificate, which the agent trusts. */
    public X509Certificate trusted() throws GeneralSecurityException {
        return Pem.certificate(certificate);
    }

    /** Without the secret, for logs. */
    @Override
    public String toString() {
        return "a member of the pool of " + coordinator;
    }
}
