package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jxapi.hypervisor.DiskImages;
import org.jxapi.hypervisor.DiskImages.Overlay;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.image.Backing;
import org.jxapi.image.Qcow2Image;
import org.jxapi.volume.LiveDisks.Guest;

/** The disks of a repository that QEMU processes have open. Only QEMU may change the images of such a disk. */
final class LiveChains {
    private final LayerStore store;
    private final String sr;
    private final LiveDisks live;

    LiveChains(LayerStore store, String sr, LiveDisks live) {
        this.store = store;
        this.sr = sr;
        this.live = live;
    }

    DiskImages images() {
        return live.images();
    }

    /** Whether a guest of any machine has the volume, and its QEMU may have files of it open. */
    boolean isUsed(String location) {
        List<Guest> guests = live.guests(sr, location);
        return guests.stream().anyMatch(guest -> !guest.here())
                || !served(guests).isEmpty();
    }

    private List<Guest> guests(String location) {
        return served(live.guestsHere(sr, location));
    }

    private List<Guest> served(List<Guest> guests) {
        return guests.isEmpty() || !live.images().served() ? List.of() : guests;
    }

    /** Whether a guest only reads the volume. It may have an older layer open than one that writes. */
    boolean isRead(String location) {
        return guests(location).stream().anyMatch(guest -> !guest.writes());
    }

    /** The domains that write to the leaf of a volume. A failure if QEMU uses other images than those that are there. */
    List<Integer> writers(String location, Path leaf) throws IOException {
        List<Integer> domains = new ArrayList<>();
        for (Guest guest : guests(location)) {
            if (guest.writes()) {
                try {
                    catchUp(guest.domid(), leaf);
                } catch (HypervisorException e) {
                    throw new IOException(e.getMessage(), e);
                }
                domains.add(guest.domid());
            }
        }
        return domains;
    }

    /** Makes QEMU use the leaf. If the daemon was killed before it could ask for that, the guest still writes below. */
    private void catchUp(int domid, Path leaf) throws IOException {
        if (images().isOpen(domid, leaf)) {
            return;
        }
        Path below = below(leaf);
        if (below == null || !empty(leaf) || !images().isOpen(domid, below)) {
            throw new IOException("the QEMU of domain " + domid + " does not have " + leaf + " open");
        }
        store.makeRoom(Layers.name(leaf), Qcow2Image.info(leaf).bytes());
        images().snapshot(domid, List.of(new Overlay(below, leaf)));
    }

    private @Nullable Path below(Path image) throws IOException {
        Backing backing = Qcow2Image.info(image).backing();
        return backing == null ? null : store.path(backing.name());
    }

    static boolean empty(Path image) throws IOException {
        try (Qcow2Image opened = Qcow2Image.open(image, false)) {
            return opened.held(0) == null;
        }
    }
}
