package org.jxapi.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jxapi.archive.Recorder;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datasource.Sampler;
import org.jxapi.hypervisor.DiskConfig;
import org.jxapi.hypervisor.DiskFormat;
import org.jxapi.hypervisor.DomainBuildInfo;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.DomainCreateInfo;
import org.jxapi.hypervisor.DomainKind;
import org.jxapi.hypervisor.NicConfig;
import org.jxapi.hypervisor.simulator.SimulatedHypervisor;
import org.jxapi.hypervisor.simulator.SimulatorSettings;
import org.jxapi.local.Hosts;
import org.jxapi.measure.Measurements;
import org.jxapi.measure.Owner;
import org.jxapi.measure.RrdText;
import org.jxapi.measure.RrdUpdates;
import org.jxapi.store.H2Store;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmPowerState;

/**
 * The cost of measurements with 100 running VMs of two virtual CPUs, two disks and a network interface each: processor time
 * of a look every 5 s, with the files that are written meanwhile, and of a start. The clock of the bench is faster.
 */
final class MetricsBench {
    private static final int VMS = Integer.getInteger("vms", 100);
    private static final int WARM_UP = 3000;
    private static final int LOOKS = 1440;
    private static final int PERIOD = 5;
    private static final long GIB_KIB = 1 << 20;
    private static final double NANOS = 1e9;

    /** A clock that only the bench moves. */
    private static final class FastClock extends Clock {
        private Instant now = Instant.parse("2026-11-28T00:00:00Z");

        void pass(long seconds) {
            now = now.plus(Duration.ofSeconds(seconds));
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    private MetricsBench() {}

    public static void main(String[] args) throws Exception {
        Path folder = Files.createTempDirectory(Path.of("target"), "metrics");
        FastClock clock = new FastClock();
        SimulatedHypervisor xen = SimulatedHypervisor.inMemory(
                new SimulatorSettings(16, 512 * GIB_KIB, 4 * GIB_KIB, true, Duration.ZERO, Duration.ZERO));
        try (Store store = H2Store.open(folder)) {
            List<String> uuids = machines(store, xen, folder);
            Path files = folder.resolve("rrds");
            Measurements measurements = new Measurements();
            Recorder recorder =
                    new Recorder(store, measurements, new Sampler(store, Hosts.only(xen))::look, clock, files);
            recorder.start();
            for (int i = 0; i < WARM_UP; i++) {
                // Far enough apart to fill the hours of a week, and near enough to leave no gap.
                clock.pass(240);
                recorder.look();
            }
            double cpu = cpu();
            long begin = System.nanoTime();
            long most = 0;
            for (int i = 0; i < LOOKS; i++) {
                clock.pass(PERIOD);
                recorder.look();
                most = Math.max(most, size(files, "journal-"));
            }
            double used = cpu() - cpu;
            double elapsed = (System.nanoTime() - begin) / NANOS;
            System.out.printf(
                    "%d VMs: a look %.2f ms of CPU (%.2f ms elapsed), %.2f %% of a core every %d s%n",
                    VMS, used / LOOKS * 1e3, elapsed / LOOKS * 1e3, 100 * used / LOOKS / PERIOD, PERIOD);
            System.out.printf(
                    "a VM: %d sources, a file of %.0f KiB, XML of %.0f KiB; journal at most %.1f MiB%n",
                    measurements.sources(Owner.vm(uuids.get(0))).size(),
                    Files.size(files.resolve(uuids.get(0) + ".gz")) / 1024.0,
                    RrdText.xml(measurements.copy(Owner.vm(uuids.get(0))).orElseThrow(), true)
                                    .length()
                            / 1024.0,
                    most / 1024.0 / 1024);
            save(measurements, recorder, uuids);
            poll(measurements, clock);
            recorder.stop();
            double before = cpu();
            new Recorder(store, new Measurements(), new Sampler(store, Hosts.only(xen))::look, clock, files).start();
            System.out.printf("the start reads everything in %.2f s of CPU, in the background%n", cpu() - before);
        }
        xen.close();
        System.exit(0);
    }

    private static void save(Measurements measurements, Recorder recorder, List<String> uuids) throws IOException {
        double before = cpu();
        for (String uuid : uuids) {
            recorder.files().write(uuid, measurements.copy(Owner.vm(uuid)).orElseThrow());
        }
        System.out.printf("a file is written in %.2f ms of CPU%n", (cpu() - before) / uuids.size() * 1e3);
    }

    private static void poll(Measurements measurements, Clock clock) {
        double before = cpu();
        int polls = 20;
        long length = 0;
        for (int i = 0; i < polls; i++) {
            length = RrdUpdates.json(measurements.answer(new RrdUpdates.Question(
                            clock.instant().getEpochSecond() - 595, 5, Optional.empty(), owner -> true)))
                    .length();
        }
        System.out.printf(
                "a poll of all 5 s values: %.1f MiB in %.0f ms of CPU%n",
                length / 1024.0 / 1024, (cpu() - before) / polls * 1e3);
    }

    private static double cpu() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() / NANOS;
    }

