package org.jxapi.testbed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Debian as a cloud image on a NAT network: from one {@code xe vm-install} to a login by SSH with the key. The guest is made
 * paravirtual, as the emulation cannot boot a whole Debian by firmware: a sector takes 20 ms, and then the kernel dies of a triple
 * fault.
 */
final class CloudImage {
    static final Path IMAGE = Path.of("/share/cloud/disk.qcow2");
    private static final String NAME = "cloud";
    private static final String USER = "debian";
    private static final Path KEY = Path.of("/root/cloud-key");
    /** systemd and cloud-init of a first boot, under emulation. */
    private static final int BOOT = 2400;

    private final Scenarios all;
    private final Guests guests;
    private final XenApi api;
    private String network;
    private String bridge;
    private String vm;
    private String uuid;
    private String address;
    private GuestConsole console;

    CloudImage(Scenarios all) {
        this.all = all;
        guests = all.guests;
        api = all.api;
    }

    void tell() {
        all.checks.scenario("cloud image", s -> {
            s.check("is installed by one command, after its check sum", () -> {
                network = api.text("network.get_by_uuid",
                        Command.xe("network-create", "name-label=" + NAME, "nat=10.0.4.1/24"));
                bridge = api.text("network.get_bridge", network);
                Command.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", KEY.toString());
                Path config = Files.writeString(Path.of("/root/cloud-config"),
                        "#cloud-config\nlocale: false\nwrite_files:\n- path: /etc/from-cloud-config\n  content: was here\n");
                String sum = Command.run("sha512sum", IMAGE.toString()).split(" ")[0];
                uuid = Command.xe("vm-install", "template=Debian Bookworm 12 (cloud image)", "new-name-label=" + NAME,
                        "network=" + NAME, "image=" + IMAGE, "checksum=sha512:" + sum, "disk-size=3GiB",
                        "ssh-key=" + KEY + ".pub", "cloud-config=" + config);
                vm = api.text("VM.get_by_uuid", uuid);
                guests.bootKernel(vm, kernel("vmlinuz"), kernel("initrd"), "root=LABEL=root ro console=hvc0 quiet mitigations=off");
                long memory = 512 * Guests.MIB;
                api.call("VM.set_memory_limits", vm, memory, memory, memory, memory);
            });
            s.check("boots, and gets an address from the network", BOOT, () -> {
                console = new GuestConsole(api, vm);
                Command.xe("vm-start", "uuid=" + uuid);
                String mac = api.text("VIF.get_MAC", api.refs("VM.get_VIFs", vm).get(0));
                Checks.await("a lease", BOOT, () -> {
                    address = Command.shell("awk '$2 == \"" + mac + "\" { print $3 }' " + Jxapid.DATA + "/nat/" + bridge + ".leases");
                    return !address.isEmpty();
                });
            });
            s.check("accepts a login with the key, and refuses one without it", BOOT, () -> {
                Checks.await("a login", BOOT, () -> login("true").equals(""));
                Checks.expectEqual(USER, login("id -un"), "user");
                Checks.expect(ssh("/dev/null", "true").contains("Permission denied"), "a login without the key");
            });
            s.check("is set up: host name, file, larger file system, own keys", BOOT, () -> {
                Checks.expect(login("cloud-init status --wait").contains("status: done"), "cloud-init is not done");
                Checks.expectEqual(NAME, login("hostname"), "host name");
                Checks.expectEqual("was here", login("cat /etc/from-cloud-config"), "file of the cloud-config");
                long size = Long.parseLong(login("df -B1 --output=size / | tail -n 1").strip());
                Checks.expect(size > 2_700 * Guests.MIB, "the file system has " + size + " bytes");
                Checks.expectEqual(uuid, login("sudo cat /var/lib/cloud/data/instance-id"), "identity of the instance");
            });
            s.check("reaches the outside, and resolves names", () -> {
                String pinged = login("sudo ping -c 3 " + NatNetwork.OUTSIDE);
                Checks.expect(pinged.contains(" 0% packet loss"), "no answer: " + pinged);
                NatNetwork.know(bridge);
                Checks.expect(login("getent hosts " + NatNetwork.KNOWN).contains(NatNetwork.KNOWN_ADDRESS), "no name server answers");
            });
            s.check("shuts down cleanly, and its drive goes", () -> {
                Command.xe("vm-shutdown", "uuid=" + uuid);
                Checks.expectEqual("Halted", guests.state(vm), "power state");
                Dom0.nothingLeft();
                Command.xe("vm-disk-remove", "uuid=" + uuid, "device=3");
            });
        }, () -> {
            if (console != null) {
                console.close();
            }
            NatNetwork.forget();
            all.cleanUp(NAME);
            if (network != null) {
                api.call("network.destroy", network);
            }
            Command.run("rm", "-f", KEY.toString(), KEY + ".pub", "/root/cloud-config");
        });
    }

    /** A file of the image in dom0, where kernels of guests are. */
    private static String kernel(String name) throws IOException {
        return Files.copy(IMAGE.resolveSibling(name), Path.of("/boot/guest/cloud-" + name), StandardCopyOption.REPLACE_EXISTING)
                .toString();
    }

    private String login(String command) {
        return ssh(KEY.toString(), command);
    }

    /** The output of a command in the guest, or the error of SSH. */
    private String ssh(String key, String command) {
        List<String> words = new ArrayList<>(Arrays.asList("ssh", "-i", key, "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "-o",
                "StrictHostKeyChecking=accept-new", "-o", "ConnectTimeout=60", "-o", "LogLevel=ERROR", USER + "@" + address, command));
        try {
            return Command.run(words.toArray(String[]::new));
        } catch (Command.Failed e) {
            return String.valueOf(e.getMessage());
        }
    }
}
