package org.jxapi.datasource;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jxapi.measure.Owner;
import org.jxapi.measure.Source;

/** The data sources of a disk or of all disks of an SR, as upstream's rrdp-iostat names them. */
final class DiskSources {
    private static final double MIB = 1 << 20;

    private final List<Source> all;

    private DiskSources(List<Source> all) {
        this.all = all;
    }

    static DiskSources ofDisk(String vdev) {
        return of("disk " + vdev, key -> "vbd_" + vdev + "_" + key);
    }

    /** @param uuid the SR, whose first eight characters end the names */
    static DiskSources ofSr(String uuid) {
        String start = uuid.substring(0, Math.min(8, uuid.length()));
        return of("SR " + start, key -> key + "_" + start);
    }

    private static DiskSources of(String what, UnaryOperator<String> name) {
        return new DiskSources(List.of(
                Source.derive(name.apply("read"), "Bytes read from " + what + " in a second", "B/s"),
                Source.derive(name.apply("write"), "Bytes written to " + what + " in a second", "B/s"),
                Source.gauge(name.apply("read_latency"), "Time of a read from " + what, "μs")
                        .real(),
                Source.gauge(name.apply("write_latency"), "Time of a write to " + what, "μs")
                        .real(),
                Source.absolute(name.apply("io_throughput_read"), "Data read from " + what, "MiB/s")
                        .real(),
                Source.absolute(name.apply("io_throughput_write"), "Data written to " + what, "MiB/s")
                        .real(),
                Source.absolute(name.apply("io_throughput_total"), "Data read from and written to " + what, "MiB/s")
                        .real(),
                Source.absolute(name.apply("iops_read"), "Requests to read from " + what, "requests/s"),
                Source.absolute(name.apply("iops_write"), "Requests to write to " + what, "requests/s"),
                Source.absolute(name.apply("iops_total"), "All requests to " + what, "requests/s"),
                Source.absolute(name.apply("iowait"), "Time that all requests to " + what + " waited", "s/s")
                        .real(),
                Source.gauge(name.apply("inflight"), "Requests to " + what + " that are not done", "requests"),
                Source.gauge(name.apply("latency"), "Time of a request to " + what, "μs")
                        .real(),
                Source.gauge(
                                name.apply("avgqu_sz"),
                                "Requests to " + what + " that are not done, on average",
                                "requests")
                        .real()));
    }

    /** Adds the readings, in the order of the sources above. */
    void add(Readings readings, Owner owner, long readBytes, long writeBytes, DiskActivity activity) {
        double read = activity.readBytes() / MIB;
        double written = activity.writeBytes() / MIB;
        double[] values = {
            readBytes,
            writeBytes,
            activity.readLatency(),
            activity.writeLatency(),
            read,
            written,
            read + written,
            activity.reads(),
            activity.writes(),
            activity.reads() + activity.writes(),
            activity.waited(),
            activity.inFlight(),
            activity.latency(),
            activity.queue()
        };
        for (int i = 0; i < values.length; i++) {
            readings.add(owner, all.get(i), values[i]);
        }
    }
}
