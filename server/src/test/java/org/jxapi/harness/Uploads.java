package org.jxapi.harness;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Transfers of one session, in short, and archives for them. */
public final class Uploads {
    public static final int MIB = 1 << 20;

    private final TestDaemon daemon;
    private final Calls calls;

    public Uploads(TestDaemon daemon, Calls calls) {
        this.daemon = daemon;
        this.calls = calls;
    }

    public String auth() throws Exception {
        return Http.basic("root", daemon.password());
    }

    public String task(String name) throws Exception {
        return calls.text("task.create", name, "");
    }

    /** The task's record when it has ended. */
    public JsonNode ended(String task) throws Exception {
        Eventually.holds(() -> assertThat(calls.text("task.get_status", task)).isNotEqualTo("pending"));
        return calls.ok("task.get_record", task);
    }

    /** Uploads a body; the record of the task. */
    public JsonNode put(String target, byte[] body) throws Exception {
        return put(target, body, Integer.toString(body.length));
    }

    /** The same with a content-length of its own. */
    public JsonNode put(String target, byte[] body, String length) throws Exception {
        String task = task("upload");
        try (Http http = new Http(daemon, "PUT", withTask(target, task), auth(), "content-length: " + length)) {
            if (http.head().contains(" 200 OK")) {
                http.send(body);
                if (!length.equals(Integer.toString(body.length))) {
                    http.endOutput();
                }
                http.rest();
            }
        } catch (SocketException e) {
            assertThat(e.getMessage()).containsAnyOf("Broken pipe", "reset");
        }
        return ended(task);
    }

    public static String withTask(String target, String task) {
        return target + (target.contains("?") ? "&" : "?") + "task_id=" + task;
    }

    public byte[] get(String target) throws Exception {
        try (Http http = new Http(daemon, "GET", target, auth())) {
            assertThat(http.head()).contains(" 200 OK\r\n");
            return http.rest();
        }
    }

    /** The error of a task that has failed: its code, then its parameters. */
    public static List<String> error(JsonNode task) {
        assertThat(task.get("status").asText()).as(task.toString()).isEqualTo("failure");
        List<String> error = new ArrayList<>();
        task.get("error_info").forEach(part -> error.add(part.asText()));
        return error;
    }

    /** A disk of that size with random data in its first MiB. */
    public String disk(String sr, int mib) throws Exception {
        String vdi = calls.vdi(sr, (long) mib * MIB);
        byte[] data = new byte[MIB];
        new Random(mib).nextBytes(data);
        assertThat(put("/import_raw_vdi?vdi=" + vdi, data).get("status").asText())
                .isEqualTo("success");
        return vdi;
    }

    /** A disk with data everywhere: an export of it has much to send. */
    public String fullDisk(String sr, int mib) throws Exception {
        String vdi = calls.vdi(sr, (long) mib * MIB);
        byte[] data = new byte[mib * MIB];
        Arrays.fill(data, (byte) 7);
        assertThat(put("/import_raw_vdi?vdi=" + vdi, data).get("status").asText())
                .isEqualTo("success");
        return vdi;
    }

    /** A halted VM with a disk as {@link #disk} makes it. */
    public String machine(String sr, String name, int mib) throws Exception {
        String vm = calls.vm(name);
        calls.ok("VBD.create", Calls.vbdRecord(vm, disk(sr, mib)));
        return vm;
    }

    /** An archive that begins like this one, with other text in its description. */
    public static byte[] edited(byte[] archive, String from, String to) throws Exception {
        int length = size(archive, 0);
        String ova = new String(archive, 512, length, StandardCharsets.UTF_8);
        assertThat(ova).contains(from);
        byte[] changed = ova.replace(from, to).getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(entry("ova.xml", '0', octal(changed.length)));
        out.write(Arrays.copyOf(changed, whole(changed.length)));
        out.write(archive, 512 + whole(length), archive.length - 512 - whole(length));
        return out.toByteArray();
    }

    /** The size of the entry whose header is there. */
    public static int size(byte[] archive, int at) {
        return Integer.parseInt(new String(archive, at + 124, 11, StandardCharsets.US_ASCII), 8);
    }

    /** Up to a whole number of tar's blocks. */
    public static int whole(int length) {
        return (length + 511) / 512 * 512;
    }

    public static byte[] octal(long size) {
        return "%011o".formatted(size).getBytes(StandardCharsets.US_ASCII);
    }

    /** A tar header with whatever stands for its size. */
    public static byte[] entry(String name, char type, byte[] size) {
        byte[] header = new byte[512];
        System.arraycopy(name.getBytes(StandardCharsets.US_ASCII), 0, header, 0, name.length());
        System.arraycopy(size, 0, header, 124, size.length);
        header[156] = (byte) type;
        Arrays.fill(header, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xFF;
        }
        System.arraycopy("%06o".formatted(sum).getBytes(StandardCharsets.US_ASCII), 0, header, 148, 6);
        header[154] = 0;
        return header;
    }

    public static byte[] join(byte[]... parts) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.write(part);
        }
        return out.toByteArray();
    }
}
