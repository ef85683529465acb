package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jxapi.program.Program;

/** Loop devices of the kernel, through which guests have files as disks. */
public final class LoopDevices {
    private static final Path BLOCK_DEVICES = Path.of("/sys/block");

    private LoopDevices() {}

    /** Makes loop devices notice that their file has become larger. A guest has its file through one. */
    public static void renew(Path file) throws IOException {
        if (!Files.isDirectory(BLOCK_DEVICES)) {
            return;
        }
        try (DirectoryStream<Path> devices = Files.newDirectoryStream(BLOCK_DEVICES, "loop*")) {
            for (Path device : devices) {
                if (carries(device, file)) {
                    Program.of("losetup", "--set-capacity", "/dev/" + device.getFileName())
                            .run();
                }
            }
        }
    }

    private static boolean carries(Path device, Path file) {
        try {
            String backing = Files.readString(device.resolve("loop/backing_file"));
            return Files.isSameFile(Path.of(backing.strip()), file);
        } catch (IOException | InvalidPathException e) {
            // The device is free, or its file has another name now.
            return false;
        }
    }
}
