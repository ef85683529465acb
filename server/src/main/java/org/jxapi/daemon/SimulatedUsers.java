package org.jxapi.daemon;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jxapi.directory.Account;
import org.jxapi.directory.Directory;
import org.jxapi.directory.DirectoryException;
import org.jxapi.directory.DirectoryException.Kind;
import org.jxapi.simulator.WorldUser;

/** The users of a simulated world, as a directory that always answers. A user's identifier is the name. */
record SimulatedUsers(Map<String, WorldUser> users) implements Directory {
    /** The type of external authentication. */
    static final String TYPE = "simulated";

    @Override
    public void check() {}

    @Override
    public String authenticate(String user, String password) throws DirectoryException {
        WorldUser known = users.get(user);
        if (known == null || !known.password().equals(password)) {
            throw new DirectoryException(Kind.REFUSED, "the world has no user " + user + " with this password");
        }
        return user;
    }

    @Override
    public String identifier(String name) throws DirectoryException {
        return known(name).name();
    }

    @Override
    public Account account(String identifier) throws DirectoryException {
        return new Account(known(identifier).name(), identifier, false, Account.State.USABLE, Map.of());
    }

    @Override
    public List<String> groups(String identifier) throws DirectoryException {
        known(identifier);
        return List.of();
    }

    private WorldUser known(String name) throws DirectoryException {
        WorldUser user = users.get(name);
        if (user == null) {
            throw new DirectoryException(Kind.NOT_FOUND, "the world has no user " + name);
        }
        return user;
    }

    /** Lets all users in, with their roles. */
    void admit(AccessModule access) {
        if (!users.isEmpty()) {
            access.use(TYPE, "world");
            users.values().forEach(user -> access.admit(user.name(), Objects.requireNonNull(user.role())));
        }
    }
}
