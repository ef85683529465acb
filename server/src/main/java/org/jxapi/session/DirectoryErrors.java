package org.jxapi.session;

import java.util.List;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.directory.DirectoryException;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;

/** XAPI's errors for a directory that refuses something; extauth.ml, and enable_external_auth in xapi_host.ml. */
final class DirectoryErrors {
    private static final String ENABLE_FAILED = "AUTH_ENABLE_FAILED";

    private DirectoryErrors() {}

    /** The error of a question about a user or group. */
    static XenApiException ofQuestion(DirectoryException e) {
        XenApiException error = switch (e.kind()) {
            case NOT_FOUND -> Errors.subjectCannotBeResolved();
            case NO_TRUST -> Errors.authNoTrustedCerts(message(e));
            case TLS -> Errors.authInvalidTrustedCerts(message(e));
            default -> Errors.authServiceError(message(e));
        };
        return error.causedBy(e);
    }

    /** The error of a host that cannot use a directory. */
    static XenApiException ofEnabling(DirectoryException e) {
        String message = message(e);
        XenApiException error = switch (e.kind()) {
            case LOOKUP -> Errors.authEnableFailedDomainLookupFailed(message);
            case UNAVAILABLE -> Errors.authEnableFailedUnavailable(message);
            case WRONG_CREDENTIALS -> Errors.authEnableFailedWrongCredentials(message);
            case PERMISSION_DENIED -> Errors.authEnableFailedPermissionDenied(message);
            case NO_TRUST -> Errors.authEnableFailedNoTrustedCerts(message);
            case TLS -> Errors.authEnableFailedInvalidTrustedCerts(message);
            default -> Errors.authEnableFailed(message);
        };
        return error.causedBy(e);
    }

    /** The error of a pool for the error of one of its hosts. */
    static XenApiException ofPool(Ref<Host> host, XenApiException e) {
        if (!e.code().startsWith(ENABLE_FAILED)) {
            return e;
        }
        return new XenApiException(
                        "POOL_" + e.code(), List.of(host.value(), e.params().get(0)))
                .causedBy(e);
    }

    static String message(DirectoryException e) {
        return String.valueOf(e.getMessage());
    }
}
