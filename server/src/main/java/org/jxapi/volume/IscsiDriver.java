package org.jxapi.volume;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.iscsi.Sessions;
import org.jxapi.volume.DeviceVolumes.Device;
import org.jxapi.volume.ScsiDisks.Disk;

/** Type {@code iscsi}: the LUNs of an iSCSI target, each of which is a volume. */
public final class IscsiDriver implements Driver {
    private final IscsiHost host;

    public IscsiDriver(Sessions sessions) {
        this(IscsiHost.of(sessions));
    }

    IscsiDriver(IscsiHost host) {
        this.host = host;
    }

    @Override
    public String type() {
        return "iscsi";
    }

    @Override
    public String label() {
        return "iSCSI";
    }

    @Override
    public String description() {
        return "The LUNs of an iSCSI target, each as a disk";
    }

    @Override
    public List<String> features() {
        return List.of(
                "SR_PROBE",
                "SR_SCAN",
                "SR_ATTACH",
                "SR_DETACH",
                "VDI_INTRODUCE",
                "VDI_ATTACH",
                "VDI_DETACH",
                "VDI_UPDATE");
    }

    @Override
    public Map<String, String> configuration() {
        return IscsiAccess.keys();
    }

    /** As RawISCSISR.py has it. */
    @Override
    public Map<String, String> smConfig(Settings settings) {
        Map<String, String> config = new LinkedHashMap<>();
        config.put("disktype", "Raw");
        config.put("datatype", "ISCSI");
        config.put("target", settings.device("target"));
        config.put("targetIQN", settings.device("targetIQN"));
        return config;
    }

    @Override
    public Repository repository(Settings settings) {
        IscsiTarget target = IscsiTarget.of(settings, host);
        return new DeviceVolumes("iSCSI target " + target.iqn(), false, new DeviceVolumes.Source() {
            @Override
            public void connect() {
                requireName(target);
                target.connect();
                target.luns();
            }

            @Override
            public void disconnect() {
                target.disconnect();
            }

            @Override
            public List<Device> devices() throws IOException {
                return volumes(target);
            }

            @Override
            public void refresh() throws IOException {
                target.rescan();
            }
        });
    }

    private static void requireName(IscsiTarget target) {
        if (target.iqn().isEmpty()) {
            throw SmFailure.IQN_MISSING.withChoices(target.targets());
        }
    }

    private List<Device> volumes(IscsiTarget target) throws IOException {
        Map<String, Device> volumes = new LinkedHashMap<>();
        for (Disk lun : target.present()) {
            if (!volumes.containsKey(lun.scsiId())) {
                Map<String, String> config = new LinkedHashMap<>();
                config.put("LUNid", lun.lun());
                config.put("SCSIid", lun.scsiId());
                config.put("backend-kind", "vbd");
                volumes.put(
                        lun.scsiId(),
                        new Device(
                                uuid(lun.scsiId()),
                                host.disks().find(lun.scsiId()).orElse(lun.path()),
                                lun.bytes(),
                                (lun.vendor() + " LUN " + lun.lun()).strip(),
                                config));
            }
        }
        return List.copyOf(volumes.values());
    }

    /** The UUID that scsiutil.py of XenServer makes of a SCSI id. */
    static String uuid(String scsiId) {
        try {
            byte[] hash = MessageDigest.getInstance("MD5").digest(scsiId.getBytes(StandardCharsets.UTF_8));
            String digits = "%032x".formatted(new BigInteger(1, hash));
            return digits.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Its LUNs are no repositories; as with XenServer, the name of the target must be known. */
    @Override
    public Probe probe(Settings settings) {
        requireName(IscsiTarget.of(settings, host));
        return new Probe(List.of(), List.of());
    }
}
