package org.jxapi.backup;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jxapi.harness.Calls;
import org.jxapi.harness.TestDaemon;
import org.jxapi.harness.Uploads;

/** Backups of hosts, downloaded, edited and restored over HTTP. */
final class HostBackups {
    private static final int BLOCK = 512;

    private HostBackups() {}

    static byte[] download(TestDaemon daemon, Calls calls) throws Exception {
        return new Uploads(daemon, calls).get("/host_backup");
    }

    /** The record of the task of a restore. */
    static JsonNode restore(TestDaemon daemon, Calls calls, byte[] backup) throws Exception {
        return new Uploads(daemon, calls).put("/host_restore", backup);
    }

    /** The files of a backup by their names, without the check sums. */
    static Map<String, byte[]> files(byte[] backup) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (int at = 0; backup[at] != 0; ) {
            int size = Uploads.size(backup, at);
            String name = new String(backup, at, 100, StandardCharsets.US_ASCII);
            files.put(name.substring(0, name.indexOf('\0')), Arrays.copyOfRange(backup, at + BLOCK, at + BLOCK + size));
            at += BLOCK + Uploads.whole(size);
        }
        files.remove(SavedFiles.SUMS);
        return files;
    }

    /** A backup of these files, with their check sums. */
    static byte[] of(Map<String, byte[]> files) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StringBuilder sums = new StringBuilder();
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            out.write(entry(file.getKey(), '0', file.getValue()));
            byte[] sum = MessageDigest.getInstance("SHA-256").digest(file.getValue());
            sums.append(BackupWriter.line(sum, file.getKey()));
        }
        out.write(entry(SavedFiles.SUMS, '0', sums.toString().getBytes(StandardCharsets.UTF_8)));
        out.write(new byte[2 * BLOCK]);
        return out.toByteArray();
    }

    /** An entry with its header. */
    static byte[] entry(String name, char type, byte[] content) throws Exception {
        return Uploads.join(
                Uploads.entry(name, type, Uploads.octal(content.length)),
                Arrays.copyOf(content, Uploads.whole(content.length)));
    }
}
