package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Type {@code zfs}, as XCP-ng has it: images in a folder of a ZFS file system, which the administrator has made. The life of
 * such a repository begins and goes on only there: what lies under the place of a file system that is not mounted is not touched.
 */
public final class ZfsDriver implements FolderDriver {
    private static final Path MODULE = Path.of("/sys/module/zfs");

    private final Mounts mounts;
    private final FolderFormats formats;
    private final FileSystems host;

    public ZfsDriver(Mounts mounts, FolderFormats formats) {
        this(mounts, formats, new FileSystems() {
            @Override
            public boolean hasZfs() {
                return Files.exists(MODULE);
            }

            @Override
            public boolean isZfs(Path folder) throws IOException {
                return Files.getFileStore(folder).type().equals("zfs");
            }
        });
    }

    ZfsDriver(Mounts mounts, FolderFormats formats, FileSystems host) {
        this.mounts = mounts;
        this.formats = formats;
        this.host = host;
    }

    /** The file systems of a host. */
    interface FileSystems {
        /** Whether its kernel has ZFS at the moment. */
        boolean hasZfs();

        boolean isZfs(Path folder) throws IOException;
    }

    @Override
    public String type() {
        return "zfs";
    }

    @Override
    public String label() {
        return "Local ZFS";
    }

    @Override
    public String description() {
        return "Disks as images on a ZFS file system of the host";
    }

    @Override
    public Map<String, String> configuration() {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("location", "local ZFS directory path (required)");
        keys.put(FolderFormats.PREFERRED, FolderFormats.PREFERRED_TEXT);
        return keys;
    }

    @Override
    public Repository repository(Settings settings) {
        Path folder =
                Folders.of(settings.device("location"), mounts, SmFailure.LOCATION_MISSING, SmFailure.ZFS_SR_CREATE);
        Repository checked =
                WatchedRepository.of(formats.repository(folder, settings), step -> check(step, folder), step -> {});
        return LinkedRepository.of(mounts, settings.uuid(), folder, checked);
    }

    private void check(String step, Path folder) {
        switch (step) {
            case "create" -> check(folder, SmFailure.ZFS_SR_CREATE, "Cannot create SR, path is not a ZFS mountpoint");
            case "attach" -> check(folder, SmFailure.SR_UNAVAILABLE, "Invalid ZFS path");
            case "destroy" ->
                check(folder, SmFailure.ZFS_SR_DELETE, "ZFS SR is not mounted or uses an invalid FS type");
            default -> {}
        }
    }

    private void check(Path folder, SmFailure failure, String detail) {
        if (!host.hasZfs()) {
            throw SmFailure.SR_UNAVAILABLE.error("zfs is not installed or module is not loaded");
        }
        boolean zfs;
        try {
            zfs = host.isZfs(folder);
        } catch (IOException e) {
            throw failure.error(detail).causedBy(e);
        }
        if (!zfs) {
            throw failure.error(detail);
        }
    }
}
