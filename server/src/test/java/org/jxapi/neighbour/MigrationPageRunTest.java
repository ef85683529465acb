package org.jxapi.neighbour;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Calls;
import org.jxapi.harness.Program;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.XeProcess;
import org.jxapi.image.QemuImg;

/**
 * The commands of docs/migrate-from.md run, with paths, addresses and UUIDs of this test in the place of those of the page. What
 * belongs to other tools does not run: those of libvirt, Proxmox and systemd.
 */
class MigrationPageRunTest {
    private static final int MIB = 1 << 20;

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    /** The host that VMs of XCP-ng come from. */
    @RegisterExtension
    static final RunningDaemon oldHost = RunningDaemon.onSimulator("--https", "127.0.0.1:0");

    private static final Calls calls = daemon.calls();
    private static final Calls old = oldHost.calls();

    @TempDir
    Path folder;

    /** The commands of a part of the page, in order. */
    private static List<String> part(String title) throws Exception {
        String page = Files.readString(Path.of("..", "docs", "migrate-from.md"));
        int begin = page.indexOf("\n## " + title + "\n");
        assertThat(begin).as(title).isPositive();
        int end = page.indexOf("\n## ", begin + 1);
        return page.substring(begin, end < 0 ? page.length() : end)
                .lines()
                .filter(line -> line.startsWith("    "))
                .map(String::strip)
                .toList();
    }

    /** Runs the commands of xe among these; the output of the last one. */
    private String run(List<String> lines, Map<String, String> words) throws Exception {
        String said = "";
        for (String line : lines) {
            if (line.startsWith("xe ")) {
                said = run(line, words);
            }
        }
        return said;
    }

    private String run(String line, Map<String, String> words) throws Exception {
        if (line.contains(" vm-import ") && !line.contains("dry-run")) {
            forget();
        }
        if (line.contains(" vm-adopt ")) {
            ranByAnotherTool();
        }
        List<String> args = new ArrayList<>();
        for (String word : line.split(" +")) {
            String now = word;
            for (Map.Entry<String, String> each : words.entrySet()) {
                now = now.replace(each.getKey(), each.getValue());
            }
            args.add(now.startsWith("filename=") && !now.startsWith("filename=/") ? file(now) : now);
        }
        args.remove(0);
        if (args.contains("-s")) {
            args.addAll(List.of("-p", Integer.toString(oldHost.https().getPort()), "-pw", oldHost.password()));
        }
        String[] all = args.toArray(String[]::new);
        if (line.contains("dry-run")) {
            // It fails when a setting is refused, which is what it is for.
            String report = XeProcess.run(daemon.folder(), all).said();
            assertThat(report).contains("taken ");
            return report;
        }
        return XeProcess.ok(daemon.folder(), all);
    }

    private String file(String filename) {
        return "filename=" + folder.resolve(filename.substring("filename=".length()));
    }

    /** Removes the VM of an earlier command, whose name would be taken twice. */
    private static void forget() throws Exception {
        for (String vm : calls.list("VM.get_by_name_label", "web")) {
            // One that was given back goes with its domain.
            calls.answer("VM.hard_shutdown", vm);
            calls.answer("VM.destroy", vm);
        }
        assertThat(calls.list("VM.get_by_name_label", "web")).isEmpty();
    }

    /** Makes the guest one that xl runs: it was given back. */
    private static void ranByAnotherTool() throws Exception {
        String vm = calls.first("VM.get_by_name_label", "web");
        if (calls.text("VM.get_power_state", vm).equals("Halted")) {
            calls.ok("VM.start", vm, false, false);
        }
        if (!calls.ok("VM.get_other_config", vm).has("foreign")) {
            XeProcess.ok(daemon.folder(), "vm-release", "name-label=web");
        }
    }

    private static String network() throws Exception {
        return calls.text("network.get_uuid", calls.first("network.get_all"));
    }

    private static String bridge() throws Exception {
        return calls.text("network.get_bridge", calls.first("network.get_all"));
    }

    private Path disk(String name) throws Exception {
        Path disk = folder.resolve(name);
        return Files.exists(disk) ? disk : Files.write(disk, new byte[2 * MIB]);
    }

    private static void assertThere() throws Exception {
        String vm = calls.first("VM.get_by_name_label", "web");
        assertThat(calls.list("VM.get_VBDs", vm)).isNotEmpty();
        calls.ok("VM.start", vm, false, false);
    }

