package org.jxapi.neighbour.guest;

/**
 * The actions after the end of a guest, in the XenAPI's words.
 *
 * @param shutdown {@code destroy} or {@code restart}
 * @param reboot the same
 * @param crash with {@code coredump_and_destroy} and others
 */
public record GuestActions(String shutdown, String reboot, String crash) {
    /** The word of xl and libvirt for an action. */
    static String neighbours(String action) {
        return switch (action) {
            case "coredump_and_destroy" -> "coredump-destroy";
            case "coredump_and_restart" -> "coredump-restart";
            case "rename_restart" -> "rename-restart";
            default -> action;
        };
    }
}
