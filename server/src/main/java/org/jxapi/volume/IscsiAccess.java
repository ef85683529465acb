package org.jxapi.volume;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.iscsi.Chap;
import org.jxapi.iscsi.Portal;

/**
 * The way to an iSCSI target, as the settings of a repository describe it.
 *
 * @param host sessions and disks of this host
 * @param portals where targets may be asked for, the best first
 * @param chap names and passwords
 */
record IscsiAccess(IscsiHost host, List<Portal> portals, Chap chap) {
    /** The keys of {@code device_config}, each with its meaning. */
    static Map<String, String> keys() {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("target", "IP address or hostname of the iSCSI target (required)");
        keys.put("targetIQN", "The IQN of the target LUN group to be attached (required)");
        keys.put("port", "The network port number on which to query the target (optional)");
        keys.put("chapuser", "The username to be used during CHAP authentication (optional)");
        keys.put("chappassword", "The password to be used during CHAP authentication (optional)");
        keys.put(
                "incoming_chapuser",
                "The incoming username to be used during bi-directional CHAP authentication (optional)");
        keys.put(
                "incoming_chappassword",
                "The incoming password to be used during bi-directional CHAP authentication (optional)");
        keys.put(
                "multihomelist",
                "Addresses of the target, HOST:PORT, separated by commas: the first that answers is used"
                        + " (optional)");
        return keys;
    }

    /** The way that the settings describe; touches nothing. */
    static IscsiAccess of(Settings settings, IscsiHost host) {
        if (settings.device("multihomed").equals("true")) {
            throw SmFailure.GENERAL.error("multihomed=true is not supported: jxapid begins one session with a target."
                    + " Name its other addresses in multihomelist");
        }
        return new IscsiAccess(host, portals(settings), chap(settings));
    }

    private static List<Portal> portals(Settings settings) {
        String target = settings.device("target").strip();
        if (target.isEmpty()) {
            throw SmFailure.TARGET_MISSING.error();
        }
        if (target.contains(",")) {
            throw SmFailure.GENERAL.error("'" + target + "' has several addresses. Name one in target, and all of them"
                    + " in multihomelist");
        }
        String port = settings.device("port");
        List<Portal> portals = new ArrayList<>();
        try {
            int number = port.isEmpty() ? Portal.USUAL_PORT : Portal.port(port.strip());
            Arrays.stream(settings.device("multihomelist").split(","))
                    .map(String::strip)
                    .filter(each -> !each.isEmpty())
                    .map(Portal::parse)
                    .forEach(portals::add);
            Portal first = new Portal(Portal.parse(target).host(), number);
            portals.remove(first);
            portals.add(0, first);
        } catch (IllegalArgumentException e) {
            throw SmFailure.ISCSI_PORT.error(String.valueOf(e.getMessage()));
        }
        return portals;
    }

    private static Chap chap(Settings settings) {
        Chap chap = new Chap(
                settings.device("chapuser"),
                settings.device("chappassword"),
                settings.device("incoming_chapuser"),
                settings.device("incoming_chappassword"));
        refuseHalf("chap", chap.user(), chap.password());
        refuseHalf("incoming_chap", chap.incomingUser(), chap.incomingPassword());
        if (chap.user().isEmpty() && !chap.incomingUser().isEmpty()) {
            throw SmFailure.ISCSI_LOGIN.error("incoming_chapuser needs chapuser too");
        }
        return chap;
    }

    private static void refuseHalf(String what, String user, String password) {
        if (user.isEmpty() != password.isEmpty()) {
            throw SmFailure.ISCSI_LOGIN.error(what + "user and " + what + "password must be set both, or none of them");
        }
        // Records of open-iscsi have one setting in each line.
        if ((user + password).chars().anyMatch(Character::isISOControl)) {
            throw SmFailure.BAD_CHARACTER.error(what + "user or " + what + "password has a control character");
        }
    }

    /** The first portal that answers, with its address; SR_BACKEND_FAILURE_140 or 141 when none does. */
    Portal portal() {
        XenApiException failure = null;
        for (Portal portal : portals) {
            try {
                Server server = new Server(portal.host());
                server.requireListening(portal.port(), SmFailure.ISCSI_TARGET);
                return new Portal(server.address().getHostAddress(), portal.port());
            } catch (XenApiException e) {
                failure = failure == null ? e : failure;
            }
        }
        throw failure == null ? SmFailure.TARGET_MISSING.error() : failure;
    }
}
