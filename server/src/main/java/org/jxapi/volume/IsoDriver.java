package org.jxapi.volume;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Type {@code iso}: the disc images, {@code *.iso} and {@code *.img}, of a folder of this host, of an NFS export or of an
 * SMB share.
 */
public final class IsoDriver implements Driver {
    private static final String NFS = "nfs_iso";
    private static final String SMB = "cifs";
    private static final Set<String> SMB_VERSIONS = Set.of("1.0", "3.0");

    private final Mounts mounts;
    private final Path marks;

    /** @param marks the folder for the marks of all repositories */
    public IsoDriver(Mounts mounts, Path marks) {
        this.mounts = mounts;
        this.marks = marks;
    }

    @Override
    public String type() {
        return "iso";
    }

    @Override
    public String label() {
        return "ISO";
    }

    @Override
    public String description() {
        return "Disc images in a folder of the host, on an NFS server or on an SMB server";
    }

    @Override
    public List<String> features() {
        return List.of(
                "SR_PROBE",
                "SR_UPDATE",
                "SR_SCAN",
                "SR_ATTACH",
                "SR_DETACH",
                "VDI_CREATE",
                "VDI_DELETE",
                "VDI_ATTACH",
                "VDI_DETACH",
                "LARGE_VDI");
    }

    @Override
    public Map<String, String> configuration() {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("location", "local directory path, server:/path or //server/share (required)");
        keys.put("legacy_mode", "true for a local directory");
        keys.put("type", "cifs (SMB) or nfs_iso");
        keys.put("options", "extra options to pass to mount (e.g. '-o ro')");
        keys.put("nfsversion", "NFS protocol version - 3, 4, 4.0, 4.1, 4.2");
        keys.put("vers", "SMB version, 1.0 or 3.0, default 3.0 and then 1.0");
        keys.put("username", "Username to authenticate to SMB share with, can be domain\\username");
        keys.put("cifspassword", "Password to authenticate to SMB");
        keys.put("iso_path", "folder of the images in the export or share");
        return keys;
    }

    @Override
    public Map<String, String> smConfig(Settings settings) {
        String type = settings.device("type");
        return type.isEmpty() ? Map.of() : Map.of("iso_type", type);
    }

    @Override
    public Repository repository(Settings settings) {
        MountSource source = source(settings);
        return source == null
                ? local(settings)
                : MountedRepository.of(mounts, settings.uuid(), source, folder -> discs(settings, folder));
    }

    private Repository local(Settings settings) {
        Path folder =
                Folders.of(settings.device("location"), mounts, SmFailure.LOCATION_MISSING, SmFailure.ISO_LOCAL_PATH);
        return discs(settings, folder);
    }

    private IsoFolder discs(Settings settings, Path folder) {
        String sr = settings.uuid().isEmpty() ? "none" : settings.uuid();
        return new IsoFolder(inside(settings, folder), sr, new Marks(marks.resolve(sr)));
    }

    /** The share or export to mount; null for a folder of this host. */
    private @Nullable MountSource source(Settings settings) {
        String location = settings.device("location");
        if (location.isEmpty()) {
            throw SmFailure.LOCATION_MISSING.error();
        }
        inside(settings, mounts.root());
        String type = type(settings, location);
        if (type.equals(NFS)) {
            return nfs(settings, location);
        }
        return type.equals(SMB) ? smb(settings, location) : null;
    }

    @Override
    public Probe probe(Settings settings) {
        MountSource source = source(settings);
        if (source == null) {
            return Probe.of(local(settings));
        }
        return mounts.briefly(source::mount, source.unmountFailure(), folder -> Probe.of(discs(settings, folder)));
    }

    /** The distinction is XenServer's, but a path of this host needs no legacy_mode. */
    private static String type(Settings settings, String location) {
        String given = settings.device("type");
        if (settings.deviceConfig().containsKey("legacy_mode")
                || given.isEmpty() && location.startsWith("/") && !location.startsWith("//")) {
            return "";
        }
        if (given.isEmpty()) {
            return location.contains(":/") ? NFS : SMB;
        }
        if (!given.equals(NFS) && !given.equals(SMB)) {
            throw SmFailure.ISO_LOCATION.error("type is " + given + ", but must be " + NFS + " or " + SMB);
        }
        return given;
    }

    /** The folder of the images in what is mounted. */
    private static Path inside(Settings settings, Path folder) {
        try {
            Path inside = folder.resolve(settings.device("iso_path").replaceFirst("^/+", ""))
                    .normalize();
            if (inside.startsWith(folder)) {
                return inside;
            }
        } catch (InvalidPathException e) {
            // The answer is below.
        }
        throw SmFailure.ISO_SHARE.error("iso_path leads out of " + settings.device("location"));
    }

    private NfsExport nfs(Settings settings, String location) {
        int colon = location.startsWith("[") ? location.indexOf("]:") + 1 : location.indexOf(':');
        if (colon < 1 || !location.startsWith("/", colon + 1)) {
            throw SmFailure.ISO_LOCATION.error();
        }
        String host = location.substring(0, colon).replace("[", "").replace("]", "");
        return new NfsExport(
                mounts,
                new Server(host),
                location.substring(colon + 1),
                "",
                NfsExport.version(settings.device("nfsversion")),
                mountOptions(settings.device("options")),
                false,
                SmFailure.ISO_MOUNT);
    }

    /** The options in {@code -o ro,hard}, as XenServer takes them. */
    private static String mountOptions(String given) {
        List<String> words = List.of(given.strip().split("\\s+"));
        int at = words.indexOf("-o");
        return at >= 0 && at + 1 < words.size() ? words.get(at + 1) : "";
    }

    private MountSource smb(Settings settings, String location) {
        String share = SmbShare.plain(location);
        if (!SmbShare.isShare(share)) {
            throw SmFailure.ISO_LOCATION.error();
        }
        String version = settings.device("vers");
        if (!version.isEmpty() && !SMB_VERSIONS.contains(version)) {
            throw SmFailure.ISO_SMB_VERSION.error();
        }
        if (!version.isEmpty()) {
            return smb(settings, share, version);
        }
        return new EitherSource(smb(settings, share, "3.0"), smb(settings, share, "1.0"));
    }

    private SmbShare smb(Settings settings, String share, String version) {
        List<String> options = new ArrayList<>(List.of("cache=none", "vers=" + version));
        String more = mountOptions(settings.device("options"));
        if (!more.isEmpty()) {
            options.add(more);
        }
        return new SmbShare(
                mounts,
                share,
                "",
                SmbShare.Login.of(settings.deviceConfig(), "cifspassword"),
                options,
                new SmbShare.Failures(SmFailure.ISO_MOUNT, SmFailure.ISO_UNMOUNT));
    }
}
