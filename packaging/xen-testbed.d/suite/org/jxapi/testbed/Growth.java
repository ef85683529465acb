package org.jxapi.testbed;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What jxapid holds after many guests: it must not grow. */
final class Growth {
    /** After these, what jxapid loads once is loaded. */
    private static final int FIRST = 50;
    /** Of a heap that is there from the start and does not grow, growth of the process is growth outside of it. */
    private static final String FIXED_HEAP = "-Xms160m -Xmx160m -XX:+AlwaysPreTouch";

    private final Scenarios all;
    private final XenApi api;
    private final int cycles;
    private String bare;

    Growth(Scenarios all, int cycles) {
        this.all = all;
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
        all.checks.scenario("what jxapid holds", s -> {
            Held[] after = new Held[1];
            s.check("after " + FIRST + " starts and ends of a guest", () -> {
                bare = all.guests.installBare(template, "bare");
                all.jxapid.stop();
                all.jxapid.start(FIXED_HEAP);
                api.login(all.jxapid.password());
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

    private void cycle(int count) {
        for (int i = 0; i < count; i++) {
            api.call("VM.start", bare, false, false);
            api.call("VM.hard_shutdown", bare);
        }
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
