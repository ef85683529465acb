package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A type of repositories that keep disks as thin volumes of a volume group, wherever its devices come from. */
abstract class GroupDriver implements Driver {
    /** Sizes of disks are whole MiB. */
    private static final long EXTENT = 1 << 20;

    private static final List<String> FEATURES = List.of(
            "SR_PROBE",
            "SR_UPDATE",
            "SR_SCAN",
            "SR_ATTACH",
            "SR_DETACH",
            "VDI_CREATE",
            "VDI_DELETE",
            "VDI_ATTACH",
            "VDI_DETACH",
            "VDI_INTRODUCE",
            "VDI_UPDATE",
            "VDI_CLONE",
            "VDI_SNAPSHOT",
            "VDI_REVERT",
            "VDI_RESIZE",
            "VDI_RESIZE_ONLINE",
            "VDI_RESET_ON_BOOT",
            "VDI_ACTIVATE",
            "VDI_DEACTIVATE",
            "THIN_PROVISIONING",
            "LARGE_VDI");
    private static final Lvm LVM = Lvm.ofThisHost();
    private final Turns turns = new Turns();

    /** The devices that the settings lead to; touches none of them. */
    abstract GroupDevices devices(Settings settings);

    @Override
    public List<String> features() {
        return FEATURES;
    }

    @Override
    public Map<String, String> smConfig(Settings settings) {
        return Map.of("allocation", "thin");
    }

    @Override
    public Repository repository(Settings settings) {
        return new ThinVolumes(VolumeGroup.of(LVM, settings.uuid()), devices(settings), turns, EXTENT);
    }

    /** The repository on the devices, in the words of XenServer's storage managers. */
    @Override
    public Probe probe(Settings settings) {
        GroupDevices devices = devices(settings);
        List<Path> paths = devices.connect();
        try {
            String uuid = VolumeGroup.repositoryOn(LVM, paths.get(0));
            if (uuid.isEmpty()) {
                return new Probe(List.of(), List.of());
            }
            Map<String, String> details = new LinkedHashMap<>();
            details.put("Devlist", paths.stream().map(Path::toString).collect(Collectors.joining(",")));
            details.put("size", Long.toString(VolumeGroup.of(LVM, uuid).bytes()));
            return new Probe(List.of(new Found(uuid, null, details)), List.of());
        } catch (IOException e) {
            throw SmFailure.SR_UNAVAILABLE.error(e);
        } finally {
            devices.disconnect();
        }
    }
}
