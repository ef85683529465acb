package org.jxapi.host;

/** Settings of a host outside the pool's database. They stay on that host. UncheckedIOException when its disk fails. */
public interface LocalSettings {
    /** Whether the host is enabled again when jxapid starts; {@code false} after a host.disable that said so. */
    String AUTO_ENABLE = "host-auto-enable";

    /** The name that was given to a simulated host; a real one asks its kernel. */
    String HOSTNAME = "simulated-hostname";

    /** The milliseconds that the clock of a simulated host is ahead. */
    String CLOCK_AHEAD = "simulated-clock-ahead";

    /** Whether SSH goes back to its automatic mode when its time is over. */
    String SSH_AUTO_MODE = "ssh-auto-mode-later";

    /** The name of a member as an initiator of iSCSI, which the coordinator gives it. */
    String INITIATOR = "iscsi-iqn";

    /** The edition of default templates that the installation has got. */
    String TEMPLATES = "templates-edition";

    /** Whether the host refuses plain HTTP. */
    String HTTPS_ONLY = "https-only";

    String get(String key, String otherwise);

    /** On disk when this returns. */
    void put(String key, String value);
}
