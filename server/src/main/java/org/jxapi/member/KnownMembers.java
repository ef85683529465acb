package org.jxapi.member;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jxapi.datamodel.Ref;
import org.jxapi.session.MemberSecrets;
import org.jxapi.store.SafeFile;
import org.jxapi.store.Snapshot;
import org.jxapi.xenapi.Host;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The members that the coordinator knows: the files {@code pool/hosts/UUID.json} of its data folder. */
public final class KnownMembers implements MemberSecrets {
    private static final Logger LOG = LoggerFactory.getLogger(KnownMembers.class);
    private static final JsonMapper JSON = new JsonMapper();
    private static final String SUFFIX = ".json";

    private final Path folder;
    private final Map<String, KnownMember> known = new ConcurrentSkipListMap<>();

    private KnownMembers(Path folder) {
        this.folder = folder;
    }

    /** Those of a data folder. A file that cannot be used is logged and left. */
    public static KnownMembers of(Path data) throws IOException {
        Path folder = Membership.folder(data).resolve("hosts");
        KnownMembers members = new KnownMembers(folder);
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
                files.forEach(members::read);
            }
        }
        return members;
    }

    private void read(Path file) {
        try {
            KnownMember member = JSON.readValue(file.toFile(), KnownMember.class);
            known.put(member.uuid(), member);
        } catch (IOException e) {
            LOG.error(
                    "Pool: the file of a member {} cannot be used, so that host is offline: {}", file, e.getMessage());
        }
    }

    /** All, in the order of their UUIDs. */
    List<KnownMember> all() {
        return List.copyOf(known.values());
    }

    /** Keeps a member; on disk when this returns. */
    void keep(KnownMember member) throws IOException {
        Files.createDirectories(folder);
        SafeFile.write(folder.resolve(member.uuid() + SUFFIX), JSON.writeValueAsBytes(member));
        known.put(member.uuid(), member);
    }

    /** Forgets the member of that UUID, if it is known. */
    void forget(String uuid) throws IOException {
        known.remove(uuid);
        if (Files.deleteIfExists(folder.resolve(uuid + SUFFIX))) {
            SafeFile.sync(folder);
        }
    }

    @Override
    public boolean admits(Snapshot now, Ref<Host> host, String secret) {
        KnownMember member = now.find(host)
                .map(stored -> known.get(stored.row().get(Host.UUID)))
                .orElse(null);
        return member != null
                && MessageDigest.isEqual(
                        member.secret().getBytes(StandardCharsets.UTF_8), secret.getBytes(StandardCharsets.UTF_8));
    }
}
