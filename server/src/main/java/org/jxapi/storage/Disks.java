package org.jxapi.storage;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenTime;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.PBD;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VdiType;

/** Virtual disks as sparse raw files in the folders of their storage repositories. */
public final class Disks {
    private static final long MIB = 1 << 20;

    private final Store store;
    private final Clock clock;

    public Disks(Store store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /** Makes an empty disk; its size is rounded up to a whole MiB. */
    public Ref<VDI> create(Ref<SR> sr, Row settings) {
        long size = settings.get(VDI.VIRTUAL_SIZE);
        if (size <= 0) {
            throw Errors.vdiTooSmall("1", Long.toString(size));
        }
        Path folder = writableFolder(store.snapshot(), sr);
        String uuid = UUID.randomUUID().toString();
        long rounded = (size + MIB - 1) / MIB * MIB;
        Path file = folder.resolve(uuid + ".raw");
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            raw.setLength(rounded);
        } catch (IOException e) {
            throw Errors.srBackendFailure("VDICreate", "cannot create the disk: " + e.getMessage(), "")
                    .causedBy(e);
        }
        return store.transact(tx -> tx.create(
                VDI.XEN_CLASS,
                settings.with(VDI.UUID, uuid)
                        .with(VDI.LOCATION, uuid)
                        .with(VDI.SR, sr)
                        .with(VDI.VIRTUAL_SIZE, rounded)
                        .with(VDI.MANAGED, true)));
    }

    /** Makes an empty disk of that kind. */
    public Ref<VDI> create(Ref<SR> sr, String nameLabel, long bytes, VdiType type) {
        return create(
                sr,
                Row.of(VDI.XEN_CLASS)
                        .with(VDI.NAME_LABEL, nameLabel)
                        .with(VDI.VIRTUAL_SIZE, bytes)
                        .with(VDI.TYPE, type));
    }

    /** A disk with the contents that the other has now, marked as its snapshot. */
    public Ref<VDI> snapshot(Ref<VDI> vdi) {
        return duplicate(
                vdi,
                store.snapshot().get(vdi, VDI.SR),
                row -> row.with(VDI.IS_A_SNAPSHOT, true)
                        .with(VDI.SNAPSHOT_OF, vdi)
                        .with(VDI.SNAPSHOT_TIME, XenTime.of(clock.instant())));
    }

    /** An independent disk with the contents that the other has now. */
    public Ref<VDI> copy(Ref<VDI> vdi, Ref<SR> sr) {
        return duplicate(vdi, sr, row -> row.with(VDI.IS_A_SNAPSHOT, false).with(VDI.SNAPSHOT_OF, Ref.nil()));
    }

    private Ref<VDI> duplicate(Ref<VDI> vdi, Ref<SR> sr, UnaryOperator<Row> settings) {
        Snapshot before = store.snapshot();
        Row row = before.row(VDI.XEN_CLASS, vdi);
        Path from = file(before, vdi);
        String uuid = UUID.randomUUID().toString();
        Path to = writableFolder(before, sr).resolve(uuid + ".raw");
        try {
            copySparse(from, to);
        } catch (IOException e) {
            throw Errors.srBackendFailure("VDIClone", "cannot copy the disk: " + e.getMessage(), "")
                    .causedBy(e);
        }
        Row copy = Row.of(VDI.XEN_CLASS)
                .with(VDI.UUID, uuid)
                .with(VDI.LOCATION, uuid)
                .with(VDI.SR, sr)
                .with(VDI.MANAGED, true)
                .with(VDI.NAME_LABEL, row.get(VDI.NAME_LABEL))
                .with(VDI.NAME_DESCRIPTION, row.get(VDI.NAME_DESCRIPTION))
                .with(VDI.VIRTUAL_SIZE, row.get(VDI.VIRTUAL_SIZE))
                .with(VDI.TYPE, row.get(VDI.TYPE))
                .with(VDI.SHARABLE, row.get(VDI.SHARABLE))
                .with(VDI.READ_ONLY, row.get(VDI.READ_ONLY))
                .with(VDI.OTHER_CONFIG, row.get(VDI.OTHER_CONFIG))
                .with(VDI.TAGS, row.get(VDI.TAGS));
        return store.transact(tx -> tx.create(VDI.XEN_CLASS, settings.apply(copy)));
    }

