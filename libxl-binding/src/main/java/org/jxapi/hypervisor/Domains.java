package org.jxapi.hypervisor;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Life of domains. */
public interface Domains {
    /**
     * Builds a domain, with its devices, and leaves it paused ({@code libxl_domain_create_new}). When this fails,
     * nothing of the domain is left. {@link LibxlError#FAIL} when a domain has that name, {@link LibxlError#INVAL} when
     * one has that UUID.
     *
     * @return its domain number
     */
    int create(DomainConfig config);

    /** Builds a domain, and unpauses it unless it must stay {@code paused}. */
    default int create(DomainConfig config, boolean paused) {
        return started(create(config), paused);
    }

    /**
     * Builds a domain from a save file and leaves it paused ({@code libxl_domain_create_restore}). The guest goes on
     * where it was when it was saved. When this fails, nothing of the domain is left and the file is untouched.
     *
     * @param config what the domain was created from; the file does not hold it
     */
    int restore(DomainConfig config, Path saveFile);

    /** Builds a domain from a save file, and unpauses it unless it must stay {@code paused}. */
    default int restore(DomainConfig config, Path saveFile, boolean paused) {
        return started(restore(config, saveFile), paused);
    }

    private int started(int domid, boolean paused) {
        if (!paused) {
            try {
                unpause(domid);
            } catch (HypervisorException e) {
                destroy(domid);
                throw e;
            }
        }
        return domid;
    }

    /**
     * Saves a domain to a file and leaves it shut down with reason {@code SUSPEND}, to be destroyed or resumed ({@code
     * libxl_domain_suspend}). The file is complete and on disk when this returns. When this fails the domain runs on,
     * and the file may be incomplete; {@link LibxlError#GUEST_TIMEDOUT} when the guest did not listen for 60 seconds.
     *
     * @param live whether the domain runs on while most of its memory is written
     */
    void suspend(int domid, Path saveFile, boolean live);

    /**
     * The same into a stream, which may lead to {@link #receive} at another host. The stream stays open, and nothing is
     * forced to disk. When this fails because the stream cannot be written, the domain runs on, or is left suspended.
     */
    void send(int domid, OutputStream memory, boolean live);

    /**
     * Builds a domain from what {@link #send} writes and leaves it paused, as {@link #restore} does. It may read less than
     * there is.
     */
    int receive(DomainConfig config, InputStream memory);

    /** Asks the guest to suspend, without saving it ({@code libxl_domain_suspend_only}). */
    void suspendOnly(int domid);

    /**
     * Lets a suspended domain go on ({@code libxl_domain_resume}).
     *
     * @param suspendCancel whether the guest knows how to go on in the same domain
     */
    void resume(int domid, boolean suspendCancel);

    /** Keeps the domain from running. Pauses are counted: it runs again after as many {@link #unpause}. */
    void pause(int domid);

    /** Undoes one {@link #pause}; {@link LibxlError#FAIL} when the domain is not paused. */
    void unpause(int domid);

    /**
     * Asks the guest to power off and returns when it has heard that; its end comes as {@link
     * HypervisorEvent.DomainShutdown}. {@link LibxlError#NOPARAVIRT} when the guest has no PV drivers to ask (then {@link
     * Trigger#POWER} is left), {@link LibxlError#TIMEDOUT} when it does not answer within 60 seconds: it may then still
     * obey later.
     */
    void shutdown(int domid);

    /** Asks the guest to reboot; otherwise as {@link #shutdown}. */
    void reboot(int domid);

    /**
     * @param vcpuid the virtual CPU to signal; only {@code NMI} and {@code INIT} look at it
     */
    void trigger(int domid, Trigger trigger, int vcpuid);

    /** Sends a magic SysRq key to a Linux guest. */
    void sysrq(int domid, char key);

    /** Gives a domain that shut down with reason {@code SOFT_RESET} a fresh start in place, paused. */
    void softReset(int domid, DomainConfig config);

    /** Ends a domain, whatever its state, with its devices. */
    void destroy(int domid);

    /**
     * Gives the domain another name; {@link LibxlError#INVAL} when a domain has it.
     *
     * @param oldName its present name, {@link LibxlError#FAIL} when it has another; null does not check
     */
    void rename(int domid, @Nullable String oldName, String newName);

    /** Writes the domain's memory to a file, for debuggers. */
    void coreDump(int domid, Path file);

    /**
     * Returns the present configuration: what it was created from, changed by what happened since to its devices,
     * memory and virtual CPUs ({@code libxl_retrieve_domain_configuration}).
     */
    DomainConfig config(int domid);

    DomainInfo info(int domid);

    /** Returns all domains, dom0 too, by rising domain number. */
    List<DomainInfo> list();

    /** Returns the domain's name. */
    String name(int domid);

    /** Returns the number of the domain with this name. */
    OptionalInt findByName(String name);

    /** Returns the domain with this UUID, if it exists. */
    default Optional<DomainInfo> findByUuid(UUID uuid) {
        return list().stream().filter(domain -> domain.uuid().equals(uuid)).findFirst();
    }
}
