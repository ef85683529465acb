package org.jxapi.member;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URL;
import java.util.List;

/** Where the daemons of a pool run. */
interface Site {
    /** The address of a host; hosts count from 1. */
    String address(int host);

    /** A free port there. */
    int freePort(int host) throws IOException;

    /** Where this test reaches the HTTP server of a host. */
    URL http(TestPool.Member host) throws IOException;

    /** The words before the command that starts a daemon there. */
    List<String> inside(int host);

    /** Loopback addresses of this machine. */
    Site LOOPBACK = new Site() {
        @Override
        public String address(int host) {
            return "127.0.0." + host;
        }

        @Override
        public int freePort(int host) throws IOException {
            try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByName(address(host)))) {
                return probe.getLocalPort();
            }
        }

        @Override
        public URL http(TestPool.Member host) throws IOException {
            return URI.create("http://" + host.address + ":" + host.http + "/").toURL();
        }

        @Override
        public List<String> inside(int host) {
            return List.of();
        }
    };
}
