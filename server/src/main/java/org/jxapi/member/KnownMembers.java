package org.jxapi.member;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jxapi.datamodel.Ref;
import org.jxapi.session.MemberSecrets;
import org.jxapi.store.FormerFiles;
import org.jxapi.store.PoolFiles;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The members that the coordinator knows: the texts {@code pool/hosts/UUID.json} of the store. */
public final class KnownMembers implements MemberSecrets {
    private static final Logger LOG = LoggerFactory.getLogger(KnownMembers.class);
    private static final String FOLDER = "pool/hosts";
    private static final String SUFFIX = ".json";

    /**
     * Moves the files of earlier versions into the store. One that cannot be used is logged and left.
     *
     * @throws IOException when a file cannot be read or removed, with one line that names it
     */
    public static void move(Store store, Path data) throws IOException {
        FormerFiles.moveAll(store, data, FOLDER, (file, content) -> {
            try {
                return file.endsWith(PoolRecord.read(content, KnownMember.class).uuid() + SUFFIX);
            } catch (JsonProcessingException e) {
                LOG.error(
                        "Pool: the file of a member {} cannot be used, so that host is offline: {}",
                        file,
                        e.getOriginalMessage());
                return false;
            }
        });
    }

    private static String path(String uuid) {
        return FOLDER + '/' + uuid + SUFFIX;
    }

    /** All, in the order of their UUIDs. */
    static List<KnownMember> all(Snapshot now) {
        return PoolFiles.names(now, FOLDER).stream()
                .flatMap(name -> find(now, name.substring(0, name.length() - SUFFIX.length())).stream())
                .toList();
    }

    /**
     * The certificates of all hosts besides the one that the coordinator shows, in PEM form.
     *
     * @param shown the one that it shows
     */
    static List<String> others(Snapshot now, String shown) {
        return hosts(now)
                .flatMap(host -> host.certificates().stream())
                .filter(pem -> !pem.equals(shown))
                .toList();
    }

    /** The certificates of all, and of the coordinator if it can become a member, without those that cannot be read. */
    static List<X509Certificate> trusted(Snapshot now) {
        return hosts(now).flatMap(host -> host.trusted().stream()).toList();
    }

    private static Stream<KnownMember> hosts(Snapshot now) {
        return Stream.concat(Seat.of(now).map(Seat::member).stream(), all(now).stream());
    }

    /** The secrets by which members log in. */
    public static List<String> secrets(Snapshot now) {
        return all(now).stream().map(KnownMember::secret).toList();
    }

    /**
     * OPERATION_NOT_ALLOWED for a restore of this host while it is the coordinator of others: a backup has older secrets of
     * members, or lacks some.
     */
    public static void assertNone(Snapshot now) {
        if (!all(now).isEmpty()) {
            throw Errors.operationNotAllowed(
                    "Other hosts are members of this pool, and a backup of this host may not know"
                            + " them: eject them first, or restore the database with pool-restore-database");
        }
    }

    static Optional<KnownMember> find(Snapshot now, String uuid) {
        return PoolRecord.find(now, path(uuid), KnownMember.class);
    }

    /** The member; HOST_OFFLINE for a host that is none. */
    static KnownMember get(Snapshot now, Ref<Host> host) {
        return find(now, now.get(host, Host.UUID)).orElseThrow(() -> Errors.hostOffline(host.value()));
    }

    /** Keeps a member. */
    static void keep(Transaction tx, KnownMember member) {
        PoolRecord.keep(tx, path(member.uuid()), member);
    }

    /** Forgets the member of that UUID, if it is known. */
    static void forget(Transaction tx, String uuid) {
        PoolFiles.remove(tx, path(uuid));
    }

    @Override
    public boolean admits(Snapshot now, Ref<Host> host, String secret) {
        KnownMember member = now.find(host)
                .flatMap(stored -> find(now, stored.row().get(Host.UUID)))
                .orElse(null);
        return member != null
                && MessageDigest.isEqual(
                        member.secret().getBytes(StandardCharsets.UTF_8), secret.getBytes(StandardCharsets.UTF_8));
    }
}
