package org.jxapi.testbed;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Measures jxapid against xl with the same guest, in turn, and what jxapid holds after many guests. */
final class Bench {
    /** The first pair warms both up and is not counted. */
    private static final int PAIRS = 10;
    /** After these, what jxapid loads once is loaded. */
    private static final int FIRST = 50;

    private final Scenarios all;
    private final Guests guests;
    private final XenApi api;
    private final int cycles;
    private String vm;
    private String bare;

    Bench(Scenarios all, int cycles) {
        this.all = all;
        guests = all.guests;
        api = all.api;
        this.cycles = cycles;
    }

    private record Held(long residentKib, long threads, long files) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%d MiB resident, %d threads, %d descriptors", residentKib / 1024, threads, files);
        }
    }

    void tell(String template) {
        all.checks.scenario("start and end against xl", s -> {
            List<Double> starts = new ArrayList<>();
            List<Double> ends = new ArrayList<>();
            List<Double> creates = new ArrayList<>();
            List<Double> destroys = new ArrayList<>();
            Path config = Path.of("/root/pair.cfg");
            s.check("has a guest with a disk and a nic", () -> {
                vm = guests.install(template, "pair");
                api.call("VM.set_VCPUs_max", vm, 1);
                api.call("VM.set_VCPUs_at_startup", vm, 1);
                String mac = api.text("VIF.get_MAC", api.refs("VM.get_VIFs", vm).get(0));
                Files.writeString(config, "name = \"xl pair\"\ntype = \"pv\"\nkernel = \"/boot/guest/vmlinux\"\n"
                        + "ramdisk = \"/boot/guest/initramfs\"\nextra = \"console=hvc0 quiet\"\nmemory = 192\nvcpus = 1\n"
                        + "disk = [ \"format=raw,vdev=xvda,access=rw,target=" + guests.file(guests.disk(vm, "0")) + "\" ]\n"
                        + "vif = [ \"mac=" + mac + ",bridge=xenbr0\" ]\n");
            });
            s.check(PAIRS + " pairs, the first not counted", () -> {
                for (int pair = 0; pair < PAIRS; pair++) {
                    if (pair % 2 == 0) {
                        ours(starts, ends);
                        theirs(config, creates, destroys);
                    } else {
                        theirs(config, creates, destroys);
                        ours(starts, ends);
                    }
                }
                report("VM.start", starts, "xl create", creates);
                report("VM.hard_shutdown", ends, "xl destroy", destroys);
            });
        }, () -> all.cleanUp("pair"));
        all.checks.scenario("what jxapid holds", s -> {
            Held[] after = new Held[1];
            s.check("after " + FIRST + " starts and ends of a guest", () -> {
                bare = api.text("VM.get_by_uuid",
                        Command.xe("vm-install", "template=" + api.text("VM.get_uuid", template), "new-name-label=bare"));
                for (String vbd : api.refs("VM.get_VBDs", bare)) {
                    String disk = api.text("VBD.get_VDI", vbd);
                    api.call("VBD.destroy", vbd);
                    api.call("VDI.destroy", disk);
                }
                System.out.println("      before: " + held());
                cycle(FIRST);
                after[0] = held();
                System.out.println("      after " + FIRST + ": " + after[0]);
            });
            for (int done = FIRST; done < cycles; done += FIRST) {
                int count = done + FIRST;
                s.check("after " + count + ": no more threads and descriptors, not a tenth more memory", () -> {
                    cycle(FIRST);
                    Held now = held();
                    System.out.println("      after " + count + ": " + now);
                    Checks.expect(now.threads <= after[0].threads + 8, "threads: " + after[0].threads + ", now " + now.threads);
                    Checks.expect(now.files <= after[0].files + 8, "descriptors: " + after[0].files + ", now " + now.files);
                    Checks.expect(now.residentKib <= after[0].residentKib * 11 / 10, "memory: " + after[0] + ", now " + now);
                });
            }
        }, () -> all.cleanUp("bare"));
    }

    private void ours(List<Double> starts, List<Double> ends) throws InterruptedException {
        starts.add(time(() -> api.call("VM.start", vm, false, false)));
        ends.add(time(() -> api.call("VM.hard_shutdown", vm)));
        Dom0.nothingLeft();
    }

    private void theirs(Path config, List<Double> creates, List<Double> destroys) throws InterruptedException {
        creates.add(time(() -> Command.run("xl", "create", config.toString())));
        destroys.add(time(() -> Command.run("xl", "destroy", "xl pair")));
        Dom0.nothingLeft();
        // The domain was shown as a VM meanwhile.
        guests.agree();
    }

    private void cycle(int count) {
        for (int i = 0; i < count; i++) {
            api.call("VM.start", bare, false, false);
            api.call("VM.hard_shutdown", bare);
        }
    }

    private static double time(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return Checks.seconds(start);
    }

    private static void report(String our, List<Double> ours, String their, List<Double> theirs) {
        double a = median(ours);
        double b = median(theirs);
        System.out.printf(Locale.ROOT, "      %s %.2f s, %s %.2f s (medians): ratio %.2f%n", our, a, their, b, a / b);
        System.out.printf(Locale.ROOT, "        %s: %s%n        %s: %s%n", our, rounded(ours), their, rounded(theirs));
    }

    private static List<String> rounded(List<Double> all) {
        return all.stream().map(x -> String.format(Locale.ROOT, "%.2f", x)).toList();
    }

    private static double median(List<Double> all) {
        List<Double> sorted = new ArrayList<>(all.subList(1, all.size()));
        Collections.sort(sorted);
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }

    private Held held() throws IOException {
        Path process = Path.of("/proc/" + all.jxapid.pid());
        long resident = 0;
        long threads = 0;
        for (String line : Files.readAllLines(process.resolve("status"))) {
            if (line.startsWith("VmRSS:")) {
                resident = Long.parseLong(line.replaceAll("\\D", ""));
            } else if (line.startsWith("Threads:")) {
                threads = Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        long files = 0;
        try (DirectoryStream<Path> open = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path ignored : open) {
                files++;
            }
        }
        return new Held(resident, threads, files);
    }
}
