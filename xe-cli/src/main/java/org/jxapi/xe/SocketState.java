package org.jxapi.xe;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** Why a unix socket could not be connected to. */
enum SocketState {
    FORBIDDEN,
    MISSING,
    NO_SOCKET,
    REFUSED;

    static SocketState of(String name) {
        try {
            Path path = Path.of(name);
            BasicFileAttributes file = Files.readAttributes(path, BasicFileAttributes.class);
            if (!file.isOther()) {
                return NO_SOCKET;
            }
            return Files.isWritable(path) ? REFUSED : FORBIDDEN;
        } catch (AccessDeniedException e) {
            return FORBIDDEN;
        } catch (IOException | InvalidPathException e) {
            return MISSING;
        }
    }

    /** One line for the user. */
    String explain(String path) {
        return switch (this) {
            case FORBIDDEN ->
                "Permission denied: only root can open the socket " + path
                        + ". Use sudo, or log in over the network with" + " -s HOST -u USER -pw PASSWORD.";
            case MISSING -> "No daemon answers on " + path + ": the socket does not exist. " + WAYS_ON;
            case NO_SOCKET -> path + " is not a socket. " + WAYS_ON;
            case REFUSED -> "No daemon answers on " + path + ": it refused the connection. " + WAYS_ON;
        };
    }

    private static final String WAYS_ON = "Start the daemon (systemctl start jxapid), set JXAPI_SOCKET to its unix"
            + " socket, or connect to another host with -s and -p.";
}
