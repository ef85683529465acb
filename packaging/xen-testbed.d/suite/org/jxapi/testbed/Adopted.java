package org.jxapi.testbed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A running guest of another tool that jxapi takes over, works with and gives back, while the guest runs on. */
final class Adopted {
    private static final Path DISK = Path.of("/srv/neighbour/disk.img");
    private static final Path DISC = Path.of("/boot/guest/guest.iso");

    private final Scenarios all;
    private final Guests guests;
    private final XenApi api;
    private final Owner owner;
    private final boolean hvm;
    private final String name;
    private String vm;
    private String uuid;
    private int domid;
    private String[] before;
    private String extra;
    private String saved;
    private String disk;
    private GuestConsole console;

    /** @param hvm whether the guest has firmware, and boots from a disc; otherwise it is paravirtual */
    Adopted(Scenarios all, Owner owner, boolean hvm) {
        this.all = all;
        this.owner = owner;
        this.hvm = hvm;
        guests = all.guests;
        api = all.api;
        name = owner.tool() + (hvm ? "hvm" : "pv");
    }

    /** Another tool. */
    interface Owner {
        /** Its name. */
        String tool();

        /** Starts a paravirtual guest with a disk and a nic. */
        void createPv(String name, Path disk) throws Exception;

        /** Starts a guest with firmware, a disc that it boots from, a disk, a nic and a screen. */
        void createHvm(String name, Path disk, Path disc) throws Exception;

        /** The last steps of an administrator before jxapi takes the guest. */
        default void quiet() throws Exception {}

        /** Makes it see the guest again, and proves that it does. */
        void resume(String name, int domid) throws Exception;
    }

