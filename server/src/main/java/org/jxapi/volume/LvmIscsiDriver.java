package org.jxapi.volume;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jxapi.iscsi.Sessions;

/** Type {@code lvmoiscsi}: volumes on a LUN of an iSCSI target. */
public final class LvmIscsiDriver extends GroupDriver {
    private final IscsiHost host;

    public LvmIscsiDriver(Sessions sessions, GroupFormats formats) {
        this(IscsiHost.of(sessions), formats);
    }

    LvmIscsiDriver(IscsiHost host, GroupFormats formats) {
        super(formats);
        this.host = host;
    }

    @Override
    public String type() {
        return "lvmoiscsi";
    }

    @Override
    public String label() {
        return "LVM over iSCSI";
    }

    @Override
    public String description() {
        return "Disks in logical volumes on a LUN of an iSCSI target";
    }

    @Override
    public Map<String, String> configuration() {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("SCSIid", "The scsi_id of the destination LUN (required)");
        keys.putAll(IscsiAccess.keys());
        keys.put("force", "true to erase what the LUN holds");
        return keys;
    }

    @Override
    GroupDevices devices(Settings settings) {
        return new IscsiLun(
                IscsiTarget.of(settings, host), settings.device("SCSIid"), "true".equals(settings.device("force")));
    }
}