    private static long size(Path folder, String prefix) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    private static List<String> machines(Store store, SimulatedHypervisor xen, Path folder) throws IOException {
        Path image = Files.createFile(folder.resolve("image"));
        List<String> uuids = new ArrayList<>();
        Ref<SR> sr = store.transact(tx -> {
            tx.create(Row.of(Host.XEN_CLASS).with(Host.UUID, UUID.randomUUID().toString()));
            tx.create(Row.of(Pool.XEN_CLASS));
            tx.create(Row.of(PIF.XEN_CLASS)
                    .with(PIF.DEVICE, "eth0")
                    .with(PIF.VLAN, -1L)
                    .with(PIF.PHYSICAL, true));
            tx.create(Row.of(VM.XEN_CLASS)
                    .with(VM.UUID, UUID.randomUUID().toString())
                    .with(VM.IS_CONTROL_DOMAIN, true)
                    .with(VM.POWER_STATE, VmPowerState.RUNNING)
                    .with(VM.DOMID, 0L));
            return tx.create(
                    Row.of(SR.XEN_CLASS).with(SR.UUID, UUID.randomUUID().toString()));
        });
        for (int i = 0; i < VMS; i++) {
            UUID uuid = UUID.randomUUID();
            uuids.add(uuid.toString());
            int domid = xen.domains().create(domain(uuid, image), false);
            store.change(tx -> row(tx, uuid.toString(), domid, sr));
        }
        return uuids;
    }

    private static DomainConfig domain(UUID uuid, Path image) {
        return DomainConfig.builder()
                .cInfo(DomainCreateInfo.builder()
                        .type(DomainKind.HVM)
                        .name(uuid.toString())
                        .uuid(uuid)
                        .build())
                .bInfo(DomainBuildInfo.builder()
                        .maxVcpus(2)
                        .maxMemkb(GIB_KIB)
                        .targetMemkb(GIB_KIB)
                        .build())
                .disks(List.of(
                        DiskConfig.disk(image.toString(), "xvda", DiskFormat.RAW),
                        DiskConfig.disk(image.toString(), "xvdb", DiskFormat.RAW)))
                .nics(List.of(NicConfig.builder().devid(0).build()))
                .build();
    }

    private static void row(Transaction tx, String uuid, int domid, Ref<SR> sr) {
        Ref<VM> vm = tx.create(Row.of(VM.XEN_CLASS)
                .with(VM.UUID, uuid)
                .with(VM.POWER_STATE, VmPowerState.RUNNING)
                .with(VM.MEMORY_DYNAMIC_MIN, GIB_KIB * 1024)
                .with(VM.MEMORY_DYNAMIC_MAX, GIB_KIB * 1024)
                .with(VM.DOMID, (long) domid));
        for (String device : List.of("xvda", "xvdb")) {
            Ref<VDI> vdi = tx.create(Row.of(VDI.XEN_CLASS).with(VDI.SR, sr));
            tx.create(Row.of(VBD.XEN_CLASS).with(VBD.VM, vm).with(VBD.VDI, vdi).with(VBD.DEVICE, device));
        }
    }
}
