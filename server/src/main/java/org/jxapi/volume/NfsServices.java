package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.program.Program;

/** The services of an NFS server: its exports, and the versions of the protocol. */
record NfsServices(Mounts mounts, NfsExport export) {
    /** An export, and the machines that may mount it. */
    private record Offer(String path, String access) {}

    /** The same server with another export and version. */
    NfsExport at(String path, String version) {
        return new NfsExport(
                mounts,
                export.server(),
                path,
                export.folder(),
                version,
                export.options(),
                export.udp(),
                export.failure());
    }

    /** The exports in the XML of XenServer's NFS driver. */
    String exports() {
        XmlText xml = new XmlText("nfs-exports");
        for (Offer offer : offers()) {
            xml.open("Export")
                    .text("Target", export.server().host())
                    .text("Path", offer.path())
                    .text("Accesslist", offer.access())
                    .close();
        }
        return xml.end();
    }

    /** Servers of version 4 alone have no list of exports, but a root in which they are. */
    private List<Offer> offers() {
        try {
            String list = Program.of(
                            "showmount", "--no-headers", "-e", export.server().host())
                    .within(mounts.limit())
                    .run();
            return list.lines()
                    .filter(line -> !line.isBlank())
                    .map(line -> line.strip().split("\\s+", 2))
                    .map(words -> new Offer(words[0], words.length > 1 ? words[1] : "*"))
                    .toList();
        } catch (IOException e) {
            return mounts.briefly(at("/", "4")::mountBase, SmFailure.NFS_UNMOUNT, NfsServices::root);
        }
    }

    private static List<Offer> root(Path at) {
        try (Stream<Path> list = Files.list(at)) {
            return list.map(path -> new Offer("/" + path.getFileName(), "*")).toList();
        } catch (IOException e) {
            throw SmFailure.NFS_MOUNT.error(e);
        }
    }

    /** The versions that the server speaks, the lowest first; SR_BACKEND_FAILURE_72 when it does not say. */
    List<String> versions() {
        TreeSet<String> versions = new TreeSet<>();
        try {
            String list = Program.of("rpcinfo", "-s", export.server().host())
                    .within(mounts.limit())
                    .run();
            // program, versions, transports, name, owner
            list.lines()
                    .map(line -> line.strip().split("\\s+"))
                    .filter(words -> words.length > 3 && words[3].equals("nfs"))
                    .forEach(words -> versions.addAll(List.of(words[1].split(","))));
            versions.retainAll(List.of("3", "4"));
        } catch (IOException e) {
            // Servers of version 4 need no port mapper.
        }
        if (!versions.contains("4") && hasVersion4()) {
            versions.add("4");
        }
        if (versions.isEmpty()) {
            throw SmFailure.NFS_VERSION.error("Failed to read supported NFS version from server "
                    + export.server().host());
        }
        return new ArrayList<>(versions);
    }

    private boolean hasVersion4() {
        try {
            return mounts.briefly(at("/", "4")::mountBase, SmFailure.NFS_UNMOUNT, root -> true);
        } catch (XenApiException e) {
            return false;
        }
    }
}
