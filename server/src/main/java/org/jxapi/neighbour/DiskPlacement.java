package org.jxapi.neighbour;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.image.Qcow2Image;
import org.jxapi.neighbour.guest.Outcome;
import org.jxapi.neighbour.guest.PlannedDisk;
import org.jxapi.neighbour.guest.Report;
import org.jxapi.storage.Disks;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.transfer.HostImage;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VDI;

/** Decides where the disks of a configuration go. It looks at the files and devices, and changes nothing. */
final class DiskPlacement {
    private final Store store;
    private final Disks disks;
    private final How how;
    private final Ref<SR> sr;
    private final Report report;

    /** The treatment of images and devices, as the client asks for it. */
    enum How {
        COPY,
        ADOPT,
        /** As ADOPT, and files lose their first names. */
        MOVE;

        static How of(@Nullable String text) {
            return switch (text == null ? "copy" : text) {
                case "copy" -> COPY;
                case "adopt" -> ADOPT;
                case "move" -> MOVE;
                default -> throw Errors.invalidValue("disks", text + " (there are copy, adopt and move)");
            };
        }
    }

    /** The way in which a disk comes to the VM. */
    enum Way {
        /** An empty drive. */
        EMPTY,
        /** A disk or disc that is in a repository already. */
        KNOWN,
        /** A disc in a folder that becomes a repository of discs. */
        DISC,
        COPY,
        LINK,
        DEVICE
    }

    /**
     * A disk with its place.
     *
     * @param path the file or device, without links; null for an empty drive
     * @param known the disk that it is already; the null reference for others
     * @param image what is copied; null if nothing is
     */
    record Placed(
            PlannedDisk disk,
            Way way,
            @Nullable Path path,
            Ref<VDI> known,
            @Nullable HostImage image) {}

    DiskPlacement(Store store, Disks disks, How how, Ref<SR> sr, Report report) {
        this.store = store;
        this.disks = disks;
        this.how = how;
        this.sr = sr;
        this.report = report;
    }

    Ref<SR> sr() {
        return sr;
    }

    /** Removes the files of a VM that is there now with its disks, if its disks were to be moved. */
    void removeFirstNames(List<Placed> placed) {
        for (Placed one : placed) {
            Path path = one.path();
            if (how != How.MOVE || path == null || !Files.isRegularFile(path)) {
                continue;
            }
            if (one.way() == Way.LINK || one.way() == Way.COPY) {
                try {
                    Files.delete(path);
                    say(one.disk(), Outcome.TRANSLATED, path + " is removed");
                } catch (IOException e) {
                    say(one.disk(), Outcome.IGNORED, path + " stays, because it cannot be removed: " + e.getMessage());
                }
            }
        }
    }

    private void say(PlannedDisk disk, Outcome outcome, String text) {
        report.add(disk.key(), disk.line(), outcome, text);
    }

    /** The places of the disks. Those that cannot be read are refused in the report. */
    List<Placed> look(List<PlannedDisk> all) {
        List<Placed> placed = new ArrayList<>();
        for (PlannedDisk disk : all) {
            try {
                place(disk).ifPresent(placed::add);
            } catch (IOException | InvalidPathException e) {
                say(disk, Outcome.REFUSED, disk.path() + " cannot be read: " + e.getMessage());
            }
        }
        return placed;
    }

    private Optional<Placed> place(PlannedDisk disk) throws IOException {
        if (disk.path() == null) {
            return Optional.of(new Placed(disk, Way.EMPTY, null, Ref.nil(), null));
        }
        Path given = Path.of(disk.path());
        if (!Files.exists(given)) {
            say(disk, Outcome.REFUSED, "there is no " + given + " on the host");
            return Optional.empty();
        }
        Path path = given.toRealPath();
        Optional<Ref<VDI>> known = known(path);
        if (known.isPresent()) {
            say(disk, Outcome.TRANSLATED, "the disk of a repository, which it is already");
            return Optional.of(new Placed(disk, Way.KNOWN, path, known.get(), null));
        }
        boolean file = Files.isRegularFile(path);
        if (!file && (Files.isDirectory(path) || !path.startsWith("/dev"))) {
            say(disk, Outcome.REFUSED, path + " is neither a file nor a block device");
            return Optional.empty();
        }
        if (disk.disc()) {
            return Optional.of(disc(disk, path, file));
        }
        return file ? image(disk, path) : device(disk, path);
    }