    void tell() {
        all.checks.scenario("adopt " + (hvm ? "hvm" : "pv") + " from " + owner.tool(), s -> {
            s.check("its guest appears as a VM of another tool", () -> {
                Files.createDirectories(DISK.getParent());
                Command.run("truncate", "-s", "32M", DISK.toString());
                if (hvm) {
                    owner.createHvm(name, DISK, DISC);
                } else {
                    owner.createPv(name, DISK);
                }
                Checks.await("a VM of that name", 60, () -> !api.refs("VM.get_by_name_label", name).isEmpty());
                vm = api.refs("VM.get_by_name_label", name).get(0);
                uuid = all.uuid(vm);
                domid = guests.domid(vm);
                before = counted(0);
                api.refused("OPERATION_NOT_ALLOWED", "VM.snapshot", vm, "no");
            });
            s.check("is adopted: the same domain, the same boot, its disk is a VDI", () -> {
                owner.quiet();
                System.out.println(Command.xe("vm-adopt", "uuid=" + uuid).replaceAll("(?m)^", "      "));
                Checks.expect(!api.call("VM.get_other_config", vm).has("foreign"), "the VM is foreign still");
                Checks.expectEqual(domid, guests.domid(vm), "domain");
                Checks.expectEqual("", watchers(), "processes of xl that wait for the guest");
                disk = guests.disk(vm, "0");
                Checks.expectEqual(32 * Guests.MIB, api.call("VDI.get_virtual_size", disk).asLong(), "size of its disk");
                runsOn();
            });
            s.check("has a console, and writes to its disk", () -> {
                console = new GuestConsole(api, vm);
                Checks.await("a console", 60, () -> console.connected());
                console.ask("write xvda first", "wrote first to xvda");
                if (hvm) {
                    Checks.await("the screen", 60, () -> GuestConsole.screenGreets(api, vm));
                }
            });
            s.check("is paused and unpaused", () -> {
                Command.xe("vm-pause", "uuid=" + uuid);
                Checks.expect(Command.run("xl", "list", String.valueOf(domid)).matches("(?s).*[r-][b-]p---.*"),
                        "xl list does not say paused");
                Command.xe("vm-unpause", "uuid=" + uuid);
                runsOn();
            });
            s.check("gets a disk, and gives it back", () -> {
                int mark = console.mark();
                extra = guests.attach(vm, guests.makeDisk("extra", 16 * Guests.MIB), "1");
                api.call("VBD.plug", extra);
                console.await(mark, "guest: plugged xvdb", 60);
                console.ask("write xvdb more", "wrote more to xvdb");
                api.call("VBD.unplug", extra);
                console.await(mark, "guest: unplugged xvdb", 60);
                String vdi = api.text("VBD.get_VDI", extra);
                api.call("VBD.destroy", extra);
                api.call("VDI.destroy", vdi);
            });
            s.check("is snapshotted while it runs", () -> {
                saved = api.text("VM.snapshot", vm, name + " saved");
                console.ask("write xvda second", "wrote second to xvda");
                runsOn();
            });
            s.check("has its metrics", () -> Checks.await("memory in the VM's metrics", 60, () -> {
                double memory = api.call("VM.query_data_source", vm, "memory").asDouble();
                return memory > 150 * Guests.MIB && memory < 250 * Guests.MIB;
            }));
            s.check("is given back, and runs on", () -> {
                guests.destroy(saved);
                System.out.println(Command.xe("vm-release", "uuid=" + uuid).replaceAll("(?m)^", "      "));
                Checks.expectEqual("true", api.call("VM.get_other_config", vm).path("foreign").asText(),
                        "other_config:foreign");
                Checks.expectEqual(domid, guests.domid(vm), "domain");
                runsOn();
                api.refused("OPERATION_NOT_ALLOWED", "VM.suspend", vm);
            });
            s.check("is " + owner.tool() + "'s again, and runs on", () -> {
                owner.resume(name, domid);
                runsOn();
                console.ask("read xvda", "read second from xvda");
            });
            s.check("is adopted a second time, reboots, and has its data", () -> {
                owner.quiet();
                Command.xe("vm-adopt", "uuid=" + uuid);
                int mark = console.mark();
                Command.xe("vm-reboot", "uuid=" + uuid);
                String boot = Scenarios.ready(console, mark);
                Checks.expect(!boot.equals(before[0]), "the guest has not rebooted");
                domid = guests.domid(vm);
                before = counted(0);
                console.ask("read xvda", "read second from xvda");
            });
            s.check("is given back after that; when xl destroys it, the VM goes and the disk stays", () -> {
                Command.xe("vm-release", "uuid=" + uuid);
                runsOn();
                Command.run("xl", "destroy", String.valueOf(domid));
                Checks.await("the VM is gone", 60, () -> api.refs("VM.get_by_name_label", name).isEmpty());
                Checks.expect(api.refs("VDI.get_all").contains(disk), "its disk is gone");
                Checks.expect(Files.size(DISK) == 32 * Guests.MIB, "the file has another size");
            });
        }, () -> {
            if (console != null) {
                console.close();
            }
            if (vm != null && api.refs("VM.get_all").contains(vm) && !api.call("VM.get_other_config", vm).has("foreign")) {
                Command.xe("vm-release", "uuid=" + uuid);
            }
            Command.shell("xl destroy " + name + " 2>/dev/null");
            Checks.await("the VM is gone", 60, () -> api.refs("VM.get_by_name_label", name).isEmpty());
            if (disk != null) {
                removeRepository();
            }
            Command.run("rm", "-rf", "/srv/neighbour");
            Dom0.nothingLeft();
            guests.agree();
        });
    }

    /** The repository that the adoption made for the disk, if the disk is in no other. */
    private void removeRepository() {
        String sr = api.text("VDI.get_SR", disk);
        api.call("VDI.destroy", disk);
        if (!sr.equals(guests.repository)) {
            api.call("PBD.unplug", api.refs("SR.get_PBDs", sr).get(0));
            api.call("SR.forget", sr);
        }
    }

    /** The boot and the count that the guest has in xenstore, once it is beyond a count. */
    private String[] counted(int beyond) throws InterruptedException {
        String[][] tick = new String[1][];
        Checks.await("the guest counts beyond " + beyond, beyond == 0 && hvm ? 540 : 120, () -> {
            String text = Command.shell("xenstore-read /local/domain/" + guests.domid(vm) + "/data/tick 2>/dev/null");
            tick[0] = text.split(" ");
            return tick[0].length == 2 && Integer.parseInt(tick[0][1]) > beyond;
        });
        return tick[0];
    }

    /** The guest is in the same domain and the same boot, and counts on. */
    private void runsOn() throws InterruptedException {
        String[] now = counted(Integer.parseInt(before[1]));
        Checks.expectEqual(before[0], now[0], "boot id");
        Checks.expectEqual(name, Dom0.domains().get(domid), "name of domain " + domid);
        before = now;
    }

