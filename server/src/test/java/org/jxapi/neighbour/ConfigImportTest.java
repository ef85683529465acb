package org.jxapi.neighbour;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Calls;
import org.jxapi.harness.Http;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.Uploads;
import org.jxapi.harness.XeProcess;
import org.jxapi.image.Qcow2Image;

/** Configurations of xl, xm and libvirt become VMs of a daemon, with their disks and networks. */
class ConfigImportTest {
    private static final int MIB = 1 << 20;

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static final Calls calls = daemon.calls();

    @TempDir
    static Path folder;

    private static Path config(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    /** A raw image of 3 MiB with known contents. */
    private static Path image(String name) throws IOException {
        byte[] data = new byte[3 * MIB];
        Arrays.fill(data, MIB, 2 * MIB, (byte) 7);
        return Files.write(folder.resolve(name), data);
    }

    private static String vmRef(String uuid) throws Exception {
        return calls.text("VM.get_by_uuid", uuid);
    }

    /** The VDI of the disk at that place. */
    private static String disk(String vm, String device) throws Exception {
        for (String vbd : calls.list("VM.get_VBDs", vm)) {
            if (calls.text("VBD.get_userdevice", vbd).equals(device)) {
                return calls.text("VBD.get_VDI", vbd);
            }
        }
        throw new AssertionError("no disk " + device);
    }

    private static byte[] contents(String vdi) throws Exception {
        return new Uploads(daemon, calls).get("/export_raw_vdi?vdi=" + calls.text("VDI.get_uuid", vdi));
    }

    /** The last line is the UUID, as of every import. */
    private static String uuid(XeProcess run) {
        String[] lines = run.said().strip().split("\n");
        return lines[lines.length - 1];
    }

    @Test
    void disksAreCopiedAndThePartsOfTheVmAreThoseOfTheConfiguration() throws Exception {
        Path disk = image("copied.img");
        Path qcow2 = folder.resolve("copied.qcow2");
        Qcow2Image.create(qcow2, 2 * MIB, null);
        try (Qcow2Image image = Qcow2Image.open(qcow2, true)) {
            image.write(MIB, ByteBuffer.wrap("here".getBytes(StandardCharsets.UTF_8)));
        }
        String bridge =
                calls.text("network.get_bridge", calls.list("network.get_all").get(0));
        Path config = config(
                "copied.cfg",
                "name = 'copied'\ntype = 'hvm'\nmemory = 256\nmaxmem = 512\nvcpus = 2\n"
                        + "uuid = '4a6f1c2e-9e3d-4b8f-8c11-000000000002'\n"
                        + "disk = [ '" + disk + ",raw,xvda,rw', '" + qcow2 + ",qcow2,xvdb,rw', ',,hdc,,cdrom' ]\n"
                        + "vif = [ 'mac=00:16:3e:01:02:03, bridge=" + bridge + ", rate=10Mb/s' ]\nserial = 'pty'\n");
        XeProcess run = XeProcess.run(daemon.folder(), "vm-import", "filename=" + config);
        assertThat(run.status()).as(run.said()).isZero();
        assertThat(run.said())
                .contains("taken      name (line 1): name-label=copied")
                .contains("translated disk[0] (line 7): a copy of " + disk.toRealPath());
        String vm = vmRef(uuid(run));
        assertThat(calls.text("VM.get_uuid", vm)).isEqualTo("4a6f1c2e-9e3d-4b8f-8c11-000000000002");
        assertThat(calls.text("VM.get_domain_type", vm)).isEqualTo("hvm");
        assertThat(calls.text("VM.get_memory_static_max", vm)).isEqualTo(Integer.toString(512 * MIB));
        assertThat(calls.ok("VM.get_platform", vm).get("hvm_serial").asText()).isEqualTo("pty");
        assertThat(contents(disk(vm, "0"))).isEqualTo(Files.readAllBytes(disk));
        byte[] second = contents(disk(vm, "1"));
        assertThat(second).hasSize(2 * MIB);
        assertThat(new String(second, MIB, 4, StandardCharsets.UTF_8)).isEqualTo("here");
        String vif = calls.list("VM.get_VIFs", vm).get(0);
        assertThat(calls.text("VIF.get_MAC", vif)).isEqualTo("00:16:3e:01:02:03");
        assertThat(calls.ok("VIF.get_qos_algorithm_params", vif).get("kbps").asText())
                .isEqualTo("1220");
        calls.ok("VM.start", vm, false, false);
        assertThat(calls.text("VM.get_power_state", vm)).isEqualTo("Running");
        calls.ok("VM.hard_shutdown", vm);
    }

    @Test
    void adoptedDisksHaveTheSameFileAndKeepTheirName() throws Exception {
        Path disk = image("adopted.img");
        Path config = config(
                "adopted.cfg",
                "name = 'adopted'\nkernel = '/boot/vmlinuz'\nmemory = 256\ndisk = [ 'file:" + disk + ",xvda,w' ]\n");
        XeProcess run = XeProcess.run(daemon.folder(), "vm-import", "filename=" + config, "disks=adopt");
        assertThat(run.status()).as(run.said()).isZero();
        String vdi = disk(vmRef(uuid(run)), "0");
        assertThat(contents(vdi)).isEqualTo(Files.readAllBytes(disk));
        assertThat(Files.getAttribute(disk, "unix:nlink")).isEqualTo(2);
        calls.ok("VDI.destroy", vdi);
        assertThat(disk).exists();
        assertThat(Files.getAttribute(disk, "unix:nlink")).isEqualTo(1);
    }

    @Test
    void movedDisksLoseTheirFirstName() throws Exception {
        Path disk = image("moved.img");
        byte[] before = Files.readAllBytes(disk);
        Path config = config("moved.cfg", "name = 'moved'\nmemory = 256\ndisk = [ '" + disk + ",raw,xvda,w' ]\n");
        XeProcess run = XeProcess.run(daemon.folder(), "vm-import", "filename=" + config, "disks=move");
        assertThat(run.status()).as(run.said()).isZero();
        assertThat(run.said()).contains(disk.getFileName() + " is removed");
        assertThat(disk).doesNotExist();
        assertThat(contents(disk(vmRef(uuid(run)), "0"))).isEqualTo(before);
    }

    @Test
    void aDomainOfLibvirtBecomesAVmWithItsDisc() throws Exception {
        Path iso = Files.write(folder.resolve("setup.iso"), new byte[MIB]);
        Path disk = image("libvirt.img");
        Path config = config(
                "fv0.xml",
                "<domain type='xen'><name>fv0</name><os><type>hvm</type></os>"
                        + "<memory unit='MiB'>256</memory><features><acpi/><apic/><pae/></features><devices>"
                        + "<disk type='file' device='disk'><source file='" + disk + "'/><target dev='hda'/></disk>"
                        + "<disk type='file' device='cdrom'><source file='" + iso + "'/><target dev='hdc'/></disk>"
                        + "<interface type='bridge'><source bridge='nosuch'/></interface></devices></domain>");
        XeProcess refused = XeProcess.run(daemon.folder(), "vm-import", "filename=" + config);
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.said())
                .contains("refused    interface[0] (line 1): there is no network of the bridge nosuch")
                .contains("1 setting is refused");
        assertThat(calls.list("VM.get_by_name_label", "fv0")).isEmpty();
        String network =
                calls.text("network.get_uuid", calls.list("network.get_all").get(0));
        XeProcess run =
                XeProcess.run(daemon.folder(), "vm-import", "filename=" + config, "network-map:nosuch=" + network);
        assertThat(run.status()).as(run.said()).isZero();
        String vm = vmRef(uuid(run));
        assertThat(calls.text("VDI.get_name_label", disk(vm, "2"))).isEqualTo("setup.iso");
        assertThat(contents(disk(vm, "0"))).isEqualTo(Files.readAllBytes(disk));
    }

