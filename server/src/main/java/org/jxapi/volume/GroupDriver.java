package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A type of repositories that keep disks in a volume group, wherever its devices come from. */
abstract class GroupDriver implements Driver {
    /** What {@link GroupFormats} takes from it depends on the repository. */
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
            "VDI_MIRROR",
            "VDI_REVERT",
            "VDI_RESIZE",
            "VDI_RESIZE_ONLINE",
            "VDI_RESET_ON_BOOT",
            "VDI_CONFIG_CBT",
            "VDI_ACTIVATE",
            "VDI_DEACTIVATE",
            "THIN_PROVISIONING",
            "LARGE_VDI");

    private final GroupFormats formats;

    GroupDriver(GroupFormats formats) {
        this.formats = formats;
    }

    /** The devices that the settings lead to; touches none of them. */
    abstract GroupDevices devices(Settings settings);

    @Override
    public List<String> features() {
        return FEATURES;
    }

    @Override
    public Map<String, String> smConfig(Settings settings) {
        return formats.smConfig(settings);
    }

    @Override
    public Repository repository(Settings settings) {
        return formats.repository(settings, devices(settings));
    }

    /** The repository on the devices, in the words of XenServer's storage managers. */
    @Override
    public Probe probe(Settings settings) {
        GroupDevices devices = devices(settings);
        List<Path> paths = devices.connect();
        try {
            String uuid = VolumeGroup.repositoryOn(GroupFormats.lvm(), paths.get(0));
            if (uuid.isEmpty()) {
                return new Probe(List.of(), List.of());
            }
            Map<String, String> details = new LinkedHashMap<>();
            details.put("Devlist", paths.stream().map(Path::toString).collect(Collectors.joining(",")));
            details.put(
                    "size",
                    Long.toString(VolumeGroup.of(GroupFormats.lvm(), uuid).bytes()));
            return new Probe(List.of(new Found(uuid, null, details)), List.of());
        } catch (IOException e) {
            throw SmFailure.SR_UNAVAILABLE.error(e);
        } finally {
            devices.disconnect();
        }
    }
}
