package org.jxapi.testbed;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The checks of jxapid on a real Xen. Runs in dom0: {@code Suite smoke|full|kills|bench|storage|host|pool [--only TEXT]… [JXAPID OPTION…]}; with
 * --only, just the scenarios whose names contain one of the texts.
 */
final class Suite {
    private Suite() {}

    public static void main(String[] arguments) throws Exception {
        List<String> options = new ArrayList<>(List.of(arguments).subList(1, arguments.length));
        List<String> only = new ArrayList<>();
        while (options.size() > 1 && options.get(0).equals("--only")) {
            options.remove(0);
            only.add(options.remove(0));
        }
        long start = System.nanoTime();
        Jxapid jxapid = new Jxapid(options);
        XenApi api = new XenApi(Jxapid.PORT);
        Guests guests = new Guests(api);
        Checks checks = new Checks(only, Suite::showHost);
        String[] templates = new String[3];
        checks.always("jxapid", s -> {
            s.check("starts in dom0 and drives Xen", () -> {
                double seconds = jxapid.start();
                System.out.printf("      ready after %.1f s%n", seconds);
                api.login(jxapid.password());
                String xen = api.call("host.get_software_version", api.refs("host.get_all").get(0))
                        .path("xen")
                        .asText();
                Checks.expect(Command.run("xl", "info").contains(xen) && !xen.isEmpty(), "says the wrong Xen: " + xen);
                guests.agree();
            });
            s.check("makes a file SR and templates", () -> {
                guests.makeRepository();
                templates[0] = guests.template("small pv", "pv");
                templates[1] = guests.template("small pvh", "pvh");
                templates[2] = guests.template("small hvm", "hvm");
            });
        }, Dom0::nothingLeft);
        if (templates[2] != null) {
            try (Events events = new Events(api)) {
                Scenarios all = new Scenarios(checks, jxapid, api, guests, events);
                switch (arguments[0]) {
                    case "bench" -> {
                        new Pairs(all).tell(templates[0]);
                        new Growth(all, (int) number("XEN_TESTBED_CYCLES", 200)).tell(templates[0]);
                    }
                    case "kills" -> new KilledMidway(all, (int) number("XEN_TESTBED_KILLS", 30),
                            number("XEN_TESTBED_SEED", System.nanoTime())).tell(templates[0]);
                    case "host" -> tellHost(all, templates[0]);
                    case "pool" -> tellPool(all, templates[0]);
                    case "storage" -> tellStorage(all, templates);
                    default -> tellAll(all, templates, arguments[0].equals("full"));
                }
            }
        }
        checks.always("jxapid's end", s -> s.check("takes a second or two when it is asked to end", jxapid::stop), () -> {});
        System.out.printf("%s suite: %.0f s%n", arguments[0], Checks.seconds(start));
        System.exit(checks.close() ? 0 : 1);
    }

    private static void tellPool(Scenarios all, String template) {
        new PoolOfTwo(all).tell(template);
        String address = new OtherMachine(all.api).own();
        String folder = "/srv/pool";
        new SharedDisks(all).tell("nfs", template, StorageTypes.export(folder, address, "10.79.4.0/24"),
                "stat -c %i " + folder + "/$SR/$VDI*.qcow2 2>/dev/null | sort -u | wc -l");
        new SharedDisks(all).tell("lvmoiscsi", template, new IscsiServer(address, "lvmoiscsi"),
                "lvs --noheadings -o lv_tags VG_XenStorage-$SR | grep -c $VDI");
        new CoordinatorGone(all).tell(template);
    }

    private static void tellStorage(Scenarios all, String[] templates) {
        String template = templates[0];
        new StorageTypes(all).tell("lvm", template, StorageTypes.device("/root/lvm.img"));
        new StorageTypes(all).tell(
                "lvm", "thick", template, StorageTypes.device("/root/thick.img", "sm-config:allocation=thick"));
        new StorageTypes(all).tell("ext", template, StorageTypes.device("/root/ext.img"));
        new StorageTypes(all).tell("nfs", template, StorageTypes.export("/srv/export", "127.0.0.1", "127.0.0.1"));
        if (Files.exists(StorageTypes.ZFS)) {
            new StorageTypes(all).tell("zfs", template, StorageTypes.zpool("/root/zfs.img"));
        }
        new StorageTypes(all).tell("lvmoiscsi", template, new IscsiServer("127.0.0.1", "lvmoiscsi"));
        new StorageTypes(all).tell("lvmoiscsi", "shared", template, new IscsiServer("127.0.0.1", "lvmoiscsi", "shared=true"));
        new RawLuns(all).tell(template);
        new Backups(all).tell("backup pv", template, false);
        new Backups(all).tell("backup hvm", templates[2], true);
    }

    private static void tellHost(Scenarios all, String template) {
        new NatNetwork(all).tell(template);
        new Measured(all).tell(template);
        if (Files.exists(CloudImage.IMAGE)) {
            new CloudImage(all).tell();
        }
        for (boolean hvm : new boolean[] {false, true}) {
            new Adopted(all, Adopted.xl(), hvm).tell();
            if (Files.exists(Path.of("/usr/sbin/libvirtd"))) {
                new Adopted(all, Adopted.libvirt(), hvm).tell();
            }
        }
    }

    private static void tellAll(Scenarios all, String[] templates, boolean full) {
        new GuestLife(all).tell("pv", templates[0]);
        if (full) {
            new Hotplug(all).tell("pv hotplug", templates[0]);
        }
        new OwnActions(all).tell("pv by itself", templates[0]);
        new GuestAgent(all).tell("guest agent", templates[0]);
        if (full) {
            new GuestLife(all).tell("pvh", templates[1]);
            new HvmGuest(all).tell(templates[2]);
        }
        new DaemonKilled(all).tell(templates[0]);
        new Neighbours(all).tell(templates[0]);
        new Faults(all).tell(templates[0], full);
    }

    /** A number from the environment. */
    private static long number(String name, long otherwise) {
        String given = System.getenv().getOrDefault(name, "");
        return given.isEmpty() ? otherwise : Long.parseLong(given);
    }

    private static void showHost() {
        String show = "echo '--- xl list'; timeout 20 xl list; echo '--- jxapid'; tail -n 40 " + Jxapid.LOG
                + "; echo '--- Xen'; timeout 20 xl dmesg | tail -n 5; echo '--- guests';"
                + " tail -qn 6 /var/log/xen/console/guest-*.log; echo ---";
        try {
            Process process = new ProcessBuilder("sh", "-c", show + " 2>&1").redirectErrorStream(true).start();
            System.out.print(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .replaceAll("(?m)^", "      "));
            System.out.println();
        } catch (java.io.IOException e) {
            System.out.println("      " + e);
        }
        if (!Files.exists(Jxapid.LOG)) {
            System.out.println("      jxapid has not logged");
        }
    }
}
