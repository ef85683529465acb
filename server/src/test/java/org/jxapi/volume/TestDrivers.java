package org.jxapi.volume;

import java.nio.file.Path;
import java.time.Duration;

/** Drivers that serve no guests. Their links and mounts are in the folder of the build. */
public final class TestDrivers {
    static final Mounts MOUNTS = new Mounts(Path.of("target", "sr-mount"), Duration.ofSeconds(30));

    private TestDrivers() {}

    public static FileDriver file() {
        return new FileDriver(MOUNTS, new FolderFormats(new NoGuests()));
    }

    public static Driver lvm() {
        return new LvmDriver(groups());
    }

    static GroupFormats groups() {
        return new GroupFormats(new NoGuests(), GroupChanges.here(), MOUNTS);
    }

    public static IsoDriver iso() {
        return new IsoDriver(MOUNTS, Path.of("target", "marks"));
    }
}
