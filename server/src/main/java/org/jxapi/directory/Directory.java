package org.jxapi.directory;

import java.util.List;

/**
 * A source of users and groups. Each has an identifier, which stays when it gets another name. All calls block, for a
 * limited time, and may run at the same time.
 */
public interface Directory {
    /** Fails unless the directory can be used; called before it is enabled. */
    void check() throws DirectoryException;

    /**
     * The identifier of the user who has this password.
     *
     * @throws DirectoryException {@code REFUSED} when it is not the password of that user
     */
    String authenticate(String user, String password) throws DirectoryException;

    /**
     * The identifier of the user or group of that name.
     *
     * @throws DirectoryException {@code NOT_FOUND} when there is none
     */
    String identifier(String name) throws DirectoryException;

    /**
     * The user or group of that identifier.
     *
     * @throws DirectoryException {@code NOT_FOUND} when there is none
     */
    Account account(String identifier) throws DirectoryException;

    /**
     * The identifiers of the groups that a user is in, directly or through other groups.
     *
     * @throws DirectoryException {@code NOT_FOUND} when there is no such user
     */
    List<String> groups(String identifier) throws DirectoryException;
}
