package org.jxapi.volume;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The names and tags of the logical volumes of a repository. */
final class ThinNames {
    /** A volume that counts only if the database has its row. */
    static final String PENDING = "jxapi-pending";

    /** A part whose contents are those of the volume, in repositories of earlier versions. */
    static final String COMPLETE = "jxapi-complete";

    static final String PART_TAG = "jxapi-part";
    static final String BASE_TAG = "jxapi-base";
    static final String PAST_TAG = "jxapi-past";
    /** The beginning of the tag of a complete log. */
    static final String LOG_TAG = "jxapi-log.";

    static final String DISK = "jxapi-disk.";
    static final String PART = "jxapi-part.";
    static final String BASE = "jxapi-base.";
    /** Contents that others are taking the place of. */
    static final String OLD = "jxapi-old.";
    /** The blocks that a volume had when its changes were last counted. */
    static final String PAST = "jxapi-past.";
    /** The log of the changes of a volume is in one of these, the next one in the other. */
    static final String LOG_EVEN = "jxapi-log0.";

    static final String LOG_ODD = "jxapi-log1.";

    private static final Pattern LOG_NUMBER = Pattern.compile(Pattern.quote(LOG_TAG) + "(\\d{1,18})");
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
        return volume.startsWith(DISK)
                || volume.startsWith(PART)
                || volume.startsWith(BASE)
                || volume.startsWith(OLD)
                || volume.startsWith(PAST)
                || isLog(volume);
    }

    static boolean isLog(String volume) {
        return volume.startsWith(LOG_EVEN) || volume.startsWith(LOG_ODD);
    }

    /** The location that a log is of. */
    static String ofLog(String volume) {
        return volume.substring(LOG_EVEN.length());
    }

    /** The number of a complete log, which is higher than that of the one before; -1 for one that is not complete. */
    static long logNumber(LogicalVolume volume) {
        return volume.tags().stream()
                .map(LOG_NUMBER::matcher)
                .filter(Matcher::matches)
                .mapToLong(matcher -> Long.parseLong(matcher.group(1)))
                .max()
                .orElse(-1);
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
