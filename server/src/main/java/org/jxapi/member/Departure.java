package org.jxapi.member;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jxapi.host.HostAgent;
import org.jxapi.store.FolderLock;
import org.jxapi.store.Reason;
import org.jxapi.store.SafeFile;
import org.jxapi.xenapi.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out what the coordinator orders this member. */
public final class Departure implements MemberOrders {
    private static final Logger LOG = LoggerFactory.getLogger(Departure.class);

    private static final String ASIDE = "before-pool";

    private final Path data;
    private final HostAgent daemon;
    private final OwnPlace place;
    private final MemberCopy copy;

    /** @param data the folder of this daemon */
    public Departure(Path data, HostAgent daemon, OwnPlace place, MemberCopy copy) {
        this.data = data;
        this.daemon = daemon;
        this.place = place;
        this.copy = copy;
    }

    @Override
    public Copy follow(String group, String uuid, List<String> copies) {
        return copy.follow(group, uuid, copies);
    }

    @Override
    public long room() {
        return copy.room();
    }

    @Override
    public void serve(Leader leader) {
        try {
            if (place.serve(leader)) {
                LOG.info(
                        "Pool: the coordinator is at {} now", place.membership().coordinator());
            }
            copy.trustPlace();
        } catch (IOException e) {
            throw Errors.internalError("This host cannot follow another coordinator: " + Reason.of(e))
                    .causedBy(e);
        }
    }

    /** As in XAPI, the host begins without objects: its objects of before the pool may have been changed or removed since. */
    @Override
    public synchronized void leave() {
        try {
            copy.discard();
            putAside();
            Membership.end(data);
        } catch (IOException e) {
            throw Errors.internalError("This host cannot leave its pool: " + Reason.of(e))
                    .causedBy(e);
        }
        LOG.info("Pool: this host has left its pool, and restarts as the coordinator of one of its own");
        daemon.restart(HostAgent.MOMENT);
    }

    /** Moves the files of the database, which begin with its name, into a folder. Repeating it after a kill moves the rest. */
    private void putAside() throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(data, "jxapi*")) {
            found.forEach(file -> {
                if (Files.isRegularFile(file) && !file.endsWith(FolderLock.NAME)) {
                    files.add(file);
                }
            });
        }
        if (files.isEmpty()) {
            return;
        }
        Path aside = Files.createDirectories(Membership.folder(data).resolve(ASIDE));
        for (Path file : files) {
            SafeFile.replace(file, aside.resolve(file.getFileName()));
        }
        SafeFile.sync(data);
    }
}
