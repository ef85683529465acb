package org.jxapi.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jxapi.harness.Calls;
import org.jxapi.harness.DaemonProcess;
import org.jxapi.harness.Http;
import org.jxapi.harness.Uploads;

/**
 * Exports of a disk into a file and imports from one, over HTTP, compared with {@code cp} and {@code qemu-img convert} of
 * the same data, and with a plain socket that carries the same bytes. Rounds alternate, and the medians count. Every import
 * is on disk at its end. Half of the disk is random data, in pieces of 1 MiB, and the rest is holes.
 */
final class TransferBench {
    private static final int MIB = 1 << 20;
    private static final long BYTES = Long.getLong("mib", 2048) * MIB;
    private static final long TIB = 1L << 40;
    private static final double TICKS_A_SECOND = 100;
    /** Whether the data come from the disk and go there, and not from and to the page cache. Needs root. */
    private static final boolean COLD = Boolean.getBoolean("cold");

    private static final int ROUNDS = Integer.getInteger("rounds", 5);

    private final Path folder;
    private final DaemonProcess daemon;
    private final Calls calls;

    private TransferBench(Path folder, DaemonProcess daemon) throws Exception {
        this.folder = folder;
        this.daemon = daemon;
        this.calls = new Calls(daemon);
    }

    /** A step that is timed. */
    private interface Step {
        void run() throws Exception;
    }

    public static void main(String[] args) throws Exception {
        Path folder = Files.createTempDirectory(Path.of(args.length > 0 ? args[0] : "target"), "transfers")
                .toAbsolutePath();
        try (DaemonProcess daemon =
                DaemonProcess.start(folder, List.of("-XX:TieredStopAtLevel=4"), List.of(), Map.of())) {
            new TransferBench(folder, daemon).run();
        } finally {
            command("rm", "-rf", folder.toString());
        }
    }

    private void run() throws Exception {
        Path source = folder.resolve("source.raw");
        fill(source);
        String raw = disk("raw", BYTES);
        String qcow2 = disk("qcow2", BYTES);
        send(source, raw, "raw");
        Path vhd = folder.resolve("source.vhd");
        receive(raw, "vhd", vhd);
        Path image = folder.resolve("source.qcow2");
        command("qemu-img", "convert", "-f", "raw", "-O", "qcow2", source.toString(), image.toString());
        send(image, qcow2, "qcow2");
        long before = peak();

        Path out = folder.resolve("out");
        Path floor = folder.resolve("floor");
        export("export raw", () -> receive(raw, "raw", out), () -> copy(source, floor, "--sparse=never"), source);
        export("export VHD from raw", () -> receive(raw, "vhd", out), () -> convert("raw", source, "vpc", floor), vhd);
        export(
                "export qcow2",
                () -> receive(qcow2, "qcow2", out),
                () -> convert("qcow2", image, "qcow2", floor),
                image);
        upload("import raw", () -> send(source, raw, "raw"), () -> copy(source, floor), source);
        upload("import VHD into raw", () -> send(vhd, raw, "vhd"), () -> convert("vpc", vhd, "raw", floor), vhd);
        upload("import qcow2", () -> send(image, qcow2, "qcow2"), () -> convert("qcow2", image, "qcow2", floor), image);
        long after = peak();
        System.out.printf("memory of jxapid at its peak: %d MiB after the setup, %d MiB at the end%n", before, after);

        for (String format : List.of("raw", "qcow2")) {
            String empty = disk(format, TIB);
            for (String to : List.of("vhd", "qcow2")) {
                System.out.printf(
                        "export of an empty disk of 1 TiB, %s to %s: %.2f s%n",
                        format, to, seconds(() -> receive(empty, to, out)));
            }
        }
    }