    @Test
    void aDryRunReportsAndMakesNothing() throws Exception {
        Path config = config("dry.cfg", "name = 'dry'\nmemory = 256\ndisk = [ '/nowhere.img,raw,xvda,w' ]\n");
        XeProcess run = XeProcess.run(daemon.folder(), "vm-import", "filename=" + config, "dry-run=true", "force=true");
        assertThat(run.status()).as(run.said()).isZero();
        assertThat(run.said()).contains("refused    disk[0] (line 3): there is no /nowhere.img on the host");
        assertThat(calls.list("VM.get_by_name_label", "dry")).isEmpty();
    }

    @Test
    void aConfigurationWithCodeIsRefusedWithItsLine() throws Exception {
        Path config = config("code.cfg", "name = 'code'\nmemory = 256\nimport os\n");
        XeProcess run = XeProcess.run(daemon.folder(), "vm-import", "filename=" + config);
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.said()).contains("line 3: \"import\" is code, which is never run");
    }

    /** A guest can write the header of a qcow2 image, with the name of any file of the host, into its raw disk. */
    @Test
    void aRawDiskThatLooksLikeAnotherFormatIsRefused() throws Exception {
        Path disk = folder.resolve("tricky.img");
        Qcow2Image.create(disk, MIB, null);
        Path config = config("tricky.cfg", "name = 'tricky'\nmemory = 256\ndisk = [ '" + disk + ",raw,xvda,w' ]\n");
        XeProcess run = XeProcess.run(daemon.folder(), "vm-import", "filename=" + config);
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.said()).contains("it is given as raw, and is a qcow2 image");
    }

    @Test
    void aTooLargeConfigurationIsRefused() throws Exception {
        Path config = folder.resolve("large.cfg");
        try (OutputStream out = Files.newOutputStream(config)) {
            out.write("name = 'large'\nmemory = 256\n#".getBytes(StandardCharsets.UTF_8));
            out.write(" ".repeat(MIB).getBytes(StandardCharsets.UTF_8));
        }
        XeProcess run = XeProcess.run(daemon.folder(), "vm-import", "filename=" + config);
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.said()).contains("has at most 1048576 bytes");
    }

    @Test
    void onlyPoolAdminsNameFilesOfTheHost() throws Exception {
        String host = calls.list("host.get_all").get(0);
        String token = calls.text("host.call_plugin", host, "jxapi-token", "create", Map.of("role", "vm-admin"));
        byte[] plain = "name = 'plain'\nmemory = 256\n".getBytes(StandardCharsets.UTF_8);
        byte[] named = ("name = 'named'\nmemory = 256\ndisk = [ '" + image("named.img") + ",raw,xvda,w' ]\n")
                .getBytes(StandardCharsets.UTF_8);
        put(token, plain);
        put(token, named);
        assertThat(calls.list("VM.get_by_name_label", "plain")).hasSize(1);
        assertThat(calls.list("VM.get_by_name_label", "named")).isEmpty();
        put(daemon.password(), named);
        assertThat(calls.list("VM.get_by_name_label", "named")).hasSize(1);
    }

    private static void put(String password, byte[] body) throws Exception {
        try (Http http =
                new Http(daemon, "PUT", "/import", Http.basic("root", password), "content-length: " + body.length)) {
            assertThat(http.head()).contains(" 200 OK");
            http.send(body);
            http.rest();
        }
    }
}
