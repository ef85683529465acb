package org.jxapi.iscsi;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Records of open-iscsi: texts with lines such as {@code node.session.auth.username = joe}. Passwords are written to them
 * here, since every user of the host can read the arguments of iscsiadm.
 *
 * @param folders that may hold them
 */
record Records(List<Path> folders) {
    private static final String END = "# END RECORD";

    /** Gives the record of a portal's discovery these names and passwords. */
    void authenticateDiscovery(Portal portal, Chap chap) throws IOException {
        Path record = find(Path.of("send_targets", portal.host() + "," + portal.port()), "st_config");
        set(record, settings("discovery.sendtargets.auth.", chap));
    }

    /** Gives the record of a target these names and passwords. */
    void authenticateTarget(Offer offer, String face, Chap chap) throws IOException {
        String folder = offer.portal().host() + "," + offer.portal().port() + "," + offer.group();
        set(find(Path.of("nodes", offer.iqn(), folder), face), settings("node.session.auth.", chap));
    }

    private static Map<String, String> settings(String prefix, Chap chap) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put(prefix + "authmethod", "CHAP");
        settings.put(prefix + "username", chap.user());
        settings.put(prefix + "password", chap.password());
        if (!chap.incomingUser().isEmpty()) {
            settings.put(prefix + "username_in", chap.incomingUser());
            settings.put(prefix + "password_in", chap.incomingPassword());
        }
        return settings;
    }

    private Path find(Path folder, String name) throws IOException {
        for (Path root : folders) {
            Path record = root.resolve(folder).resolve(name);
            if (Files.isRegularFile(record)) {
                return record;
            }
        }
        throw new NoSuchFileException(folder.resolve(name).toString(), null, "open-iscsi has made no such record");
    }

    private static void set(Path record, Map<String, String> settings) throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<String> all = Files.lines(record)) {
            all.filter(line -> !settings.containsKey(line.split(" = ", 2)[0].strip()) && !line.startsWith(END))
                    .forEach(lines::add);
        }
        settings.forEach((key, value) -> lines.add(key + " = " + value));
        lines.add(END);
        Path made = Files.createTempFile(
                record.getParent(),
                ".jxapi",
                "",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(made, lines);
        Files.move(made, record, StandardCopyOption.ATOMIC_MOVE);
    }
}
