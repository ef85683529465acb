package org.jxapi.testbed;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** Types of storage repositories on real devices and servers of dom0, by the commands of XenServer's guides. */
final class StorageTypes {
    private static final long SIZE = 16 * Guests.MIB;

    private final Scenarios all;
    private final Guests guests;
    private final XenApi api;
    private String sr;
    private String vm;
    private String vbd;
    private String disk;
    private String saved;
    private String snapshot;
    private GuestConsole console;

    StorageTypes(Scenarios all) {
        this.all = all;
        guests = all.guests;
        api = all.api;
    }

    /** The device or server that a type needs. */
    interface Ground {
        /** Makes it; returns the {@code device-config:} words of xe. */
        List<String> make();

        void remove();

        /** Whether it is a server that can stop and start again. */
        default boolean canStop() {
            return false;
        }

        default void stop() {
            throw new UnsupportedOperationException();
        }

        default void restart() {
            throw new UnsupportedOperationException();
        }
    }

    /**
     * A loop device. The scenario must detach it before the check for leftovers.
     *
     * @param more further words for {@code xe sr-create}
     */
    static Ground device(String file, String... more) {
        return new Ground() {
            private String device = "";

            @Override
            public List<String> make() {
                Command.run("truncate", "-s", "1G", file);
                device = Command.run("losetup", "-f", "--show", file);
                List<String> words = new ArrayList<>(List.of(more));
                words.add("device-config:device=" + device);
                return words;
            }

            @Override
            public void remove() {
                Command.run("losetup", "-d", device);
                Command.run("rm", file);
            }
        };
    }

    /** Programs and modules of ZFS for dom0, to be put over its root. */
    static final Path ZFS = Path.of("/share/zfs");

    /** A file system of ZFS. */
    static Ground zpool(String file) {
        return new Ground() {
            @Override
            public List<String> make() {
                Command.run("sh", "-ec", "tar -C " + ZFS + " -c . | tar -C / -x --keep-directory-symlink\n"
                        + "depmod\nldconfig\nmodprobe zfs zfs_arc_max=134217728\n"
                        + "truncate -s 1G " + file + "\nzpool create -m /tank tank " + file);
                return List.of("device-config:location=/tank");
            }

            @Override
            public void remove() {
                Command.run("sh", "-ec", "zpool destroy tank\nrm " + file);
            }
        };
    }

    /**
     * An export of dom0's own NFS server, which clients may use again 10 s after it was started.
     *
     * @param server the address of dom0 that repositories name
     * @param client the address or network that may use it
     */
    static Ground export(String folder, String server, String client) {
        return new Ground() {
            @Override
            public boolean canStop() {
                return true;
            }

            @Override
            public void stop() {
                Command.run("rpc.nfsd", "0");
            }

            @Override
            public void restart() {
                Command.run("sh", "-ec", "for time in lease grace; do echo 10 >/proc/fs/nfsd/nfsv4${time}time; done\n"
                        + "rpc.nfsd -N 3 -V 4.2 4");
            }

            @Override
            public List<String> make() {
                Command.run("sh", "-ec", "mkdir -p " + folder + " /var/lib/nfs/v4recovery /run/rpc_pipefs\n"
                        + "modprobe nfsd\nmountpoint -q /proc/fs/nfsd || mount -t nfsd nfsd /proc/fs/nfsd\n"
                        + "echo '" + folder + " " + client + "(rw,no_root_squash,no_subtree_check,fsid=1,insecure)'"
                        + " >/etc/exports\n"
                        + "exportfs -ra\nrpc.nfsd -N 3 -V 4.2 4\npgrep rpc.mountd || rpc.mountd -N 3");
                return List.of("device-config:server=" + server, "device-config:serverpath=" + folder,
                        "device-config:nfsversion=4.2");
            }

            @Override
            public void remove() {
                Command.run("sh", "-c", "exportfs -ua; rpc.nfsd 0; rm -rf " + folder);
            }
        };
    }

    /**
     * @param type {@code SR.type}
     * @param template the template of the guest that uses it
     */
    void tell(String type, String template, Ground ground) {
        tell(type, "", template, ground);
    }

