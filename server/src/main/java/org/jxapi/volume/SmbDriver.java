package org.jxapi.volume;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Type {@code smb}: disks in a folder of an SMB share. */
public final class SmbDriver implements FolderDriver {
    private static final String DEFAULT_VERSION = "3.0";
    private static final Pattern VERSION = Pattern.compile("[0-9.]{1,6}");

    private final Mounts mounts;
    private final FolderFormats formats;

    public SmbDriver(Mounts mounts, FolderFormats formats) {
        this.mounts = mounts;
        this.formats = formats;
    }

    @Override
    public String type() {
        return "smb";
    }

    @Override
    public String label() {
        return "SMB";
    }

    @Override
    public String description() {
        return "Disks as images on an SMB server";
    }

    @Override
    public Map<String, String> configuration() {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("server", "Full path to share root on SMB server (required)");
        keys.put("username", "The username to be used during SMB authentication, can be domain\\username");
        keys.put("password", "The password to be used during SMB authentication");
        keys.put("domain", "The domain of the user");
        keys.put("vers", "SMB version, default 3.0");
        keys.put(FolderFormats.PREFERRED, FolderFormats.PREFERRED_TEXT);
        return keys;
    }

    private SmbShare share(Settings settings) {
        String given = settings.device("server");
        if (given.isEmpty()) {
            throw SmFailure.SERVER_MISSING.error();
        }
        String share = SmbShare.plain(given);
        if (!SmbShare.isShare(share)) {
            throw SmFailure.SMB_MOUNT.error(given + " is no share: it must be //SERVER/SHARE");
        }
        String version = settings.deviceConfig().getOrDefault("vers", DEFAULT_VERSION);
        if (!VERSION.matcher(version).matches()) {
            throw SmFailure.SMB_MOUNT.error("vers is " + version + ", but must be a version such as 3.0");
        }
        return new SmbShare(
                mounts,
                share,
                settings.uuid(),
                SmbShare.Login.of(settings.deviceConfig(), "password"),
                List.of("cache=loose", "vers=" + version, "actimeo=0"),
                new SmbShare.Failures(SmFailure.SMB_MOUNT, SmFailure.SMB_UNMOUNT));
    }

    @Override
    public Repository repository(Settings settings) {
        return MountedRepository.of(
                mounts, settings.uuid(), share(settings), folder -> formats.repository(folder, settings));
    }

    @Override
    public Probe probe(Settings settings) {
        SmbShare share = share(settings);
        List<Found> found = mounts.briefly(share::mountBase, SmFailure.SMB_UNMOUNT, Mounts::uuids).stream()
                .map(Found::named)
                .toList();
        return new Probe(found, List.of());
    }
}
