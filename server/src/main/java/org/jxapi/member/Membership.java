package org.jxapi.member;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.jxapi.certificate.Pem;
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
 * @param leader the reference of the coordinator's host; null in files of earlier versions
 * @param others the certificates of the pool's other hosts, one of which may become the coordinator, in PEM form
 * @param ended the id of the replica of the host's own database of before; null if it had none
 */
public record Membership(
        String coordinator,
        int port,
        String certificate,
        String host,
        String secret,
        String agentAddress,
        int agentPort,
        @Nullable String leader,
        List<String> others,
        @Nullable String ended) {
    /** {@code others} is missing in files of earlier versions. */
    public Membership {
        others = others == null ? List.of() : List.copyOf(others);
    }

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
        return PlaceFile.read(file(data), Membership.class, "file of this host's pool");
    }

    /** Makes this the host's place; on disk when this returns. */
    public void write(Path data) throws IOException {
        Files.createDirectories(folder(data));
        PlaceFile.write(file(data), this);
    }

    /** Where the agent of a member keeps the highest term of a coordinator that it has seen. */
    public static Path term(Path data) {
        return folder(data).resolve("term");
    }

    /** Begins as a member of a pool, whose terms are others than those of an earlier one; on disk when this returns. */
    void begin(Path data) throws IOException {
        Files.deleteIfExists(term(data));
        write(data);
    }

    /** Makes the host the coordinator of a pool of its own at its next start. */
    static void end(Path data) throws IOException {
        Files.deleteIfExists(file(data));
        SafeFile.sync(folder(data));
    }

    /** The same place under another coordinator's address. */
    Membership at(String address) {
        return new Membership(address, port, certificate, host, secret, agentAddress, agentPort, leader, others, ended);
    }

    /** Whether that is the coordinator that this host follows. */
    boolean knows(MemberOrders.Leader other) {
        return leader == null ? certificate.equals(other.certificate()) : leader.equals(other.host());
    }

    /**
     * The place under that coordinator. The address of one that the host follows already stays as the administrator gave it.
     */
    Membership under(MemberOrders.Leader to) {
        boolean stays = knows(to) || to.port() == 0;
        return new Membership(
                stays ? coordinator : to.address(),
                stays ? port : to.port(),
                to.certificate(),
                host,
                secret,
                agentAddress,
                agentPort,
                to.host(),
                to.others(),
                ended);
    }

    /** The certificates that this host trusts: those of the coordinator and of the pool's other hosts. */
    List<X509Certificate> trusted() throws GeneralSecurityException {
        List<X509Certificate> all = new ArrayList<>();
        all.add(Pem.certificate(certificate));
        for (String other : others) {
            all.add(Pem.certificate(other));
        }
        return List.copyOf(all);
    }

    /** Without the secret, for logs. */
    @Override
    public String toString() {
        return "a member of the pool of " + coordinator;
    }
}