    /** @param kind the name of these repositories among those of one type */
    void tell(String type, String kind, String template, Ground ground) {
        String name = ("storage " + type + " " + kind).strip();
        all.checks.scenario(name, s -> {
            s.check("is made by xe sr-create", () -> {
                List<String> words = new ArrayList<>(List.of("sr-create", "type=" + type, "name-label=" + name,
                        "content-type=user"));
                words.addAll(ground.make());
                sr = api.text("SR.get_by_uuid", Command.xe(words.toArray(String[]::new)));
            });
            s.check("has the disk of a guest that starts and writes to it", () -> {
                vm = guests.install(template, name);
                console = new GuestConsole(api, vm);
                disk = makeDisk();
                vbd = guests.attach(vm, disk, "1");
                api.call("VM.start", vm, false, false);
                Scenarios.ready(console, 0);
                console.ask("write xvdb first", "wrote first to xvdb");
            });
            s.check("takes a snapshot while the guest runs", () -> {
                long start = System.nanoTime();
                saved = api.text("VM.snapshot", vm, name + " saved");
                System.out.printf(Locale.ROOT, "      %s: snapshot after %.1f s%n", type, Checks.seconds(start));
                snapshot = guests.disk(saved, "1");
                console.ask("write xvdb second", "wrote second to xvdb");
            });
            s.check("has the old data in a clone of the snapshot, and the new data on the disk", () -> {
                String clone = api.text("VDI.clone", snapshot, XenApi.object());
                String other = guests.attach(vm, clone, "2");
                plug(other, "xvdc");
                console.ask("read xvdc", "read first from xvdc");
                console.ask("read xvdb", "read second from xvdb");
                unplug(other, "xvdc");
                api.call("VBD.destroy", other);
                api.call("VDI.destroy", clone);
            });
            s.check("enlarges the disk, whose data stay", () -> {
                unplug(vbd, "xvdb");
                api.call("VDI.resize", disk, 2 * SIZE);
                plug(vbd, "xvdb");
                console.ask("devices", "disk xvdb " + 2 * SIZE);
                console.ask("read xvdb", "read second from xvdb");
            });
            s.check("keeps its disks when jxapid is killed, which finds them again", () -> {
                all.jxapid.kill();
                all.startJxapid();
                console.ask("read xvdb", "read second from xvdb");
                Checks.expect(api.refs("SR.get_VDIs", sr).contains(snapshot), "the snapshot is gone");
            });
            if (ground.canStop()) {
                s.check("fails alone while its server is away, and works when it is back", () -> outage(type, ground));
            }
            s.check("goes back to the snapshot", () -> {
                api.call("VM.revert", saved);
                vbd = guests.vbd(vm, "1");
                int mark = console.mark();
                api.call("VM.start", vm, false, false);
                Scenarios.ready(console, mark);
                console.ask("read xvdb", "read first from xvdb");
                console.ask("devices", "disk xvdb " + SIZE);
            });
            s.check("is unplugged and plugged again, with its disks", () -> {
                api.call("VM.hard_shutdown", vm);
                String pbd = api.refs("SR.get_PBDs", sr).get(0);
                long start = System.nanoTime();
                api.call("PBD.unplug", pbd);
                double unplugged = Checks.seconds(start);
                start = System.nanoTime();
                api.call("PBD.plug", pbd);
                System.out.printf(Locale.ROOT, "      unplugged in %.1f s, plugged in %.1f s%n", unplugged,
                        Checks.seconds(start));
                Checks.expect(api.refs("SR.get_VDIs", sr).contains(snapshot), "the snapshot is gone");
                int mark = console.mark();
                api.call("VM.start", vm, false, false);
                Scenarios.ready(console, mark);
                console.ask("read xvdb", "read first from xvdb");
            });
            s.check("gives away its disk while the guest runs, and takes it back", () -> {
                String[] before = Scenarios.tick(console, console.mark());
                move(guests.repository);
                Checks.expectEqual(before[0], Scenarios.tick(console, console.mark())[0], "boot id");
                console.ask("read xvdb", "read first from xvdb");
                api.call("VM.hard_shutdown", vm);
                move(sr);
                int mark = console.mark();
                api.call("VM.start", vm, false, false);
                Scenarios.ready(console, mark);
                console.ask("read xvdb", "read first from xvdb");
            });
            s.check("gives its disk to another repository, and takes it back while the guest runs", () -> {
                api.call("VM.hard_shutdown", vm);
                move(guests.repository);
                int mark = console.mark();
                api.call("VM.start", vm, false, false);
                Scenarios.ready(console, mark);
                move(sr);
                Scenarios.tick(console, console.mark());
                console.ask("read xvdb", "read first from xvdb");
            });
            if (type.startsWith("lvm")) {
                s.check("shows which blocks the guest has changed", () -> {
                    api.call("VDI.enable_cbt", disk);
                    String before = api.text("VM.snapshot", vm, name + " before");
                    console.ask("write xvdb second", "wrote second to xvdb");
                    String after = api.text("VM.snapshot", vm, name + " after");
                    byte[] changed = Base64.getDecoder().decode(api.text("VDI.list_changed_blocks",
                            guests.disk(before, "1"), guests.disk(after, "1")));
                    Checks.expect(changed.length > 0 && changed[0] != 0, "the first block of " + changed.length + " bytes");
                    guests.destroy(before);
                    guests.destroy(after);
                    api.call("VDI.disable_cbt", disk);
                });
            }
            s.check("is emptied and destroyed", () -> {
                api.call("VM.hard_shutdown", vm);
                api.call("VBD.destroy", vbd);
                guests.destroy(saved);
                for (String vdi : api.refs("SR.get_VDIs", sr)) {
                    api.call("VDI.destroy", vdi);
                }
                api.call("SR.scan", sr);
                Checks.expect(api.refs("SR.get_VDIs", sr).isEmpty(), "disks are left");
                api.call("PBD.unplug", api.refs("SR.get_PBDs", sr).get(0));
                api.call("SR.destroy", sr);
            });
        }, () -> {
            if (console != null) {
                console.close();
            }
            ground.remove();
            all.cleanUp(name);
        });
    }