    private String watchers() {
        return Command.shell("for p in $(pgrep -x xl); do readlink /proc/$p/fd/* | grep -q xl-" + name + ".log && echo $p; done");
    }

    /** xl. */
    static Owner xl() {
        return new Owner() {
            @Override
            public String tool() {
                return "xl";
            }

            @Override
            public void createPv(String name, Path disk) throws IOException {
                Command.run("xl", "create", Dom0.xlConfig(name, "disk = [ \"format=raw,vdev=xvda,access=rw,target=" + disk
                        + "\" ]\nvif = [ \"bridge=xenbr0\" ]\n").toString());
            }

            @Override
            public void createHvm(String name, Path disk, Path disc) throws IOException {
                Path config = Files.writeString(Path.of("/root/" + name + ".cfg"), "name = \"" + name + "\"\ntype = \"hvm\"\n"
                        + "memory = 192\nvcpus = 1\nboot = \"d\"\nserial = \"pty\"\nvnc = 1\n"
                        + "disk = [ \"format=raw,vdev=xvda,access=rw,target=" + disk
                        + "\", \"format=raw,vdev=hdc,access=ro,devtype=cdrom,target=" + disc + "\" ]\n"
                        + "vif = [ \"bridge=xenbr0\" ]\n");
                Command.run("xl", "create", config.toString());
            }

            @Override
            public void resume(String name, int domid) {
                Command.run("xl", "pause", name);
                Command.run("xl", "unpause", name);
                Checks.expect(Command.run("xl", "block-list", name).contains("51712"), "xl does not list its disk");
            }
        };
    }

    /** libvirt, whose daemon is stopped while jxapi has the guest. */
    static Owner libvirt() {
        return new Owner() {
            private static final List<String> VIRSH = List.of("virsh", "-c", "xen:///system");

            @Override
            public String tool() {
                return "libvirt";
            }

            private String virsh(String... words) {
                List<String> all = new java.util.ArrayList<>(VIRSH);
                all.addAll(List.of(words));
                return Command.run(all.toArray(String[]::new));
            }

            private void start() throws InterruptedException {
                Command.run("libvirtd", "--daemon");
                Checks.await("libvirt", 60, () -> Command.shell("virsh -c xen:///system version 2>&1").contains("hypervisor"));
            }

            @Override
            public void createPv(String name, Path disk) throws Exception {
                start();
                virsh("create", Dom0.libvirtConfig(name, disk, "").toString());
            }

            @Override
            public void createHvm(String name, Path disk, Path disc) throws Exception {
                start();
                Path config = Files.writeString(Path.of("/root/" + name + ".xml"), "<domain type='xen'><name>" + name + "</name>"
                        + "<memory unit='KiB'>196608</memory><vcpu>1</vcpu><os><type arch='x86_64' machine='xenfv'>hvm</type>"
                        + "<loader type='rom'>/usr/lib/xen-4.17/boot/hvmloader</loader><boot dev='cdrom'/></os>"
                        + "<features><acpi/><apic/></features><devices>"
                        + "<disk type='file' device='disk'><driver name='phy' type='raw'/><source file='" + disk
                        + "'/><target dev='xvda' bus='xen'/></disk>"
                        + "<disk type='file' device='cdrom'><driver name='qemu' type='raw'/><source file='" + disc
                        + "'/><target dev='hdc' bus='ide'/><readonly/></disk>"
                        + "<interface type='bridge'><source bridge='xenbr0'/></interface>"
                        + "<serial type='pty'><target port='0'/></serial>"
                        + "<graphics type='vnc' listen='127.0.0.1'/></devices></domain>");
                virsh("create", config.toString());
            }

            @Override
            public void quiet() throws InterruptedException {
                Command.shell("kill $(pidof libvirtd)");
                Checks.await("libvirtd ends", 60, () -> Command.shell("pidof libvirtd").isEmpty());
            }

            @Override
            public void resume(String name, int domid) throws InterruptedException {
                start();
                Checks.expectEqual(String.valueOf(domid), virsh("domid", name), "domain of libvirt");
                virsh("suspend", name);
                Checks.expectEqual("paused", virsh("domstate", name), "state");
                virsh("resume", name);
            }
        };
    }
}
