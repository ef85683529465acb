package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jxapi.program.Program;

/**
 * A file system that fills a block device and whose UUID is that of the repository. So a probe finds it, and the device is
 * found again under another name.
 *
 * @param device as the settings name it
 * @param uuid {@code SR.uuid}
 * @param type of a new file system: ext4 or xfs
 * @param force whether a new file system may take the place of what is on the device
 */
record DeviceFileSystem(Mounts mounts, String device, String uuid, String type, boolean force) implements MountSource {
    /** The label of every file system that is made here. */
    static final String LABEL = "jxapi-sr";

    static final String EXT4 = "ext4";
    static final String XFS = "xfs";

    private static final Duration FORMAT = Duration.ofMinutes(10);
    private static final Duration CHECK = Duration.ofHours(1);
    /** e2fsck has repaired the file system. */
    private static final int REPAIRED = 1;

    @Override
    public String name() {
        return "the device " + device;
    }

    @Override
    public String place() {
        Path path = Path.of(device);
        try {
            return path.toRealPath().toString();
        } catch (IOException e) {
            return device;
        }
    }

    @Override
    public void create() {
        BlockDevice block = BlockDevice.named(device);
        block.refuseUsed();
        try {
            if (force) {
                block.erase();
            } else {
                refuseFilled(block);
            }
            format(block.path().toString());
        } catch (IOException e) {
            throw SmFailure.MAKE_FILE_SYSTEM.error(e);
        }
        mounts.briefly(at -> mount(block.path(), type, at), SmFailure.SR_IN_USE, at -> {
            try {
                return Files.setPosixFilePermissions(at, PosixFilePermissions.fromString("rwx------"));
            } catch (IOException e) {
                throw SmFailure.MAKE_FILE_SYSTEM.error(e);
            }
        });
    }

    private void refuseFilled(BlockDevice block) throws IOException {
        Map<String, String> contents = block.contents();
        if (LABEL.equals(contents.get("LABEL"))) {
            throw SmFailure.SR_EXISTS.error(device + " holds the SR " + contents.get("UUID")
                    + ". Introduce that (SR.introduce), or set device_config:force=true to erase it");
        }
        block.refuseFilled(contents);
    }

    private void format(String path) throws IOException {
        List<String> command = new ArrayList<>();
        if (type.equals(XFS)) {
            // Blocks that are discarded first would take minutes on large disks.
            command.addAll(List.of("mkfs.xfs", "-q", "-K", "-m", "reflink=1,uuid=" + uuid, "-L", LABEL, path));
        } else {
            command.addAll(List.of("mkfs.ext4", "-q", "-F", "-m", "0", "-E", "nodiscard", "-U", uuid));
            command.addAll(List.of("-L", LABEL, path));
        }
        Program.of(command).within(FORMAT).run();
    }

    /** The device that holds the file system, which may have another name since the host has booted. */
    private BlockDevice found() {
        try {
            if (Files.exists(Path.of(device))) {
                BlockDevice named = BlockDevice.named(device);
                if (uuid.equals(named.contents().get("UUID"))) {
                    return named;
                }
            }
            Path byUuid = Path.of("/dev/disk/by-uuid", uuid);
            if (Files.exists(byUuid)) {
                return BlockDevice.named(byUuid.toString());
            }
        } catch (IOException e) {
            throw SmFailure.DEVICE_MOUNT.error(e);
        }
        throw SmFailure.DEVICE_MOUNT.error(
                "neither " + device + " nor another device holds the file system of the SR " + uuid);
    }

    @Override
    public void mount(Path at) {
        BlockDevice block = found();
        try {
            String holds = block.contents().getOrDefault("TYPE", "");
            if (holds.equals(EXT4)) {
                check(block);
            }
            mount(block.path(), holds, at);
        } catch (IOException e) {
            throw SmFailure.DEVICE_MOUNT.error(e);
        }
    }

    private static void check(BlockDevice block) throws IOException {
        Program.Result result = Program.of("e2fsck", "-p", block.path().toString())
                .within(CHECK)
                .result();
        if (result.status() > REPAIRED) {
            throw new IOException("FSCK failed on " + block.path() + ": " + result.said());
        }
    }

    private void mount(Path block, String holds, Path at) {
        try {
            // A domain's disks are neither devices nor programs of this host.
            Program.of("mount", "-t", holds, "-o", "nodev,nosuid,noexec", block.toString(), at.toString())
                    .within(mounts.limit())
                    .run();
        } catch (IOException e) {
            throw SmFailure.DEVICE_MOUNT.error(e);
        }
    }

    /** Erases the file system, so that the device is free again. */
    @Override
    public void destroy() {
        BlockDevice block = found();
        block.refuseUsed();
        try {
            block.erase();
        } catch (IOException e) {
            throw SmFailure.DEVICE_WRITE.error(e);
        }
    }

    /** XenServer's local drivers say so when an unmount fails. */
    @Override
    public SmFailure unmountFailure() {
        return SmFailure.SR_IN_USE;
    }
}