    private void fill(Path file) throws IOException {
        byte[] piece = new byte[MIB];
        Random random = new Random(1);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (long at = 0; at < BYTES; at += 2 * MIB) {
                random.nextBytes(piece);
                channel.write(ByteBuffer.wrap(piece), at);
            }
            channel.write(ByteBuffer.allocate(1), BYTES - 1);
            channel.force(true);
        }
    }

    /** A disk in a new repository whose disks have that format. */
    private String disk(String format, long bytes) throws Exception {
        Path place = folder.resolve("sr-" + format + "-" + bytes);
        String sr = calls.text(
                "SR.create",
                calls.first("host.get_all"),
                Map.of("location", place.toString(), "preferred-image-formats", format),
                0,
                format,
                "",
                "file",
                "user",
                false,
                Map.of());
        return calls.vdi(sr, bytes);
    }

    private void receive(String vdi, String format, Path file) throws Exception {
        String target = "/export_raw_vdi?vdi=" + vdi + "&format=" + format;
        try (Http http = new Http(daemon, "GET", target, auth());
                OutputStream out = Files.newOutputStream(file)) {
            if (!http.head().contains(" 200 ")) {
                throw new IOException(target);
            }
            http.rest(out);
        }
    }

    private void send(Path file, String vdi, String format) throws Exception {
        Uploads uploads = new Uploads(daemon, calls);
        String task = uploads.task("import");
        String target = Uploads.withTask("/import_raw_vdi?vdi=" + vdi + "&format=" + format, task);
        try (Http http = new Http(daemon, "PUT", target, auth(), "content-length: " + Files.size(file));
                InputStream in = Files.newInputStream(file)) {
            if (!http.head().contains(" 200 ")) {
                throw new IOException(target);
            }
            http.send(in);
            http.rest();
        }
        if (!uploads.ended(task).get("status").asText().equals("success")) {
            throw new IOException(calls.ok("task.get_record", task).toString());
        }
    }

    private String auth() throws Exception {
        return Http.basic("root", daemon.password());
    }

    private static void copy(Path from, Path to, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of("cp"));
        command.addAll(List.of(options));
        command.addAll(List.of(from.toString(), to.toString()));
        command(command.toArray(String[]::new));
    }

    private static void convert(String fromFormat, Path from, String toFormat, Path to) throws Exception {
        command("qemu-img", "convert", "-f", fromFormat, "-O", toFormat, from.toString(), to.toString());
    }

    /** Does the step, and forces its file to disk. */
    private static void sync(Step step, Path file) throws Exception {
        step.run();
        command("sync", file.toString());
    }

    private static void command(String... command) throws Exception {
        if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
            throw new IOException(String.join(" ", command));
        }
    }

    /** Compares ways to write a file, which is on disk at the end of each if that counts. */
    private void export(String name, Step ours, Step floor, Path sent) throws Exception {
        Path out = folder.resolve("out");
        Path other = folder.resolve("floor");
        Step plain = () -> PlainSocket.export(sent, other);
        if (COLD) {
            compare(name, () -> sync(ours, out), () -> sync(floor, other), () -> sync(plain, other));
        } else {
            compare(name, ours, floor, plain);
        }
    }

    private void upload(String name, Step ours, Step floor, Path sent) throws Exception {
        Path other = folder.resolve("floor");
        compare(name, ours, () -> sync(floor, other), () -> PlainSocket.upload(sent, other));
    }

    /** Nothing is in the way of the next step, nor in the page cache if that counts. */
    private void forget() throws Exception {
        Files.deleteIfExists(folder.resolve("out"));
        Files.deleteIfExists(folder.resolve("floor"));
        if (COLD) {
            command("sync");
            Files.writeString(Path.of("/proc/sys/vm/drop_caches"), "3");
        }
    }

    private void compare(String name, Step ours, Step floor, Step plain) throws Exception {
        ours.run();
        List<Double> seconds = new ArrayList<>();
        List<Double> floors = new ArrayList<>();
        List<Double> plains = new ArrayList<>();
        long processor = 0;
        for (int i = 0; i <= ROUNDS; i++) {
            forget();
            long cpu = ticks();
            seconds.add(seconds(ours));
            processor += ticks() - cpu;
            forget();
            floors.add(seconds(floor));
            forget();
            plains.add(seconds(plain));
            if (i == 0) {
                // The round that warms up.
                seconds.clear();
                floors.clear();
                plains.clear();
                processor = 0;
            }
        }
        System.out.printf(
                "%s: %.2f s, of the processor %.2f s; floor %.2f s, %s; plain socket %.2f s, %s%n",
                name,
                median(seconds),
                processor / TICKS_A_SECOND / ROUNDS,
                median(floors),
                ratios(floors, seconds),
                median(plains),
                ratios(plains, seconds));
    }

    private static String ratios(List<Double> floors, List<Double> ours) {
        List<Double> all = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            all.add(floors.get(i) / ours.get(i));
        }
        return String.format(
                "throughput ratio %.2f (%.2f to %.2f)", median(all), Collections.min(all), Collections.max(all));
    }

    /** The processor time that the daemon has taken, in ticks of the kernel. */
    private long ticks() throws IOException {
        String[] words = Files.readString(Path.of("/proc/" + daemon.pid() + "/stat"))
                .replaceFirst(".*\\)", "x")
                .split(" ");
        return Long.parseLong(words[12]) + Long.parseLong(words[13]);
    }

    private static double seconds(Step step) throws Exception {
        long begin = System.nanoTime();
        step.run();
        return (System.nanoTime() - begin) / 1e9;
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }

    /** The most memory that the daemon has had, in MiB. */
    private long peak() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + daemon.pid() + "/status"))) {
            if (line.startsWith("VmHWM:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
            }
        }
        throw new IOException("no VmHWM");
    }
}
