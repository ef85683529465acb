package org.jxapi.testbed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Measures jxapid against xl and libvirt: the same guest is started and ended by both in turn. */
final class Pairs {
    /** The first pair warms both up and is not counted. */
    private static final int PAIRS = 10;

    private static final Path PEER_DISK = Path.of("/srv/peer.img");

    private final Scenarios all;
    private final Guests guests;
    private final XenApi api;
    private String vm;

    Pairs(Scenarios all) {
        this.all = all;
        guests = all.guests;
        api = all.api;
    }

    /** Another tool stack: how it starts the guest, and how it ends it. */
    private record Peer(String[] start, String[] end) {}

    void tell(String template) {
        against("xl", template, this::xl);
        if (Files.exists(Path.of("/usr/sbin/libvirtd"))) {
            all.checks.scenario("libvirt", s -> s.check("runs", () -> {
                Command.run("libvirtd", "--daemon");
                Checks.await("libvirt", 60, () -> Command.shell("virsh -c xen:///system version 2>&1").contains("hypervisor"));
                System.out.println("      libvirt " + Command.run("virsh", "--version"));
            }), () -> {});
            against("libvirt", template, this::libvirt);
            Command.shell("kill $(pidof libvirtd)");
        }
    }

    /** Writes the guest's configuration for the other tool stack. */
    private interface Configured {
        Peer by(boolean devices) throws IOException;
    }

    private void against(String who, String template, Configured peer) {
        for (boolean devices : new boolean[] {false, true}) {
            all.checks.scenario("start and end against " + who + (devices ? ", disk and nic" : ", no devices"), s -> {
                s.check("has a guest", () -> {
                    vm = devices ? guests.install(template, "pair") : guests.installBare(template, "pair");
                    api.call("VM.set_VCPUs_max", vm, 1);
                    api.call("VM.set_VCPUs_at_startup", vm, 1);
                });
                s.check(PAIRS + " pairs, the first not counted", () -> run(peer.by(devices)));
            }, () -> {
                all.cleanUp("pair");
                Files.deleteIfExists(PEER_DISK);
            });
        }
    }

    private Peer xl(boolean devices) throws IOException {
        Path config = Dom0.xlConfig("peer", !devices ? "" : "disk = [ \"format=raw,vdev=xvda,access=rw,target=" + disk()
                + "\" ]\nvif = [ \"mac=" + mac() + ",bridge=xenbr0\" ]\n");
        return new Peer(new String[] {"xl", "create", config.toString()}, new String[] {"xl", "destroy", "peer"});
    }

    private Peer libvirt(boolean devices) throws IOException {
        Path config = Dom0.libvirtConfig("peer", devices ? disk() : null, devices ? mac() : "");
        return new Peer(
                new String[] {"virsh", "-c", "xen:///system", "create", config.toString()},
                new String[] {"virsh", "-c", "xen:///system", "destroy", "peer"});
    }

    /** A raw file of the size of jxapid's disk: how xl's and libvirt's users write their disks. */
    private Path disk() throws IOException {
        long size = api.call("VDI.get_virtual_size", guests.disk(vm, "0")).asLong();
        Command.run("truncate", "-s", String.valueOf(size), PEER_DISK.toString());
        return PEER_DISK;
    }

    private String mac() {
        return api.text("VIF.get_MAC", api.refs("VM.get_VIFs", vm).get(0));
    }

    private void run(Peer peer) throws InterruptedException {
        List<Double> starts = new ArrayList<>();
        List<Double> ends = new ArrayList<>();
        List<Double> peerStarts = new ArrayList<>();
        List<Double> peerEnds = new ArrayList<>();
        for (int pair = 0; pair < PAIRS; pair++) {
            if (pair % 2 == 0) {
                ours(starts, ends);
                theirs(peer, peerStarts, peerEnds);
            } else {
                theirs(peer, peerStarts, peerEnds);
                ours(starts, ends);
            }
        }
        report("VM.start", starts, peer.start()[0] + " create", peerStarts);
        report("VM.hard_shutdown", ends, peer.end()[0] + " destroy", peerEnds);
    }

    private void ours(List<Double> starts, List<Double> ends) throws InterruptedException {
        starts.add(time(() -> api.call("VM.start", vm, false, false)));
        ends.add(time(() -> api.call("VM.hard_shutdown", vm)));
        Dom0.nothingLeft();
    }

    private void theirs(Peer peer, List<Double> starts, List<Double> ends) throws InterruptedException {
        starts.add(time(() -> Command.run(peer.start())));
        ends.add(time(() -> Command.run(peer.end())));
        Dom0.nothingLeft();
        // The domain was shown as a VM meanwhile.
        guests.agree();
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
}
