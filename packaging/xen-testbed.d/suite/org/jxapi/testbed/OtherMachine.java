package org.jxapi.testbed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The other of two machines, with a jxapid of its own. The variable XEN_TESTBED_POOL has both addresses, and the shared folder
 * the root password of the other one.
 */
final class OtherMachine {
    /** A daemon takes a minute to start there. */
    static final int RESTART = 300;

    static final int HTTPS = 8443;

    private final XenApi api;
    private final String[] addresses = System.getenv("XEN_TESTBED_POOL").split(" ");

    /** @param api of this machine */
    OtherMachine(XenApi api) {
        this.api = api;
    }

    /** The address of this machine. */
    String own() {
        return addresses[0];
    }

    String address() {
        return addresses[1];
    }

    /** Joins the pool of this machine; returns its host once the coordinator drives it. */
    String join(String password) throws Exception {
        xe(localPassword(), "pool-join",
                "master-address=" + own() + ":" + HTTPS, "master-username=root", "master-password=" + password);
        Checks.await("the host is live", RESTART, () -> live() != null);
        return live();
    }

    /** The password that counts there as long as it is not the coordinator of a pool with another host. */
    static String localPassword() throws IOException {
        return Files.readString(Path.of("/share/root-password")).strip();
    }

    /** Its host, which joins if it has not yet. */
    String joined(String password) throws Exception {
        return live() == null ? join(password) : live();
    }

    /** The host, once the coordinator drives it; null before that. */
    String live() {
        String host = host(api, address());
        return host != null && isLive(api, host) ? host : null;
    }

    /** The host with that address in the pool of a client; null if there is none. */
    static String host(XenApi api, String address) {
        for (String each : api.refs("host.get_all")) {
            if (api.text("host.get_address", each).equals(address)) {
                return each;
            }
        }
        return null;
    }

    static boolean isLive(XenApi api, String host) {
        return api.call("host_metrics.get_live", api.text("host.get_metrics", host)).asBoolean();
    }

    /** Runs xe at it. */
    String xe(String password, String... words) throws IOException {
        String[] all = new String[words.length + 8];
        String[] login = {"-s", address(), "-p", Integer.toString(HTTPS), "-u", "root", "-pw", password};
        System.arraycopy(login, 0, all, 0, login.length);
        System.arraycopy(words, 0, all, login.length, words.length);
        return Command.xe(all);
    }

    /** A client of its own jxapid. */
    XenApi client() {
        return new XenApi(address(), Jxapid.PORT);
    }
}
