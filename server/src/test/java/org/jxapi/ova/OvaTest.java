package org.jxapi.ova;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Calls;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.XeProcess;
import org.jxapi.image.QemuImg;
import org.jxapi.transfer.Tar;

/** Imports and exports of OVF packages with the real xe. QEMU's own tool makes and checks the images. */
class OvaTest {
    private static final int MIB = 1 << 20;

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    @TempDir
    static Path folder;

    private static final Calls calls = daemon.calls();
    private static String sr;
    private static byte[] disk;
    private static byte[] vmdk;

    @BeforeAll
    static void prepare() throws Exception {
        QemuImg.needed();
        sr = calls.text(
                "SR.get_uuid",
                calls.fileSr(
                        "ova",
                        Map.of(
                                "location",
                                Files.createDirectory(folder.resolve("sr")).toString())));
        calls.ok("network.create", Map.of("name_label", "VM Network", "other_config", Map.of()));
        disk = new byte[5 * MIB];
        byte[] data = new byte[MIB + 4096];
        new Random(5).nextBytes(data);
        System.arraycopy(data, 0, disk, 2 * MIB, data.length);
        Path raw = Files.write(folder.resolve("raw"), disk);
        Path image = folder.resolve("disk1.vmdk");
        convert("raw", raw, "vmdk", image, "-o", "subformat=streamOptimized");
        vmdk = Files.readAllBytes(image);
    }

    private static void convert(String from, Path source, String to, Path target, String... more) {
        List<String> words = new ArrayList<>(List.of("qemu-img", "convert", "-f", from, "-O", to));
        words.addAll(List.of(more));
        words.addAll(List.of(source.toString(), target.toString()));
        QemuImg.run(folder, words.toArray(String[]::new));
    }

    private static String example(String name) throws Exception {
        try (var in = OvaTest.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static byte[] tar(Object... namesAndContents) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < namesAndContents.length; i += 2) {
            byte[] contents = namesAndContents[i + 1] instanceof byte[] bytes
                    ? bytes
                    : namesAndContents[i + 1].toString().getBytes(StandardCharsets.UTF_8);
            out.writeBytes(Tar.header((String) namesAndContents[i], contents.length));
            out.writeBytes(contents);
            out.writeBytes(new byte[Tar.padding(contents.length)]);
        }
        out.writeBytes(new byte[2 * Tar.BLOCK]);
        return out.toByteArray();
    }

    private static String sum(String algorithm, byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
    }

    private static XeProcess importFile(String file, String... more) throws Exception {
        List<String> words = new ArrayList<>(List.of("vm-import", "filename=" + folder.resolve(file), "sr-uuid=" + sr));
        words.addAll(List.of(more));
        return XeProcess.run(daemon.folder(), words.toArray(String[]::new));
    }

    private static String imported(String name) throws Exception {
        return calls.first("VM.get_by_name_label", name);
    }

    private static byte[] contents(String vdi) throws Exception {
        String uuid = calls.text("VDI.get_uuid", vdi);
        Path raw = folder.resolve("contents-" + uuid);
        XeProcess.ok(daemon.folder(), "vdi-export", "uuid=" + uuid, "filename=" + raw);
        return Files.readAllBytes(raw);
    }

    private static List<String> disks() throws Exception {
        return calls.list("SR.get_VDIs", calls.text("SR.get_by_uuid", sr));
    }

    /** Its images are VHDs next to the envelope, its disks storage extents, and its networks UUIDs of another pool. */
    @Test
    void aPackageOfXencenterBecomesAVm() throws Exception {
        String image = "c5e1f6b8-0000-4000-8000-000000000001.vhd";
        convert("raw", folder.resolve("raw"), "vpc", folder.resolve(image), "-o", "subformat=dynamic,force_size=on");
        Files.writeString(folder.resolve("center.ovf"), example("xencenter.ovf").replace("NAME", "center"));
        XeProcess run = importFile("center.ovf");
        assertThat(run.status()).as(run.said()).isZero();
        assertThat(run.said())
                .contains(
                        "taken      name: center",
                        "taken      CPUs: 4",
                        "taken      memory: 1536 MiB",
                        "taken      firmware: UEFI",
                        "taken      HVM_boot_params: order=dcn;firmware=uefi",
                        "taken      platform: ",
                        "left out   NVRAM",
                        "left out   StartupSection",
                        "translated VM Network: ");
        JsonNode vm = calls.ok("VM.get_record", imported("center"));
        assertThat(vm.get("name_description").asText()).isEqualTo("of the pool of the old office");
        assertThat(vm.at("/HVM_boot_params/firmware").asText()).isEqualTo("uefi");
        assertThat(vm.at("/HVM_boot_params/order").asText()).isEqualTo("dcn");
        assertThat(vm.at("/platform/viridian").asText()).isEqualTo("true");
        assertThat(vm.at("/platform/cores-per-socket").asText()).isEqualTo("2");
        assertThat(calls.text("VIF.get_MAC", vm.at("/VIFs/0").asText())).isEqualTo("00:16:3e:12:34:56");
        assertThat(contents(calls.diskOf(imported("center")))).startsWith(disk);
        calls.ok("VM.start", imported("center"), false, false);
        calls.ok("VM.hard_shutdown", imported("center"));
    }

