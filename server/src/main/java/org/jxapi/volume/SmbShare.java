package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jxapi.program.Program;
import org.jxapi.program.ProgramException;

/**
 * A share of an SMB server.
 *
 * @param share as {@code //server/share}
 * @param folder the folder of the repository in the share; empty when it is the share itself
 * @param login how to log in
 * @param options for mount.cifs
 * @param failures of its operations
 */
record SmbShare(Mounts mounts, String share, String folder, Login login, List<String> options, Failures failures)
        implements MountSource {
    private static final Pattern SHARE = Pattern.compile("//[^/]+/.*[^/].*");

    /** The failures of a repository of disks, or of one of discs. */
    record Failures(SmFailure mount, SmFailure unmount) {}

    /**
     * A user; without a name or a password the server takes guests.
     *
     * @param domain empty for none
     */
    record Login(String user, String password, String domain) {
        /** From settings: the name may be {@code domain\\user}. SR_BACKEND_FAILURE_2 when mount.cifs would misread it. */
        static Login of(Map<String, String> config, String passwordKey) {
            String name = config.getOrDefault("username", "");
            String domain = config.getOrDefault("domain", "");
            int slash = name.indexOf('\\');
            if (slash >= 0) {
                domain = name.substring(0, slash);
                name = name.substring(slash + 1);
            }
            if (name.contains("\\") || domain.contains(",") || domain.contains("\n")) {
                throw SmFailure.BAD_CHARACTER.error(
                        "username is [domain\\]user, without further backslashes and commas");
            }
            // As XenServer has it, a name without a password is no login.
            return config.containsKey(passwordKey)
                    ? new Login(name, config.getOrDefault(passwordKey, ""), domain)
                    : new Login("", "", domain);
        }

        /** Its password is not for logs. */
        @Override
        public String toString() {
            return domain.isEmpty() ? user : domain + "\\" + user;
        }
    }

    /** The name of a share with forward slashes. */
    static String plain(String given) {
        return given.replace('\\', '/');
    }

    static boolean isShare(String plain) {
        return SHARE.matcher(plain).matches();
    }

    Server server() {
        return new Server(share.substring(2, share.indexOf('/', 2)));
    }

    @Override
    public String name() {
        return "the SMB server " + share;
    }

    @Override
    public String place() {
        return whole();
    }

    private String whole() {
        return folder.isEmpty() ? share : share.replaceAll("/+$", "") + "/" + folder;
    }

    @Override
    public void mount(Path at) {
        mount(whole(), at);
    }

    /** Mounts the share itself. */
    void mountBase(Path at) {
        mount(share, at);
    }

    private void mount(String remote, Path at) {
        server().address();
        List<String> all = new ArrayList<>(options);
        if (!login.domain().isEmpty()) {
            all.add("domain=" + login.domain());
        }
        if (login.user().isEmpty()) {
            all.add("guest");
        }
        Program program = Program.of("mount.cifs", remote, at.toString(), "-o", String.join(",", all))
                .within(mounts.limit());
        if (!login.user().isEmpty()) {
            // Not as arguments, which every user of the host sees.
            program = program.with("USER", login.user()).with("PASSWD", login.password());
        }
        try {
            program.run();
        } catch (ProgramException e) {
            boolean silent = e.kind() == ProgramException.Kind.TIMED_OUT;
            throw failures.mount()
                    .error(
                            silent
                                    ? name() + " did not answer within "
                                            + mounts.limit().toSeconds() + " s"
                                    : String.valueOf(e.getMessage()))
                    .causedBy(e);
        } catch (IOException e) {
            throw failures.mount().error(e);
        }
    }

    @Override
    public void create() {
        mounts.briefly(this::mountBase, failures.unmount(), at -> {
            if (!folder.isEmpty()) {
                NfsExport.makeFolder(at.resolve(folder), SmFailure.SMB_CREATE);
            }
            return at;
        });
    }

    @Override
    public void destroy() {
        if (!folder.isEmpty()) {
            mounts.briefly(this::mountBase, failures.unmount(), at -> {
                Mounts.removeEmpty(at.resolve(folder), SmFailure.SMB_DELETE);
                return at;
            });
        }
    }

    @Override
    public SmFailure unmountFailure() {
        return failures.unmount();
    }
}
