package org.jxapi.volume;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.XenApiException;

/** Type {@code nfs}: disks in a folder of an NFS export. */
public final class NfsDriver implements FolderDriver {
    private final Mounts mounts;
    private final FolderFormats formats;

    public NfsDriver(Mounts mounts, FolderFormats formats) {
        this.mounts = mounts;
        this.formats = formats;
    }

    @Override
    public String type() {
        return "nfs";
    }

    @Override
    public String label() {
        return "NFS";
    }

    @Override
    public String description() {
        return "Disks as images on an NFS server";
    }

    @Override
    public Map<String, String> configuration() {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("server", "hostname or IP address of NFS server (required)");
        keys.put("serverpath", "path on remote server (required)");
        keys.put("nfsversion", "NFS protocol version - 3, 4, 4.0, 4.1, 4.2");
        keys.put("options", "options for mount.nfs, separated by commas");
        keys.put("useUDP", "true to use UDP, which only version 3 can");
        keys.put(FolderFormats.PREFERRED, FolderFormats.PREFERRED_TEXT);
        return keys;
    }

    @Override
    public Repository repository(Settings settings) {
        NfsExport export = export(settings);
        if (export.path().isEmpty()) {
            throw SmFailure.SERVER_PATH_MISSING.error();
        }
        return MountedRepository.of(mounts, settings.uuid(), export, folder -> formats.repository(folder, settings));
    }

    private NfsExport export(Settings settings) {
        if (settings.device("server").isEmpty()) {
            throw SmFailure.SERVER_MISSING.error();
        }
        boolean whole = "true".equals(settings.smConfig().get("nosubdir"));
        return new NfsExport(
                mounts,
                new Server(settings.device("server")),
                settings.device("serverpath"),
                whole ? "" : settings.uuid(),
                NfsExport.version(settings.device("nfsversion")),
                settings.device("options"),
                "true".equals(settings.device("useUDP")),
                SmFailure.NFS_MOUNT);
    }

    /** The repositories in an export. Without an export, the error has the exports that the server offers. */
    @Override
    public Probe probe(Settings settings) {
        NfsExport export = export(settings);
        NfsServices services = new NfsServices(mounts, export);
        export.requireServer();
        if (export.path().isEmpty()) {
            throw exports(services);
        }
        List<String> versions = List.of();
        if (settings.deviceConfig().containsKey("probeversion")) {
            versions = services.versions();
            export = services.at(export.path(), versions.isEmpty() ? export.version() : versions.get(0));
        }
        List<Found> found = new ArrayList<>();
        for (String uuid : mounts.briefly(export::mountBase, SmFailure.NFS_UNMOUNT, Mounts::uuids)) {
            found.add(Found.named(uuid));
        }
        return new Probe(found, versions);
    }

    private static XenApiException exports(NfsServices services) {
        try {
            return SmFailure.SERVER_PATH_MISSING.withChoices(services.exports());
        } catch (XenApiException e) {
            // As with XenServer, the missing path is the error, and the choices are empty.
            return SmFailure.SERVER_PATH_MISSING.error().causedBy(e);
        }
    }
}