    @Test
    void xl() throws Exception {
        Path config = Files.writeString(
                folder.resolve("xl-web.cfg"),
                "name = 'web'\ntype = 'hvm'\nmemory = 256\ndisk = [ '" + disk("xl.img")
                        + ",raw,xvda,rw' ]\nvif = [ 'bridge=" + bridge() + "' ]\n");
        List<String> lines = part("From xl and xm");
        assertThat(lines).hasSizeGreaterThan(7);
        Map<String, String> words = Map.of(
                "/etc/xen/web.cfg",
                config.toString(),
                "sr-uuid=UUID",
                "sr-uuid=" + calls.text("SR.get_uuid", calls.first("SR.get_by_name_label", "Local storage")),
                "network-map:xenbr0=UUID",
                "network-map:" + bridge() + "=" + network());
        run(lines, words);
        assertThat(folder.resolve("web.cfg")).content().contains("name = \"web\"");
        String vm = calls.first("VM.get_by_name_label", "web");
        assertThat(calls.ok("VM.get_other_config", vm).path("foreign").asText()).isEqualTo("true");
        assertThat(calls.text("VM.get_power_state", vm)).isEqualTo("Running");
    }

    @Test
    void libvirt() throws Exception {
        Files.writeString(
                folder.resolve("web.xml"),
                "<domain type='xen'><name>web</name><memory unit='MiB'>256</memory><vcpu>1</vcpu>"
                        + "<os><type arch='x86_64' machine='xenfv'>hvm</type><boot dev='hd'/></os><devices>"
                        + "<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='"
                        + disk("libvirt.img") + "'/><target dev='xvda' bus='xen'/></disk>"
                        + "<interface type='network'><source network='default'/></interface></devices></domain>");
        run(part("From libvirt"), Map.of("default=UUID", "default=" + network()));
        assertThat(folder.resolve("web-back.xml")).content().contains("<name>web</name>");
    }

    @Test
    void xcpNg() throws Exception {
        String there = old.vm("web");
        String disk = old.vdi(old.first("SR.get_by_name_label", "Local storage"), MIB);
        old.ok("VBD.create", Calls.vbdRecord(there, disk));
        String sr = calls.text("SR.get_uuid", calls.first("SR.get_by_name_label", "Local storage"));
        String uuid = old.text("VDI.get_uuid", disk);
        String made = "";
        for (String line : part("From XCP-ng and XenServer")) {
            Map<String, String> words = Map.of(
                    "OLDHOST",
                    "localhost",
                    "sr-uuid=UUID",
                    "sr-uuid=" + sr,
                    "vdi:OLDUUID=NEWUUID",
                    "vdi:" + uuid + "=" + made);
            String own = line.contains("vdi-export") ? uuid : made;
            String said = run(line.replace(" uuid=UUID", " uuid=" + own), words);
            made = line.contains("vdi-create") ? said.strip() : made;
        }
        assertThere();
    }

    @Test
    void vmware() throws Exception {
        QemuImg.needed();
        Path config = Files.writeString(
                folder.resolve("ova.cfg"),
                "name = 'web'\ntype = 'hvm'\nmemory = 256\ndisk = [ '" + disk("ova.img") + ",raw,xvda,rw' ]\n");
        forget();
        XeProcess.ok(daemon.folder(), "vm-import", "filename=" + config);
        XeProcess.ok(daemon.folder(), "vm-export", "name-label=web", "format=ova", file("filename=web.ova"));
        QemuImg.run(folder, "qemu-img", "create", "-f", "vmdk", "web.vmdk", "2M");
        run(part("From VMware"), Map.of("LAN=xenbr0", "LAN=" + network()));
        assertThere();
    }

    @Test
    void proxmox() throws Exception {
        QemuImg.needed();
        QemuImg.run(folder, "qemu-img", "create", "-f", "qcow2", "proxmox.qcow2", "2M");
        List<String> lines = part("From Proxmox");
        for (String line : lines) {
            if (line.startsWith("printf ")) {
                String here = line.replace(
                                "/srv/import/web.qcow2",
                                folder.resolve("proxmox.qcow2").toString())
                        .replace("bridge=xenbr0", "bridge=" + bridge());
                Program.run(folder, "sh", "-c", here).ok();
            }
        }
        run(lines, Map.of());
        assertThere();
    }
}