    /** Copies a file and its holes: cp knows where they are, and shares blocks where the file system can. */
    private static void copySparse(Path from, Path to) throws IOException {
        Process cp = new ProcessBuilder("cp", "--reflink=auto", "--sparse=auto", "--", from.toString(), to.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(cp.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        try {
            if (cp.waitFor() != 0) {
                Files.deleteIfExists(to);
                throw new IOException(said.strip());
            }
        } catch (InterruptedException e) {
            cp.destroyForcibly();
            Files.deleteIfExists(to);
            Thread.currentThread().interrupt();
            throw new IOException("the copy was interrupted", e);
        }
    }

    /** Removes a disk and its file; the row goes first, so that no row ever lacks its file. */
    public void destroy(Ref<VDI> vdi) {
        Snapshot before = store.snapshot();
        Path file = file(before, vdi);
        store.change(tx -> {
            if (!tx.get(vdi, VDI.VBDS).isEmpty()) {
                throw Errors.vdiInUse(vdi.value(), "destroy");
            }
            tx.destroy(VDI.XEN_CLASS, vdi);
        });
        if (before.get(before.get(vdi, VDI.SR), SR.CONTENT_TYPE).equals("iso")) {
            return;
        }
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw Errors.srBackendFailure("VDIDelete", "cannot delete the disk: " + e.getMessage(), "")
                    .causedBy(e);
        }
    }

    /** Makes a disk larger. */
    public void resize(Ref<VDI> vdi, long bytes) {
        long rounded = (bytes + MIB - 1) / MIB * MIB;
        long now = store.snapshot().get(vdi, VDI.VIRTUAL_SIZE);
        if (rounded < now) {
            throw Errors.vdiTooSmall(Long.toString(now), Long.toString(bytes));
        }
        try (RandomAccessFile raw =
                new RandomAccessFile(file(store.snapshot(), vdi).toFile(), "rw")) {
            raw.setLength(rounded);
        } catch (IOException e) {
            throw Errors.srBackendFailure("VDIResize", "cannot resize the disk: " + e.getMessage(), "")
                    .causedBy(e);
        }
        store.change(tx -> tx.set(vdi, VDI.VIRTUAL_SIZE, rounded));
    }

    /** The file behind a disk. */
    public Path file(Snapshot snapshot, Ref<VDI> vdi) {
        Row row = snapshot.row(VDI.XEN_CLASS, vdi);
        Path folder = folder(snapshot, row.get(VDI.SR));
        boolean iso = snapshot.get(row.get(VDI.SR), SR.CONTENT_TYPE).equals("iso");
        Path file = folder.resolve(iso ? row.get(VDI.LOCATION) : row.get(VDI.LOCATION) + ".raw")
                .normalize();
        if (!file.startsWith(folder)) {
            throw Errors.vdiLocationMissing(row.get(VDI.SR).value(), row.get(VDI.LOCATION));
        }
        return file;
    }

    private static Path writableFolder(Snapshot snapshot, Ref<SR> sr) {
        if (snapshot.get(sr, SR.CONTENT_TYPE).equals("iso")) {
            throw Errors.srOperationNotSupported(sr.value());
        }
        return folder(snapshot, sr);
    }

    /** The folder of a repository; SR_HAS_NO_PBDS when no plugged PBD leads there. */
    static Path folder(Snapshot snapshot, Ref<SR> sr) {
        return snapshot.get(sr, SR.PBDS).stream()
                .map(pbd -> snapshot.row(PBD.XEN_CLASS, pbd))
                .filter(pbd -> pbd.get(PBD.CURRENTLY_ATTACHED))
                .map(pbd -> Path.of(pbd.get(PBD.DEVICE_CONFIG).get("location")))
                .findFirst()
                .orElseThrow(() -> Errors.srHasNoPbds(sr.value()));
    }

    /** Brings the rows of an ISO repository in line with the files in its folder. */
    public void scan(Ref<SR> sr) {
        Snapshot before = store.snapshot();
        Path folder = folder(before, sr);
        if (!before.get(sr, SR.CONTENT_TYPE).equals("iso")) {
            return;
        }
        java.util.List<Path> files;
        try (var list = Files.list(folder)) {
            files = list.filter(f -> f.getFileName()
                            .toString()
                            .toLowerCase(java.util.Locale.ROOT)
                            .endsWith(".iso"))
                    .sorted(Comparator.naturalOrder())
                    .toList();
        } catch (IOException e) {
            throw Errors.srBackendFailure("SRScan", "cannot read " + folder, "").causedBy(e);
        }
        store.change(tx -> {
            java.util.Set<String> known = new java.util.HashSet<>();
            for (Ref<VDI> vdi : tx.get(sr, SR.VDIS)) {
                String location = tx.get(vdi, VDI.LOCATION);
                known.add(location);
                tx.set(vdi, VDI.MISSING, !Files.exists(folder.resolve(location)));
            }
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (!known.contains(name)) {
                    tx.create(
                            VDI.XEN_CLASS,
                            Row.of(VDI.XEN_CLASS)
                                    .with(VDI.NAME_LABEL, name)
                                    .with(VDI.LOCATION, name)
                                    .with(VDI.SR, sr)
                                    .with(VDI.TYPE, VdiType.USER)
                                    .with(VDI.READ_ONLY, true)
                                    .with(VDI.MANAGED, true)
                                    .with(VDI.VIRTUAL_SIZE, file.toFile().length()));
                }
            }
        });
    }

    /** Makes the folders of plugged repositories. */
    public void prepare() {
        for (Stored stored : store.snapshot().all(PBD.XEN_CLASS)) {
            String location = stored.row().get(PBD.DEVICE_CONFIG).get("location");
            if (location != null && stored.row().get(PBD.CURRENTLY_ATTACHED)) {
                try {
                    Files.createDirectories(Path.of(location));
                } catch (IOException e) {
                    throw Errors.srBackendFailure("SRAttach", "cannot make " + location, "")
                            .causedBy(e);
                }
            }
        }
    }
}
