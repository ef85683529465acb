package org.jxapi.cli.command;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jxapi.cli.thin.CliException;
import org.jxapi.cloud.Checksum;
import org.jxapi.cloud.NoCloudDrive;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.xenapi.Task;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The part of vm-install that makes a VM of a cloud image: its disk, its NoCloud drive, and its network interface. */
final class CloudImage {
    /** The parameters of vm-install for it. */
    static final List<String> PARAMETERS = List.of(
            "image", "checksum", "cloud-config", "ssh-key", "network-config", "network", "disk-size", "progress");

    private static final Logger LOG = LoggerFactory.getLogger(CloudImage.class);
    private static final Pattern REFERENCE = Pattern.compile("OpaqueRef:[0-9a-f-]+");
    private static final String DISK = "0";
    private static final String DRIVE = "3";
    private static final long MIB = 1 << 20;

    private final Context c;
    private final NoCloudDrive drive;
    private final Optional<Checksum> checksum;
    private final Optional<Ref<?>> network;
    private final List<Ref<?>> made = new ArrayList<>();

    private CloudImage(Context c, NoCloudDrive drive, Optional<Checksum> checksum, Optional<Ref<?>> network) {
        this.c = c;
        this.drive = drive;
        this.checksum = checksum;
        this.network = network;
    }

    /** Reads and checks all parameters, before anything is made; empty if the command line names no image. */
    static Optional<CloudImage> read(Context c) throws IOException {
        if (!c.has("image")) {
            for (String parameter : PARAMETERS) {
                if (c.has(parameter) && !parameter.equals("progress")) {
                    throw new CliException("The parameter " + parameter + " needs image.");
                }
            }
            return Optional.empty();
        }
        String userData = c.has("cloud-config") ? c.file("cloud-config", "cloud-config") : "";
        if (!userData.isEmpty()) {
            NoCloudDrive.fault(userData).ifPresent(fault -> {
                throw new CliException(fault);
            });
        }
        List<String> keys = List.of();
        if (c.has("ssh-key")) {
            try {
                keys = NoCloudDrive.keys(c.file("ssh-key", "ssh-key"));
            } catch (IllegalArgumentException e) {
                throw new CliException(String.valueOf(e.getMessage()));
            }
        }
        Optional<String> networkConfig =
                c.has("network-config") ? Optional.of(c.file("network-config", "network-config")) : Optional.empty();
        if (c.has("disk-size")) {
            c.bytes("disk-size");
        }
        return Optional.of(new CloudImage(c, new NoCloudDrive(userData, keys, networkConfig), checksum(c), network(c)));
    }

    private static Optional<Checksum> checksum(Context c) throws IOException {
        if (!c.has("checksum")) {
            return Optional.empty();
        }
        String given = c.need("checksum");
        Optional<Checksum> direct = Checksum.parse(given);
        if (direct.isPresent()) {
            return direct;
        }
        if (given.matches("(?i)sha\\d+:.*")) {
            throw new CliException("checksum is no checksum. Give sha256: or sha512: and all digits in hexadecimal.");
        }
        String file = c.need("image").replaceAll("[?#].*", "").replaceAll(".*/", "");
        return Optional.of(Checksum.find(c.file("checksum", "checksum"), file)
                .orElseThrow(() -> new CliException("The list of checksums does not name " + file + ".")));
    }

    private static Optional<Ref<?>> network(Context c) {
        if (!c.has("network")) {
            return Optional.empty();
        }
        String given = c.need("network");
        try {
            return Optional.of(c.api().byUuid("network", given));
        } catch (XenApiException e) {
            List<Ref<?>> named = c.api().byName("network", given);
            if (named.size() != 1) {
                throw new CliException(named.isEmpty() ? "No network matched" : "More than one matching network found");
            }
            return Optional.of(named.get(0));
        }
    }

    /** Gives the VM its devices. */
    void install(Ref<?> vm, Ref<?> sr) throws IOException {
        String name = c.api().get(VM.NAME_LABEL, vm);
        Ref<?> disk = upload(name, sr);
        made.add(disk);
        attach(vm, disk, DISK, true);
        byte[] contents = drive.image(c.api().uuid(vm), name);
        long bytes = (contents.length + MIB - 1) / MIB * MIB;
        Ref<VDI> seed = VDI.XEN_CLASS.ref(((Ref<?>) c.call(
                        "VDI.create",
                        VdiCommands.record(name + " cloud-init", "NoCloud drive for the first boot", sr, bytes)))
                .value());
        made.add(seed);
        c.drives().fill(seed, contents);
        attach(vm, seed, DRIVE, false);
        if (network.isPresent()) {
            c.call("VIF.create", VifCommands.record(c, "0", network.get(), vm, ""));
        }
    }

    private Ref<?> upload(String name, Ref<?> sr) throws IOException {
        Row<Task> task = TransferWait.put(
                c,
                new TransferWait.Label("Image import"),
                c.need("image"),
                "/import_disk_image",
                "&sr_id=" + sr.value() + "&name=" + URLEncoder.encode(name, StandardCharsets.UTF_8)
                        + (c.has("disk-size") ? "&size=" + c.bytes("disk-size") : "")
                        + checksum.map(sum -> "&checksum=" + sum).orElse(""));
        Matcher reference = REFERENCE.matcher(task.get(Task.RESULT));
        if (!reference.find()) {
            throw new CliException("The import of the image has no result.");
        }
        return VDI.XEN_CLASS.ref(reference.group());
    }

    private void attach(Ref<?> vm, Ref<?> vdi, String device, boolean bootable) {
        Map<Object, Object> record = VbdCommands.record(vm, vdi, device, "RW", "Disk");
        record.put("bootable", bootable);
        record.put("other_config", Map.of(VbdCommands.OWNER, ""));
        c.call("VBD.create", record);
    }

    /** Removes the disks of an installation that has failed. */
    void discard() {
        for (Ref<?> vdi : made) {
            try {
                c.call("VDI.destroy", vdi);
            } catch (XenApiException e) {
                LOG.warn("A disk of a failed installation is left: {}", e.getMessage());
            }
        }
    }
}
