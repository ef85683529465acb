package org.jxapi.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jxapi.harness.Calls;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.HostileRun;
import org.jxapi.harness.HostileValues;
import org.jxapi.harness.Http;
import org.jxapi.harness.JsonClient;

/**
 * Damaged archives and disks, and requests that are hardly HTTP. Each import ends with its task, nothing that it made
 * stays held, and {@link HostileRun} checks what holds afterwards.
 *
 * <p>A build tries 300 cases of each kind; {@code -Djqwik.tries.default=N} tries N.
 */
class HostileTransfersTest {
    private static final int MIB = 1 << 20;
    private static final int BLOCK = 512;
    private static final List<String> METHODS =
            List.of("GET", "PUT", "POST", "HEAD", "CONNECT", "OPTIONS", "DELETE", "get", "", "PUT /import");
    private static final List<String> PATHS = List.of(
            "/",
            "/RPC2",
            "/jsonrpc",
            "/cli",
            "/export",
            "/import",
            "/export_raw_vdi",
            "/import_raw_vdi",
            "/rrd_updates",
            "/console",
            "/nothing",
            "//../etc/passwd",
            "*");
    private static final List<String> QUERIES = List.of(
            "",
            "?",
            "?session_id=%zz",
            "?vdi=x",
            "?ref=OpaqueRef:NULL",
            "?uuid=%00",
            "?task_id=OpaqueRef:NULL",
            "?start=-1&cf=X&interval=-5",
            "?" + "a=b&".repeat(3000));
    private static final List<String> HEADERS = List.of(
            "Host: x",
            "Content-Length: -5",
            "Content-Length: 99999999999999999999",
            "Content-Length: 10",
            "Content-Length: 0",
            "Transfer-Encoding: chunked",
            "Transfer-Encoding: gzip, chunked",
            "Expect: 100-continue",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Key: x",
            "Authorization: Basic !!!!",
            "Authorization: Basic " + "QQ".repeat(4000),
            "Cookie: session_id=OpaqueRef:NULL",
            "Range: bytes=5-1",
            "X: \u0001\u007f",
            ": empty",
            "no colon");

    private static HostileRun run;
    private static byte[] bare;
    private static byte[] full;
    private static byte[] vhd;
    private static String vdi;

    @BeforeContainer
    static void start() throws Exception {
        run = new HostileRun();
        JsonClient json = run.json();
        Calls calls = new Calls(run.daemon());
        String sr = calls.text("pool.get_default_SR", calls.first("pool.get_all"));
        vdi = calls.vdi(sr, 4 * MIB);
        byte[] contents = new byte[3 * MIB];
        new Random(1).nextBytes(contents);
        Arrays.fill(contents, 4096, 2 * MIB, (byte) 0);
        put("/import_raw_vdi?vdi=" + vdi, contents, contents.length);
        vhd = get("/export_raw_vdi?format=vhd&vdi=" + vdi);
        String vm = calls.vm("bare");
        bare = get("/export?ref=" + vm);
        String disk = calls.vdi(sr, MIB);
        calls.ok("VBD.create", Calls.vbdRecord(vm, disk));
        full = get("/export?ref=" + vm);
        assertThat(json.ok("VM.get_VBDs", run.session(), vm)).hasSize(1);
    }

    @AfterContainer
    static void stop() throws Exception {
        run.end();
    }

    @AfterProperty
    void theNextClientIsServed() throws Exception {
        run.checkItServes();
    }

    @Property(shrinking = ShrinkingMode.OFF)
    void everyImportOfAnArchiveEnds(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        byte[] archive = HostileValues.damaged(random.nextInt(10) == 0 ? full : bare, random);
        if (random.nextInt(3) > 0 && archive.length >= BLOCK) {
            archive = headed(archive, random);
        }
        String options = (random.nextBoolean() ? "&force=true" : "") + (random.nextInt(3) == 0 ? "&restore=true" : "");
        JsonNode task = put("/import?x=y" + options, archive, length(archive, random));
        if (task.path("status").asText().equals("success")) {
            removeImported(task.path("result").asText());
        }
    }

