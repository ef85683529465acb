package org.jxapi.iscsi;

/**
 * Names and passwords of CHAP; empty where there are none.
 *
 * @param user the name by which the target knows this host
 * @param incomingUser the name by which this host knows the target
 */
public record Chap(String user, String password, String incomingUser, String incomingPassword) {
    public static final Chap NONE = new Chap("", "", "", "");

    /** Passwords are in no log. */
    @Override
    public String toString() {
        return "Chap[user=" + user + ", incomingUser=" + incomingUser + "]";
    }
}