    private Placed disc(PlannedDisk disk, Path path, boolean file) {
        String name = path.toString().toLowerCase(java.util.Locale.ROOT);
        if (file && (name.endsWith(".iso") || name.endsWith(".img"))) {
            say(disk, Outcome.TRANSLATED, "a disc of a repository for the folder " + path.getParent());
            return new Placed(disk, Way.DISC, path, Ref.nil(), null);
        }
        say(
                disk,
                Outcome.IGNORED,
                file
                        ? "discs are files *.iso and *.img; the drive is empty until one is inserted"
                        : "the drive is empty until a disc of the host's drive is inserted, with xe vm-cd-insert");
        return new Placed(disk, Way.EMPTY, null, Ref.nil(), null);
    }

    private Optional<Placed> device(PlannedDisk disk, Path path) throws IOException {
        if (how != How.COPY) {
            say(disk, Outcome.TRANSLATED, "a disk of a repository for the device " + path);
            return Optional.of(new Placed(disk, Way.DEVICE, path, Ref.nil(), null));
        }
        return copy(disk, path, HostImage.raw(path));
    }

    private Optional<Placed> image(PlannedDisk disk, Path path) throws IOException {
        boolean qcow2 = HostImage.isQcow2(path);
        if (qcow2 != (disk.kind() == PlannedDisk.Kind.QCOW2)) {
            // A guest could have written the header of a qcow2 image into its raw disk, and name files of the host in
            // it.
            throw new IOException(
                    qcow2
                            ? "it is given as raw, and is a qcow2 image; if it is the disk, say so by its format"
                            : "it is given as qcow2, and is none");
        }
        HostImage image = switch (disk.kind()) {
            case QCOW2 -> HostImage.qcow2(path);
            case VHD -> HostImage.vhd(path);
            default -> HostImage.raw(path);
        };
        if (how == How.COPY) {
            return copy(disk, path, image);
        }
        if (disk.kind() == PlannedDisk.Kind.VHD) {
            say(disk, Outcome.TRANSLATED, "copied, because jxapi keeps no disks in VHDs");
            return copy(disk, path, image);
        }
        if (qcow2 && Qcow2Image.info(path).backing() != null) {
            say(disk, Outcome.TRANSLATED, "copied, because it has a backing file");
            return copy(disk, path, image);
        }
        say(
                disk,
                Outcome.TRANSLATED,
                "taken where it is; a repository of its file system has a second name for " + path);
        return Optional.of(new Placed(disk, Way.LINK, path, Ref.nil(), image));
    }

    private Optional<Placed> copy(PlannedDisk disk, Path path, HostImage image) {
        if (sr.isNull()) {
            say(disk, Outcome.REFUSED, "there is no repository for a copy of " + path + "; name one by sr-uuid");
            return Optional.empty();
        }
        say(
                disk,
                Outcome.TRANSLATED,
                "a copy of " + path + ", " + image.bytes() + " bytes, in the repository "
                        + store.snapshot().get(sr, SR.NAME_LABEL));
        return Optional.of(new Placed(disk, Way.COPY, path, Ref.nil(), image));
    }

    /** The disk that a file or device is already. */
    private Optional<Ref<VDI>> known(Path path) {
        Snapshot now = store.snapshot();
        for (Stored<VDI> stored : now.all(VDI.XEN_CLASS)) {
            try {
                Path file = disks.file(now, stored.ref());
                if (file.equals(path) || Files.exists(file) && Files.isSameFile(file, path)) {
                    return Optional.of(stored.ref());
                }
            } catch (XenApiException | IOException e) {
                // A disk of an unplugged repository is another one.
                continue;
            }
        }
        return Optional.empty();
    }
}
