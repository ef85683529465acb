package org.jxapi.volume;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.store.Reason;

/**
 * A failure of a repository: SR_BACKEND_FAILURE_n with the three parameters {@code ["", "text [opterr=detail]", ""]}.
 * Numbers and texts are those of XenServer's storage managers, since clients depend on them.
 */
public enum SmFailure {
    SR_EXISTS(42, "The SR already exists"),
    VDI_EXISTS(43, "The VDI already exists"),
    NO_SPACE(44, "There is insufficient space"),
    VDI_UNAVAILABLE(46, "The VDI is not available"),
    SR_UNAVAILABLE(47, "The SR is not available"),
    SR_SCAN(40, "The SR scan failed "),
    FILE_SR_CREATE(61, "File SR creation error"),
    FILE_SR_DELETE(63, "File SR deletion error"),
    VDI_CREATE(78, "VDI Creation failed"),
    VDI_SIZE(79, "VDI Invalid size"),
    VDI_DELETE(80, "Failed to mark VDI hidden"),
    VDI_CLONE(81, "Failed to clone VDI"),
    VDI_SNAPSHOT(82, "Failed to snapshot VDI"),
    LOCATION_MISSING(94, "The request is missing the location parameter"),
    CHAIN_TOO_LONG(109, "The snapshot chain is too long"),
    VDI_RESIZE(110, "VDI resize failed"),
    EIO(200, "General IO error"),
    ISO_LOCATION_MISSING(220, "'Location' parameter must be specified in Device Configuration"),
    ISO_EXTENSION(221, "ISO name must have .iso extension"),
    ISO_LOCAL_PATH(226, "Invalid local path");

    private final int number;
    private final String text;

    SmFailure(int number, String text) {
        this.number = number;
        this.text = text;
    }

    public XenApiException error() {
        return new XenApiException("SR_BACKEND_FAILURE_" + number, List.of("", text, ""));
    }

    public XenApiException error(String detail) {
        return new XenApiException("SR_BACKEND_FAILURE_" + number, List.of("", text + " [opterr=" + detail + "]", ""));
    }

    /** This failure, or the one for a full file system when that is the cause. */
    public XenApiException error(IOException cause) {
        return (isFull(cause) ? NO_SPACE : this).error(Reason.withFile(cause)).causedBy(cause);
    }

    /** Whether a file system has no room, or the user's share of it is full. */
    static boolean isFull(IOException failure) {
        String said = Reason.of(failure).toLowerCase(Locale.ROOT);
        return said.contains("no space left") || said.contains("disk quota exceeded");
    }
}
