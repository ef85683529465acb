package org.jxapi.pam;

import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.byref.PointerByReference;
import org.jspecify.annotations.Nullable;

/**
 * A service of PAM. Each call is a transaction of its own, on the caller's thread, and blocks for as long as the
 * modules take. Calls may run at the same time.
 */
public final class Pam {
    private static final List<Path> FOLDERS = List.of(Path.of("/etc/pam.d"), Path.of("/usr/lib/pam.d"));

    /** Failed logins wait in jxapid, without a thread, so modules do not wait as well. */
    private static final LibPam.FailDelay NO_DELAY = (status, micros, data) -> {};

    private final LibPam pam;
    private final CMemory memory;
    private final String service;
    private final @Nullable Path folder;

    private Pam(LibPam pam, CMemory memory, String service, @Nullable Path folder) {
        this.pam = pam;
        this.memory = memory;
        this.service = service;
        this.folder = folder;
    }

    /**
     * The service of that name, or the one that a file configures. It is empty when the service has no file: libpam would
     * then use the service {@code other}, which nobody has configured for jxapi. It is also empty on a machine without
     * libpam.
     *
     * @param service a name, or the absolute path of a service's file
     */
    public static Optional<Pam> of(String service) {
        Path path = Path.of(service);
        if (path.isAbsolute() ? !Files.isReadable(path) : FOLDERS.stream().noneMatch(f -> exists(f, service))) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Pam(
                    LibraryLoader.create(LibPam.class).load("libpam.so.0"),
                    LibraryLoader.create(CMemory.class).load("c"),
                    String.valueOf(path.getFileName()),
                    path.isAbsolute() ? path.getParent() : null));
        } catch (UnsatisfiedLinkError e) {
            return Optional.empty();
        }
    }

    private static boolean exists(Path folder, String service) {
        return Files.isReadable(folder.resolve(service));
    }

    /** Checks a user's password, and whether the account may be used now. */
    public void authenticate(String user, String password) throws PamException {
        if (password.isEmpty()) {
            throw new PamException(LibPam.PAM_CONV_ERR, "there is no password");
        }
        transact(user, password, handle -> {
            int status = pam.pam_authenticate(handle, LibPam.PAM_SILENT | LibPam.PAM_DISALLOW_NULL_AUTHTOK);
            return status == LibPam.PAM_SUCCESS
                    ? pam.pam_acct_mgmt(handle, LibPam.PAM_SILENT | LibPam.PAM_DISALLOW_NULL_AUTHTOK)
                    : status;
        });
    }

    /** Checks whether a user's account may be used now, without a password. */
    public void checkAccount(String user) throws PamException {
        transact(user, "", handle -> pam.pam_acct_mgmt(handle, LibPam.PAM_SILENT));
    }

    /** Gives a user another password. Modules ask jxapid for the old one too unless it runs as root, and then refuse. */
    public void changePassword(String user, String password) throws PamException {
        transact(user, password, handle -> pam.pam_chauthtok(handle, LibPam.PAM_SILENT));
    }

    private interface Work {
        int run(Pointer handle);
    }

    private void transact(String user, String password, Work work) throws PamException {
        if (user.isEmpty() || user.indexOf('\0') >= 0 || password.indexOf('\0') >= 0) {
            throw new PamException(LibPam.PAM_USER_UNKNOWN, "the name or the password cannot be one");
        }
        Runtime runtime = Runtime.getRuntime(pam);
        LibPam.Conversation answers = new Answers(memory, user, password);
        Pointer callback = runtime.getClosureManager().getClosurePointer(LibPam.Conversation.class, answers);
        List<Pointer> owned = new ArrayList<>();
        try {
            // struct pam_conv: the callback, and data for it, of which there is none
            Pointer conv = owned(memory.calloc(2, runtime.addressSize()), owned);
            conv.putPointer(0, callback);
            PointerByReference handle = new PointerByReference();
            int status = start(text(service, owned), text(user, owned), conv, owned, handle);
            Pointer open = handle.getValue();
            if (status != LibPam.PAM_SUCCESS || open == null) {
                throw new PamException(status, "PAM cannot start the service " + service + " (status " + status + ")");
            }
            String problem = null;
            try {
                pam.pam_set_item(open, LibPam.PAM_FAIL_DELAY, noDelay(runtime));
                status = work.run(open);
                problem = status == LibPam.PAM_SUCCESS ? null : message(open, status);
            } finally {
                pam.pam_end(open, status);
            }
            if (problem != null) {
                throw new PamException(status, problem);
            }
        } finally {
            owned.forEach(memory::free);
            // libpam calls back until pam_end, and keeps no reference that Java knows of.
            Reference.reachabilityFence(answers);
            Reference.reachabilityFence(callback);
        }
    }

    private int start(Pointer service, Pointer user, Pointer conv, List<Pointer> owned, PointerByReference handle) {
        return folder == null
                ? pam.pam_start(service, user, conv, handle)
                : pam.pam_start_confdir(service, user, conv, text(folder.toString(), owned), handle);
    }

    private static Pointer noDelay(Runtime runtime) {
        return runtime.getClosureManager().getClosurePointer(LibPam.FailDelay.class, NO_DELAY);
    }

    private Pointer text(String text, List<Pointer> owned) {
        return owned(CMemory.text(memory, text), owned);
    }

    private static Pointer owned(@Nullable Pointer fresh, List<Pointer> owned) {
        if (fresh == null) {
            throw new OutOfMemoryError("the C library has no memory");
        }
        owned.add(fresh);
        return fresh;
    }

    private String message(Pointer handle, int status) {
        Pointer text = pam.pam_strerror(handle, status);
        return text == null ? "status " + status : text.getString(0);
    }
}
