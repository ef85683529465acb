package org.jxapi.volume;

import java.nio.file.Path;

/** The image that the QEMU of a domain writes to for its guest. */
public record LiveImage(int domid, Path path) {}
