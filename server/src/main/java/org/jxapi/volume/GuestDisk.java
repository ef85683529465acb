package org.jxapi.volume;

import java.nio.file.Path;
import org.jxapi.hypervisor.DiskBackend;
import org.jxapi.hypervisor.DiskFormat;

/** How a domain gets a volume: the file or device, its format, and the backend that serves it. */
public record GuestDisk(Path path, DiskFormat format, DiskBackend backend) {}
