package org.jxapi.nbd;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.jxapi.session.PeerNetwork;

/**
 * The connections, of which there may be so many in all and from one address. Clients without a session have places of
 * their own, so that they take none from readers. When all readers' places are taken, one that has long been idle ends.
 */
final class Places {
    /** Connections that read a disk. XAPI has 16; a backup of many disks uses some for each. */
    static final int READERS = 64;

    static final int READERS_OF_ADDRESS = 48;
    /** Connections whose session is not known yet. */
    static final int STRANGERS = 32;

    static final int STRANGERS_OF_ADDRESS = 16;

    private static final Duration LONG_IDLE = Duration.ofMinutes(10);

    /** The connections, by the networks of their clients. */
    private final Map<Connection, String> strangers = new HashMap<>();

    private final Map<Connection, String> readers = new HashMap<>();

    /** Takes the place of a stranger; false when there is none. */
    synchronized boolean enter(Connection connection) {
        String from = PeerNetwork.of(connection.peer());
        if (strangers.size() >= STRANGERS || count(strangers, from) >= STRANGERS_OF_ADDRESS) {
            return false;
        }
        strangers.put(connection, from);
        return true;
    }

    /** Goes from the place of a stranger to that of a reader, until it ends; false when there is none. */
    boolean read(Connection connection) {
        return read(connection, System.nanoTime());
    }

    /** @param now the time, in ns */
    synchronized boolean read(Connection connection, long now) {
        if (readers.containsKey(connection)) {
            return true;
        }
        String from = PeerNetwork.of(connection.peer());
        if (count(readers, from) >= READERS_OF_ADDRESS && !endIdle(from, now)
                || readers.size() >= READERS && !endIdle(null, now)) {
            return false;
        }
        strangers.remove(connection);
        readers.put(connection, from);
        return true;
    }

    private static long count(Map<Connection, String> connections, String from) {
        return connections.values().stream().filter(from::equals).count();
    }

    /** Closes the reader of a network that has been idle for longest, of all when it is null; false when none has been. */
    private boolean endIdle(@Nullable String from, long now) {
        Optional<Connection> longest = readers.entrySet().stream()
                .filter(reader -> from == null || from.equals(reader.getValue()))
                .map(Map.Entry::getKey)
                .max(Comparator.comparingLong(reader -> reader.deadline().idleNanos(now)))
                .filter(reader -> reader.deadline().idleNanos(now) >= LONG_IDLE.toNanos());
        longest.ifPresent(reader -> {
            readers.remove(reader);
            reader.close();
        });
        return longest.isPresent();
    }

    synchronized void leave(Connection connection) {
        strangers.remove(connection);
        readers.remove(connection);
    }

    synchronized List<Connection> all() {
        List<Connection> all = new ArrayList<>(strangers.keySet());
        all.addAll(readers.keySet());
        return all;
    }
}
