package org.jxapi.volume;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.volume.ScsiDisks.Disk;

/** Type {@code lvmohba}: volumes on a SCSI disk that the host bus adapters of this host reach. */
public final class LvmHbaDriver extends GroupDriver {
    private final ScsiDisks disks;

    public LvmHbaDriver(GroupFormats formats) {
        this(ScsiDisks.ofThisHost(), formats);
    }

    LvmHbaDriver(ScsiDisks disks, GroupFormats formats) {
        super(formats);
        this.disks = disks;
    }

    @Override
    public String type() {
        return "lvmohba";
    }

    @Override
    public String label() {
        return "LVM over HBA";
    }

    @Override
    public String description() {
        return "Disks in logical volumes on a disk of a storage network";
    }

    @Override
    public Map<String, String> configuration() {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("SCSIid", "The scsi_id of the destination LUN (required)");
        keys.put("force", "true to erase what the LUN holds");
        return keys;
    }

    @Override
    GroupDevices devices(Settings settings) {
        String scsiId = settings.device("SCSIid");
        if (scsiId.isEmpty()) {
            throw choices();
        }
        return new ScsiLun(disks, scsiId, "true".equals(settings.device("force")));
    }

    /** Without a SCSI id, the error has the free disks that there are. */
    private XenApiException choices() {
        try {
            return SmFailure.SCSI_ID_MISSING.withChoices(
                    list(disks, disk -> disk.target().isEmpty() && isFree(disk)));
        } catch (IOException e) {
            return SmFailure.SCSI_ID_MISSING.error(e);
        }
    }

    /** Those of the disks that pass, with all their paths, in the XML of devscan.py of XenServer. */
    static String list(ScsiDisks disks, Predicate<Disk> some) throws IOException {
        Map<String, List<Disk>> paths = new LinkedHashMap<>();
        for (Disk disk : disks.all()) {
            if (some.test(disk)) {
                paths.computeIfAbsent(disk.scsiId(), id -> new ArrayList<>()).add(disk);
            }
        }
        XmlText xml = new XmlText("Devlist");
        Set<String> hosts = new LinkedHashSet<>();
        for (List<Disk> disk : paths.values()) {
            disk.forEach(path -> hosts.add(path.address().get(0)));
            describe(xml, disks, disk);
        }
        for (String host : hosts) {
            xml.open("Adapter").text("host", "host" + host).text("name", disks.adapter(host));
            xml.text("id", host).close();
        }
        return xml.end();
    }

    /** Whether the host does not use the disk itself. */
    private static boolean isFree(Disk disk) {
        try {
            BlockDevice.named(disk.path().toString()).refuseUsed();
            return true;
        } catch (XenApiException e) {
            return false;
        }
    }

    /** Describes a disk that all these paths lead to. */
    private static void describe(XmlText xml, ScsiDisks disks, List<Disk> paths) throws IOException {
        Disk first = paths.get(0);
        List<String> address = first.address();
        String all = paths.stream()
                .skip(1)
                .map(path -> " [" + path.path().getFileName() + "]")
                .collect(Collectors.joining("", first.path().toString(), ""));
        xml.open("BlockDevice")
                .text("path", all)
                .text("numpaths", Integer.toString(paths.size()))
                .text("SCSIid", first.scsiId())
                .text("vendor", first.vendor())
                .text("serial", first.serial())
                .text("size", Long.toString(first.bytes()))
                .text("adapter", address.get(0))
                .text("channel", address.get(1))
                .text("id", address.get(2))
                .text("lun", first.lun())
                .text("hba", disks.adapter(address.get(0)))
                .close();
    }
}
