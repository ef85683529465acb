package org.jxapi.domain;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Row;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Pool;

/**
 * The UEFI firmware that HVM guests can boot with. EDK II's images for QEMU and KVM boot no Xen guest: they have none of
 * Xen's drivers. The image that has them is its OvmfXen.
 *
 * @param uefi whether there is one
 * @param file the image; null leaves the choice to the hypervisor
 * @param secureBoot whether it can enforce Secure Boot
 */
public record Firmware(boolean uefi, @Nullable Path file, boolean secureBoot) {
    /** BIOS only. */
    public static final Firmware NONE = new Firmware(false, null, false);
    /** The firmware of a simulated host, which offers everything. */
    public static final Firmware SIMULATED = new Firmware(true, null, true);

    /** Where distributions and Xen's own build put an image; whether it is an OvmfXen shows in its contents. */
    static final List<Path> PLACES = List.of(
            Path.of("/usr/lib/xen/boot/ovmf.bin"),
            Path.of("/usr/libexec/xen/boot/ovmf.bin"),
            Path.of("/usr/local/lib/xen/boot/ovmf.bin"),
            Path.of("/usr/share/OVMF/OVMF_XEN.fd"),
            Path.of("/usr/share/ovmf/OVMF_XEN.fd"),
            Path.of("/usr/share/edk2/xen/OVMF.fd"),
            Path.of("/usr/share/edk2/ovmf/OVMF.xen.fd"),
            Path.of("/usr/share/qemu/ovmf-x86_64-xen-4m.bin"),
            Path.of("/usr/share/ovmf/OVMF.fd"));

    /** An OvmfXen begins with the ELF header by which PVH guests are loaded; no other image of EDK II does. */
    private static final byte[] ELF = {0x7f, 'E', 'L', 'F'};

    /** The image that the administrator has chosen. */
    public static Firmware of(Path file) {
        return new Firmware(true, file, false);
    }

    /** The first OvmfXen of this host, or none. */
    public static Firmware found() {
        return found(PLACES);
    }

    static Firmware found(List<Path> places) {
        return places.stream()
                .filter(Firmware::forXen)
                .findFirst()
                .map(Firmware::of)
                .orElse(NONE);
    }

    private static boolean forXen(Path file) {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        try (InputStream in = Files.newInputStream(file)) {
            return java.util.Arrays.equals(in.readNBytes(ELF.length), ELF);
        } catch (IOException e) {
            return false;
        }
    }

    /** VALUE_NOT_SUPPORTED when a UEFI guest cannot boot, or not as safely as it is set to. */
    void check(Platform platform) {
        if (!uefi) {
            throw Errors.valueNotSupported(
                    "HVM-boot-params['firmware']",
                    "uefi",
                    "this host has no UEFI firmware with Xen's drivers (OvmfXen); install one, or name its file by"
                            + " uefi-firmware in jxapid's configuration");
        }
        if (!secureBoot && platform.isTrue("secureboot", false)) {
            throw Errors.valueNotSupported(
                    "platform:secureboot",
                    platform.text("secureboot", ""),
                    "this host's UEFI firmware cannot enforce Secure Boot; set it to false to start without");
        }
    }

    /** What {@code platform:secureboot=auto} means: true when the pool has certificates, as in XAPI. */
    public static boolean auto(Row<Pool> pool) {
        return !pool.get(Pool.UEFI_CERTIFICATES).isEmpty();
    }
}
