package org.jxapi.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The resources of jxapid after many guests: they must not grow. */
final class Growth {
    /** After these, what jxapid loads once is loaded. */
    private static final int FIRST = 50;
    /** The most threads that run calls: 64, and 16 for calls that end something. They are made as calls come. */
    private static final int CALLS = 64 + 16;
    /** Threads that have nothing to do for a minute end. */
    private static final int REST_SECONDS = 150;
    /** Of those that stay, some begin only with the first guest. */
    private static final int FEW = 8;
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
            Held[] before = new Held[1];
            Held[] after = new Held[1];
            s.check("after " + FIRST + " starts and ends of a guest", () -> {
                bare = all.guests.installBare(template, "bare");
                all.jxapid.stop();
                all.jxapid.start(FIXED_HEAP);
                api.login(all.jxapid.password());
                before[0] = held();
                System.out.println("      before: " + before[0]);
                cycle(FIRST);
                after[0] = held();
                System.out.println("      after " + FIRST + ": " + after[0]);
            });
            for (int done = FIRST; done < cycles; done += FIRST) {
                int count = done + FIRST;
                s.check("after " + count + ": no threads but those of calls, no more descriptors, not a tenth more memory", () -> {
                    cycle(FIRST);
                    Held now = held();
                    System.out.println("      after " + count + ": " + now);
                    Checks.expect(now.threads <= before[0].threads + CALLS + FEW,
                            "threads: " + before[0].threads + ", now " + now.threads);
                    Checks.expect(now.files <= after[0].files + FEW, "descriptors: " + after[0].files + ", now " + now.files);
                    Checks.expect(now.residentKib <= after[0].residentKib * 11 / 10, "memory: " + after[0] + ", now " + now);
                });
            }
            s.check("after a rest: hardly more threads than before the first guest", () -> {
                Checks.await("the threads that ran calls have ended", REST_SECONDS,
                        () -> held().threads <= before[0].threads + FEW);
                System.out.println("      after a rest: " + held());
            });
        }, () -> all.cleanUp("bare"));
    }

    private void cycle(int count) {
        for (int i = 0; i < count; i++) {
            api.call("VM.start", bare, false, false);
            api.call("VM.hard_shutdown", bare);
        }
    }

    private Held held() {
        Path process = Path.of("/proc/" + all.jxapid.pid());
        try (Stream<Path> open = Files.list(process.resolve("fd"))) {
            List<String> status = Files.readAllLines(process.resolve("status"));
            return new Held(number(status, "VmRSS:"), number(status, "Threads:"), open.count());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long number(List<String> status, String field) {
        return status.stream()
                .filter(line -> line.startsWith(field))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
