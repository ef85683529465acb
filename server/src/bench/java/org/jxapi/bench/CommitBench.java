package org.jxapi.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jxapi.datamodel.Row;
import org.jxapi.store.H2Store;
import org.jxapi.xenapi.Network;

/**
 * Durable transactions per second of one writer and of eight, compared with the floor: a file that grows by a block of
 * 4 KiB with an fdatasync each. Rounds alternate, and the medians count. The processor time of a transaction is that of
 * all threads of the process, and depends less on the load of the machine than the clock.
 */
final class CommitBench {
    private static final int ROUNDS = 5;
    private static final int BLOCK = 4096;
    private static final long ROUND_MS = Long.getLong("round", 2000);

    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    /** One round: what was done, and at which cost. */
    private record Round(double perSecond, double processorMicros) {}

    private CommitBench() {}

    public static void main(String[] args) throws Exception {
        Path folder = Files.createTempDirectory(Path.of("target"), "commits");
        try (H2Store store = H2Store.open(folder)) {
            writers(store, 1);
            for (int writers : new int[] {1, 8}) {
                List<Double> ours = new ArrayList<>();
                List<Double> floor = new ArrayList<>();
                List<Double> ratios = new ArrayList<>();
                List<Double> processor = new ArrayList<>();
                for (int i = 0; i < ROUNDS; i++) {
                    Round round = writers(store, writers);
                    ours.add(round.perSecond);
                    processor.add(round.processorMicros);
                    floor.add(appends(folder.resolve("appended")));
                    ratios.add(ours.get(i) / floor.get(i));
                }
                System.out.printf(
                        "%d writers: %.0f transactions/s; append and fdatasync %.0f/s; ratio %.2f; processor %.0f us%n",
                        writers, median(ours), median(floor), median(ratios), median(processor));
            }
        }
    }

    private static double median(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2);
    }

    private static Round writers(H2Store store, int count) throws InterruptedException {
        AtomicLong done = new AtomicLong();
        long processor = SYSTEM.getProcessCpuTime();
        long begin = System.nanoTime();
        long end = begin + ROUND_MS * 1_000_000;
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Thread thread = new Thread(() -> {
                while (System.nanoTime() < end) {
                    store.change(tx -> tx.create(Row.of(Network.XEN_CLASS).with(Network.NAME_LABEL, "network")));
                    done.incrementAndGet();
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        return new Round(done.get() / seconds, (SYSTEM.getProcessCpuTime() - processor) / 1e3 / done.get());
    }

    private static double appends(Path file) throws IOException {
        long begin = System.nanoTime();
        long end = begin + ROUND_MS * 1_000_000;
        long done = 0;
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            while (System.nanoTime() < end) {
                channel.write(ByteBuffer.allocate(BLOCK));
                channel.force(false);
                done++;
            }
        }
        return done * 1e9 / (System.nanoTime() - begin);
    }
}
