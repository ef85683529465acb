package org.jxapi.volume;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.store.Reason;
import org.jxapi.xenapi.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A failure of a repository: SR_BACKEND_FAILURE_n with the three parameters {@code ["", "text [opterr=detail]", ""]}.
 * Numbers and texts are those of XenServer's storage managers, since clients depend on them.
 */
public enum SmFailure {
    BAD_CHARACTER(2, "A bad character was detected in the dconf string"),
    SR_IN_USE(16, "The SR device is currently in use"),
    NO_DEVICE(19, "No such device"),
    SR_SCAN(40, "The SR scan failed "),
    SR_EXISTS(42, "The SR already exists"),
    NO_SPACE(44, "There is insufficient space"),
    VDI_UNAVAILABLE(46, "The VDI is not available"),
    SR_UNAVAILABLE(47, "The SR is not available"),
    LVM_CREATE(50, "Logical Volume creation error"),
    LVM_DELETE(51, "Logical Volume deletion error"),
    DEVICE_MOUNT(52, "Logical Volume mount/activate error"),
    LVM_UNMOUNT(53, "Logical Volume unmount/deactivate error"),
    DEVICE_WRITE(54, "Logical Volume write error"),
    PARTITION_IN_USE(56, "Logical Volume partition in use"),
    MAKE_FILE_SYSTEM(57, "Logical Volume filesystem creation error"),
    FILE_SR_CREATE(61, "File SR creation error"),
    FILE_SR_DELETE(63, "File SR deletion error"),
    VDI_TYPE(66, "Invalid VDI type"),
    ISCSI_DEVICE(67, "ISCSI device failed to appear"),
    ISCSI_LOGIN(
            68,
            "ISCSI login failed - check access settings for the initiator on the storage, if CHAP is used verify CHAP"
                    + " credentials"),
    ISCSI_DAEMON(71, "Failed to start ISCSI daemon"),
    NFS_VERSION(72, "Required NFS server version unsupported"),
    NFS_MOUNT(73, "NFS mount error"),
    NFS_UNMOUNT(74, "NFS unmount error"),
    NFS_DELETE(76, "Failed to remove NFS mount point"),
    VDI_EXISTS(43, "The VDI already exists"),
    VDI_CREATE(78, "VDI Creation failed"),
    VDI_SIZE(79, "VDI Invalid size"),
    VDI_DELETE(80, "Failed to mark VDI hidden"),
    VDI_CLONE(81, "Failed to clone VDI"),
    VDI_SNAPSHOT(82, "Failed to snapshot VDI"),
    ISCSI_DISCOVERY(83, "ISCSI discovery failed"),
    ISCSI_QUERY(86, "Failed to query the iscsi daemon"),
    NFS_CREATE(88, "NFS SR creation error"),
    DEVICE_MISSING(90, "The request is missing the device parameter"),
    DEVICE_INVALID(91, "The device is not a valid path"),
    LOCATION_MISSING(94, "The request is missing the location parameter"),
    TARGET_MISSING(95, "The request is missing the target parameter"),
    IQN_MISSING(96, "The request is missing or has an incorrect target IQN parameter"),
    SERVER_PATH_MISSING(101, "The request is missing the serverpath parameter"),
    SERVER_MISSING(102, "The request is missing the server parameter"),
    ROOT_DEVICE(105, "Root system device, cannot be used for VM storage"),
    SCSI_ID_MISSING(107, "The SCSIid parameter is missing or incorrect"),
    NO_NFS(108, "Unable to detect an NFS service on this target."),
    CHAIN_TOO_LONG(109, "The snapshot chain is too long"),
    VDI_RESIZE(110, "VDI resize failed"),
    SMB_MOUNT(111, "SMB mount error"),
    SMB_UNMOUNT(112, "SMB unmount error"),
    SMB_DELETE(114, "Failed to remove SMB mount point"),
    SMB_CREATE(116, "Failed to create SMB SR."),
    UNKNOWN_HOST(140, "Incorrect DNS name, unable to resolve."),
    ISCSI_TARGET(141, "Unable to connect to ISCSI service on target"),
    ISCSI_PORT(142, "Incorrect value for iSCSI port, must be a number between 1 and 65535"),
    EIO(200, "General IO error"),
    GENERAL(202, "General backend error"),
    ISO_MOUNT(222, "Could not mount the directory specified in Device Configuration"),
    ISO_UNMOUNT(223, "Could not unmount the directory specified in Device Configuration"),
    ISO_SHARE(224, "Could not locate the ISO sharename on the target, or the access permissions may be incorrect."),
    ISO_LOCATION(
            225,
            "Incorrect Location string format. String must be in the format SERVER:PATH for NFS targets,"
                    + " or \\\\SERVER\\PATH for CIFS targets"),
    ISO_LOCAL_PATH(226, "Invalid local path"),
    ISO_SMB_VERSION(227, "Given SMB version is not allowed. Choose either 1.0 or 3.0"),
    CBT_ACTIVATE(457, "Unable to activate changed block tracking."),
    CBT_DEACTIVATE(458, "Unable to deactivate changed block tracking."),
    CBT_INCONSISTENT(459, "Changed block tracking log is in an inconsistent state."),
    CBT_CHANGED_BLOCKS(460, "Failed to calculate changed blocks for given VDIs."),
    NOT_WRITABLE(461, "The file system for SR cannot be written to."),
    ZFS_SR_CREATE(5000, "ZFS SR creation error"),
    ZFS_SR_DELETE(5001, "ZFS SR deletion error");

    private static final Logger LOG = LoggerFactory.getLogger(SmFailure.class);

    private final int number;
    private final String text;

    SmFailure(int number, String text) {
        this.number = number;
        this.text = text;
    }

    public XenApiException error() {
        return failure(text, "");
    }

    public XenApiException error(String detail) {
        return failure(text + " [opterr=" + detail + "]", "");
    }

    /** This failure with what a driver of XenServer writes to its standard error, such as the choices of a probe. */
    public XenApiException withChoices(String choices) {
        return failure(text, choices);
    }

    /** XAPI turns 16 into an error of its own, which has no room for a reason. */
    private XenApiException failure(String said, String choices) {
        if (this == SR_IN_USE) {
            LOG.warn("SR: not available: {}", said);
            return Errors.srDeviceInUse();
        }
        return new XenApiException("SR_BACKEND_FAILURE_" + number, List.of("", said, choices));
    }

    /** This failure, or the one for a full file system when that is the cause. */
    public XenApiException error(IOException cause) {
        return (isFull(cause) ? NO_SPACE : this).error(Reason.withFile(cause)).causedBy(cause);
    }

    /** Whether a file system has no room, or the user's share of it is full. */
    public static boolean isFull(Exception failure) {
        String said = Reason.of(failure).toLowerCase(Locale.ROOT);
        return said.contains("no space left") || said.contains("disk quota exceeded");
    }
}
