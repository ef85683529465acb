package org.jxapi.volume;

import java.util.Map;
import java.util.regex.Pattern;

/** The names and tags of the logical volumes of a repository. */
final class ThinNames {
    /** A volume that counts only if the database has its row. */
    static final String PENDING = "jxapi-pending";

    /** A part whose contents are those of the volume, in repositories of earlier versions. */
    static final String COMPLETE = "jxapi-complete";

    static final String PART_TAG = "jxapi-part";
    static final String BASE_TAG = "jxapi-base";
    static final String DISK = "jxapi-disk.";
    static final String PART = "jxapi-part.";
    static final String BASE = "jxapi-base.";
    /** Contents that others are taking the place of. */
    static final String OLD = "jxapi-old.";

    private static final Pattern LOCATION = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.-]*");
    /** The device mapper allows names of 127 bytes, in which hyphens are doubled. The group's name takes half of them. */
    private static final int LONGEST = 56;

    private ThinNames() {}

    /** Whether a logical volume can have the name of that location. */
    static boolean isLocation(String location) {
        return LOCATION.matcher(location).matches()
                && location.replace("-", "--").length() <= LONGEST;
    }

    static boolean isOurs(String volume) {
        return volume.startsWith(DISK) || volume.startsWith(PART) || volume.startsWith(BASE) || volume.startsWith(OLD);
    }

    static boolean isComplete(LogicalVolume volume) {
        return volume.name().startsWith(PART) && volume.tags().contains(COMPLETE);
    }

    /** The location of which this is the volume; empty for other logical volumes. */
    static String location(LogicalVolume volume, Map<String, LogicalVolume> report) {
        if (isComplete(volume)) {
            return volume.name().substring(PART.length());
        }
        if (volume.name().startsWith(OLD)) {
            String location = volume.name().substring(OLD.length());
            return report.containsKey(DISK + location) ? "" : location;
        }
        if (!volume.name().startsWith(DISK)) {
            return "";
        }
        String location = volume.name().substring(DISK.length());
        LogicalVolume part = report.get(PART + location);
        return part != null && isComplete(part) ? "" : location;
    }
}
