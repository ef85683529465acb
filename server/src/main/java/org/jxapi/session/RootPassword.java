package org.jxapi.session;

import java.io.IOException;

/** The password of root, the user who may do everything. */
public interface RootPassword {
    /** Called once, before the first login, when it is known which host this is. */
    default void start(String hostUuid) {}

    /** Whether this is the password; takes as long for every wrong one. */
    boolean matches(String given);

    /**
     * Makes this the password.
     *
     * @throws IOException when its file cannot be written, with one line that names the file
     */
    void change(String password) throws IOException;
}