    /** Gives the first header another number or type, and a right sum: it is read as what it says. */
    private static byte[] headed(byte[] archive, Random random) {
        byte[] changed = archive.clone();
        List<String> sizes = List.of(
                "00000000000\0", "77777777777\0", "-0000000001\0", "00010000000\0", "9999999999 \0", "            ");
        byte[] size = HostileValues.pick(sizes, random).getBytes(StandardCharsets.US_ASCII);
        if (random.nextBoolean()) {
            System.arraycopy(size, 0, changed, 124, size.length);
        } else if (random.nextBoolean()) {
            ByteBuffer.wrap(changed, 124, 12).putInt(0x80000000).putLong(random.nextLong());
        }
        if (random.nextBoolean()) {
            changed[156] = "xgLKV5S07\0".getBytes(StandardCharsets.US_ASCII)[random.nextInt(10)];
        }
        int sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            sum += i >= 148 && i < 156 ? ' ' : changed[i] & 0xFF;
        }
        byte[] text = "%06o\0 ".formatted(sum).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(text, 0, changed, 148, text.length);
        return changed;
    }

    private static void removeImported(String result) throws Exception {
        int at = result.indexOf("OpaqueRef:");
        while (at >= 0) {
            String vm = result.substring(at, result.indexOf('<', at));
            JsonNode vbds = run.json().call("VM.get_VBDs", List.of(run.session(), vm));
            for (JsonNode vbd : vbds.path("result")) {
                JsonNode disk = run.json().call("VBD.get_VDI", List.of(run.session(), vbd.asText()));
                run.json()
                        .call(
                                "VDI.destroy",
                                List.of(run.session(), disk.path("result").asText()));
            }
            run.json().call("VM.destroy", List.of(run.session(), vm));
            at = result.indexOf("OpaqueRef:", at + 1);
        }
    }

    @Property(shrinking = ShrinkingMode.OFF)
    void everyImportOfADiskEnds(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        byte[] disk = HostileValues.damaged(vhd, random);
        if (random.nextBoolean() && disk.length >= 2048) {
            numbered(disk, random);
        }
        String format = HostileValues.pick(List.of("vhd", "vhd", "vhd", "raw", "x"), random);
        put("/import_raw_vdi?vdi=" + vdi + "&format=" + format, disk, length(disk, random));
    }

    /** Odd numbers where sizes and places are, with a right checksum of the footer. */
    private static void numbered(byte[] disk, Random random) {
        ByteBuffer numbers = ByteBuffer.wrap(disk);
        int[] places = {16, 40, 48, 60, 512 + 16, 512 + 28, 512 + 32, 1536, 1540};
        numbers.putInt(places[random.nextInt(places.length)], random.nextInt() >> random.nextInt(32));
        int sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            sum += i >= 64 && i < 68 ? 0 : disk[i] & 0xFF;
        }
        numbers.putInt(64, ~sum);
    }

    /** The length that a client says it sends; null for none. */
    private static Integer length(byte[] body, Random random) {
        return switch (random.nextInt(12)) {
            case 0 -> body.length / 2;
            case 1 -> body.length + 1000;
            case 2 -> null;
            default -> body.length;
        };
    }

    @Property(shrinking = ShrinkingMode.OFF)
    void everyRequestIsAnsweredOrEnded(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        StringBuilder head = new StringBuilder(HostileValues.pick(METHODS, random) + " "
                + HostileValues.pick(PATHS, random) + HostileValues.pick(QUERIES, random) + " HTTP/1."
                + random.nextInt(3) + "\r\n");
        for (int i = random.nextInt(6); i > 0; i--) {
            head.append(HostileValues.pick(HEADERS, random)).append("\r\n");
        }
        head.append("\r\n0123456789\r\n0\r\n\r\n");
        byte[] bytes = head.toString().getBytes(StandardCharsets.ISO_8859_1);
        byte[] sent = random.nextInt(3) == 0 ? HostileValues.damaged(bytes, random) : bytes;
        try (Socket socket = connect()) {
            socket.setSoTimeout(120_000);
            socket.getOutputStream().write(sent);
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
        } catch (SocketTimeoutException e) {
            throw new AssertionError("no answer to " + head, e);
        } catch (SocketException e) {
            assertThat(e.getMessage()).containsAnyOf("Broken pipe", "reset");
        }
    }

    private static Socket connect() throws IOException {
        URL url = run.daemon().http();
        return new Socket(url.getHost(), url.getPort());
    }

    /** Uploads it, and waits for its task to end. */
    private static JsonNode put(String target, byte[] body, Integer length) throws Exception {
        String session = run.session();
        String task = run.json().ok("task.create", session, "upload", "").asText();
        try (Socket socket = connect()) {
            socket.setSoTimeout(120_000);
            socket.getOutputStream()
                    .write(("PUT " + target + "&session_id=" + session + "&task_id=" + task + " HTTP/1.1\r\nHost: x\r\n"
                                    + (length == null ? "" : "Content-Length: " + length + "\r\n") + "\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(body);
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
        } catch (SocketException e) {
            assertThat(e.getMessage()).containsAnyOf("Broken pipe", "reset");
        }
        Eventually.holds(
                () -> assertThat(run.json().ok("task.get_status", session, task).asText())
                        .isNotEqualTo("pending"));
        JsonNode record = run.json().ok("task.get_record", session, task);
        assertThat(record.path("error_info").toString()).doesNotContain("java.", "Exception");
        run.json().ok("task.destroy", session, task);
        return record;
    }

    private static byte[] get(String target) throws Exception {
        try (Http http = new Http(
                run.daemon(), "GET", target, Http.basic("root", run.daemon().password()))) {
            assertThat(http.head()).contains(" 200 OK\r\n");
            return http.rest();
        }
    }
}
