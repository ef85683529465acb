package org.jxapi.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.InternalCall;
import org.jxapi.image.RawImage;
import org.jxapi.storage.OpenDisk;
import org.jxapi.xenapi.Errors;

class XvaTest {
    private static final int MIB = 1 << 20;

    @TempDir
    Path folder;

    private final AtomicLong now = new AtomicLong();
    private final Call call = new InternalCall("VM.export", null);

    private static List<String> names(byte[] archive) {
        List<String> names = new ArrayList<>();
        for (int at = 0; at < archive.length; ) {
            names.add(new String(archive, at, 100, StandardCharsets.US_ASCII).replace("\0", ""));
            int size = Integer.parseInt(new String(archive, at + 124, 11, StandardCharsets.US_ASCII), 8);
            at += 512 + (size + 511) / 512 * 512;
        }
        return names;
    }

    /** As upstream's ocaml/xapi/stream_vdi.ml, send_one: an empty chunk after five seconds of zeros. */
    @Test
    void emptyBlocksKeepAQuietConnectionAliveAndMeanNothingToAReader() throws Exception {
        byte[] contents = new byte[20 * MIB];
        byte[] data = new byte[MIB];
        new Random(20).nextBytes(data);
        System.arraycopy(data, 0, contents, 0, MIB);
        System.arraycopy(data, 0, contents, 13 * MIB, MIB);
        Path file = folder.resolve("disk");
        Files.write(file, contents);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OpenDisk disk = OpenDisk.toRead(RawImage.open(file, contents.length, false), contents.length)) {
            new Xva.Writer(new Outgoing(out), () -> now.addAndGet(TimeUnit.SECONDS.toNanos(1)))
                    .disk("Ref:1", disk, new Progress(call, contents.length));
        }
        assertThat(names(out.toByteArray()).stream().filter(name -> !name.endsWith(".xxhash")))
                .containsExactly(
                        "Ref:1/00000000",
                        "Ref:1/00000005",
                        "Ref:1/00000011",
                        "Ref:1/00000015",
                        "Ref:1/00000020",
                        "Ref:1/00000022");
        Path copy = folder.resolve("copy");
        Files.createFile(copy);
        try (OpenDisk disk = OpenDisk.toWrite(RawImage.open(copy, contents.length, true), contents.length, true)) {
            new Xva.Reader(
                            new Incoming(new ByteArrayInputStream(out.toByteArray()), Errors::importErrorPrematureEof),
                            false)
                    .disk("Ref:1", contents.length, disk, new Progress(call, contents.length));
        }
        byte[] read = java.util.Arrays.copyOf(Files.readAllBytes(copy), contents.length);
        assertThat(read).isEqualTo(contents);
        assertThat(call.task()).isEqualTo(Ref.nil());
    }
}
