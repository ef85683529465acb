package org.jxapi.member;

import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.jxapi.store.DiskRoom;
import org.jxapi.store.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the room that changes need on the disks of the hosts that vote. A coordinator without room hands over to a host
 * that has some. When most have none, only changes that free some are made.
 */
public final class Rooms {
    private static final Logger LOG = LoggerFactory.getLogger(Rooms.class);

    private final Members members;
    private final @Nullable SharedDatabase shared;
    private final Handover handover;
    private final AtomicBoolean looking = new AtomicBoolean();
    private boolean scarce;

    /** @param shared the database, if members have copies of it */
    public Rooms(Members members, @Nullable SharedDatabase shared, Handover handover) {
        this.members = members;
        this.shared = shared;
        this.handover = handover;
    }

    /** Called every few seconds; does not wait. */
    public void look() {
        if (shared != null && looking.compareAndSet(false, true)) {
            SharedDatabase database = shared;
            members.later(() -> {
                try {
                    look(database);
                } catch (IOException | RuntimeException e) {
                    LOG.warn("Pool: the disks of the hosts that vote could not be looked after: {}", Reason.of(e));
                } finally {
                    looking.set(false);
                }
            });
        }
    }

    private void look(SharedDatabase database) throws IOException {
        boolean here = database.tend();
        List<KnownMember> voters = database.copies().voters();
        KnownMember heir = null;
        int without = here ? 0 : 1;
        for (KnownMember voter : voters) {
            OptionalLong room = room(voter);
            if (room.isPresent() && room.getAsLong() < DiskRoom.SCARCE) {
                without++;
            } else if (room.isPresent()) {
                heir = voter;
            }
        }
        boolean most = without * 2 > voters.size() + 1;
        if (most != scarce) {
            scarce = most;
            LOG.warn(
                    most
                            ? "Pool: most hosts that vote have no room on their disks, so only changes that free some are made"
                            : "Pool: most hosts that vote have room on their disks again");
        }
        database.scarce(most);
        if (!here && !most && heir != null) {
            LOG.warn("Pool: the disk of this host is full, so it hands over to host {}", heir);
            handover.to(heir);
        }
    }

    /** The bytes that can be written at a host; empty while it does not answer. */
    private OptionalLong room(KnownMember voter) {
        MemberOrders orders = members.reached(voter);
        try {
            return orders == null ? OptionalLong.empty() : OptionalLong.of(orders.room());
        } catch (RuntimeException e) {
            LOG.debug("The room on the disk of host {} is not known", voter, e);
            return OptionalLong.empty();
        }
    }
}
