package org.jxapi.domain;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jxapi.datamodel.XenApiException;

/**
 * Kernels and ramdisks of PV and PVH guests in the control domain. They must be in certain folders, so that a user who
 * may set {@code PV_kernel} cannot read other files through it.
 */
public final class BootFiles {
    /** XAPI's own folder, and where Debian keeps kernels. */
    public static final List<Path> FOLDERS = List.of(Path.of("/var/lib/xcp/guest"), Path.of("/boot"));

    private BootFiles() {}

    /**
     * The real path of a boot file; INVALID_VALUE with the reason when it is not one.
     *
     * @param kind {@code kernel} or {@code ramdisk}, for the error
     */
    static String resolve(String kind, String path, List<Path> folders) {
        try {
            Path real = Path.of(path).toRealPath();
            if (path.isEmpty() || !Files.isRegularFile(real)) {
                throw refused(kind, path, "Is not a regular file");
            }
            for (Path folder : folders) {
                if (real.startsWith(folder)) {
                    return real.toString();
                }
            }
            throw refused(kind, path, "Is not in any of the allowed kernel directories: " + folders);
        } catch (NoSuchFileException e) {
            throw refused(kind, path, "File does not exist");
        } catch (IOException | InvalidPathException e) {
            throw refused(kind, path, String.valueOf(e.getMessage()));
        }
    }

    private static XenApiException refused(String kind, String path, String reason) {
        return new XenApiException("INVALID_VALUE", List.of(kind, path, reason));
    }
}
