package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jxapi.program.Program;
import org.jxapi.program.ProgramException;
import org.jxapi.store.Reason;

/**
 * An export of an NFS server.
 *
 * @param path of the export
 * @param folder the folder of the repository in the export; empty when it is the export itself
 * @param version of the protocol: 3, 4, 4.0, 4.1 or 4.2
 * @param options for mount.nfs in addition to ours, separated by commas
 * @param udp whether to use UDP, which is for version 3 alone
 * @param failure of a mount
 */
record NfsExport(
        Mounts mounts,
        Server server,
        String path,
        String folder,
        String version,
        String options,
        boolean udp,
        SmFailure failure)
        implements MountSource {
    static final String DEFAULT_VERSION = "3";

    private static final Set<String> VERSIONS = Set.of("3", "4", "4.0", "4.1", "4.2");
    private static final int PORT = 2049;
    private static final Pattern PORT_OPTION = Pattern.compile("(?:^|,)port=(\\d{1,5})(?:,|$)");

    /** Tenths of a second, and repetitions, before an operation fails on a server that is gone; XenServer's numbers. */
    private static final String PATIENCE = "timeo=200,retrans=4";

    /** A version as settings name it; SR_BACKEND_FAILURE_72 when there is none of that name. */
    static String version(String given) {
        if (given.isEmpty()) {
            return DEFAULT_VERSION;
        }
        if (!VERSIONS.contains(given)) {
            throw SmFailure.NFS_VERSION.error("nfsversion is " + given + ", but must be 3, 4, 4.0, 4.1 or 4.2");
        }
        return given;
    }

    @Override
    public String name() {
        return "the NFS server " + server.inPath() + ":" + path;
    }

    @Override
    public String place() {
        return server.inPath() + ":" + whole();
    }

    private String whole() {
        return folder.isEmpty() ? path : path.replaceAll("/+$", "") + "/" + folder;
    }

    /** Fails within seconds when there is no NFS server. */
    void requireServer() {
        Matcher port = PORT_OPTION.matcher(options);
        server.requireListening(port.find() ? Integer.parseInt(port.group(1)) : PORT, SmFailure.NO_NFS);
    }

    @Override
    public void mount(Path at) {
        requireServer();
        mount(whole(), at);
    }

    /** Mounts the export itself. */
    void mountBase(Path at) {
        requireServer();
        mount(path, at);
    }

    private void mount(String remote, Path at) {
        String protocol = (udp ? "udp" : "tcp") + (server.isIpv6() ? "6" : "");
        String all = "soft,proto=" + protocol + ",vers=" + version + ",acdirmin=0,acdirmax=0," + PATIENCE
                + (options.isEmpty() ? "" : "," + options);
        try {
            Program.of("mount.nfs", server.inPath() + ":" + remote, at.toString(), "-o", all)
                    .within(mounts.limit())
                    .run();
        } catch (ProgramException e) {
            throw failed(e);
        } catch (IOException e) {
            throw failure.error(e);
        }
    }

    private RuntimeException failed(ProgramException e) {
        if (e.kind() == ProgramException.Kind.TIMED_OUT) {
            return failure.error(
                            name() + " did not answer within " + mounts.limit().toSeconds() + " s")
                    .causedBy(e);
        }
        String said = String.valueOf(e.getMessage());
        boolean version = said.toLowerCase(Locale.ROOT).contains("requested nfs version or transport protocol");
        return (version ? SmFailure.NFS_VERSION : failure).error(said).causedBy(e);
    }

    /** Makes the folder of the repository in the export. */
    @Override
    public void create() {
        mounts.briefly(this::mountBase, SmFailure.NFS_UNMOUNT, at -> {
            if (!folder.isEmpty()) {
                makeFolder(at.resolve(folder), SmFailure.NFS_CREATE);
            }
            return at;
        });
    }

    /** Makes the folder of a repository; one that is there must be empty. */
    static void makeFolder(Path made, SmFailure failure) {
        try {
            Files.createDirectory(made);
        } catch (FileAlreadyExistsException e) {
            requireEmpty(made, failure);
        } catch (IOException e) {
            String why = Reason.of(e);
            boolean forbidden = List.of("Read-only file system", "Permission denied", "Operation not permitted")
                    .contains(why);
            throw (forbidden ? SmFailure.NOT_WRITABLE : failure)
                    .error(made.getFileName() + ": " + why)
                    .causedBy(e);
        }
    }

    private static void requireEmpty(Path folder, SmFailure failure) {
        try (Stream<Path> list = Files.list(folder)) {
            if (list.findAny().isPresent()) {
                throw SmFailure.SR_EXISTS.error("the folder " + folder.getFileName() + " is not empty");
            }
        } catch (IOException e) {
            throw failure.error(e);
        }
    }

    @Override
    public void destroy() {
        if (!folder.isEmpty()) {
            mounts.briefly(this::mountBase, SmFailure.NFS_UNMOUNT, at -> {
                Mounts.removeEmpty(at.resolve(folder), SmFailure.NFS_DELETE);
                return at;
            });
        }
    }

    @Override
    public SmFailure unmountFailure() {
        return SmFailure.NFS_UNMOUNT;
    }
}