    /** The server stops answering for a while. Every program of LVM looks at all disks, so another group is tried too. */
    private void outage(String type, Ground ground) throws Exception {
        List<String> others = new ArrayList<>(List.of(guests.repository));
        Ground device = device("/root/other.img");
        if (type.startsWith("lvm")) {
            List<String> words = new ArrayList<>(List.of("sr-create", "type=lvm", "name-label=other", "content-type=user"));
            words.addAll(device.make());
            others.add(api.text("SR.get_by_uuid", Command.xe(words.toArray(String[]::new))));
        }
        ground.stop();
        FutureTask<String> scan = new FutureTask<>(() -> {
            try {
                api.call("SR.scan", sr);
                return "";
            } catch (XenApi.Failure e) {
                return e.getMessage();
            }
        });
        Thread thread = new Thread(scan, "scan");
        thread.setDaemon(true);
        thread.start();
        long start = System.nanoTime();
        for (String other : others) {
            long before = System.nanoTime();
            api.call("SR.scan", other);
            double took = Checks.seconds(before);
            System.out.printf(Locale.ROOT, "      another SR was scanned in %.1f s%n", took);
            Checks.expect(took < 20, "the scan of another SR took " + took + " s");
        }
        String failure = scan.get(240, TimeUnit.SECONDS);
        System.out.printf(Locale.ROOT, "      after %.1f s: %s%n", Checks.seconds(start), failure);
        Checks.expect(failure.contains("SR_BACKEND_FAILURE_47") || failure.contains("do not answer"),
                "the scan ended with '" + failure + "'");
        ground.restart();
        Checks.await("the SR works again", 240, () -> {
            try {
                api.call("SR.scan", sr);
                return true;
            } catch (XenApi.Failure e) {
                return false;
            }
        });
        Checks.expect(api.refs("SR.get_VDIs", sr).contains(snapshot), "the snapshot is gone");
        console.ask("read xvdb", "read second from xvdb");
        if (others.size() > 1) {
            api.call("PBD.unplug", api.refs("SR.get_PBDs", others.get(1)).get(0));
            api.call("SR.destroy", others.get(1));
            device.remove();
        }
    }

    /** Moves the disk, with that of the snapshot. */
    private void move(String target) {
        long start = System.nanoTime();
        api.call("VDI.pool_migrate", guests.disk(vm, "1"), target, XenApi.object());
        System.out.printf(Locale.ROOT, "      moved in %.1f s%n", Checks.seconds(start));
        disk = guests.disk(vm, "1");
        snapshot = guests.disk(saved, "1");
        vbd = guests.vbd(vm, "1");
    }

    private String makeDisk() {
        String file = guests.repository;
        guests.repository = sr;
        try {
            return guests.makeDisk("disk", SIZE);
        } finally {
            guests.repository = file;
        }
    }

    private void plug(String device, String seen) throws Exception {
        int mark = console.mark();
        api.call("VBD.plug", device);
        console.await(mark, "guest: plugged " + seen, 60);
    }

    private void unplug(String device, String seen) throws Exception {
        int mark = console.mark();
        api.call("VBD.unplug", device);
        console.await(mark, "guest: unplugged " + seen, 60);
    }
}