    @Test
    void aPackageOfVmwareBecomesAVm() throws Exception {
        String ovf = example("vmware.ovf").replace("NAME", "esx");
        String manifest = "SHA256(esx.ovf)= " + sum("SHA-256", ovf.getBytes(StandardCharsets.UTF_8))
                + "\nSHA256(disk1.vmdk)= " + sum("SHA-256", vmdk) + "\n";
        Files.write(folder.resolve("esx.ova"), tar("esx.ovf", ovf, "esx.mf", manifest, "disk1.vmdk", vmdk));
        XeProcess run = importFile("esx.ova");
        assertThat(run.status()).as(run.said()).isZero();
        assertThat(run.said())
                .contains(
                        "taken      CPUs: 2",
                        "taken      memory: 2048 MiB",
                        "taken      firmware: UEFI",
                        "left out   CD/DVD drive 1: ",
                        "left out   ProductSection",
                        "translated Network adapter 1: VM Network is network VM Network",
                        "its sha256 is that of the manifest");
        JsonNode vm = calls.ok("VM.get_record", imported("esx"));
        assertThat(vm.get("VCPUs_max").asText()).isEqualTo("2");
        assertThat(vm.get("memory_static_max").asText()).isEqualTo(Long.toString(2048L * MIB));
        assertThat(vm.get("HVM_boot_params").get("firmware").asText()).isEqualTo("uefi");
        assertThat(vm.get("VIFs")).hasSize(1);
        assertThat(contents(calls.diskOf(imported("esx")))).startsWith(disk);
        calls.ok("VM.start", imported("esx"), false, false);
        calls.ok("VM.hard_shutdown", imported("esx"));
    }

