package org.jxapi.audit;

import java.nio.file.Path;

/**
 * Where the audit log is, and how much of it is kept.
 *
 * @param file the newest part; older ones lie next to it
 * @param bytes a part that has this size is complete
 * @param days for how many days parts are kept
 */
public record AuditSettings(Path file, long bytes, int days) {}