    @Test
    void aManifestAtTheEndCountsToo() throws Exception {
        String ovf = example("vmware.ovf").replace("NAME", "late");
        List<String> before = disks();
        Files.write(
                folder.resolve("late.ova"),
                tar("late.ovf", ovf, "disk1.vmdk", vmdk, "late.mf", "SHA1(disk1.vmdk)= " + "0".repeat(40) + "\n"));
        XeProcess run = importFile("late.ova");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.said()).contains("refused    disk1.vmdk: it is not the file that the manifest lists");
        assertThat(calls.list("VM.get_by_name_label", "late")).isEmpty();
        assertThat(disks()).containsExactlyInAnyOrderElementsOf(before);
    }

    @Test
    void aNetworkThatIsNotHereMustBeNamedOrForced() throws Exception {
        String ovf = example("vmware.ovf").replace("NAME", "net").replace("VM Network", "Blue");
        Files.write(folder.resolve("net.ova"), tar("net.ovf", ovf, "disk1.vmdk", vmdk));
        XeProcess refused = importFile("net.ova");
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.said()).contains("name one by network-map:Blue=NETWORK");
        assertThat(importFile("net.ova", "dry-run=true", "network-map:Blue=VM Network")
                        .status())
                .isZero();
        assertThat(calls.list("VM.get_by_name_label", "net")).isEmpty();
        assertThat(importFile("net.ova", "network-map:Blue=VM Network").status())
                .isZero();
        assertThat(calls.list("VM.get_VIFs", imported("net"))).hasSize(1);
    }

    /** The envelope as VirtualBox writes it, and its files next to it, which xe sends as one package. */
    @Test
    void anEnvelopeWithItsFilesBecomesAVm() throws Exception {
        Files.writeString(folder.resolve("box.ovf"), example("virtualbox.ovf"));
        Files.write(folder.resolve("box-disk1.vmdk"), vmdk);
        XeProcess run = importFile("box.ovf", "network-map:NAT=VM Network");
        assertThat(run.status()).as(run.said()).isZero();
        assertThat(run.said()).contains("left out   sound: ", "taken      firmware: BIOS");
        assertThat(contents(calls.diskOf(imported("box")))).startsWith(disk);
    }

    @Test
    void anImageOfADiskBecomesAVm() throws Exception {
        for (String format : List.of("vmdk", "vhdx", "vpc", "qcow2")) {
            Path image = folder.resolve("only." + format);
            convert("raw", folder.resolve("raw"), format, image);
            XeProcess run = importFile("only." + format);
            assertThat(run.status()).as(run.said()).isZero();
            String vm = imported("only");
            assertThat(contents(calls.diskOf(vm))).startsWith(disk);
            calls.ok("VM.destroy", vm);
        }
    }

    @Test
    void damagedPackagesLeaveNothing() throws Exception {
        String ovf = example("vmware.ovf").replace("NAME", "bad");
        List<String> before = disks();
        refused("the end of the package", tar("bad.ovf", ovf));
        refused("no OVF envelope", tar("bad.ovf", "<a/>"));
        refused("is no XML", tar("bad.ovf", "<Envelope>"));
        refused("document type", tar("bad.ovf", "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>"));
        refused("has 0 VMs", tar("bad.ovf", "<Envelope/>"));
        refused("two files", tar("bad.ovf", ovf, "disk1.vmdk", vmdk, "disk1.vmdk", vmdk));
        refused("is not in the package", tar("bad.ovf", ovf.replace("\"disk1.vmdk\"", "\"../disk1.vmdk\"")));
        refused("Invalid VMDK", tar("bad.ovf", ovf, "disk1.vmdk", Arrays.copyOf(vmdk, vmdk.length / 2)));
        byte[] whole = tar("bad.ovf", ovf, "disk1.vmdk", vmdk);
        refused("", Arrays.copyOf(whole, whole.length / 2));
        assertThat(calls.list("VM.get_by_name_label", "bad")).isEmpty();
        assertThat(disks()).containsExactlyInAnyOrderElementsOf(before);
    }

    private static void refused(String why, byte[] file) throws Exception {
        Files.write(folder.resolve("bad.ova"), file);
        XeProcess run = importFile("bad.ova");
        assertThat(run.status()).as(run.said()).isEqualTo(1);
        assertThat(run.said()).contains(why);
    }

    @Test
    void anExportIsAPackageThatQemuReadsAndThatComesBack() throws Exception {
        Path raw = folder.resolve("two");
        Files.write(raw, disk);
        convert("raw", raw, "qcow2", folder.resolve("two.qcow2"));
        XeProcess.ok(daemon.folder(), "vm-import", "filename=" + folder.resolve("two.qcow2"), "sr-uuid=" + sr);
        String vm = imported("two");
        calls.ok("VM.set_name_label", vm, "Gr\u00fcn & <Blau>");
        calls.ok("VM.set_name_description", vm, "a description");
        Path ova = folder.resolve("out.ova");
        XeProcess.ok(
                daemon.folder(), "vm-export", "vm=" + calls.text("VM.get_uuid", vm), "format=ova", "filename=" + ova);
        Path unpacked = Files.createDirectory(folder.resolve("unpacked"));
        QemuImg.run(unpacked, "tar", "-xf", ova.toString());
        assertThat(unpacked.toFile().list()).containsExactlyInAnyOrder("vm.ovf", "vm.mf", "disk1.vmdk");
        QemuImg.run(unpacked, "qemu-img", "compare", "-f", "vmdk", "-F", "raw", "disk1.vmdk", raw.toString());
        XeProcess back = importFile("out.ova");
        assertThat(back.status()).as(back.said()).isZero();
        List<String> both = calls.list("VM.get_by_name_label", "Gr\u00fcn & <Blau>");
        assertThat(both).hasSize(2).contains(vm);
        String other = both.get(0).equals(vm) ? both.get(1) : both.get(0);
        assertThat(calls.text("VM.get_name_description", other)).isEqualTo("a description");
        assertThat(contents(calls.diskOf(other))).isEqualTo(contents(calls.diskOf(vm)));
    }
}
